package inside

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"steward/internal/cinterp"
	"steward/internal/proof"
)

// TestMain is the other process when it is asked to be.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "inside" {
		if err := Main(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "limits" {
		err := Main(os.Stdin, io.Discard)
		var data, files unix.Rlimit
		err = errors.Join(err, unix.Getrlimit(unix.RLIMIT_DATA, &data), unix.Getrlimit(unix.RLIMIT_NOFILE, &files))
		_ = json.NewEncoder(os.Stdout).Encode(proof.Answer{Nothing: fmt.Sprint(data.Max, files.Max, err)})
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "sleep" {
		time.Sleep(time.Minute)
	}
	if len(os.Args) == 2 && os.Args[1] == "open" {
		able := seclude()
		_, open := os.Open("/etc/passwd")
		_ = json.NewEncoder(os.Stdout).Encode(proof.Answer{Nothing: fmt.Sprint(able, open != nil)})
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "flood" {
		_, _ = os.Stdout.Write(make([]byte, 4<<20))
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "memory" {
		if bound() == nil {
			for all := [][]byte{}; ; all = append(all, make([]byte, 64<<20)) {
				if len(all) > 40 {
					_ = json.NewEncoder(os.Stdout).Encode(proof.Answer{Interpreter: "it has all that memory"})
					os.Exit(0)
				}
			}
		}
	}
	if len(os.Args) == 2 && os.Args[1] == "differ" {
		_ = json.NewEncoder(os.Stdout).Encode(proof.Answer{Interpreter: time.Now().String()})
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func src(pairs ...string) (out []proof.Source) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, proof.Source{Name: pairs[i], Data: []byte(pairs[i+1])})
	}
	return out
}

const (
	bad   = "#include <string.h>\nint main(void)\n{\n\tchar b[4];\n\tstrcpy(b, \"too long\");\n\treturn b[0];\n}\n"
	good  = "#include <string.h>\nint main(void)\n{\n\tchar b[16];\n\tstrcpy(b, \"too long\");\n\treturn b[0] - 't';\n}\n"
	lib   = "#include \"lib.h\"\nint get(int i) { static int a[3]; return a[i]; }\n"
	head  = "int get(int i);\n"
	test1 = "#include \"lib.h\"\nint main(void) { return get(3); }\n"
	fuzz  = "#include \"lib.h\"\n#include <stddef.h>\nint LLVMFuzzerTestOneInput(const unsigned char *p, size_t n) { return n > 0 ? get(p[0] - 'a') * 0 : 0; }\n"
	test2 = "#include \"lib.h\"\n/* int main(void) { */\nint main(argc, argv) int argc; char **argv; { return get(2); }\n"
)

func zipped(files []proof.Source) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		x, _ := w.Create(f.Name)
		_, _ = x.Write(f.Data)
	}
	_ = w.Close()
	return b.Bytes()
}

