package front

import (
	"bytes"
	"errors"
	"sort"
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// maxSearch is how large a unit may be, in tokens and in steps of macro expansion,
// to look for the line at which it is beyond a limit: the preprocessor runs some
// twenty times for that.
const maxSearch = 1_000_000

// bounded looks whether a unit may be given to the parser: it lets the
// preprocessor run, and looks at each token. It gives the declarations of the
// builtin functions that are named.
func (o Options) bounded(abi *cc.ABI, name string, text []byte) (string, error) {
	if len(text) > maxFile {
		return "", &Beyond{File: name, Text: "larger than 32 MiB, which is the limit here"}
	}
	if err := raw(name, text); err != nil {
		return "", err
	}
	if err := raw("<command>", []byte(defines(o.Define))); err != nil {
		return "", err
	}
	t, err := o.tokens(abi, name, text, maxExpansion)
	if err != nil || t.err == nil {
		return t.declared, err
	}
	b := &Beyond{File: name, Text: t.err.Error()}
	if t.expanded != "" {
		b.File, b.Line = t.expandedAt()
	} else if t.tokens <= maxSearch {
		b.Line = o.firstBeyond(abi, name, text)
	}
	return "", b
}

// firstBeyond looks for the first line without which a unit would be bounded; 0:
// that would take too long.
func (o Options) firstBeyond(abi *cc.ABI, name string, text []byte) int {
	ends := []int{0} // of the lines, by their numbers
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	ends = append(ends, len(text))
	beyond := func(line, steps int) bool {
		t, err := o.tokens(abi, name, text[:ends[line]], steps)
		return err != nil || t.err != nil
	}
	t, err := o.tokens(abi, name, text, maxSearch)
	if err != nil {
		return 0
	}
	if t.expanded == "" {
		return 1 + sort.Search(len(ends)-1, func(i int) bool { return beyond(i+1, maxSearch) })
	}
	// One line that expands to very much is the likely one.
	file, line := t.expandedAt()
	if file != name || line < 1 || line >= len(ends) || beyond(line-1, maxSearch) || !beyond(line, maxExpansion) {
		return 0
	}
	return line
}

// overExpanded is what the preprocessor says behind a place.
const overExpanded = ": macro expansion limit exceeded"

// counting is what the preprocessor made of a unit, token by token.
type counting struct {
	nesting  // its err tells why the unit is beyond a limit
	builtins map[int]bool
	declared string // those that are named
	expanded string // the place at which the limit of macro expansion was reached
}

// expandedAt gives the file and line of expanded.
func (c *counting) expandedAt() (file string, line int) {
	rest, _, _ := cutLast(c.expanded, ":")
	file, number, _ := cutLast(rest, ":")
	line, _ = strconv.Atoi(number)
	return file, line
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Write takes one token.
func (c *counting) Write(tok []byte) (int, error) {
	for _, i := range builtin.named[string(tok)] {
		c.builtins[i] = true
	}
	return c.nesting.Write(tok)
}

// tokens lets the preprocessor run over a unit, for so many steps of macro
// expansion. The error is what it finds wrong: the parser is not to be asked
// then, as it may wait for ever for what the preprocessor does not give it.
func (o Options) tokens(abi *cc.ABI, name string, text []byte, steps int) (*counting, error) {
	f := &files{user: o.Files}
	t := &counting{builtins: map[int]bool{}}
	cfg, sources, err := o.config(abi, name, text, "", f)
	if err != nil {
		return t, err
	}
	cfg.ExpansionLimit = steps
	err = cc.Preprocess(cfg, sources, t)
	switch {
	case f.err != nil:
		return t, f.err
	case t.err != nil:
	case err != nil && strings.Contains(err.Error(), overExpanded):
		t.err = errors.New("the macros expand to more than the limit here")
		at, _, _ := strings.Cut(err.Error(), overExpanded)
		t.expanded = at[strings.LastIndexByte(at, '\n')+1:]
	case err != nil:
		return t, plain(err, name, text)
	default:
		t.declared = builtin.some(t.builtins)
	}
	return t, nil
}

// counted begins each file of the user's, so that the parser tells when it is
// included: what includes itself is never read again, and has no end. The
// #line makes the lines count from 1 all the same.
const counted = "#pragma steward counted\n#line 1\n"

// ended is a text that does not end in a backslash and a new-line, which C17
// 5.1.1.2p1 forbids: the parser's scanner would look for ever for the end of a
// quotation that is open there.
func ended(text []byte) []byte {
	if t := bytes.TrimRight(text, "\r\n"); bytes.HasSuffix(t, []byte{'\\'}) {
		return append(bytes.Clone(text), "\n\n"...)
	}
	return text
}
