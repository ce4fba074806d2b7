package race

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/index"
)

// BenchmarkCensus ranks a made distribution of 20,000 sources, and those whose
// RELEASE.Packages and RELEASE.Sources are in the folder STEWARD_INDEXES. Steward
// reads both files, measures every signal, ranks by the trained model and writes
// JSON. The other is a script of Python's standard library as one would write
// it: it reads the same files and counts what rests on each source, to run and to
// be built, with numbers as sets of bits, and the PageRank; nothing else. Its
// start counts, ours does not: it takes a fiftieth of a second. They take turns,
// and the median counts. Both must find the same for every source.
func BenchmarkCensus(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		writeSuite(b, dir, 20_000)
		stems := []string{filepath.Join(dir, "made")}
		if folder := os.Getenv("STEWARD_INDEXES"); folder != "" {
			found, err := filepath.Glob(filepath.Join(folder, "*.Packages"))
			if err != nil || len(found) == 0 {
				b.Fatalf("STEWARD_INDEXES: no RELEASE.Packages in %s, %v", folder, err)
			}
			for _, path := range found {
				stems = append(stems, strings.TrimSuffix(path, ".Packages"))
			}
		}
		for _, stem := range stems {
			raceCensus(b, stem)
		}
	}
}

func raceCensus(b *testing.B, stem string) {
	const rounds = 3
	var ours, theirs, cpu, theirCPU []float64
	for range rounds {
		before, began := work(b, unix.RUSAGE_SELF), time.Now()
		r := ranked(b, stem)
		if err := census.WriteJSON(io.Discard, r); err != nil {
			b.Fatal(err)
		}
		ours, cpu = append(ours, ms(time.Since(began))), append(cpu, ms(work(b, unix.RUSAGE_SELF)-before))
		before, began = work(b, unix.RUSAGE_CHILDREN), time.Now()
		cmd := exec.Command("python3", filepath.Join("testdata", "census.py"), stem+".Packages", stem+".Sources")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			b.Fatalf("census.py: %v", err)
		}
		theirs, theirCPU = append(theirs, ms(time.Since(began))), append(theirCPU, ms(work(b, unix.RUSAGE_CHILDREN)-before))
		agree(b, r, out)
	}
	name := filepath.Base(stem)
	b.ReportMetric(middle(ours), name+"-ms")
	b.ReportMetric(middle(theirs), name+"-python-ms")
	b.ReportMetric(middle(theirs)/middle(ours), name+"-times-faster")
	b.ReportMetric(middle(theirCPU)/middle(cpu), name+"-times-less-processor")
}

