package torture

import (
	"fmt"
	"os"
	"path/filepath"
	"steward/internal/base/trial"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	perDisk = 10  // cuts before a new disk: the time of a look grows with what is there
	perCut  = 500 // reports acknowledged between two cuts, at least
)

// TestPowerCuts stops the server under load, takes what has reached the disk
// by then, and starts on that: everything that was acknowledged before the
// stop is there.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	cuts := trial.Setting(t, "STEWARD_CUTS", 2)
	folder := imageFolder(t)
	reports, others, advisories, lost := 0, 0, 0, 0
	for done := 0; done < cuts; {
		g := newGrid(t, folder)
		for i, n := 0, min(perDisk, cuts-done); i < n; i++ {
			if i == n-1 {
				g.releaseLast(t)
			}
			found := g.cut(t, i%3 != 0 && i != n-1)
			found.report(t)
			lost += len(found.lost)
			if done++; done%20 == 0 {
				t.Logf("%d cuts, %d reports and %d other deeds acknowledged, %d lost", done, reports+g.from, others+g.l.count()-g.from, lost)
			}
		}
		g.off()
		reports, others, advisories = reports+g.from, others+g.l.acked-g.l.received, advisories+len(g.l.releases)
		if len(g.l.releases) == 0 {
			t.Error("no advisory was published: the trial did not try the tree")
		}
	}
	t.Logf("%d cuts: %d reports, %d other deeds and %d advisories acknowledged, %d lost", cuts, reports, others, advisories, lost)
}

// TestPowerCutIsSeen is the control: a server that does not wait for the disk
// loses what it acknowledged, and the trial notices.
func TestPowerCutIsSeen(t *testing.T) {
	t.Parallel()
	g := newGrid(t, imageFolder(t), childUnsafe+"=1")
	found := g.cut(t, false)
	t.Logf("without waiting for the disk: %d acknowledged, %d lost", found.seen, len(found.lost))
	if len(found.lost) == 0 {
		t.Error("nothing was lost: the trial would not notice a loss")
	}
}

// grid is a server at work on a disk whose power can be cut.
type grid struct {
	*server
	disk *disk
	l    *ledger
	crew *crew
	from int // reports acknowledged before the last cut
}

func newGrid(t *testing.T, folder string, env ...string) *grid {
	t.Helper()
	g := &grid{disk: newDisk(t, folder, 512), l: &ledger{}}
	g.server = newServer(t, filepath.Join(g.disk.dir, "data"), "")
	g.env = env
	g.disk.sync(t) // the trial is about what comes from here on
	g.start(t)
	g.crew = g.work(g.l, 12, 1)
	return g
}

func (g *grid) off() {
	g.kill()
	g.crew.home()
	g.disk.release()
}

// cut waits for more to be acknowledged, cuts the power and looks at what is
// left, while the server works on.
func (g *grid) cut(t *testing.T, lightly bool) *result {
	t.Helper()
	g.l.await(t, g.from+perCut, func() int { return g.l.received })
	g.stop(t)
	time.Sleep(20 * time.Millisecond) // answers that are out arrive
	then := g.l.copy()
	then.lightly = lightly
	g.from = then.received
	left := g.disk.cut(t)
	if err := g.child.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	left.mount(t)
	defer left.release()
	return g.examine(t.Context(), filepath.Join(left.dir, "data"), then)
}

// releaseLast waits for the load of one more cut, sends everyone home and lets
// an advisory be the last thing that is acknowledged: no sync of anything else
// brings it to the disk.
func (g *grid) releaseLast(t *testing.T) {
	t.Helper()
	g.l.await(t, g.from+perCut, func() int { return g.l.received })
	g.crew.home()
	before := len(g.l.releases)
	r := &report{key: mark("last")}
	if err := g.deliver(t.Context(), g.l, r); err != nil {
		t.Fatal(err)
	}
	if err := g.handle(t.Context(), g.l, r); err != nil {
		t.Fatal(err)
	}
	if len(g.l.releases) != before+1 {
		t.Fatal("nothing was released")
	}
}

// stop stops the server and waits until it stands.
func (g *grid) stop(t *testing.T) {
	t.Helper()
	if err := g.child.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	tasks := filepath.Join("/proc", fmt.Sprint(g.child.Process.Pid), "task")
	for range 5000 {
		standing := true
		threads, err := os.ReadDir(tasks)
		if err != nil {
			t.Fatal(err)
		}
		for _, thread := range threads {
			raw, err := os.ReadFile(filepath.Join(tasks, thread.Name(), "stat"))
			_, state, _ := strings.Cut(string(raw), ") ")
			standing = standing && (err != nil || strings.HasPrefix(state, "T"))
		}
		if standing {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the server does not stand still")
}
