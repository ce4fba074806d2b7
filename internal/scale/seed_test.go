package scale

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// Of a hundred cases of a team that has worked for years, eleven led to an
// advisory, two are open and ten were duplicates; the rest was declined. Of
// the originals more are open, so that every list has a full page of them.
const (
	originals   = 500  // cases by the deeds that people do; all others are their copies
	hands       = 32   // deeds at once: they share the sync of a commit
	people      = 1000 // the most who may sign in: a fourth of the cases till then
	perAdvisory = 9
	perOpen     = 50
	firstOpen   = originals - 100
)

// seed brings the world to n cases, originals at least. The same n gives the
// same cases, but for identifiers and keys.
func (w *world) seed(n int) {
	w.tb.Helper()
	w.crowd(min(people, n/4))
	if w.cases == 0 {
		w.originals()
		w.clock.reach(time.Now())
		w.busy()
	}
	w.copies(n - len(w.ids))
	w.cases = n
}

// crowd adds people who are only invited to cases, until there are n.
func (w *world) crowd(n int) {
	var wg sync.WaitGroup
	for part := range hands {
		wg.Go(func() {
			for i := w.people + part; i < n; i += hands {
				if _, err := w.Accounts.AddUser(w.tb.Context(), account.Operator(), account.Profile{Name: numbered("Person", i), Email: "person@example.org"}); err != nil {
					w.tb.Error(err)
				}
			}
		})
	}
	wg.Wait()
	w.people = max(n, w.people)
}

