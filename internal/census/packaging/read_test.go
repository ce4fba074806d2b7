package packaging

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"steward/internal/base/errs"
)

// file is one of an archive; of type 0 it is a plain one.
type file struct {
	name, text string
	kind       byte
}

func tarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Typeflag: f.kind, Mode: 0o644, Size: int64(len(f.text))}
		switch f.kind {
		case tar.TypeSymlink, tar.TypeLink:
			h.Linkname, h.Size, f.text = f.text, 0, ""
		case tar.TypeDir:
			h.Size = 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pack(t testing.TB, how string, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch how {
	case "gz":
		w = gzip.NewWriter(&b)
	case "xz":
		w, err = xz.NewWriter(&b)
	case "zst":
		w, err = zstd.NewWriter(&b)
	default:
		return raw
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var fooLog = entry("foo (1.0-2) unstable; urgency=low", "  * Fix CVE-2020-1234", "Wed, 01 Jan 2020 00:00:00 +0000") +
	entry("foo (1.0-1) unstable; urgency=low", "  * First.", "Tue, 01 Jan 2019 00:00:00 +0000")

// foo is the packaging of a source.
var foo = []file{
	{name: "debian/", kind: tar.TypeDir},
	{name: "debian/changelog", text: fooLog},
	{name: "debian/patches/", kind: tar.TypeDir},
	{name: "debian/patches/a.patch", text: "Forwarded: no\nLast-Update: 2019-05-01\n\n--- a/x\n"},
	{name: "debian/patches/series", text: "a.patch\nb.patch\nlink.patch\nhard.patch\nmissing.patch\n"},
	{name: "debian/patches/b.patch", text: "Origin: upstream\n\n--- a/x\n"},
	{name: "debian/patches/unused.patch", text: "Forwarded: no\n"},
	{name: "debian/patches/link.patch", text: "a.patch", kind: tar.TypeSymlink},
	{name: "debian/patches/hard.patch", text: "/etc/passwd", kind: tar.TypeLink},
	{name: "debian/sub/debian/changelog", text: "bar (9) unstable; urgency=low\n"},
}

const fooWant = `{"source":"foo","version":"1.0-2","cves":["CVE-2020-1234 2020-01-01"],"uploads":["2020-01-01","2019-01-01 upstream"],` +
	`"patches":{"upstream":1,"not_forwarded":1,"silent":2,"last_update":"2019-05-01"}}` + "\n"

// fooBz2 is a small .debian.tar.bz2, made with tar and bzip2.
const fooBz2 = "QlpoOTFBWSZTWWbEE2YAAJtfkMwQQH/9n2sQQYB/597gACAECDAAubYqaaJgJgAAAEwExoNCKn5KbU9NTAJoaMjT0mJo0aYJhBKRNJ4kAaaA00yAADQDTfaqaoEBsIgIMjGi0gQEFIr2yEb4XLSxzHLu0kfyPDRFJMvIo5vXYNT+lmGEnUg8zLwKChSE26RGPFuBTIo1SGJw8hGBBLGBBKZHWkm0n2HB1OSvZg9CC40iVHUuO+5iiWEYvBgn/sAl1JhkkEY+Oy1RsAQCIJBLk8yEQ74cfatwRGcqbK69OiIH8XckU4UJBmxBNmA="

func readFoo(name string, raw []byte) (string, error) {
	h, err := Read(context.Background(), bytes.NewReader(raw), name, "foo", "1.0-2", today.Time())
	if err != nil {
		return "", err
	}
	text, err := h.encode()
	return string(text), err
}

// TestRead: however it is packed, a packaging file tells the same; one that ends
// too early tells nothing.
func TestRead(t *testing.T) {
	t.Parallel()
	raw := tarOf(t, foo...)
	var native []file
	for _, f := range foo {
		f.name = "foo-1.0/" + f.name
		native = append(native, f)
	}
	for name, packed := range map[string][]byte{
		"foo_1.0-2.debian.tar.xz": pack(t, "xz", raw), "foo_1.0-2.debian.tar.gz": pack(t, "gz", raw),
		"foo_1.0-2.debian.tar.zst": pack(t, "zst", raw), "foo_1.0-2.tar.xz": pack(t, "xz", tarOf(t, native...)),
		"foo_1.0-2.diff.gz": pack(t, "gz", diffOf(foo)),
	} {
		want := fooWant
		if strings.Contains(name, ".diff") { // there are no links in a diff
			want = strings.Replace(want, `"silent":2,`, "", 1)
		}
		if got, err := readFoo(name, packed); err != nil || got != want {
			t.Errorf("%s: %v\n%swant\n%s", name, err, got, want)
		}
		for _, cut := range []int{7, len(packed) / 2, len(packed) - 1} {
			if got, err := readFoo(name, packed[:cut]); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s cut at %d: %v, %s", name, cut, err, got)
			}
		}
	}
	bz2, err := base64.StdEncoding.DecodeString(fooBz2)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readFoo("foo_1.0-2.debian.tar.bz2", bz2); err != nil || !strings.Contains(got, "CVE-2020-1234") {
		t.Errorf("bz2: %v, %s", err, got)
	}
}

// diffOf writes files as a .diff of format 1.0.
func diffOf(files []file) []byte {
	var b bytes.Buffer
	for _, f := range files {
		if f.kind != 0 {
			continue
		}
		lines := strings.SplitAfter(strings.TrimSuffix(f.text, "\n"), "\n")
		fmt.Fprintf(&b, "--- foo-1.0.orig/%s\n+++ foo-1.0/%s\n@@ -0,0 +1,%d @@\n", f.name, f.name, len(lines))
		for _, l := range lines {
			b.WriteString("+" + l)
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

// TestDiff: a .diff that changes upstream's files says so, and a changelog that is
// not there as a whole is cut.
func TestDiff(t *testing.T) {
	t.Parallel()
	log := string(diffOf([]file{{name: "debian/changelog", text: fooLog}}))
	direct := "--- foo-1.0.orig/x.c\n+++ foo-1.0/x.c\n@@ -1,3 +1,2 @@\n a\n--- b\n-+++ c/debian/changelog\n+d\n\\ No newline at end of file\n"
	got, err := readFoo("foo_1.0-2.diff.gz", []byte(log+direct+strings.ReplaceAll(direct, "x.c", "y.c\t2020-01-01")))
	if err != nil || !strings.Contains(got, `"direct":2`) || strings.Contains(got, "cut") {
		t.Error(got, err)
	}
	part := strings.Replace(log, "@@ -0,0 +1,", "@@ -1,3 +1,", 1) + " old\n-older\n lines\n"
	part = strings.Replace(part, "+1,12", "+1,14", 1)
	if got, err = readFoo("foo_1.0-2.diff.gz", []byte(part)); err != nil || !strings.Contains(got, `"cut":true`) {
		t.Error(got, err)
	}
	for name, text := range map[string]string{
		"nothing": "", "words": "words\n", "a short hunk": log + "--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n",
		"a wrong count": "--- a/x\n+++ b/x\n@@ -0,0 +1,a @@\n+a\n" + log, "a negative one": "--- a/x\n+++ b/x\n@@ -0,0 +1,-2 @@\n" + log,
		"a cut hunk": "--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n" + log,
	} {
		if got, err := readFoo("foo_1.0-2.diff.gz", []byte(text)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v, %s", name, err, got)
		}
	}
}

// TestBombs: archives that are made to hurt are refused, or hurt nobody.
func TestBombs(t *testing.T) {
	t.Parallel()
	const name, most, files = "foo_1.0-2.debian.tar.gz", 40 << 20, 2000
	many := func(n int, format string) []file {
		out := []file{{name: "debian/changelog", text: fooLog}}
		for i := range n {
			out = append(out, file{name: fmt.Sprintf(format, i)})
		}
		return out
	}
	wide := bytes.Clone(pack(t, "xz", tarOf(t, foo...))) // says that it points back four gigabytes
	wide[16] = 40
	for what, c := range map[string]struct {
		raw  []byte
		good bool
	}{
		"zeros":         {pack(t, "gz", make([]byte, most+1)), false},
		"zeros behind":  {pack(t, "gz", append(tarOf(t, foo...), make([]byte, most)...)), false},
		"many files":    {pack(t, "gz", tarOf(t, many(files, "debian/%d")...)), false},
		"fewer files":   {pack(t, "gz", tarOf(t, many(files-1, "debian/%d")...)), true},
		"long names":    {pack(t, "gz", tarOf(t, many(60, "debian/patches/"+strings.Repeat("n", 100_000)+"%d")...)), true},
		"a long log":    {pack(t, "gz", tarOf(t, file{name: "debian/changelog", text: fooLog + strings.Repeat("x\n", MaxChangelog)})), true},
		"a linked log":  {pack(t, "gz", tarOf(t, file{name: "debian/changelog", text: "/etc/passwd", kind: tar.TypeSymlink})), false},
		"no log":        {pack(t, "gz", tarOf(t, foo[2:]...)), false},
		"a log outside": {pack(t, "gz", tarOf(t, file{name: "../debian/changelog", text: fooLog}, file{name: "/debian/changelog", text: fooLog})), false},
		"another's":     {pack(t, "gz", tarOf(t, file{name: "debian/changelog", text: strings.ReplaceAll(fooLog, "foo", "bar")})), false},
		"another one":   {pack(t, "gz", tarOf(t, file{name: "debian/changelog", text: strings.ReplaceAll(fooLog, "1.0-2", "1.0-3")})), false},
		"a wide window": {wide, false},
		"packed twice":  {pack(t, "gz", pack(t, "gz", tarOf(t, foo...))), false},
	} {
		began := time.Now()
		h, err := read(context.Background(), bytes.NewReader(c.raw), name, "foo", "1.0-2", today.Time(), most, files)
		if (err == nil) != c.good || err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v, %v", what, h, err)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
	long := "--- a/x\n+++ b/" + strings.Repeat("n", 1<<20) + "\n@@ -0,0 +1,1 @@\n+" + strings.Repeat("x", 10<<20) + "\n" + string(diffOf(foo))
	if _, err := readFoo("foo_1.0-2.diff.gz", []byte(long)); err != nil {
		t.Error(err)
	}
}

// TestSparse: a file that claims a terabyte of holes is read as far as its bounds.
func TestSparse(t *testing.T) {
	t.Parallel()
	head := func(h string) []byte { // an old GNU header, whose sum is set here
		b := []byte(h)
		copy(b[148:], "        ")
		sum := 0
		for _, c := range b {
			sum += int(c)
		}
		copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
		return b
	}
	raw := make([]byte, 512)
	copy(raw, "debian/patches/series")
	copy(raw[100:], "0000644\x00")
	copy(raw[108:], "0000000\x000000000\x00")
	copy(raw[124:], "00000000000\x00")
	copy(raw[136:], "00000000000\x00")
	raw[156] = 'S'
	copy(raw[257:], "ustar  \x00")
	copy(raw[386:], "17777777777\x0000000000000\x00") // a hole of eight gigabytes, and nothing
	copy(raw[483:], "17777777777\x00")
	all := append(head(string(raw)), tarOf(t, foo[:2]...)...)
	if got, err := readFoo("foo_1.0-2.debian.tar.gz", all); err != nil || !strings.Contains(got, "CVE-2020-1234") {
		t.Error(got, err)
	}
}

// TestStopped: who has been told to stop does.
func TestStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"foo_1.0-2.debian.tar.gz", "foo_1.0-2.diff.gz"} {
		raw := tarOf(t, foo...)
		if strings.Contains(name, "diff") {
			raw = diffOf(foo)
		}
		if _, err := Read(ctx, bytes.NewReader(raw), name, "foo", "1.0-2", today.Time()); err == nil || errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	raw := tarOf(f, foo...)
	for _, how := range []string{"", "gz", "xz", "zst"} {
		f.Add(pack(f, how, raw), false)
	}
	f.Add(diffOf(foo), true)
	f.Fuzz(func(t *testing.T, raw []byte, diff bool) {
		name := "foo_1.0-2.debian.tar.gz"
		if diff {
			name = "foo_1.0-2.diff.gz"
		}
		h, err := read(context.Background(), bytes.NewReader(raw), name, "foo", "1.0-2", today.Time(), 1<<20, 100)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		if text, err := h.encode(); err != nil {
			t.Error(err)
		} else if _, err := decode(text); err != nil {
			t.Error(err)
		}
	})
}
