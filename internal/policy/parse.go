package policy

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"steward/internal/base/errs"
	"steward/internal/base/settings"
)

// field is the name by which errors speak of the text as a whole.
const field = "policy"

//go:embed presets/*.toml
var presets embed.FS

//go:embed lists.toml
var lists []byte

// Parse reads a policy from TOML. A word that is none of a policy, a text that is
// too large, and what Policy.Check refuses is errs.Invalid.
func Parse(text []byte) (Policy, error) {
	var p Policy
	if err := decode(text, &p); err != nil {
		return Policy{}, err
	}
	if err := p.Check(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// maxSize bounds the text of a policy, in bytes.
const maxSize = 64 << 10

func decode(text []byte, into any) error {
	unknown, err := settings.Decode(field, text, maxSize, into)
	if err == nil && unknown != "" {
		err = errs.Invalidf(unknown, "is no word of a policy").WithHint("see the preset named default")
	}
	return err
}

// Write writes a policy so that Parse reads the same.
func Write(p Policy) ([]byte, error) {
	var b bytes.Buffer
	enc := toml.NewEncoder(&b)
	enc.Indent = ""
	if err := enc.Encode(p); err != nil {
		return nil, fmt.Errorf("writing a policy: %w", err)
	}
	return b.Bytes(), nil
}

// Presets lists the names of the policies that come with the program, in order.
func Presets() (names []string) {
	files, _ := fs.Glob(presets, "presets/*.toml") // the pattern is a good one
	for _, f := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(f, "presets/"), ".toml"))
	}
	return names
}

// Preset gives a policy that comes with the program, and its text with the
// comments on where each figure comes from. An unknown name is errs.Invalid.
func Preset(name string) (Policy, []byte, error) {
	text, err := presets.ReadFile("presets/" + name + ".toml")
	if err != nil || strings.ContainsAny(name, "/.") {
		return Policy{}, nil, errs.Invalidf("preset", "There is no such preset.").WithHint("one of %s", strings.Join(Presets(), ", "))
	}
	p, err := Parse(text)
	return p, text, err
}

// Known gives the lists whose rules come with the program.
func Known() []List { return slices.Clone(known) }

// known is read once: every plan asks for it.
var known = func() []List {
	var all struct {
		List []List `toml:"list"`
	}
	if err := decode(lists, &all); err != nil {
		panic(err) // embedded: every test would fail
	}
	return all.List
}()
