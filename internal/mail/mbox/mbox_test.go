package mbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// all reads a whole mbox. A mail that was passed over is "too long".
func all(raw string, limit int64) (out []string, err error) {
	r := NewReader(strings.NewReader(raw), limit)
	for {
		mail, err := r.Next()
		long := new(TooLongError)
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case errors.As(err, &long):
			out = append(out, "too long")
		case err != nil:
			return out, err
		default:
			out = append(out, string(mail))
		}
	}
}

const head = "From ada@example.org Tue Mar  3 09:00:00 2026\n"

func TestRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		raw  string
		want []string
		err  error
	}{
		"nothing":            {"", nil, nil},
		"empty lines":        {"\n\n\r\n", nil, nil},
		"one":                {head + "Subject: a\n\nHello.\n", []string{"Subject: a\n\nHello.\n"}, nil},
		"two":                {head + "A: 1\n\none\n\n" + head + "A: 2\n\ntwo\n\n", []string{"A: 1\n\none\n", "A: 2\n\ntwo\n"}, nil},
		"with CR":            {"From a@b Tue Mar  3 09:00:00 2026\r\nA: 1\r\n\r\none\r\n\r\nFrom a@b 3 Mar 10:00\r\nA: 2\r\n", []string{"A: 1\r\n\r\none\r\n", "A: 2\r\n"}, nil},
		"no end of the line": {head + "A: 1\n\none", []string{"A: 1\n\none"}, nil},
		"quoted":             {head + "A: 1\n\n>From here\n>>From there\n> From\n>From\n", []string{"A: 1\n\nFrom here\n>From there\n> From\n>From\n"}, nil},
		"no empty line":      {head + "A: 1\n\none\n" + head + "more\n", []string{"A: 1\n\none\n" + head + "more\n"}, nil},
		"only looks like it": {head + "A: 1\n\nFrom the team with love\n", []string{"A: 1\n\nFrom the team with love\n"}, nil},
		"an empty mail":      {head + "\n" + head + "A: 2\n", []string{"\n", "A: 2\n"}, nil},
		"a mail":             {"From: ada\nSubject: a\n\nHello.\n", nil, ErrNotMbox},
		"too long":           {head + strings.Repeat("x", 300) + "\n\n" + head + "A: 2\n", []string{"too long", "A: 2\n"}, nil},
	} {
		got, err := all(tt.raw, 200)
		if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, err, tt.want, tt.err)
		}
	}
}

// TestBrokenFile: a file that cannot be read to its end does not end there, and
// what there is of its last mail is no mail.
func TestBrokenFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("input/output error")
	for whole, mails := range map[string]int{head: 0, head + "A: 1\n\none\n": 0, head + "A: 1\n\none\n\n" + head + "A: 2": 1} {
		r := NewReader(io.MultiReader(strings.NewReader(whole), iotest.ErrReader(broken)), 1000)
		var err error
		given := -1
		for ; err == nil; given++ {
			_, err = r.Next()
		}
		if !errors.Is(err, broken) || given != mails {
			t.Errorf("%q: %d mails, %v", whole, given, err)
		}
	}
}

var needsQuote = regexp.MustCompile(`(?m)^(>*From )`)

// TestWhatIsWrittenIsReadBack: mails of any lines come back byte for byte.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.OneOf(rapid.SampledFrom([]string{"", "From a@b 3 Mar 10:00", ">From x 1:00", ">>From ", "From ", "A: 1", "\t", "From\u00a0"}),
			rapid.StringMatching(`[ -~]{0,30}`), rapid.Map(rapid.IntRange(60_000, 70_000), func(n int) string { return strings.Repeat("y", n) }))
		var file bytes.Buffer
		var want []string
		for range rapid.IntRange(0, 5).Draw(t, "mails") {
			mail := "Subject: x\n" + strings.Join(rapid.SliceOfN(line, 0, 8).Draw(t, "lines"), "\n") + "\n"
			want = append(want, mail)
			file.WriteString(head + needsQuote.ReplaceAllString(mail, ">$1") + "\n")
		}
		got, err := all(file.String(), 1<<20)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q, %v, want %q", got, err, want)
		}
	})
}

func TestMaildir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Maildir(dir); err == nil {
		t.Error("a directory without cur and new was taken for a Maildir")
	}
	for _, name := range []string{"cur/2:2,S", "cur/1:2,S", "new/3", "new/.hidden", "tmp/4", "new/below/5"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("mail "+name), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Maildir(dir)
	var got []string
	for _, f := range files {
		raw, err := ReadFile(f, 100)
		got = append(got, fmt.Sprint(string(raw), err))
	}
	if want := []string{"mail cur/1:2,S<nil>", "mail cur/2:2,S<nil>", "mail new/3<nil>"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if _, err := ReadFile(files[0], 3); !errors.As(err, new(*TooLongError)) {
		t.Errorf("a mail that is too long: %v", err)
	}
}

// FuzzReader: any bytes are read to their end, in mails that keep the limit.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"", head + "A: 1\n\n>From x\n\n" + head, "From x", head + "\n\n\n", strings.Repeat(head+"\n", 3), head + strings.Repeat("x", 70_000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		const limit = 1000
		r := NewReader(bytes.NewReader(raw), limit)
		total := 0
		for n := 0; ; n++ {
			mail, err := r.Next()
			if errors.As(err, new(*TooLongError)) {
				continue
			}
			if err != nil {
				break
			}
			if total += len(mail); len(mail) > limit || n > len(raw) || total > len(raw) {
				t.Fatalf("mail %d has %d bytes", n, len(mail))
			}
		}
	})
}
