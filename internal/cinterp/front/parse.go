package front

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// own is where our headers seem to be. No file of a user can have this name:
// it is looked up in the embedded files only.
const own = "<steward>"

// Options of the front end. Define holds NAME or NAME=VALUE. Include holds
// directories in Files, where named files are looked up; nil: nowhere.
type Options struct {
	Machine Machine
	Define  []string
	Include []string
	Files   *Files
}

// Unit is a translation unit, parsed and with types.
type Unit struct {
	Name    string
	AST     *cc.AST
	Outline bool // no types: see Outline
	Loose   bool // it asks GCC not to rely on the types of objects
}

// cache keeps our headers and the predefined text scanned, for the next unit.
var cache = &cc.SourceCache{}

// Parse reads one unit. An error is for people: one line for each mistake,
// with file, line and column; or it is *Beyond. A panic of the parser is, too.
func Parse(name string, text []byte, o Options) (*Unit, error) {
	u, err := o.read(name, text, cc.Translate)
	return u, err
}

// Outline reads a unit that Parse refuses, as far as its syntax goes: there are
// no types and no values in it. It is to tell what the mistake is.
func Outline(name string, text []byte, o Options) (*Unit, error) {
	u, err := o.read(name, text, cc.Parse)
	if u != nil {
		u.Outline = true
	}
	return u, err
}

func (o Options) read(name string, text []byte, parse func(*cc.Config, []cc.Source) (*cc.AST, error)) (u *Unit, err error) {
	defer func() {
		if p := recover(); p != nil {
			u, err = nil, failed(name, p)
		}
	}()
	abi, err := o.Machine.abi()
	if err != nil {
		return nil, err
	}
	declared, err := o.bounded(abi, name, text)
	if err != nil {
		return nil, err
	}
	cfg, sources, err := o.config(abi, name, text, declared, &files{user: o.Files})
	if err != nil {
		return nil, err
	}
	ast, err := parse(cfg, sources)
	if err != nil && onlyConflicts(err) {
		cfg, sources, _ := o.config(abi, name, text, declared, &files{user: o.Files})
		if outline, _ := cc.Parse(cfg, sources); outline != nil {
			return nil, conflicts(outline, name)
		}
	}
	if err != nil {
		return nil, plain(err, name, text)
	}
	return &Unit{Name: name, AST: ast, Loose: loose(text)}, nil
}

// loose looks for the words by which a program asks GCC not to rely on the types
// of objects.
func loose(text []byte) bool {
	return bytes.Contains(text, []byte("may_alias")) || bytes.Contains(text, []byte("no-strict-aliasing"))
}

// config is what the parser is told; declared declares the builtin functions.
func (o Options) config(abi *cc.ABI, name string, text []byte, declared string, f *files) (*cc.Config, []cc.Source, error) {
	cfg := &cc.Config{
		ABI: abi, FS: f, FSOnly: true, ABILayout: true, UnsignedEnums: true,
		IncludePaths:    append([]string{""}, append(o.Include, own)...),
		SysIncludePaths: append(append([]string{}, o.Include...), own),
		ExpansionLimit:  maxExpansion, IgnoreNegativeShiftAmounts: true, SourceCache: cache,
	}
	cfg.PragmaHandler = f.pragma
	cfg.Predefined = o.Machine.predefined()
	if err := cfg.ApplyOptions("-std=gnu17"); err != nil {
		return nil, nil, err
	}
	return cfg, []cc.Source{
		{Name: "<predefined>", Value: cfg.Predefined},
		{Name: "<builtin>", Value: builtin.macros},
		{Name: "<declared>", Value: declared},
		{Name: "<command>", Value: string(ended([]byte(defines(o.Define))))},
		{Name: name, Value: counted + string(ended(text))},
		{Name: "<end>", Value: end},
	}, nil
}

func defines(list []string) string {
	var b strings.Builder
	for _, d := range list {
		name, value, ok := strings.Cut(strings.ReplaceAll(d, "\n", " "), "=")
		if !ok {
			value = "1"
		}
		fmt.Fprintf(&b, "#define %s %s\n", name, value)
	}
	return b.String()
}

// plain keeps the first lines of what the parser said, without its own words
// for what it did not expect. What it found wrong only in what comes behind the
// text is told at the end of that.
func plain(err error, name string, text []byte) error {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	mute := func(l string) bool {
		return strings.HasPrefix(strings.TrimPrefix(l, "TODO "), "*cc.") && !strings.Contains(l, "strconv.")
	}
	if its := slices.DeleteFunc(slices.Clone(lines), mute); len(its) > 0 {
		lines = its // without what only its authors understand
	}
	if its := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, own+"/") }); len(its) > 0 {
		lines = its // without what follows in our headers
	}
	lines = ordered(lines)
	for i, l := range lines {
		l, _, _ = strings.Cut(l, " (check.go")
		// The end has one of two names, by what the cache of sources still has.
		if strings.HasPrefix(l, "<end>:") || strings.HasPrefix(l, "-: unexpected <EOF>") {
			l = fmt.Sprintf("%s:%d:1: the text ends too early: something is missing before its end", name, 1+strings.Count(strings.TrimRight(string(text), "\n"), "\n"))
		}
		lines[i] = inWords(strings.ReplaceAll(l, "TODO ", ""), name)
	}
	lines = slices.Compact(lines)
	if len(lines) > 20 {
		lines = append(lines[:20], "and more")
	}
	return errors.New(strings.Join(lines, "\n"))
}

// inWords says in words of C what the parser says in words of its own.
func inWords(l, name string) string {
	place, what, ok := strings.Cut(l, "strconv.Parse")
	if strings.HasPrefix(place, "*cc.") {
		place = name + ": "
	}
	if _, number, quoted := strings.Cut(what, `parsing "`); ok && quoted {
		number, why, _ := strings.Cut(number, `": `)
		if why == "value out of range" {
			return place + number + " is larger than any integer type (C17 6.4.4p2)"
		}
		return place + number + " is no number (C17 6.4.4)"
	}
	if at, _, ok := strings.Cut(l, ": *cc.DeclarationSpecifiers missed/failed type check"); ok {
		return at + ": these specifiers make no type (C17 6.7.2p2)"
	}
	if strings.HasSuffix(l, ": invalid integer constant") {
		return l + ": it is larger than its type may be (C17 6.4.4p2), and may fit with the suffix u"
	}
	if strings.HasPrefix(l, "*cc.") {
		return name + ": a declaration is none of C's, at a place that the parser does not tell"
	}
	return l
}

// end comes after the text of a unit. The parser waits for a name after a `*`,
// and without one it would wait for ever.
const end = `
extern int __steward_end;
`
