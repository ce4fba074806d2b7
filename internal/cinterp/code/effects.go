package code

import (
	"reflect"
	"strings"

	"modernc.org/cc/v4"
)

// effect is what evaluating something may do and depend on, as far as another
// operand in no order with it can tell.
type effect struct {
	writes bool // changes memory, a volatile object or what the library keeps, or prints
	reads  bool // depends on memory that can change
}

func (e *effect) add(o effect) { e.writes, e.reads = e.writes || o.writes, e.reads || o.reads }

// clash tells whether the order of two operands may show.
func (e effect) clash(o effect) bool {
	return e.writes && (o.writes || o.reads) || o.writes && e.reads
}

var everything = effect{writes: true, reads: true}

// readers are functions of the library that only look at what they are given.
const readers = `strlen strnlen strcmp strncmp strcoll strcasecmp strncasecmp memcmp memchr strchr strrchr strstr strpbrk strspn strcspn
abs labs llabs imaxabs div ldiv lldiv toupper tolower isalpha isdigit isalnum isspace isupper islower isprint ispunct isxdigit iscntrl isgraph isblank
sqrt sin cos tan asin acos atan atan2 exp log log10 log2 pow fabs floor ceil fmod round trunc fmax fmin hypot cbrt
sqrtf sinf cosf powf fabsf floorf ceilf wcslen wcscmp wcschr iswalpha iswdigit towupper towlower ffs bswap16 bswap32 bswap64 expect clz ctz popcount
clzl ctzl clzll ctzll popcountl popcountll parity isnan isinf signbit isfinite huge_val inf nan va_arg_impl constant_p choose_expr object_size`

// effects works out what expressions and functions do.
type effects struct {
	c       *compiler
	readers map[string]bool
	bodies  map[string]*cc.FunctionDefinition // by linkage name
	units   map[string]int
	known   map[string]effect
}

func newEffects(c *compiler) *effects {
	e := &effects{c: c, readers: map[string]bool{}, bodies: map[string]*cc.FunctionDefinition{}, units: map[string]int{}, known: map[string]effect{}}
	for _, n := range strings.Fields(readers) {
		e.readers[n] = true
	}
	return e
}

// unit notes the functions that a unit defines.
func (e *effects) unit(i int, t *cc.TranslationUnit) {
	old := e.c.unit
	defer func() { e.c.unit = old }()
	e.c.unit = i
	for ; t != nil; t = t.TranslationUnit {
		if x := t.ExternalDeclaration; x.Case == cc.ExternalDeclarationFuncDef {
			n := e.c.linkName(x.FunctionDefinition.Declarator)
			e.bodies[n], e.units[n] = x.FunctionDefinition, i
		}
	}
}

// settle works out the effects of functions: none has any until one is seen.
func (e *effects) settle() {
	old := e.c.unit
	defer func() { e.c.unit = old }()
	for changed, round := true, 0; changed && round < 50; round++ {
		changed = false
		for n, b := range e.bodies {
			e.c.unit = e.units[n]
			now := e.of(b.CompoundStatement, true)
			if now != e.known[n] {
				e.known[n], changed = now, true
			}
		}
	}
}

