package tree

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"steward/internal/base/sign"
)

// When this variable is set, the test program is a publisher that is to be
// killed: it publishes on and on in the directory that it names.
const childDir = "STEWARD_TREE_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, publishForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// publishForever publishes one group after another, and prints the sequence
// each time Apply has said that it is done.
func publishForever(dir string) error {
	key, err := os.ReadFile(dir + ".key")
	if err != nil {
		return err
	}
	s, err := sign.Load(key)
	if err != nil {
		return err
	}
	tr, err := Open(dir)
	if err != nil {
		return err
	}
	for {
		n := int(tr.Sequence())
		u := Update{
			After: int64(n),
			Files: append(group(fmt.Sprintf("A-%04d", n), 1), site(n)...),
			State: map[string]string{"seq": strconv.Itoa(n)},
			At:    noon.Add(time.Duration(n) * time.Second),
		}
		if err := tr.Apply(context.Background(), s, u); err != nil {
			return err
		}
		fmt.Println(tr.Sequence())
	}
}

// A publisher killed at any moment leaves the tree before or after: whole,
// with all that Apply had said was done, and nothing else in the directory.
func TestKilledPublisher(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	dir := t.TempDir() + "/tree"
	private, err := s.Private()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+".key", private, 0o600); err != nil {
		t.Fatal(err)
	}
	var last int64
	for round := range 10 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		var errOut strings.Builder
		cmd.Stderr = &errOut
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, done := bufio.NewScanner(out), last
		if round%2 == 1 { // else it may be killed before it has begun
			for done < last+2 && said.Scan() {
				done, _ = strconv.ParseInt(said.Text(), 10, 64)
			}
		}
		time.Sleep(rand.N(100 * time.Millisecond))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for said.Scan() {
			if done, err = strconv.ParseInt(said.Text(), 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		_ = cmd.Wait() // it was killed
		if errOut.Len() > 0 {
			t.Fatalf("round %d: %s", round, errOut.String())
		}
		tr, err := Open(dir)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		last = tr.Sequence()
		if last != done && last != done+1 {
			t.Errorf("round %d: sequence %d after %d was done", round, last, done)
		}
		if last > 0 && tr.State()["seq"] != strconv.FormatInt(last-1, 10) {
			t.Errorf("round %d: state %v at sequence %d", round, tr.State(), last)
		}
		checkWhole(t, tr, dir)
	}
	if last < 10 {
		t.Errorf("only %d publications in all: the test has not tested", last)
	}
}

// checkWhole compares the bundles on disk with those that the tree names, and
// checks an export of the tree.
func checkWhole(t *testing.T, tr *Tree, dir string) {
	t.Helper()
	names, err := os.ReadDir(dir + "/bundles")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(tr.uses) {
		t.Errorf("%d bundles on disk, %d in the tree", len(names), len(tr.uses))
	}
	if tr.Sequence() == 0 {
		return
	}
	to := t.TempDir()
	if err := tr.Export(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if r, err := Check(t.Context(), to, CheckOptions{Now: noon.AddDate(1, 0, 0)}); err != nil || len(r.Findings) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
