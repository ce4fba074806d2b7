package torture

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/trial"
	"steward/internal/cvd"
	"steward/internal/publish/render"
)

// TestDiskFaults lets, one after another, each write, sync, creation, rename
// and removal fail that a deed needs, until the deed no longer comes to the
// one that would. Whoever asks is told to come again, and who comes again once
// the disk is mended is served, without a restart. In the end everything that
// was acknowledged is there, and nothing of what was not is there half. The
// short form takes only some of them, others each time.
func TestDiskFaults(t *testing.T) {
	t.Parallel()
	modes := []struct {
		name   string
		errno  syscall.Errno
		sticky bool
	}{
		{"one EIO", syscall.EIO, false},
		{"ENOSPC until mended", syscall.ENOSPC, true},
		{"EIO until mended", syscall.EIO, true},
		{"one ENOSPC", syscall.ENOSPC, false},
	}
	step := trial.Setting(t, "STEWARD_FAULTS", 16)
	if step > 1 {
		modes = modes[:2]
	}
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			below := t.TempDir()
			s := newServer(t, filepath.Join(below, "data"), "")
			dir, f := newFaultyDisk(t, below)
			s.dir = filepath.Join(dir, "data")
			s.start(t)
			y := &bench{server: s, t: t, l: &ledger{}}
			for _, deed := range []struct {
				name string
				few  bool // operations: all are tried in the short form, too
				make func() func() error
			}{
				{"a report with a file", false, y.report},
				{"a report by the form", false, y.formReport},
				{"a letter with a file", false, y.letter},
				{"a deed", true, y.deed},
				{"a publication", false, y.publication},
			} {
				failed, step := 0, step
				if deed.few {
					step = 1
				}
				for n, hit := 1+rand.IntN(step), true; hit; n += step {
					do := deed.make()
					f.plan(n, mode.sticky, mode.errno)
					err := do()
					where, _ := f.mend()
					if hit = where != ""; hit {
						failed++
					}
					y.again(deed.name+", "+where, do, err)
				}
				t.Logf("%s met %d failures", deed.name, failed)
				if !deed.few && failed*step < 16 || failed < 1 {
					t.Errorf("%s met %d failures: the trial tried nothing", deed.name, failed)
				}
			}
			s.kill()
			s.dir = filepath.Join(below, "data")
			found := s.examine(t.Context(), s.dir, y.l)
			found.report(t)
			y.swept()
		})
	}
}

// bench is a server whose disk fails.
type bench struct {
	*server
	t *testing.T
	l *ledger
}

// again checks how a deed ended while the disk failed, and does it again on
// the mended disk.
func (y *bench) again(what string, do func() error, err error) {
	y.t.Helper()
	if err != nil && !busy(err) {
		y.t.Errorf("%s: %v", what, err)
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if err == nil {
			return
		}
		err = do()
	}
	y.t.Fatalf("%s: still refused when the disk is mended: %v", what, err)
}

func (y *bench) report() func() error {
	r := &report{key: mark("report"), files: []file{newFile(150_000)}}
	y.l.reports = append(y.l.reports, r)
	return func() error { return y.settle(r) }
}

func (y *bench) formReport() func() error {
	r := &report{key: mark("form"), files: []file{newFile(1000), newFile(10)}}
	if err := y.openForm(y.t.Context(), r); err != nil {
		y.t.Fatal(err)
	}
	y.l.reports = append(y.l.reports, r)
	return func() error { return y.settle(r) }
}

// settle sends a report.
func (y *bench) settle(r *report) error {
	receipt, err := y.send(y.t.Context(), r)
	if err == nil {
		r.Receipt, r.acked = receipt, true
	}
	return err
}

// letter answers in the mailbox of a new report. A letter that was refused is
// written anew.
func (y *bench) letter() func() error {
	r := y.fresh()
	return func() error {
		x := &letter{report: r, mark: mark("letter"), files: []file{newFile(5000)}}
		y.l.letters = append(y.l.letters, x)
		err := y.replyByForm(y.t.Context(), x)
		x.acked = err == nil
		return err
	}
}

// fresh is a report that was sent while the disk was good.
func (y *bench) fresh() *report {
	r := &report{key: mark("report")}
	y.l.reports = append(y.l.reports, r)
	if err := y.settle(r); err != nil {
		y.t.Fatal(err)
	}
	return r
}

// deed acknowledges a new report.
func (y *bench) deed() func() error { return y.next(y.fresh()) }

// publication releases an advisory that is ready.
func (y *bench) publication() func() error {
	r := y.fresh()
	for {
		do, step := y.prepare(r)
		if step.path == "release" {
			return do
		}
		if err := do(); err != nil {
			y.t.Fatal(err)
		}
	}
}

func (y *bench) next(r *report) func() error {
	do, _ := y.prepare(r)
	return do
}

// prepare looks up what a case waits for, and gives the deed. Done again, it
// first looks whether it was done although the answer was another.
func (y *bench) prepare(r *report) (func() error, step) {
	y.t.Helper()
	ctx := y.t.Context()
	var box cvd.Mailbox
	if err := y.call(ctx, "Phrase "+r.Phrase, "/mailbox", nil, &box); err != nil {
		y.t.Fatal(err)
	}
	now := func() (step, *cvd.View, error) {
		var v cvd.View
		err := y.call(ctx, y.people[acl.Lead].auth, "/cases/"+box.Ref, nil, &v)
		if err != nil {
			return step{}, nil, err
		}
		st, _ := next(&v, r)
		return st, &v, nil
	}
	first, _, err := now()
	if err != nil {
		y.t.Fatal(err)
	}
	tried := false
	return func() error {
		st := first
		if tried {
			var v *cvd.View
			if st, v, err = now(); err != nil {
				return err
			}
			if v.Advisory != "" {
				_, _, err := y.do(ctx, "GET", "/"+render.AdvisoryPath(v.Advisory), nil, nil)
				return err
			}
			if st.path != first.path {
				return nil
			}
		}
		tried = true
		d := &deed{report: r, path: st.path, mark: st.mark}
		y.l.deeds = append(y.l.deeds, d)
		var public advisory.Advisory
		out := any(nil)
		if st.path == "release" {
			out = &public
		}
		if err := y.call(ctx, y.people[st.who].auth, "/cases/"+box.Ref+"/"+st.path, st.in, out); err != nil {
			return err
		}
		d.acked = true
		if public.ID != "" {
			y.l.releases = append(y.l.releases, release{public.ID, title(r)})
		}
		return nil
	}, first
}

// swept starts a day later, when what was never filed is swept, and finds no
// file that no record names.
func (y *bench) swept() {
	t := y.t
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	a, err := app.Open(ctx, app.Dir(y.dir), app.Options{Clock: func() time.Time { return time.Now().Add(25 * time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	kept, err := a.Cases.Kept(ctx, acl.Myself())
	if err != nil {
		t.Fatal(err)
	}
	go a.Work(ctx)
	var files []string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if files, _ = filepath.Glob(filepath.Join(y.dir, "blobs", "*", "*")); len(files) == len(kept) {
			break
		}
	}
	if len(files) != len(kept) {
		t.Errorf("%d files for %d attachments", len(files), len(kept))
	}
	if left := leftovers(y.dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