func tarred(files []proof.Source) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	_ = w.WriteHeader(&tar.Header{Name: "link.c", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
	for _, f := range files {
		_ = w.WriteHeader(&tar.Header{Name: f.Name, Size: int64(len(f.Data)), Mode: 0o600, Typeflag: tar.TypeReg})
		_, _ = w.Write(f.Data)
	}
	_ = w.Close()
	_ = z.Close()
	return b.Bytes()
}

// TestAnswers: which programs there are in what people send, and what each
// shows: its kind and line, or a word why there is none.
func TestAnswers(t *testing.T) {
	t.Parallel()
	project := src("p/lib.c", lib, "p/lib.h", head, "p/t1.c", test1, "p/t2.c", test2)
	for _, tc := range []struct {
		name  string
		files []proof.Source
		fixed []proof.Source
		want  string
	}{
		{"one file", src("poc.c", bad), nil, "poc.c library-overflow 5"},
		{"a good one", src("poc.c", good), nil, "poc.c finished"},
		{"a fixed one", src("poc.c", bad), src("poc.c", good), "poc.c finished"},
		{"fixed by another name", src("poc.c", bad, "note.txt", "x"), src("mine.c", good), "poc.c finished"},
		{"fixed, and of no use", src("poc.c", bad), src("other.h", good), "none of the files is called other.h"},
		{"two tests and a library", src("t1.c", test1, "lib.c", lib, "lib.h", head, "t2.c", test2), nil, "t1.c out-of-bounds-read 2, t2.c finished"},
		{"zip", []proof.Source{{Name: "a.ZIP", Data: zipped(project)}}, nil, "p/t1.c out-of-bounds-read 2, p/t2.c finished"},
		{"tar", []proof.Source{{Name: "a.tgz", Data: tarred(project)}}, nil, "p/t1.c out-of-bounds-read 2, p/t2.c finished"},
		{"fixed in an archive", []proof.Source{{Name: "a.zip", Data: zipped(project)}},
			src("lib.c", strings.Replace(lib, "a[3]", "a[4]", 1)), "p/t1.c finished, p/t2.c finished"},
		{"a name that leads out", []proof.Source{{Name: "a.zip", Data: zipped(src("../../../etc/poc.c", bad))}}, nil, "etc/poc.c library-overflow 5"},
		{"it reads what came along", src("poc.c", "#include <stdio.h>\nint main(void) { FILE *f = fopen(\"crash.bin\", \"r\"); return f ? getc(f) - 'x' : 9; }\n", "crash.bin", "x"), nil, "poc.c finished"},
		{"a fuzz target", src("fuzz.c", fuzz, "lib.c", lib, "lib.h", head, "crash-1", "a", "crash-2", "dd"), nil, "fuzz.c out-of-bounds-read 2 crash-2"},
		{"its good inputs", src("fuzz.c", fuzz, "lib.c", lib, "lib.h", head, "crash-1", "a"), nil, "fuzz.c finished"},
		{"no input", src("fuzz.c", fuzz, "lib.c", lib, "lib.h", head), nil, "fuzz.c finished"},
		{"a target with a main", src("fuzz.c", fuzz, "lib.c", lib, "lib.h", head, "t1.c", "#include <stddef.h>\nint LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);\nint main(void) { return LLVMFuzzerTestOneInput((const unsigned char *)\"d\", 1); }"), nil, "t1.c out-of-bounds-read 2"},
		{"no main", src("lib.c", lib), nil, "no file of c has a function main"},
		{"no C", []proof.Source{{Name: "a.zip", Data: zipped(src("a.py", "x"))}}, nil, "there is no c"},
		{"no archive", src("a.zip", "PK"), nil, "no archive"},
		{"no C in it", src("a.c", "int main(void) { return x; }"), nil, "a.c cannot say"},
		{"a loop", src("a.c", "int main(void) { for (volatile int i = 0;; i = 1 - i) ; }"), nil, "a.c cannot say"},
		{"a bomb", []proof.Source{{Name: "a.zip", Data: zipped(src("a.c", strings.Repeat(" ", proof.MaxSources+1)))}}, nil, "more in it than is taken"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := Answer(context.Background(), proof.Request{Sources: tc.files, Fixed: tc.fixed})
			var got []string
			for _, p := range a.Programs {
				switch {
				case p.Finding != nil:
					got = append(got, strings.TrimSpace(p.Name+" "+p.Finding.Kind+" "+itoa(p.Finding.Place.Line)+" "+p.Input))
				default:
					got = append(got, p.Name+" "+p.Verdict)
				}
			}
			if s := strings.ToLower(strings.Join(got, ", ") + a.Nothing); !strings.Contains(s, tc.want) {
				t.Errorf("got %q, want %q", s, tc.want)
			}
			for _, p := range a.Programs {
				if p.Finding == nil {
					continue
				}
				if _, ok := p.LineAt(p.Finding.Place); !ok || len(p.Files) == 0 || len(p.Files[0].SHA256) != 64 {
					t.Errorf("no line or no sum: %+v", p)
				}
			}
		})
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// TestNothingHidden: a name or a line that would hide itself is shown as it is.
func TestNothingHidden(t *testing.T) {
	t.Parallel()
	text := "int main(void)\n{\n\tint a[2]; /*\u202E\x1b[2J*/ return a[2];\n}\n"
	a := Answer(context.Background(), proof.Request{Sources: src("p\u202Ec.c", text)})
	b, err := json.Marshal(a)
	if err != nil || len(a.Programs) != 1 || a.Programs[0].Finding == nil {
		t.Fatalf("%s, %v", b, err)
	}
	if s := string(b); strings.ContainsAny(s, "\u202E\x1b") || strings.Contains(s, "\\u001b") || strings.Contains(s, "\\u202e") {
		t.Errorf("hidden: %s", s)
	}
	if _, ok := a.Programs[0].LineAt(a.Programs[0].Finding.Place); !ok {
		t.Errorf("the line is not found: %s", b)
	}
}

// TestSameWords: what the interpreter says of a finding is not lost on the way.
func TestSameWords(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]any{{cinterp.Finding{}, proof.Finding{}}, {cinterp.Object{}, proof.Object{}}, {cinterp.Place{}, proof.Place{}}, {cinterp.Step{}, proof.Step{}}} {
		a, b := reflect.TypeOf(pair[0]), reflect.TypeOf(pair[1])
		for i := range a.NumField() {
			if f, ok := b.FieldByName(a.Field(i).Name); !ok || f.Tag != a.Field(i).Tag {
				t.Errorf("%s.%s is not in %s as it is", a, a.Field(i).Name, b)
			}
		}
	}
	for _, p := range [][2]string{{string(cinterp.Undefined), proof.Undefined}, {string(cinterp.Clean), proof.Finished}, {string(cinterp.CannotSay), proof.CannotSay}} {
		if p[0] != p[1] {
			t.Errorf("%q and %q", p[0], p[1])
		}
	}
}

func runner(t *testing.T, word string) *proof.Runner {
	t.Helper()
	r, err := proof.Own("steward", word)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOtherProcess: the answer comes through the process, and what it does not
// survive is an answer, too. Nothing is left behind.
func TestOtherProcess(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("STEWARD_SECRET", "it must not be seen")
	ctx := context.Background()
	a, err := runner(t, "inside").Run(ctx, proof.Request{Sources: src("poc.c", bad)})
	if err != nil || a.Proved() == nil || a.Proved().Finding.CWE != 121 {
		t.Errorf("%+v, %v", a, err)
	}
	seen := "#include <stdlib.h>\n#include <stdio.h>\nint main(void) { FILE *f = fopen(\"/etc/passwd\", \"r\"); return getenv(\"STEWARD_SECRET\") != 0 || f != 0; }\n"
	if a, err = runner(t, "inside").Run(ctx, proof.Request{Sources: src("poc.c", seen)}); err != nil || len(a.Programs) != 1 || a.Programs[0].Verdict != proof.Finished || a.Programs[0].Status != 0 {
		t.Errorf("it sees the machine: %+v, %v", a, err)
	}
	want := fmt.Sprint(processMemory, 16, nil)
	if a, err = runner(t, "limits").Run(ctx, proof.Request{Sources: src("poc.c", good)}); err != nil || a.Nothing != want {
		t.Errorf("its limits are %q, %v; want %q", a.Nothing, err, want)
	}
	slow := runner(t, "sleep")
	slow.Deadline = 100 * time.Millisecond
	began := time.Now()
	if a, err = slow.Run(ctx, proof.Request{}); err != nil || a.Nothing == "" || time.Since(began) > 20*time.Second {
		t.Errorf("not killed: %+v, %v after %v", a, err, time.Since(began))
	}
	if a, err = runner(t, "differ").Run(ctx, proof.Request{}); err != nil || !strings.Contains(a.Nothing, "Two runs") {
		t.Errorf("two answers: %+v, %v", a, err)
	}
	for _, word := range []string{"flood", "memory"} {
		if a, err = runner(t, word).Run(ctx, proof.Request{}); err != nil || !strings.Contains(a.Nothing, "within its limits") {
			t.Errorf("%s: %+v, %v", word, a, err)
		}
	}
	if _, err = (&proof.Runner{Path: filepath.Join(tmp, "nosuch"), Args: []string{"x"}}).Run(ctx, proof.Request{}); err == nil {
		t.Error("what cannot be started is no error")
	}
	// Where the kernel can, no file is opened whatever the code does.
	if a, err = runner(t, "open").Run(ctx, proof.Request{}); err != nil || a.Nothing != "true true" && a.Nothing != "false false" {
		t.Errorf("secluded: %+v, %v", a, err)
	}
	t.Log("secluded, and no file opened:", a.Nothing)
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// FuzzUnpack: an archive is taken apart within limits, whatever it is.
func FuzzUnpack(f *testing.F) {
	f.Add("a.zip", zipped(src("a.c", good)))
	f.Add("a.tgz", tarred(src("a.c", good, "../b.h", head)))
	f.Add("a.tar", []byte("x"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		files, err := unpack([]proof.Source{{Name: name, Data: data}})
		if err != nil {
			return
		}
		total := 0
		for _, x := range files {
			total += len(x.Data)
			if strings.HasPrefix(x.Name, "/") || strings.Contains(x.Name, "..") && strings.Contains("/"+x.Name+"/", "/../") {
				t.Errorf("the name %q leads out", x.Name)
			}
		}
		if total > proof.MaxSources {
			t.Errorf("%d bytes", total)
		}
		plan(files)
	})
}
