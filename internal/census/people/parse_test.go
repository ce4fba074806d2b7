package people

import (
	"bytes"
	"strings"
	"testing"
)

const aLog = "\x02aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n1700000000\nbbbb\nAda\nada@x\nAda\nada@x\nBen\nben@x\nBen\nben@x\x00\nM\x00a.c\x00R100\x00b.c\x00c.c\x00\x00"

func TestReadLog(t *testing.T) {
	t.Parallel()
	var got []string
	err := readLog(strings.NewReader(aLog),
		func(c commit) error { got = append(got, c.author.name, c.committer.mail); return nil },
		func(s byte, name, old string) error { got = append(got, string(s)+name+old); return nil })
	if err != nil || strings.Join(got, " ") != "Ada ben@x Ma.c Rc.cb.c" {
		t.Errorf("%v %v", got, err)
	}
	for name, text := range map[string]string{
		"a file first": "M\x00a\x00", "half a rename": aLog + "R100\x00a\x00", "half a header": "\x02aa\n1\x00", "no end": aLog + "M\x00a.c", "a long name": aLog + "M\x00" + strings.Repeat("a", maxToken+1) + "\x00",
	} {
		if err := readLog(strings.NewReader(text), func(commit) error { return nil }, func(byte, string, string) error { return nil }); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// FuzzLog: whatever is printed, sums are in their bounds.
func FuzzLog(f *testing.F) {
	f.Add([]byte(aLog))
	f.Add([]byte(aLog + aLog + "A\x00a.c\x00"))
	f.Add([]byte("\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h := newHistory(endOf(day("2023-12-01")), []string{"a.c", "c.c"}, []release{{commit: strings.Repeat("a", 40), tagger: "x", when: 1700000000}})
		if err := readLog(bytes.NewReader(b), h.commit, func(s byte, name, old string) error { return h.change(s, name, old) }); err != nil {
			return
		}
		told := h.told()
		for _, field := range Fields() {
			if v := field.Of(&told); v.N < 0 || v.N != v.N || strings.HasPrefix(field.Unit, "share") && v.N > 1 || v.Unknown != "" && v.Unknown.Text() == "" {
				t.Errorf("%s is %v", field.Name, v)
			}
		}
	})
}

func FuzzTag(f *testing.F) {
	f.Add([]byte("object " + strings.Repeat("a", 40) + "\ntype commit\ntag v1\ntagger Ada <ada@x> 1700000000 +0100\n\n" + signed))
	f.Add([]byte("tagger > <x\ntagger >\ngpgsig x\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, r := parseTag(b)
		if strings.ContainsAny(r.tagger, "\n") {
			t.Errorf("tagger %q", r.tagger)
		}
	})
}

func FuzzPackedRefs(f *testing.F) {
	f.Add([]byte("# pack-refs\n" + strings.Repeat("a", 40) + " refs/tags/v1\n^" + strings.Repeat("b", 40) + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all := map[string]string{}
		if err := parsePacked(b, all); err != nil {
			return
		}
		for name, id := range all {
			if !isID(id) || !wanted(name) || strings.Contains(name, "\n") {
				t.Errorf("%q %q", name, id)
			}
		}
	})
}

func FuzzNote(f *testing.F) {
	f.Add([]byte(`{"rules":1,"digest":"x","days":[{"day":"2018-01-01","told":{"authors":{"n":1},"signed":{"n":0,"unknown":"no-tags"}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := parseNote(b)
		for _, d := range n.Days {
			for _, field := range Fields() {
				if v := field.Of(&d.Told); v.N < 0 || v.Unknown != "" && v.Unknown.Text() == "" {
					t.Errorf("%v", v)
				}
			}
		}
	})
}

func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 blob aaaa\tsrc/a.c\x00120000 blob aaaa\tx\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = eachEntry(bytes.NewReader(b), func(mode, name string) error {
			if strings.Contains(name, "\x00") {
				t.Errorf("%q", name)
			}
			_ = isSource(name)
			return nil
		})
	})
}
