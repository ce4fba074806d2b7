package packaging

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/base/errs"
)

// someHistory draws one.
func someHistory(t *rapid.T) *History {
	anyDay := rapid.Custom(func(t *rapid.T) Day { return Day(rapid.Int32Range(int32(founded), int32(today)).Draw(t, "day")) })
	h := &History{
		Source:  rapid.StringMatching(`[a-z0-9][a-z0-9+.-]{1,8}`).Draw(t, "source"),
		Version: rapid.StringMatching(`([0-9]:)?[0-9][0-9a-z.+~]{0,6}(-[0-9]{1,2})?`).Draw(t, "version"),
		Cut:     rapid.Bool().Draw(t, "cut"),
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "CVEs") {
		h.Named = append(h.Named, CVE{fmt.Sprintf("CVE-20%02d-1234", i), anyDay.Draw(t, "first")})
	}
	for range rapid.IntRange(0, 4).Draw(t, "uploads") {
		h.Uploads = append(h.Uploads, Upload{
			Day: anyDay.Draw(t, "upload"), By: rapid.SampledFrom([]By{Maintainer, Team, NMU, QA}).Draw(t, "by"),
			Upstream: rapid.Bool().Draw(t, "upstream"), Security: rapid.Bool().Draw(t, "security"), Stable: rapid.Bool().Draw(t, "stable"),
		})
	}
	h.Patches = Patches{NotForwarded: rapid.IntRange(0, 9).Draw(t, "no"), Silent: rapid.IntRange(0, 9).Draw(t, "silent"), LastUpdate: anyDay.Draw(t, "update")}
	return h
}

// TestLines: what is written is read as it was.
func TestLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := someHistory(t)
		text, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(text)
		if err != nil || !reflect.DeepEqual(got, h) {
			t.Fatalf("%v: %+v, want %+v", err, got, h)
		}
	})
}

// TestStore: whatever the order, the same histories give the same bytes, sorted;
// and what was added is there again.
func TestStore(t *testing.T) {
	t.Parallel()
	versions := []string{"1.9-1", "1.10-1", "1:1.0-1"}
	fill := func(order []int) (string, []byte) {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		for _, some := range [][]int{order[:2], order[2:]} { // in two runs
			s, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range some {
				if err := s.Add(&History{Source: "foo", Version: versions[i]}); err != nil {
					t.Fatal(err)
				}
				if err := s.Add(&History{Source: "bar", Version: versions[i], Named: []CVE{{"CVE-2020-1234", 0}}}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := os.ReadFile(filepath.Join(dir, File))
		if err != nil {
			t.Fatal(err)
		}
		return dir, raw
	}
	dir, one := fill([]int{0, 1, 2})
	if _, two := fill([]int{2, 0, 1}); !bytes.Equal(one, two) {
		t.Error("another order gives other bytes")
	}
	s, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range s.All() {
		got = append(got, h.Source+" "+h.Version)
	}
	if want := "bar 1.9-1 bar 1.10-1 bar 1:1.0-1 foo 1.9-1 foo 1.10-1 foo 1:1.0-1"; strings.Join(got, " ") != want {
		t.Errorf("%v", got)
	}
	if h, ok := s.Get("bar", "1.10-1"); !ok || len(h.Named) != 1 || h.CVEs(today.Time(), 0) != 0 {
		t.Error("a CVE without a day was lost, or counted")
	}
	if err := s.Add(&History{Source: "a", Version: "1"}); err == nil {
		t.Error("a store that was loaded was written to")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

// TestCrash: what was added before a crash is there, but for a line that is torn.
func TestCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"foo", "bar"} {
		if err := s.Add(&History{Source: name, Version: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, journal)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.IndexByte(raw, '\n') + 1
	for cut := range len(raw) + 1 {
		want := 0
		switch {
		case cut == len(raw):
			want = 2
		case cut >= whole:
			want = 1
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, journal), raw[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Load(dir); err != nil || s.Len() != want {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		s, err := Open(dir)
		if err != nil || s.Len() != want {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if err := s.Add(&History{Source: "next", Version: "1"}); err != nil {
			t.Fatal(err)
		}
		if s, err = Load(dir); err != nil || s.Len() != want+1 {
			t.Fatalf("cut at %d, and another: %v", cut, err)
		}
	}
}

// TestBroken: what is no store is refused, and nothing that cannot be read again
// is taken.
func TestBroken(t *testing.T) {
	t.Parallel()
	good := `{"source":"a","version":"1","patches":{}}` + "\n"
	for name, text := range map[string]string{
		"words": "words\n", "no end": strings.TrimSuffix(good, "\n"), "two in a line": strings.TrimSuffix(good, "\n") + good,
		"a name": `{"source":"a b","version":"1","patches":{}}` + "\n", "a version": `{"source":"a","version":"","patches":{}}` + "\n",
		"another field": `{"source":"a","version":"1","patches":{},"author":"x"}` + "\n", "a count": `{"source":"a","version":"1","patches":{"silent":-1}}` + "\n",
		"a day": `{"source":"a","version":"1","patches":{},"uploads":["2020-13-01"]}` + "\n", "a kind": `{"source":"a","version":"1","patches":{},"uploads":["2020-01-01 x"]}` + "\n",
		"a CVE":       `{"source":"a","version":"1","patches":{},"cves":["CVE-20-1 2020-01-01"]}` + "\n",
		"order":       `{"source":"a","version":"1","patches":{},"cves":["CVE-2020-1235 -","CVE-2020-1234 -"]}` + "\n",
		"a long line": `{"source":"` + strings.Repeat("a", maxLine) + `","version":"1","patches":{}}` + "\n",
		"depth":       strings.Repeat("[", 1<<20) + "\n",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, File), pack(t, "gz", []byte(good+text)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Open(dir); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*History{{Source: "a b", Version: "1"}, {Source: "a", Version: "1 2"}, {Source: "a", Version: "1", Named: []CVE{{"x", 0}}}} {
		if err := s.Add(h); err == nil {
			t.Errorf("%+v was taken", h)
		}
	}
	if _, err := Open(filepath.Join(os.DevNull, "x")); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}

func FuzzReadLines(f *testing.F) {
	f.Add([]byte(fooWant+fooWant), true)
	f.Add([]byte(`{"source":"a","version":"1","patches":{"last_update":"-"},"cves":["CVE-2020-1234 -"],"uploads":["- qa stable"],"cut":true}`+"\n"), false)
	f.Fuzz(func(t *testing.T, raw []byte, torn bool) {
		_ = readLines(bytes.NewReader(raw), torn, func(h *History) error {
			text, err := h.encode()
			if err != nil {
				return err
			}
			again, err := decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if other, err := again.encode(); err != nil || !bytes.Equal(text, other) {
				t.Errorf("%s is written as %s, %v", text, other, err)
			}
			return nil
		})
	})
}
