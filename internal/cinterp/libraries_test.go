package cinterp

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// Real libraries run their own tests to the end in the interpreter, and nothing
// in them is flagged that is not undefined. What is undefined is in mended.

// mending is for undefined behaviour in a library, so that its
// tests go on.
type mending struct{ file, old, new string }

// mended are true findings: each is undefined by C17.
var mended = []mending{
	// deflate.c:215 (1.2.13), slide_hash: decides by values of prev that nobody
	// wrote. Its comment calls them garbage that is never used.
	{"deflate.c", "    s->head   = (Posf *)", "    zmemzero((Bytef *)s->prev, s->w_size * sizeof(Pos));\n    s->head   = (Posf *)"},
	// test/example.c:470: the stream given to deflateSetDictionary has no avail_in
	// and next_in, which deflate.c:449 reads: J.2 item 11.
	{"test/example.c", "c_stream.opaque = (voidpf)0;\n\n    err = deflateInit(&c_stream, Z_BEST_COMPRESSION);", "c_stream.opaque = (voidpf)0;\n    c_stream.next_in = Z_NULL;\n    c_stream.avail_in = 0;\n\n    err = deflateInit(&c_stream, Z_BEST_COMPRESSION);"},
	// test/infcover.c:376: a pointer one before a string literal, which inflate.c:207
	// then reads: 6.5.6p8.
	{"test/infcover.c", "ZLIB_VERSION - 1, (int)sizeof", "\"0\", (int)sizeof"},
}

// build is a program of a library.
type build struct {
	dir     string
	units   []string // of dir, or whole if they are in our testdata
	define  []string
	include []string // of dir
	args    []string
	input   []byte
	mount   fs.FS
	extra   map[string]string // files that the library's own build makes
	loose   bool              // it reads objects as other types
	allow   []string
}

// run runs a program of a library, which must finish with status 0, and gives
// what it wrote.
func (b build) run(t *testing.T) []byte {
	t.Helper()
	root := filepath.Dir(b.dir)
	base := filepath.Base(b.dir)
	p := Program{Define: b.define, Args: b.args, Input: b.input, Mount: b.mount, FS: os.DirFS(root), Include: []string{base}}
	if b.extra != nil {
		made := fstest.MapFS{}
		for n, text := range b.extra {
			made["made/"+n] = &fstest.MapFile{Data: []byte(text)}
		}
		p.FS, p.Include = both{made, p.FS}, append(p.Include, "made")
	}
	for _, d := range b.include {
		p.Include = append(p.Include, path.Join(base, d))
	}
	for _, u := range b.units {
		name, file := path.Join(base, u), filepath.Join(b.dir, u)
		if strings.HasPrefix(u, "testdata/") {
			name, file = u, u
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range mended {
			if strings.HasSuffix("/"+u, "/"+f.file) {
				text = bytes.ReplaceAll(text, []byte(f.old), []byte(f.new))
			}
		}
		p.Files = append(p.Files, File{Name: name, Text: text})
	}
	r, err := Run(context.Background(), p, Options{Loose: b.loose, Allow: b.allow, Limits: Limits{Steps: 1 << 40, Time: 30 * time.Minute}})
	switch {
	case err != nil:
		t.Fatal(err)
	case r.Verdict == Undefined:
		t.Fatalf("%s: %s: %s (%v)", r.Finding.Place, r.Finding.Kind, r.Finding.Text, r.Finding.Stack)
	case r.Verdict == CannotSay || r.Status != 0:
		t.Fatalf("%s at %v, status %d\n%s%s", r.Why, r.WhyPlace, r.Status, tail(r.Output), tail(r.Errors))
	}
	return r.Output
}

func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }

// both shows two file systems as one.
type both struct{ first, second fs.FS }

func (b both) Open(name string) (fs.File, error) {
	if f, err := b.first.Open(name); err == nil {
		return f, nil
	}
	return b.second.Open(name)
}

// TestLua: Lua's interpreter runs a program in Lua.
func TestLua(t *testing.T) {
	t.Parallel()
	dir := unpack(t, filepath.Join(corpus(t), "assets/www.lua.org/ftp/lua-5.4.4.tar.gz"))
	text, err := os.ReadFile("testdata/libraries/language.lua")
	if err != nil {
		t.Fatal(err)
	}
	b := build{dir: filepath.Join(dir, "src"), define: []string{"LUA_USE_POSIX"}, args: []string{"language.lua"},
		mount: fstest.MapFS{"language.lua": {Data: text}}}
	b.units = sources(t, b.dir, ".", "luac.c")
	if out := b.run(t); string(out) != "73 checks\n" {
		t.Errorf("%s", out)
	}
}

