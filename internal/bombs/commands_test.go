package bombs

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// TestCommands hands bombs to the commands of an operator: settings, backups
// and copied trees that others may have written. Each is refused.
func TestCommands(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tbomb\texit\ttime\tCPU\tpeak memory\tsays")
	measure := func(kind, name string, args ...string) {
		var said bytes.Buffer
		c := command(t, &said, args...)
		start := time.Now()
		if err := c.Run(); err == nil {
			t.Errorf("%s, %s: it is taken: %s", kind, name, said.String())
		}
		wall, cpu, peak := time.Since(start), c.ProcessState.UserTime()+c.ProcessState.SystemTime(), peakIn(t, said.Bytes())
		fmt.Fprintf(w, "%s\t%s\t%d\t%d ms\t%d ms\t%d MiB\t%.100q\n", kind, name, c.ProcessState.ExitCode(), wall.Milliseconds(), cpu.Milliseconds(), peak>>20, said.String())
		if cpu > maxCPU || peak > maxMemory {
			t.Errorf("%s, %s: it took %v of CPU time and %d MiB of memory", kind, name, cpu, peak>>20)
		}
		if words := said.String(); strings.Contains(words, "panic") || strings.Contains(words, "goroutine ") {
			t.Errorf("%s, %s: %.2000s", kind, name, words)
		}
	}
	good := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", good, "--listen", "127.0.0.1:0", "--base-url", "http://localhost")
	for name, text := range settingsBombs() {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "steward.toml"), []byte(text))
		if err := os.CopyFS(filepath.Join(dir, "keys"), os.DirFS(filepath.Join(good, "keys"))); err != nil {
			t.Fatal(err)
		}
		measure("settings", name, "publish", "--data", dir)
	}
	for name, backup := range backupBombs(t) {
		file := filepath.Join(t.TempDir(), "backup")
		write(t, file, backup)
		measure("backup", name, "restore", "--data", filepath.Join(t.TempDir(), "new"), "--keys", filepath.Join(good, "keys"), "--database", "sqlite", file)
	}
	for name, files := range treeBombs() {
		dir := t.TempDir()
		for path, data := range files {
			write(t, filepath.Join(dir, path), data)
		}
		for path, data := range files {
			if data == nil { // a large file without content
				if err := os.Truncate(filepath.Join(dir, path), sparse[name]); err != nil {
					t.Fatal(err)
				}
			}
		}
		measure("tree", name, "check", dir)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", out.String())
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func settingsBombs() map[string]string {
	var tables, products, levels strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&tables, "[a.b%d.c.d]\n", i)
		fmt.Fprintf(&products, "[[product]]\nname = \"p\"\n")
		fmt.Fprintf(&levels, "[a%d.a.a.a.a]\na.a = {a.a = [[1]]}\n", i)
	}
	return map[string]string{
		"nested arrays":       "[[product]]\nversions = " + strings.Repeat("[", 1_000_000),
		"nested tables":       "team = " + strings.Repeat("{a = ", 200_000),
		"a key of many parts": strings.Repeat("a.", 100_000) + "a = 1",
		"a header of parts":   "[" + strings.Repeat("a.", 100_000) + "a]",
		"many tables":         tables.String(),
		"one name again":      products.String(),
		"a long text":         "base_url = \"" + strings.Repeat("a", 900_000) + "\"",
		"20 MiB":              "base_url = \"" + strings.Repeat("a", 20<<20) + "\"",
		"names at each level": levels.String(),
		"a large expression":  "base_url = \"http://localhost\"\n[[not_a_vulnerability]]\ntitle = \"a\"\nwhy = \"b\"\nmatch = [\"/((x{1000}){1000}){1000}/\"]",
	}
}

