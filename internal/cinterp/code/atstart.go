package code

import (
	"strings"

	"modernc.org/cc/v4"
)

// GNU's constructor and destructor: functions that run before main, and when
// the program ends. They are called from where initializers are computed; a
// destructor is given to atexit before main can give it anything.

// atStart are the functions so declared, in the order of the program.
type atStart struct{ first, last []int }

// attributed notes a function whose declaration has such an attribute.
func (c *compiler) attributed(d *cc.Declarator, lists ...*cc.AttributeSpecifierList) {
	eachAttribute(func(a *cc.AttributeValue) {
		switch attributeName(a) {
		case "constructor":
			c.starts.first = added(c.starts.first, c.function(d))
		case "destructor":
			c.starts.last = added(c.starts.last, c.function(d))
		}
	}, lists...)
}

func attributeName(a *cc.AttributeValue) string { return strings.Trim(a.Token.SrcStr(), "_") }

// eachAttribute calls do with each attribute.
func eachAttribute(do func(*cc.AttributeValue), lists ...*cc.AttributeSpecifierList) {
	for _, l := range lists {
		for ; l != nil; l = l.AttributeSpecifierList {
			for v := l.AttributeSpecifier.AttributeValueList; v != nil; v = v.AttributeValueList {
				do(v.AttributeValue)
			}
		}
	}
}

func added(list []int, i int) []int {
	for _, j := range list {
		if i == j {
			return list
		}
	}
	return append(list, i)
}

// specified gives the attributes among specifiers.
func specified(s *cc.DeclarationSpecifiers) []*cc.AttributeSpecifierList {
	var l []*cc.AttributeSpecifierList
	for ; s != nil; s = s.DeclarationSpecifiers {
		if s.AttributeSpecifierList != nil {
			l = append(l, s.AttributeSpecifierList)
		}
	}
	return l
}

// start emits the calls at the end of the initializers.
func (c *compiler) start() {
	f := c.init
	call := func(i int, args ...uint16) {
		site := Site{Result: TVoid, Type: c.p.Funcs[i].Type}
		base := f.next
		f.tmp()
		for k, a := range args {
			f.emit(OpMov, uint16(base+k), a, 0, 0)
			site.Args = append(site.Args, Arg{T: TPtr, Size: int64(c.p.Ptr)})
		}
		c.p.Sites = append(c.p.Sites, site)
		f.emit(OpCall, uint16(base), uint16(base), uint16(len(c.p.Sites)-1), int64(i))
		f.next = base
	}
	if len(c.starts.last) > 0 {
		exit, ok := c.funcs["atexit"]
		if !ok {
			c.p.Funcs = append(c.p.Funcs, &Func{Name: "atexit", Lib: "atexit"})
			exit = len(c.p.Funcs) - 1
			c.funcs["atexit"] = exit
		}
		for _, i := range c.starts.last {
			r := f.tmp()
			f.emit(OpFuncPtr, r, 0, 0, int64(i))
			call(exit, r)
		}
	}
	for _, i := range c.starts.first {
		call(i)
	}
}