func ranked(b *testing.B, stem string) *census.Ranking {
	var files [2][]byte
	for i, kind := range []string{".Packages", ".Sources"} {
		var err error
		if files[i], err = index.Read(stem + kind); err != nil {
			b.Fatal(err)
		}
	}
	s, err := archive.Load(context.Background(), files[:1], files[1:])
	if err != nil {
		b.Fatal(err)
	}
	t, err := census.Measure(context.Background(), s, census.More{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := census.ModelNamed("trained")
	if err != nil {
		b.Fatal(err)
	}
	r, err := census.Rank(context.Background(), t, m)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// agree holds what the script counted against what we did.
func agree(b *testing.B, r *census.Ranking, out []byte) {
	at := map[string]int{}
	for i := range r.Table.Suite.Sources {
		at[r.Table.Suite.Sources[i].Name] = i
	}
	var of [3]int
	for n, name := range []string{"reach", "build-reach", "pagerank"} {
		for i, sig := range census.Signals() {
			if sig.Name == name {
				of[n] = i
			}
		}
	}
	lines, differ := 0, 0
	for line := range bytes.Lines(out) {
		lines++
		f := strings.Split(strings.TrimSpace(string(line)), "\t")
		i, ok := at[f[0]]
		if !ok || len(f) != 4 {
			b.Fatalf("census.py says %q", line)
		}
		for n, text := range f[1:] {
			got, want := r.Table.Values[of[n]][i], number(b, text)
			if n == 2 {
				want *= float64(len(at))
			}
			if math.Abs(got-want) > 1e-6*max(1, want) {
				if differ++; differ < 5 {
					b.Logf("%s: %v of %s, census.py says %v", f[0], got, []string{"reach", "build-reach", "pagerank"}[n], want)
				}
			}
		}
	}
	if lines != len(at) || differ > 0 {
		b.Fatalf("census.py knows %d sources of %d; %d values differ", lines, len(at), differ)
	}
}

func number(b *testing.B, text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// work is how long the processors have worked for this process or its children.
func work(b *testing.B, who int) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(who, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// writeSuite writes a distribution that is always the same: sources of one to
// four packages, each of which needs some older ones, the oldest most.
func writeSuite(b *testing.B, dir string, sources int) {
	rng := rand.New(rand.NewPCG(7, 11))
	var p, q bytes.Buffer
	var names []string
	older := func() string {
		u := rng.Float64()
		return names[int(float64(len(names))*u*u)]
	}
	for s := range sources {
		var own []string
		for k := range 1 + rng.IntN(4) {
			name := fmt.Sprintf("pkg%05d-%d", s, k)
			fmt.Fprintf(&p, "Package: %s\nSource: src%05d (1.%d)\nVersion: 1.%d+b1\nArchitecture: amd64\nMaintainer: Team %d <team%d@example.org>\nInstalled-Size: %d\n",
				name, s, s%9, s%9, s%300, s%300, 20+rng.IntN(9000))
			var needs []string
			for range rng.IntN(9) {
				if len(names) > 0 {
					needs = append(needs, fmt.Sprintf("%s (>= 1.%d)", older(), rng.IntN(9)))
				}
			}
			if len(names) > 0 && rng.IntN(5) == 0 {
				needs = append(needs, "none-such | "+older(), fmt.Sprintf("virtual%d:any", rng.IntN(50)))
			}
			if len(needs) > 0 {
				fmt.Fprintf(&p, "Depends: %s\n", strings.Join(needs, ", "))
			}
			if rng.IntN(100) == 0 {
				fmt.Fprintf(&p, "Provides: virtual%d (= 1)\n", rng.IntN(50))
			}
			fmt.Fprintf(&p, "Section: %s\nPriority: optional\nDescription: thing number %d that parses and serves\nDescription-md5: %032x\nFilename: pool/main/s/src%05d/%s_1_amd64.deb\nSize: %d\nSHA256: %064x\n\n",
				[]string{"libs", "net", "utils", "devel"}[s%4], s, s, s, name, rng.IntN(1<<20), rng.Uint64())
			own = append(own, name)
		}
		fmt.Fprintf(&q, "Package: src%05d\nBinary: %s\nVersion: 1.%d\nMaintainer: Team %d <team%d@example.org>\nStandards-Version: 4.%d.0\nFormat: 3.0 (quilt)\n",
			s, strings.Join(own, ", "), s%9, s%300, s%300, s%7)
		var built []string
		for range rng.IntN(8) {
			if len(names) > 0 {
				built = append(built, older())
			}
		}
		if len(built) > 0 {
			fmt.Fprintf(&q, "Build-Depends: %s\n", strings.Join(built, ", "))
		}
		fmt.Fprintf(&q, "Checksums-Sha256:\n %064x %d src%05d_1.orig.tar.xz\n %064x %d src%05d_1-1.debian.tar.xz\nDirectory: pool/main/s/src%05d\n\n",
			rng.Uint64(), 1000+rng.IntN(1<<22), s, rng.Uint64(), 500+rng.IntN(1<<14), s, s)
		names = append(names, own...)
	}
	for kind, text := range map[string]*bytes.Buffer{".Packages": &p, ".Sources": &q} {
		if err := os.WriteFile(filepath.Join(dir, "made"+kind), text.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