// backupBombs are archives that are much larger inside, or say that they are.
func backupBombs(t *testing.T) map[string][]byte {
	t.Helper()
	settings := "base_url = \"http://localhost\"\n"
	head := "{\"format\":\"steward dump 1\",\"schema\":5}\n"
	return map[string][]byte{
		"zeros":                  bytes.Repeat(gzipped(1<<20), 100),
		"a size of 2^60":         archive(t, 1<<60, entryOf("steward.toml", settings)),
		"large settings":         archive(t, 0, entryOf("steward.toml", settings+strings.Repeat("#\n", 50<<20))),
		"a long line":            archive(t, 0, entryOf("steward.toml", settings), entryOf("database.ndjson", head+strings.Repeat("a", 20<<20))),
		"a long value":           archive(t, 0, entryOf("steward.toml", settings), entryOf("database.ndjson", head+`{"table":"`+strings.Repeat("a", 15<<20)+"\"}\n")),
		"nested arrays":          archive(t, 0, entryOf("steward.toml", settings), entryOf("database.ndjson", head+strings.Repeat("[", 15<<20))),
		"a schema of the future": archive(t, 0, entryOf("steward.toml", settings), entryOf("database.ndjson", strings.Replace(head, "5", "9223372036854775807", 1))),
		"outside":                archive(t, 0, entryOf("steward.toml", settings), entryOf("blobs/../../x", "x")),
	}
}

type entry struct{ name, body string }

func entryOf(name, body string) entry { return entry{name, body} }

// archive is a backup of some entries with their hashes; size, if it is not 0,
// is what the last says of itself.
func archive(t *testing.T, size int64, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if size == 0 {
		entries = append(entries, entryOf("END", ""))
	}
	for i, e := range entries {
		sum := sha256.Sum256([]byte(e.body))
		h := &tar.Header{Name: e.name, Size: int64(len(e.body)), Mode: 0o600, Format: tar.FormatPAX,
			PAXRecords: map[string]string{"STEWARD.sha256": hex.EncodeToString(sum[:])}}
		last := i == len(entries)-1
		if last && size != 0 {
			h.Size = size
		}
		must(w.WriteHeader(h))
		_, err := io.WriteString(w, e.body)
		must(err)
	}
	if size == 0 {
		must(w.Close())
	}
	must(z.Close())
	return b.Bytes()
}

// sparse is how many bytes the files without content have.
var sparse = map[string]int64{"large files": 30 << 20, "huge files": 1 << 40}

// treeBombs are copied trees by whoever runs a mirror.
func treeBombs() map[string]map[string][]byte {
	const root = "index/tree.txt"
	lines := strings.Repeat("# state a b\n", 1_000_000)
	hashes := "# at 2026-03-03T00:00:00Z 1\n" + strings.Repeat(strings.Repeat("0", 64)+"  a\n", 200_000)
	return map[string]map[string][]byte{
		"large files":       {root: nil, "a.json": nil, "b.json": nil, "c.json": nil, "feed.atom": nil},
		"huge files":        {root: nil, "a.json": nil, "b.json": nil, "feed.atom": nil},
		"a million lines":   {root: []byte("# steward tree 1\n" + lines)},
		"one file again":    {root: []byte("# steward tree 1\n" + hashes)},
		"one long line":     {root: []byte("# steward tree 1\n" + strings.Repeat("a", 20<<20))},
		"billion laughs":    {root: []byte("# steward tree 1\n"), "feed.atom": []byte(billionLaughs)},
		"deep JSON":         {root: []byte("# steward tree 1\n"), "csaf/2026/a.json": []byte(strings.Repeat("[", 15<<20)), "osv/a.json": []byte(strings.Repeat(`{"a":`, 1<<20))},
		"deep XML":          {root: []byte("# steward tree 1\n"), "feed.atom": []byte(strings.Repeat("<a>", 5<<20))},
		"a key of a bomb":   {root: []byte("# steward tree 1\n"), "openpgp-public-key.txt": []byte(strings.Repeat("-----BEGIN PGP PUBLIC KEY BLOCK-----\n", 1000))},
		"a signature large": {root: []byte("# steward tree 1\n"), root + ".asc": []byte(strings.Repeat("-----BEGIN PGP SIGNATURE-----\n", 100_000))},
	}
}
