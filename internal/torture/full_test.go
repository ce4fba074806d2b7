package torture

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestDiskFull lets a disk fill up while everyone works. They are asked to
// come again; what is public can still be read; and once there is room again
// all goes on without a restart, and what was refused is taken.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	d := newDisk(t, imageFolder(t), 160)
	s := newServer(t, filepath.Join(d.dir, "data"), "")
	l := &ledger{full: true}
	s.start(t)
	ballast := filepath.Join(d.dir, "ballast")
	for round := range 2 {
		fill(t, d.dir, ballast, 2<<20)
		c := s.work(l, 6, 2)
		l.await(t, 100*(round+1), func() int { return l.busy })
		time.Sleep(300 * time.Millisecond)
		for _, path := range []string{"/", "/report", "/api/v1/advisories", "/.well-known/security.txt"} {
			if _, _, err := s.do(t.Context(), "GET", path, nil, nil); err != nil {
				t.Errorf("on a full disk, %s: %v", path, err)
			}
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		public := len(l.copy().releases)
		l.await(t, l.count()+200, func() int { return l.acked })
		l.await(t, public+1, func() int { return len(l.releases) })
		c.home()
	}
	s.resend(t, l)
	s.kill()
	found := s.examine(t.Context(), s.dir, l)
	found.report(t)
	left := leftovers(s.dir)
	parts, _ := filepath.Glob(filepath.Join(s.dir, "blobs", "*", "*.part")) // the pattern is good
	if left = append(left, parts...); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Logf("twice full: %d acknowledged, %d refused, %d lost", found.seen, l.busy, len(found.lost))
}

// fill takes the room of a disk but for some bytes.
func fill(t *testing.T, dir, ballast string, leave int64) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(ballast, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, int64(st.Bavail)*st.Bsize-leave); err != nil {
		t.Fatal(err)
	}
}