// originals makes the first cases through the stores.
func (w *world) originals() {
	w.tb.Helper()
	// The forms of a draft are a page's to make; the seeder's drafts are good.
	gate := w.Cases.Gate
	w.Cases.Gate = nil
	defer func() { w.Cases.Gate = gate }()
	w.ids = make([]string, originals)
	jobs := make(chan int)
	var wg sync.WaitGroup
	var failed error
	for range hands {
		wg.Go(func() {
			for i := range jobs { // to the end, though one failed: who sends waits
				id, err := w.one(i)
				w.mu.Lock()
				if w.ids[i] = id; err != nil {
					failed = fmt.Errorf("case %d: %w", i, err)
				}
				w.mu.Unlock()
			}
		})
	}
	step := time.Since(begin) / (originals + 10)
	for i := range originals {
		w.clock.reach(begin.Add(time.Duration(i) * step))
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	if failed != nil {
		w.tb.Fatal(failed)
	}
}

// story is one case on its way.
type story struct {
	*world
	ctx     context.Context
	i       int
	id      string
	receipt intake.Receipt
	version int64 // of the case: rises with every edit
	err     error
}

// one makes the case of a number.
func (w *world) one(i int) (id string, err error) {
	s := &story{world: w, ctx: w.tb.Context(), i: i, version: 1}
	files := 0
	if i%10 == 0 {
		files = 1
	}
	s.receive(files)
	switch {
	case i >= firstOpen:
		s.open()
	case i%perAdvisory == 3:
		s.publish()
	case i%10 == 7:
		s.merge()
	default:
		s.decline()
	}
	return s.id, s.err
}

// do makes a deed, unless one before it failed.
func (s *story) do(f func() error) {
	if s.err == nil {
		s.err = f()
	}
}

// paragraph is text of about the length that people write.
var paragraph = strings.Repeat("A header of more than 64 bytes overflows the buffer that it is copied to. ", 14)

func (s *story) receive(files int) {
	sub := intake.Submission{
		Token: fmt.Sprintf("scale-token-%06d", s.i), Channel: intake.Web, Product: "example", Versions: "1.1",
		Summary: numbered("Overflow in the parser of header", s.i), What: paragraph, Reproduce: paragraph, Impact: "Code runs.",
		Reporter: intake.Reporter{Name: numbered("Reporter", s.i), Contact: "reporter@example.net"},
		Credit:   intake.Credit{Want: intake.CreditYes},
	}
	var env *cvd.Envelope
	for n := range files {
		s.do(func() (err error) {
			if n == 0 {
				env, err = s.Cases.NewReport(s.ctx, acl.Nobody())
			}
			if err == nil {
				_, err = env.Attach(s.ctx, "poc.txt", "text/plain", strings.NewReader(paragraph))
			}
			return err
		})
	}
	s.do(func() (err error) {
		s.receipt, err = s.Cases.Receive(s.ctx, acl.Nobody(), env, sub, nil)
		return err
	})
	s.do(func() (err error) {
		s.id, err = s.caseOf(s.receipt.ReportID)
		return err
	})
}

func (s *story) decline() {
	s.do(func() error {
		return s.Cases.Dispose(s.ctx, s.team[acl.Handler], s.id, cvd.Decision{Disposition: cvd.Invalid, Reason: "We cannot see it. " + paragraph})
	})
	s.keep(func(f *finds) { f.closed = s.id })
}

// talk is a note, two letters and the answer to one.
func (s *story) talk() {
	s.do(func() error {
		return s.Cases.Acknowledge(s.ctx, s.team[acl.Handler], s.id, cvd.Letter{Body: "Thank you. " + paragraph})
	})
	s.do(func() error {
		_, err := s.Cases.Reply(s.ctx, acl.HolderOf(s.receipt.ReportID), cvd.Reply{Body: paragraph})
		return err
	})
	s.do(func() error {
		_, err := s.Cases.Note(s.ctx, s.team[acl.Handler], s.id, "It may be the same as before. "+paragraph)
		return err
	})
	s.do(func() error {
		_, err := s.Cases.Message(s.ctx, s.team[acl.Handler], s.id, "", cvd.Letter{Body: "We see it too."})
		return err
	})
}

// accept decides that it is so, writes the draft and invites a fixer to some.
func (s *story) accept() {
	s.do(func() error {
		return s.Cases.Dispose(s.ctx, s.team[acl.Handler], s.id, cvd.Decision{Disposition: cvd.Valid, Reason: "We see it too."})
	})
	s.do(func() error {
		return s.Cases.Edit(s.ctx, s.team[acl.Handler], s.id, s.version, cvd.Fields{
			Title: numbered("example: overflow in the parser of header", s.i), Severity: advisory.Severity{Level: advisory.High},
			CWE: []string{"CWE-787"}, CVE: fmt.Sprintf("CVE-2026-%06d", s.i+1),
			Affected: []advisory.Affected{{Product: "example", Ecosystem: "Go", Package: "example.org/example",
				Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.2.0"}}}},
		})
	})
	s.version++
	s.write(cvd.Text{})
	if s.i%perAdvisory == 3 {
		s.do(func() error {
			who := cvd.Person{ID: s.find.fixer.ID, Name: s.find.fixer.Name}
			return s.Cases.Invite(s.ctx, s.team[acl.Lead], s.id, who, acl.Fixer)
		})
	}
}

// write fills in the advisory's prose.
func (s *story) write(t cvd.Text) {
	t.Overview, t.Impact, t.Remedy = paragraph, "Whoever sends it runs code.", "Upgrade to 1.2.0."
	t.References = []advisory.Reference{{Kind: "release", URL: "https://example.org/1.2.0"}}
	s.do(func() error { return s.Cases.EditDraft(s.ctx, s.team[acl.Handler], s.id, s.version, t) })
	s.version++
}

// sign has the draft reviewed and approved.
func (s *story) sign() {
	s.do(func() error { return s.Cases.ReviewDraft(s.ctx, s.other, s.id, s.version, true, "") })
	s.do(func() error { return s.Cases.ApproveDraft(s.ctx, s.team[acl.Lead], s.id, s.version, true, "") })
}

func (s *story) release() {
	s.do(func() error {
		a, err := s.Cases.Release(s.ctx, s.team[acl.ReleaseManager], s.id, s.version, cvd.Slot{Zone: "UTC", Override: "It is time."})
		s.keep(func(f *finds) { f.released, f.advisory = s.id, a.ID })
		return err
	})
}

// publish leads to an advisory; one in five has a second revision.
func (s *story) publish() {
	if s.i%100 == 13 {
		s.talk()
	}
	s.accept()
	s.sign()
	s.release()
	if s.i%50 == 3 {
		s.write(cvd.Text{Workaround: "Limit the length of headers.", Summary: "A workaround."})
		s.sign()
		s.release()
	}
	s.do(func() error { return s.Cases.Move(s.ctx, s.team[acl.Lead], s.id, cvd.EventClose, "") })
}

// merge closes the case as a duplicate of one that was declined of late.
func (s *story) merge() {
	s.mu.Lock()
	into := s.find.closed
	s.mu.Unlock()
	if into == "" {
		s.decline()
		return
	}
	s.do(func() error { return s.Cases.Merge(s.ctx, s.team[acl.Lead], s.id, into, "The same flaw.") })
}

// open leaves the case on its way: three in five unanswered, one with a draft,
// one close to its release.
func (s *story) open() {
	switch s.i % 5 {
	case 0, 1, 2:
		s.keep(func(f *finds) { f.open = s.id })
	case 3:
		s.talk()
		s.accept()
	case 4:
		s.accept()
		s.sign()
	}
}

func (s *story) keep(f func(*finds)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.find)
}

func (w *world) caseOf(report string) (string, error) {
	var f intake.Filed
	err := w.DB.Read(w.tb.Context(), func(q db.Queryer) (err error) {
		f, err = intake.Find(w.tb.Context(), q, report)
		return err
	})
	return f.CaseID, err
}