// unpack unpacks a .tar.gz and gives its one folder.
func unpack(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	to, top := t.TempDir(), ""
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return filepath.Join(to, top)
		}
		if err != nil {
			t.Fatal(err)
		}
		top, _, _ = strings.Cut(h.Name, "/")
		at := filepath.Join(to, filepath.Clean("/"+h.Name))
		if h.FileInfo().IsDir() {
			continue
		}
		text, err := io.ReadAll(r)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(at), 0o700)
		}
		if err == nil {
			err = os.WriteFile(at, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sources lists the .c files of a folder and those below, without those whose
// path has one of the words.
func sources(t *testing.T, dir, under string, without ...string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(dir), under, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".c") && !slices.ContainsFunc(without, func(w string) bool { return strings.Contains(p, w) }) {
			all = append(all, p)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %v", dir, err)
	}
	return all
}

// TestLibraries runs the tests of more libraries with STEWARD_LIBRARIES=all, or
// with a folder to which the sources were fetched before. They are those of
// Debian's packages, or come with the module.
func TestLibraries(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("STEWARD_LIBRARIES")
	switch dir {
	case "":
		return
	case "all":
		dir = t.TempDir()
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testSQLite(t)
	})
	if out, err := exec.Command("../../scripts/fetch-libraries.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, test := range map[string]func(*testing.T, string){"zlib": testZlib, "expat": testExpat, "cjson": testCJSON, "bzip2": testBzip2, "libpng1.6": testLibpng, "libtomcrypt": testTomCrypt,
		"mbedtls": testMbedTLS, "libzstd": testZstd} {
		found, _ := filepath.Glob(filepath.Join(dir, name+"-*/"))
		if len(found) == 0 {
			t.Fatalf("no source of %s", name)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, found[0])
		})
	}
}

func testSQLite(t *testing.T) {
	b := build{dir: filepath.Join(corpus(t), "assets/sqlite-amalgamation-3380100"), units: []string{"testdata/libraries/sqlite.c", "sqlite3.c"},
		define: []string{"SQLITE_THREADSAFE=0", "SQLITE_OMIT_LOAD_EXTENSION", "SQLITE_OS_OTHER=1", "SQLITE_TEMP_STORE=3"}}
	if out := b.run(t); string(out) != "322 statements\n" {
		t.Errorf("%s", out)
	}
}

// zlib is the units of zlib and one of its tests.
func zlib(test string) []string {
	return []string{"adler32.c", "compress.c", "crc32.c", "deflate.c", "gzclose.c", "gzlib.c", "gzread.c", "gzwrite.c", "infback.c", "inffast.c",
		"inflate.c", "inftrees.c", "trees.c", "uncompr.c", "zutil.c", test}
}

// TestZlib runs what zlib gives as an example: it is written in the style of
// before C90, and with prototypes.
func TestZlib(t *testing.T) {
	t.Parallel()
	b := build{dir: filepath.Join(corpus(t), "assets/github.com/madler/zlib"), units: zlib("test/example.c")}
	if out := b.run(t); !bytes.Contains(out, []byte("inflate with dictionary: hello, hello!")) {
		t.Errorf("%s", out)
	}
}

func testZlib(t *testing.T, dir string) {
	out := build{dir: dir, units: zlib("test/example.c")}.run(t)
	if !bytes.Contains(out, []byte("inflate with dictionary: hello, hello!")) {
		t.Errorf("%s", out)
	}
	// inflate.c:1527 (1.2.13), inflateCopy: >= between pointers to the state and
	// to the fixed tables, 6.5.8p5.
	build{dir: dir, units: zlib("test/infcover.c"), allow: []string{"pointer-comparison"}}.run(t)
	text, err := os.ReadFile(filepath.Join(dir, "deflate.c"))
	if err != nil {
		t.Fatal(err)
	}
	// crc32.c:838 and 898 (1.2.13) read an array of characters as words, 6.5p7.
	mini := zlib("test/minigzip.c")
	zipped := build{dir: dir, units: mini, input: text, loose: true}.run(t)
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, text) {
		t.Errorf("minigzip packs something else: %v", err)
	}
	if got := (build{dir: dir, units: mini, input: zipped, args: []string{"-d"}, loose: true}).run(t); !bytes.Equal(got, text) {
		t.Error("minigzip unpacks something else")
	}
}

// testLibpng reads and writes a picture in all ways with the program that the
// library has for it. zlib's crc32.c reads libpng's arrays of characters as words,
// 6.5p7.
func testLibpng(t *testing.T, dir string) {
	z, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "zlib-*/"))
	picture, err2 := os.ReadFile(filepath.Join(dir, "pngtest.png"))
	conf, err3 := os.ReadFile(filepath.Join(dir, "scripts/pnglibconf.h.prebuilt"))
	if err != nil || err2 != nil || err3 != nil || len(z) != 1 {
		t.Fatal(err, err2, err3, z)
	}
	up := "../" + filepath.Base(z[0])
	b := build{dir: dir, loose: true, include: []string{up}, define: []string{"PNG_INTEL_SSE_OPT=0"}, args: []string{"pngtest.png"},
		mount: fstest.MapFS{"pngtest.png": {Data: picture}}, extra: map[string]string{"pnglibconf.h": string(conf)}}
	for _, u := range sources(t, dir, ".", "/", "example.c") {
		b.units = append(b.units, u)
	}
	for _, u := range zlib("") {
		if u != "" && !strings.HasPrefix(u, "gz") {
			b.units = append(b.units, path.Join(up, u))
		}
	}
	if out := b.run(t); !bytes.Contains(out, []byte("libpng passes test")) {
		t.Errorf("%s", tail(out))
	}
}