// of gives the effects of a node and all below it. In a body, the function's
// own objects do not count.
func (e *effects) of(n cc.Node, body bool) effect {
	var sum effect
	below(n, func(m cc.Node) {
		switch x := m.(type) {
		case *cc.AssignmentExpression:
			if x.Case != cc.AssignmentExpressionCond {
				sum.add(effect{writes: e.shared(x.UnaryExpression, body)})
			}
		case *cc.UnaryExpression:
			switch x.Case {
			case cc.UnaryExpressionInc, cc.UnaryExpressionDec:
				sum.add(effect{writes: e.shared(x.UnaryExpression, body)})
			case cc.UnaryExpressionDeref:
				sum.reads = true
			}
		case *cc.PostfixExpression:
			switch x.Case {
			case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
				sum.add(effect{writes: e.shared(x.PostfixExpression, body)})
			case cc.PostfixExpressionIndex, cc.PostfixExpressionPSelect:
				sum.add(effect{reads: e.shared(x, body)})
			case cc.PostfixExpressionCall:
				sum.add(e.call(x))
			case cc.PostfixExpressionComplit:
				if !body {
					sum.reads = true
				}
			}
		case *cc.PrimaryExpression:
			switch x.Case {
			case cc.PrimaryExpressionIdent:
				sum.add(e.name(x, body))
			case cc.PrimaryExpressionStmt:
				sum.add(everything)
			}
		case *cc.AsmStatement:
			sum.add(everything)
		}
	})
	return sum
}

// place gives the effects of finding where an lvalue is, not of its value.
func (e *effects) place(n cc.ExpressionNode) effect {
	switch x := strip(n).(type) {
	case *cc.PrimaryExpression:
		return effect{}
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionSelect:
			return e.place(x.PostfixExpression)
		case cc.PostfixExpressionPSelect:
			return e.of(x.PostfixExpression, false)
		case cc.PostfixExpressionIndex:
			sum := e.of(x.PostfixExpression, false)
			sum.add(e.of(x.ExpressionList, false))
			return sum
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionDeref {
			return e.of(x.CastExpression, false)
		}
	}
	return e.of(n, false)
}

// name is the effect of reading a variable: the value of one that is in memory
// may have been changed by another operand.
func (e *effects) name(x *cc.PrimaryExpression, body bool) effect {
	d, ok := x.ResolvedTo().(*cc.Declarator)
	if !ok || d.Type().Kind() == cc.Function {
		return effect{}
	}
	if d.IsVolatile() {
		return everything
	}
	local := d.Linkage() == cc.None && !d.IsStatic()
	if local && (body || !d.AddressTaken()) {
		return effect{}
	}
	return effect{reads: !constant(d) && d.Type().Kind() != cc.Array}
}

// shared tells whether an lvalue may be an object that others can see.
func (e *effects) shared(n cc.ExpressionNode, body bool) bool {
	for {
		switch x := strip(n).(type) {
		case *cc.PostfixExpression:
			switch x.Case {
			case cc.PostfixExpressionSelect:
				n = x.PostfixExpression
				continue
			case cc.PostfixExpressionIndex:
				if _, ok := arrayNode(x.PostfixExpression); ok {
					n = x.PostfixExpression
					continue
				}
			}
			return true
		case *cc.PrimaryExpression:
			d, ok := x.ResolvedTo().(*cc.Declarator)
			if x.Case != cc.PrimaryExpressionIdent || !ok || d.IsParam() && d.Type().Kind() == cc.Array {
				return true
			}
			local := d.Linkage() == cc.None && !d.IsStatic()
			return d.IsVolatile() || !local || !body && d.AddressTaken()
		default:
			return true
		}
	}
}

func (e *effects) call(x *cc.PostfixExpression) effect {
	name, d := callee(x.PostfixExpression)
	if d == nil {
		return everything
	}
	n := e.c.linkName(d)
	if e.bodies[n] != nil {
		return e.known[n]
	}
	if e.readers[strings.TrimPrefix(name, "__builtin_")] {
		return effect{reads: true}
	}
	return everything
}

var nodeType = reflect.TypeFor[cc.Node]()

// below visits a node and all below it.
func below(n cc.Node, visit func(cc.Node)) {
	v := reflect.ValueOf(n)
	if n == nil || v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return
	}
	visit(n)
	v = v.Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Anonymous || f.Type.Kind() != reflect.Pointer && f.Type.Kind() != reflect.Interface || !f.Type.Implements(nodeType) {
			continue
		}
		if m := v.Field(i); !m.IsNil() {
			below(m.Interface().(cc.Node), visit)
		}
	}
}
