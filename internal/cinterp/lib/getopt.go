package lib

import (
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// opt is a call of getopt or getopt_long.
type opt struct {
	c       *call
	argc    int32
	argv    slot
	letters string
	ind     int32
	print   bool
}

// options is POSIX's getopt, and the long options that GNU and BSD have.
var options = map[string]run.LibFunc{
	"getopt":           func(c *call) (slot, bool) { return getopt(c, false, false) },
	"getopt_long":      func(c *call) (slot, bool) { return getopt(c, true, false) },
	"getopt_long_only": func(c *call) (slot, bool) { return getopt(c, true, true) },
}

// global reads one of getopt's objects; it has its first value when the
// program does not look at it.
func global(c *call, name string, first int32) int32 {
	p, ok := c.VM.StaticNamed(name)
	if !ok {
		return first
	}
	v, _ := c.VM.Load(p, code.I32)
	return int32(v.N)
}

func setGlobal(c *call, name string, t code.T, v slot) bool {
	p, ok := c.VM.StaticNamed(name)
	if !ok {
		return true
	}
	return c.VM.Store(p, t, v)
}

// word gives argv[i].
func (o *opt) word(i int32) (slot, string, bool) {
	p := o.argv
	p.N += uint64(i) * uint64(o.c.VM.P.Ptr)
	s, ok := o.c.VM.Load(p, code.TPtr)
	if !ok || s.N == 0 {
		return slot{}, "", ok
	}
	b, ok := str(o.c, s)
	return s, string(b), ok
}

func getopt(c *call, long, only bool) (slot, bool) {
	b, ok := str(c, arg(c, 2))
	if !ok {
		return slot{}, false
	}
	x := ext(c)
	o := &opt{c: c, argc: i32(c, 0), argv: arg(c, 1), letters: string(b), print: global(c, "opterr", 1) != 0}
	o.ind = global(c, "optind", max(1, x.optind))
	if o.ind <= 0 {
		o.ind, x.getopt, x.first, x.last = 1, 0, 1, 1
	}
	stay := strings.HasPrefix(o.letters, "+")
	if strings.HasPrefix(o.letters, "-") {
		return slot{}, c.VM.Cannot("%s with letters that begin with - is not supported", c.Name)
	}
	o.letters = strings.TrimPrefix(o.letters, "+")
	if _, posix := x.lookEnv("POSIXLY_CORRECT"); posix {
		stay = true
	}
	if strings.HasPrefix(o.letters, ":") {
		o.print = false
	}
	r, ok := o.step(long, only, stay)
	x.optind = o.ind
	if !ok || !setGlobal(c, "optind", code.I32, slot{N: uint64(int64(o.ind))}) {
		return slot{}, false
	}
	return num(int64(r))
}

// step finds the next option; -1 at the end.
func (o *opt) step(long, only, stay bool) (int32, bool) {
	x := ext(o.c)
	if !setGlobal(o.c, "optarg", code.TPtr, slot{}) {
		return 0, false
	}
	p, w, ok := o.word(o.ind)
	if !ok {
		return 0, false
	}
	if x.getopt >= len(w) {
		x.getopt = 0
	}
	if x.getopt == 0 {
		end, ok := o.find(stay)
		if end || !ok {
			return -1, ok
		}
		if p, w, ok = o.word(o.ind); !ok {
			return 0, false
		}
		if long && (strings.HasPrefix(w, "--") || only && (len(w) > 2 || !strings.Contains(o.letters, w[1:2]))) {
			return o.long(p, w)
		}
		x.getopt = 1
	}
	return o.letter(p, w)
}

func operand(w string) bool { return len(w) < 2 || w[0] != '-' }

// find goes to the next word that is an option, and tells whether there is
// none. Unless stay is set, operands are moved behind the options.
func (o *opt) find(stay bool) (end, ok bool) {
	x := ext(o.c)
	x.last = min(x.last, o.ind)
	x.first = min(x.first, o.ind)
	if !stay {
		if !o.exchange() {
			return false, false
		}
		for ; o.ind < o.argc; o.ind++ {
			_, w, ok := o.word(o.ind)
			if !ok {
				return false, false
			}
			if !operand(w) {
				break
			}
		}
		x.last = o.ind
	}
	w := ""
	if o.ind < o.argc {
		if _, w, ok = o.word(o.ind); !ok {
			return false, false
		}
	}
	if w == "--" {
		o.ind++
		if !o.exchange() {
			return false, false
		}
		x.last, o.ind = o.argc, o.argc
	}
	if o.ind >= o.argc {
		if x.first != x.last {
			o.ind = x.first
		}
		return true, true
	}
	return operand(w), true
}

// exchange moves the operands found so far behind the options after them.
func (o *opt) exchange() bool {
	x := ext(o.c)
	if x.first == x.last || x.last == o.ind {
		if x.first == x.last {
			x.first = o.ind
		}
		return true
	}
	place := func(i int32) slot {
		p := o.argv
		p.N += uint64(i) * uint64(o.c.VM.P.Ptr)
		return p
	}
	var words []slot
	for _, r := range [][2]int32{{x.last, o.ind}, {x.first, x.last}} {
		for i := r[0]; i < r[1]; i++ {
			w, ok := o.c.VM.Load(place(i), code.TPtr)
			if !ok {
				return false
			}
			words = append(words, w)
		}
	}
	for i, w := range words {
		if !o.c.VM.Store(place(x.first+int32(i)), code.TPtr, w) {
			return false
		}
	}
	x.first += o.ind - x.last
	x.last = o.ind
	return true
}

func (o *opt) say(format string) bool {
	if !o.print {
		return true
	}
	_, prog, ok := o.word(0)
	return ok && write(o.c, 2, []byte(prog+": "+format+"\n"))
}

// argument takes the next word as an option's argument.
func (o *opt) argument() (slot, bool, bool) {
	if o.ind >= o.argc {
		return slot{}, false, true
	}
	p, _, ok := o.word(o.ind)
	o.ind++
	return p, true, ok
}

func (o *opt) letter(p slot, w string) (int32, bool) {
	x := ext(o.c)
	ch := w[x.getopt]
	x.getopt++
	last := x.getopt >= len(w)
	i := strings.IndexByte(o.letters, ch)
	if ch == ':' || ch == ';' || i < 0 {
		if last {
			x.getopt = 0
			o.ind++
		}
		return '?', setGlobal(o.c, "optopt", code.I32, slot{N: uint64(ch)}) && o.say("invalid option -- '"+string(rune(ch))+"'")
	}
	takes := strings.HasPrefix(o.letters[i+1:], ":")
	maybe := strings.HasPrefix(o.letters[i+1:], "::")
	if !takes {
		if last {
			x.getopt = 0
			o.ind++
		}
		return int32(ch), true
	}
	at := x.getopt
	x.getopt = 0
	o.ind++
	if !last {
		q := p
		q.N += uint64(at)
		return int32(ch), setGlobal(o.c, "optarg", code.TPtr, q)
	}
	if maybe {
		return int32(ch), true
	}
	q, has, ok := o.argument()
	if !ok {
		return 0, false
	}
	if has {
		return int32(ch), setGlobal(o.c, "optarg", code.TPtr, q)
	}
	r := int32('?')
	if strings.HasPrefix(o.letters, ":") {
		r = ':'
	}
	return r, setGlobal(o.c, "optopt", code.I32, slot{N: uint64(ch)}) && o.say("option requires an argument -- '"+string(rune(ch))+"'")
}

// longOption is one element of the array of struct option.
type longOption struct {
	name     string
	has, val int32
	flag     slot
}

func (o *opt) words() ([]longOption, bool) {
	s, p := pointee(o.c, 3), arg(o.c, 3)
	if s == nil {
		return nil, o.c.VM.Cannot("%s is called in a way that hides the type of its options", o.c.Name)
	}
	var list []longOption
	for ; len(list) < 4096; p.N += uint64(s.Size()) {
		n, ok := getMember(o.c, s, p, "name")
		if !ok || n.N == 0 {
			return list, ok
		}
		b, ok := str(o.c, n)
		if !ok {
			return nil, false
		}
		has, ok1 := getMember(o.c, s, p, "has_arg")
		flag, ok2 := getMember(o.c, s, p, "flag")
		val, ok3 := getMember(o.c, s, p, "val")
		if !ok1 || !ok2 || !ok3 {
			return nil, false
		}
		list = append(list, longOption{string(b), int32(has.N), int32(val.N), flag})
	}
	return list, true
}

func (o *opt) long(p slot, w string) (int32, bool) {
	list, ok := o.words()
	if !ok {
		return 0, false
	}
	dashes := 1
	if strings.HasPrefix(w, "--") {
		dashes = 2
	}
	n, value, given := strings.Cut(w[dashes:], "=")
	found, many := -1, false
	for i, l := range list {
		if l.name == n {
			found, many = i, false
			break
		}
		if strings.HasPrefix(l.name, n) {
			if found >= 0 && (list[found].has != l.has || list[found].val != l.val || list[found].flag != l.flag) {
				many = true
			}
			if found < 0 {
				found = i
			}
		}
	}
	o.ind++
	opt := func(v int32) bool { return setGlobal(o.c, "optopt", code.I32, slot{N: uint64(int64(v))}) }
	if many {
		return '?', o.c.VM.Cannot("%s with the ambiguous option %s is not supported", o.c.Name, w)
	}
	if found < 0 {
		return '?', opt(0) && o.say("unrecognized option '"+w[:dashes]+n+given2(given, value)+"'")
	}
	l := list[found]
	switch {
	case given && l.has == 0:
		return '?', opt(l.val) && o.say("option '"+w[:dashes]+l.name+"' doesn't allow an argument")
	case given:
		q := p
		q.N += uint64(dashes + len(n) + 1)
		ok = setGlobal(o.c, "optarg", code.TPtr, q)
	case l.has == 1:
		q, has, fine := o.argument()
		if !fine {
			return 0, false
		}
		if !has {
			r := int32('?')
			if strings.HasPrefix(o.letters, ":") {
				r = ':'
			}
			return r, opt(l.val) && o.say("option '"+w[:dashes]+l.name+"' requires an argument")
		}
		ok = setGlobal(o.c, "optarg", code.TPtr, q)
	}
	if !ok {
		return 0, false
	}
	if i := arg(o.c, 4); i.N != 0 && !o.c.VM.Store(i, code.I32, slot{N: uint64(found)}) {
		return 0, false
	}
	if l.flag.N != 0 {
		return 0, o.c.VM.Store(l.flag, code.I32, slot{N: uint64(int64(l.val))})
	}
	return l.val, true
}

func given2(given bool, value string) string {
	if given {
		return "=" + value
	}
	return ""
}
