package torture

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/trial"
)

// TestKills kills the server at random moments while reporters, the team and
// now and then a backup are at work. Whatever was acknowledged is there
// afterwards, once and whole; what was sent again after a broken connection is
// there once.
func TestKills(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			database := ""
			if engine == "postgres" {
				database = dbtest.EmptyDSN(t, engine)
			}
			s := newServer(t, filepath.Join(t.TempDir(), "data"), database)
			l, n := &ledger{}, trial.Setting(t, "STEWARD_KILLS", 10)
			for i := range n {
				s.start(t)
				s.dieAtWork(t, l, i%10 == 5, i == n-1)
				if (i+1)%50 == 0 {
					t.Logf("%d kills, %d acknowledged", i+1, l.count())
				}
			}
			s.start(t)
			s.resend(t, l)
			time.Sleep(4 * time.Second) // the hour of every timed release comes
			s.kill()
			l.due = true
			found := s.examine(t.Context(), s.dir, l)
			found.report(t)
			if len(l.releases) == 0 || found.seen < n {
				t.Errorf("%d acknowledged and %d advisories: the trial tried nothing", found.seen, len(l.releases))
			}
			if left := leftovers(s.dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			s.restored(t)
			t.Logf("%d kills: %d acknowledged, %d reports, %d letters, %d deeds, %d advisories; %d lost, %d twice, %d half",
				n, found.seen, len(l.reports), len(l.letters), len(l.deeds), len(l.releases), len(found.lost), len(found.twice), len(found.wrong))
		})
	}
}

// report fails the test with what was found, but not with all of it.
func (r *result) report(t *testing.T) {
	t.Helper()
	for what, list := range map[string][]string{"lost": r.lost, "twice": r.twice, "wrong": r.wrong} {
		for i, line := range list {
			if i == 10 {
				t.Errorf("%s: and %d more", what, len(list)-i)
				break
			}
			t.Errorf("%s: %s", what, line)
		}
	}
}

// dieAtWork kills the server after a while, and the backup with it; the last
// time right after an advisory was said to be public.
func (s *server) dieAtWork(t *testing.T, l *ledger, backup, last bool) {
	t.Helper()
	var other *exec.Cmd
	if backup {
		other = s.command(t, childBackup+"="+filepath.Join(t.TempDir(), "backup"))
	}
	c := s.work(l, 4, 3)
	time.Sleep(time.Duration(20+rand.IntN(300)) * time.Millisecond)
	if last {
		l.await(t, 1, func() int { return len(l.releases) })
	}
	if other != nil {
		kill(other)
	}
	s.kill()
	c.home()
}

// resend sends every report without a receipt again, and some with one: those
// must get the same receipt.
func (s *server) resend(t *testing.T, l *ledger) {
	t.Helper()
	for i, r := range l.reports {
		if r.acked && i%50 != 0 {
			continue
		}
		got, err := s.send(context.Background(), r)
		if err != nil {
			t.Fatalf("sending %s again: %v", r.key, err)
		}
		if r.acked && (got.Report != r.Report || got.Phrase != r.Phrase || got.SHA256 != r.SHA256) {
			t.Errorf("report %s was sent again and got another receipt", r.key)
		}
		r.Receipt, r.acked = got, true
	}
}

// restored writes a backup of what all those kills left and restores it: both
// are the same.
func (s *server) restored(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	file, err := os.Create(filepath.Join(t.TempDir(), "backup"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := app.Open(ctx, app.Dir(s.dir), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	want, err := a.DB.Digest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	dir := app.Dir(filepath.Join(t.TempDir(), "restored"))
	if err := app.Restore(ctx, dir, file, a.Dir.Keys(), "sqlite"); err != nil {
		t.Fatal(err)
	}
	b, err := app.Open(ctx, dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got, err := b.DB.Digest(ctx); err != nil || got != want {
		t.Errorf("the backup restores to %s, %v; want %s", got, err, want)
	}
}
