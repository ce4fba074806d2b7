package race

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkInterpret runs programs of C by the interpreter, and against it what
// one would use instead: the program as gcc -O0 makes it, the same with its
// sanitizers, and under valgrind. Each is a process; they take turns, the
// processor's time counts, and each figure is the median of turns against gcc
// -O0 in the same turn. The interpreter's time has its reading of the source in
// it, the others' does not. Frama-C's interpreter of the program, where it is
// installed, takes hours for what gcc's takes 20 ms for: it does two small
// parts, and the difference is scaled. All print the same.
func BenchmarkInterpret(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		steward := filepath.Join(dir, "steward")
		quietly(b, "go", "build", "-o", steward, "steward/cmd/steward")
		module := corpusModule(b)
		zlib := filepath.Join(module, "assets/github.com/madler/zlib")
		var units []string
		for _, u := range strings.Fields("adler32 crc32 deflate inflate inffast inftrees trees zutil compress") {
			units = append(units, filepath.Join(zlib, u+".c"))
		}
		for _, p := range []struct {
			name  string
			args  []string // of a compiler, ours too
			turns int
		}{
			{"sha256", []string{"sha256.c"}, 5},
			{"deflate", append([]string{"-I", zlib, "deflate.c"}, units...), 5},
			{"json", []string{"json.c"}, 5},
			{"sort", []string{"sort.c"}, 5},
			{"start", []string{"start.c"}, 9},
		} {
			raceInterpret(b, dir, steward, p.name, p.args, p.turns)
		}
		b.ReportMetric(framaTimes(b, dir), "sha256-frama-c-times")
		sqlite := filepath.Join(module, "assets/sqlite-amalgamation-3380100")
		main := filepath.Join(dir, "sqlite.c")
		text := "#include \"sqlite3.c\"\nint main(void) { return sqlite3_libversion_number() == SQLITE_VERSION_NUMBER ? 0 : 1; }\n"
		if err := os.WriteFile(main, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		cpu, wall, _ := timed(b, steward, "interpret", "-I", sqlite, "-D", "SQLITE_OS_OTHER=1", "-D", "SQLITE_THREADSAFE=0",
			"-D", "SQLITE_OMIT_LOAD_EXTENSION", "-D", "__ATOMIC_RELAXED=0", "--status", main)
		b.ReportMetric(cpu/1000, "sqlite3.c-processor-s")
		b.ReportMetric(wall/1000, "sqlite3.c-s")
	}
}

// sources is where the programs are.
const sources = "../cinterp/testdata/speed"

func raceInterpret(b *testing.B, dir, steward, name string, args []string, turns int) {
	args = slices.Clone(args)
	for i, a := range args {
		if a == name+".c" {
			args[i] = filepath.Join(sources, a)
		}
	}
	native, checked := filepath.Join(dir, name), filepath.Join(dir, name+"-checked")
	quietly(b, "gcc", append([]string{"-w", "-O0", "-o", native}, args...)...)
	quietly(b, "gcc", append([]string{"-w", "-O0", "-g", "-fsanitize=address,undefined", "-o", checked}, args...)...)
	runners := []struct {
		name string
		args []string
	}{
		{"native", []string{native}},
		{"sanitizers", []string{checked}},
		{"valgrind", []string{"valgrind", "-q", native}},
		{"steward", append([]string{steward, "interpret"}, args...)},
	}
	cpu, wall := map[string][]float64{}, map[string][]float64{}
	times := map[string][]float64{}
	said := ""
	for range turns {
		var base float64
		for _, r := range runners {
			c, w, out := timed(b, r.args[0], r.args[1:]...)
			if said == "" {
				said = out
			}
			if out != said {
				b.Fatalf("%s by %s printed %q and not %q", name, r.name, out, said)
			}
			if r.name == "native" {
				base = c
			}
			cpu[r.name], wall[r.name] = append(cpu[r.name], c), append(wall[r.name], w)
			times[r.name] = append(times[r.name], c/base)
		}
	}
	for _, r := range runners {
		if name == "start" {
			b.ReportMetric(middle(cpu[r.name]), "start-"+r.name+"-processor-ms")
			b.ReportMetric(middle(wall[r.name]), "start-"+r.name+"-ms")
			continue
		}
		if r.name == "native" {
			b.ReportMetric(middle(cpu[r.name]), name+"-native-ms")
			continue
		}
		b.ReportMetric(middle(times[r.name]), name+"-"+r.name+"-times")
	}
}

// framaTimes gives how many times gcc -O0's time Frama-C's interpreter takes for
// a byte of SHA-256; 0: it is not installed. It stops at the first function of
// the library that it does not have, here when all is done but to print.
func framaTimes(b *testing.B, dir string) float64 {
	if _, err := exec.LookPath("frama-c"); err != nil {
		b.Log("frama-c is not installed: left out")
		return 0
	}
	took := func(size string) float64 {
		cmd := exec.Command("frama-c", "-eva", "-eva-no-print", "-eva-interpreter-mode", "-eva-no-alloc-returns-null",
			"-eva-slevel", "100000000", "-cpp-extra-args=-DSIZE="+size, filepath.Join(sources, "sha256.c"))
		out, _ := cmd.CombinedOutput()
		if !strings.Contains(string(out), "Library function call") {
			b.Fatalf("frama-c: %s", out)
		}
		return ms(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime())
	}
	const small, large, all = 64, 576, 1 << 20
	perByte := (took("576") - took("64")) / (large - small)
	var native []float64
	for range 5 {
		c, _, _ := timed(b, filepath.Join(dir, "sha256"))
		native = append(native, c)
	}
	return perByte * all / middle(native)
}

// timed runs a program: milliseconds of the processor, of the clock, and what
// it printed.
func timed(b *testing.B, name string, args ...string) (cpu, wall float64, out string) {
	cmd := exec.Command(name, args...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	began := time.Now()
	text, err := cmd.Output()
	wall = ms(time.Since(began))
	if err != nil {
		b.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, complaint.String())
	}
	return ms(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()), wall, string(text)
}

func quietly(b *testing.B, name string, args ...string) {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// corpusModule gives the folder of a module with C sources, zlib and SQLite
// among them. It is test data and never linked.
func corpusModule(b *testing.B) string {
	cmd := exec.Command("go", "mod", "download", "-json", "modernc.org/ccorpus2@v1.6.0")
	cmd.Dir = b.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "go.mod"), []byte("module x\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	out, err := cmd.Output()
	var m struct{ Dir string }
	if err2 := json.Unmarshal(out, &m); err != nil || err2 != nil {
		b.Fatalf("go mod download: %v, %v", err, err2)
	}
	return m.Dir
}
