package control_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/census/control"
)

// read gives the fields of all stanzas, and what could not be read.
func read(file string) (stanzas []string, gaps []control.Gap) {
	for st := range control.Stanzas([]byte(file), 0) {
		var fields []string
		for name, value := range st.Fields(func(g control.Gap) { gaps = append(gaps, g) }) {
			fields = append(fields, fmt.Sprintf("%s=%q", name, value))
		}
		stanzas = append(stanzas, strings.Join(fields, " "))
	}
	return stanzas, gaps
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
		gaps []int64 // where
	}{
		"two stanzas":       {"A: 1\nB: 2\n\nA: 3\n", []string{`A="1" B="2"`, `A="3"`}, nil},
		"more lines":        {"A: 1\n 2\n\t3\nB:4\n", []string{`A="1\n 2\n\t3" B="4"`}, nil},
		"blank lines":       {"\n \n\t\nA: 1\n \t\n\n\nB: 2", []string{`A="1"`, `B="2"`}, nil},
		"no end of line":    {"A: 1", []string{`A="1"`}, nil},
		"carriage returns":  {"A: 1\r\n\r\nB: 2\r\n", []string{`A="1"`, `B="2"`}, nil},
		"comments":          {"# none\nA: 1\n", []string{`A="1"`}, nil},
		"no colon":          {"A: 1\nnonsense\nB: 2\n", []string{`A="1" B="2"`}, []int64{5}},
		"no name":           {": 1\nB: 2\n", []string{`B="2"`}, []int64{0}},
		"a name with blank": {"A b: 1\nB: 2\n", []string{`B="2"`}, []int64{0}},
		"goes on at first":  {" more\nB: 2\n", []string{`B="2"`}, []int64{0}},
		"empty value":       {"A:\nB: \n", []string{`A="" B=""`}, nil},
		"nothing":           {"", nil, nil},
		"spaces alone":      {"  ", nil, nil},
		"too many fields":   {strings.Repeat("A: 1\n", control.MaxFields+1), []string{strings.TrimSpace(strings.Repeat(`A="1" `, control.MaxFields))}, []int64{5 * control.MaxFields}},
		"too large":         {"A: " + strings.Repeat("x", control.MaxStanza), []string{""}, []int64{0}},
	} {
		got, gaps := read(c.file)
		var at []int64
		for _, g := range gaps {
			at = append(at, g.At)
		}
		if !slices.Equal(got, c.want) || !slices.Equal(at, c.gaps) {
			t.Errorf("%s: %.200q, gaps %v", name, got, gaps)
		}
	}
}

// TestParts: however a file is cut, its stanzas are the same.
func TestParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 30), 0, 40).Draw(t, "stanzas") {
			for i := range n {
				fmt.Fprintf(&b, "F%d: %d\n more\n", i, n)
			}
			b.WriteString("\n")
		}
		file := b.String()
		whole, _ := read(file)
		var cut []string
		at := int64(0)
		for _, p := range control.Parts([]byte(file), rapid.IntRange(1, 9).Draw(t, "parts")) {
			if p.At != at || !bytes.Equal(p.Text, []byte(file)[at:at+int64(len(p.Text))]) {
				t.Fatalf("a part begins at %d, not at %d", p.At, at)
			}
			at += int64(len(p.Text))
			some, _ := read(string(p.Text))
			cut = append(cut, some...)
		}
		if at != int64(len(file)) || !slices.Equal(whole, cut) {
			t.Fatalf("%d of %d bytes; %q, not %q", at, len(file), cut, whole)
		}
	})
}

// FuzzFields: no file makes the reader fail, and all that it gives lies in the
// file.
func FuzzFields(f *testing.F) {
	for _, s := range []string{"A: 1\n 2\n\nB:3", ":", "\n\n\n", " \n:\n#\n", "A\x00: 1\n\x80:"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		last := int64(-1)
		for st := range control.Stanzas(file, 0) {
			if st.At <= last || len(st.Text) == 0 || !bytes.HasPrefix(file[st.At:], st.Text) {
				t.Fatalf("a stanza at %d of %d bytes", st.At, len(st.Text))
			}
			last = st.At
			for name, value := range st.Fields(nil) {
				if len(name) == 0 || !bytes.Contains(st.Text, name) || !bytes.Contains(st.Text, value) {
					t.Fatalf("%q: %q", name, value)
				}
			}
		}
	})
}