func testExpat(t *testing.T, dir string) {
	b := build{dir: filepath.Join(dir, "expat"), include: []string{"lib", "tests"}, define: []string{"HAVE_CONFIG_H", "XML_TESTING"},
		extra: map[string]string{"expat_config.h": "#define BYTEORDER 1234\n#define HAVE_MEMMOVE 1\n#define XML_CONTEXT_BYTES 1024\n#define XML_DTD 1\n#define XML_NS 1\n#define XML_DEV_URANDOM 1\n#define PACKAGE_STRING \"expat\"\n"},
		units: []string{"tests/runtests.c", "tests/chardata.c", "tests/structdata.c", "tests/memcheck.c", "tests/minicheck.c", "lib/xmlparse.c", "lib/xmltok.c", "lib/xmlrole.c"}}
	if out := b.run(t); !bytes.Contains(out, []byte("100%")) {
		t.Errorf("%s", tail(out))
	}
}

func testCJSON(t *testing.T, dir string) {
	for _, test := range sources(t, dir, "tests", "unity") {
		if path.Dir(test) != "tests" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, test))
		if err != nil {
			t.Fatal(err)
		}
		b := build{dir: dir, units: []string{test, "tests/unity/src/unity.c", "tests/unity_setup.c"}, mount: os.DirFS(filepath.Join(dir, "tests")),
			include: []string{"tests", "tests/unity/src", "tests/unity/examples"}}
		if !bytes.Contains(text, []byte("common.h")) {
			b.units = append(b.units, "cJSON.c")
		}
		if bytes.Contains(text, []byte("cJSON_Utils")) {
			b.units = append(b.units, "cJSON_Utils.c")
		}
		if out := b.run(t); !bytes.HasSuffix(out, []byte("OK\n")) {
			t.Errorf("%s: %s", test, tail(out))
		}
	}
}

func testBzip2(t *testing.T, dir string) {
	units := []string{"bzip2.c", "blocksort.c", "huffman.c", "crctable.c", "randtable.c", "compress.c", "decompress.c", "bzlib.c"}
	for i, how := range []string{"-1", "-2", "-3"} {
		plain, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("sample%d.ref", i+1)))
		packed, err2 := os.ReadFile(filepath.Join(dir, fmt.Sprintf("sample%d.bz2", i+1)))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if got := (build{dir: dir, units: units, args: []string{how}, input: plain}).run(t); !bytes.Equal(got, packed) {
			t.Errorf("sample %d is packed to something else", i+1)
		}
		if got := (build{dir: dir, units: units, args: []string{"-d"}, input: packed}).run(t); !bytes.Equal(got, plain) {
			t.Errorf("sample %d is unpacked to something else", i+1)
		}
	}
}

func testTomCrypt(t *testing.T, dir string) {
	b := build{dir: dir, include: []string{"src/headers", "tests"}, define: []string{"LTC_SOURCE", "LTC_TEST", "LTC_NO_PK", "LTC_NO_PKCS", "LTC_NO_ASM"}}
	b.units = append(sources(t, dir, "src", "/pk/", "_desc.c", "_tab.c", "sober128tab", "twofish_tab", "whirltab", "safer_tab"),
		"tests/cipher_hash_test.c", "tests/modes_test.c", "tests/mac_test.c", "tests/base64_test.c", "tests/misc_test.c", "tests/common.c", "testdata/libraries/tomcrypt.c")
	if out := b.run(t); strings.Count(string(out), ": passed\n") != 5 {
		t.Errorf("%s", out)
	}
}

// testMbedTLS runs the test that mbed TLS has of all its ciphers, but not that of
// its timer, which waits for a signal. gcm.c:341 (2.28.3) compares and subtracts
// pointers into different objects, 6.5.8p5 and 6.5.6p9.
func testMbedTLS(t *testing.T, dir string) {
	b := build{dir: dir, include: []string{"include", "library"}, args: []string{"-x", "timing"}, allow: []string{"pointer-comparison", "pointer-subtraction"}}
	b.units = append(sources(t, dir, "library", "net_sockets"), "programs/test/selftest.c")
	if out := b.run(t); !strings.Contains(string(out), "[ All tests PASS ]") {
		t.Errorf("%s", tail(out))
	}
}

// testZstd packs and unpacks. zstd 1.5.4 negates INT_MIN in lib/common/bits.h:24,
// 6.5p5, and compares and subtracts pointers into different objects.
func testZstd(t *testing.T, dir string) {
	b := build{dir: dir, include: []string{"lib", "lib/common"}, define: []string{"ZSTD_DISABLE_ASM=1"},
		allow: []string{"signed-overflow", "pointer-comparison", "pointer-subtraction"}}
	b.units = append(sources(t, dir, "lib", "/legacy/", "/deprecated/", "/dictBuilder/", "zstdmt_"), "testdata/libraries/zstd.c")
	if out := string(b.run(t)); strings.Count(out, "same\n") != 10 || strings.Count(out, "damaged: seen\n") != 9 {
		t.Errorf("%s", out)
	}
}
