package people

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// who is a person of the tests.
type who struct{ name, mail string }

func (w who) at(t time.Time) string { return fmt.Sprintf("%s <%s> %d +0000", w.name, w.mail, t.Unix()) }

var (
	ada  = who{"Ada Lovelace", "ada@engine.test"}
	ben  = who{"Ben Bit", "ben@bits.test"}
	cleo = who{"Cleo Clone", "cleo@clones.test"}
)

// story is a history for git fast-import.
type story struct {
	bytes.Buffer
	marks int
	tip   map[string]int // by branch: its last mark
}

func newStory() *story { return &story{tip: map[string]int{}} }

// day is noon of a day.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

// ops of a commit: "path=text" writes, "-path" deletes, "old>new" renames.
func (s *story) op(op string) {
	if name, ok := strings.CutPrefix(op, "-"); ok {
		fmt.Fprintf(s, "D %s\n", quoted(name))
		return
	}
	if from, to, ok := strings.Cut(op, ">"); ok && !strings.Contains(from, "=") {
		fmt.Fprintf(s, "R %s %s\n", quoted(from), quoted(to))
		return
	}
	name, text, _ := strings.Cut(op, "=")
	mode := "100644"
	if target, ok := strings.CutPrefix(text, "link:"); ok {
		mode, text = "120000", target
	}
	fmt.Fprintf(s, "M %s inline %s\ndata %d\n%s\n", mode, quoted(name), len(text), text)
}

func quoted(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// on makes a commit on a branch, and says its mark.
func (s *story) on(branch string, at time.Time, author, committer who, merge int, ops ...string) int {
	s.marks++
	fmt.Fprintf(s, "commit refs/heads/%s\nmark :%d\nauthor %s\ncommitter %s\ndata 0\n", branch, s.marks, author.at(at), committer.at(at))
	if tip := s.tip[branch]; tip > 0 {
		fmt.Fprintf(s, "from :%d\n", tip)
	}
	if merge > 0 {
		fmt.Fprintf(s, "merge :%d\n", merge)
	}
	for _, op := range ops {
		s.op(op)
	}
	s.tip[branch] = s.marks
	return s.marks
}

// by makes a commit of one person's on main.
func (s *story) by(w who, at string, ops ...string) int {
	return s.on("main", day(at), w, w, 0, ops...)
}

// tag makes a tag of what main has now; text may be a signature.
func (s *story) tag(name string, w who, at, text string) {
	fmt.Fprintf(s, "tag %s\nfrom :%d\ntagger %s\ndata %d\n%s\n", name, s.tip["main"], w.at(day(at)), len(text), text)
}

// plain makes a tag without an object.
func (s *story) plain(name string) {
	fmt.Fprintf(s, "reset refs/tags/%s\nfrom :%d\n\n", name, s.tip["main"])
}

const signed = "a release\n-----BEGIN PGP SIGNATURE-----\n\nnone\n-----END PGP SIGNATURE-----\n"

// runGit runs git as a test needs it, not as the package does.
func runGit(t testing.TB, dir string, stdin []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C",
		"GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@t.test", "GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@t.test"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// bare makes a bare repository of a story, at a path or in a folder of its own.
func (s *story) bare(t testing.TB, at ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{t.TempDir(), "r.git"}, at...)...)
	if len(at) == 1 && filepath.IsAbs(at[0]) {
		dir = at[0]
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	runGit(t, dir, nil, "init", "--quiet", "--bare", "--initial-branch=main", ".")
	s.into(t, dir)
	return dir
}

func (s *story) into(t testing.TB, dir string) {
	t.Helper()
	runGit(t, dir, s.Bytes(), "fast-import", "--quiet", "--force", "--date-format=raw")
}

func tell(t testing.TB, dir, at string) Told {
	t.Helper()
	told, err := Reader{}.Tell(context.Background(), dir, day(at))
	if err != nil {
		t.Fatal(err)
	}
	return told
}

// say is a Told as short text: numbers, or reasons, by name.
func say(told Told) string {
	var out []string
	for _, f := range Fields() {
		v := f.Of(&told)
		if v.Unknown != "" {
			out = append(out, fmt.Sprintf("%s:%s", f.Name, v.Unknown))
			continue
		}
		out = append(out, fmt.Sprintf("%s:%.4g", f.Name, v.N))
	}
	return strings.Join(out, " ")
}

// has tells what is not as wanted.
func has(t testing.TB, told Told, want map[string]string) {
	t.Helper()
	for _, f := range Fields() {
		w, ok := want[f.Name]
		if !ok {
			continue
		}
		v := f.Of(&told)
		got := string(v.Unknown)
		if got == "" {
			got = fmt.Sprintf("%.4g", v.N)
		}
		if got != w {
			t.Errorf("%s is %s, want %s", f.Name, got, w)
		}
		delete(want, f.Name)
	}
	for name := range want {
		t.Errorf("there is no field %s", name)
	}
}

// allUnknown tells whether nothing is known, for one reason.
func allUnknown(t testing.TB, told Told, why Reason) {
	t.Helper()
	for _, f := range Fields() {
		if v := f.Of(&told); v.Unknown != why {
			t.Errorf("%s is %v, want unknown for %s", f.Name, v, why)
		}
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
