package torture

import (
	"context"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/cvd"
	"steward/internal/publish/render"
)

// over tells whether someone stops working: the server is gone, or told
// something that nobody should be told. An answer that asks to come again is
// none of these.
func (l *ledger) over(ctx context.Context, what string, err error) bool {
	switch {
	case ctx.Err() != nil:
		return true
	case err == nil:
		return false
	case busy(err) && l.full:
		l.note(func() { l.busy++ })
		time.Sleep(10 * time.Millisecond)
		return false
	case gone(err):
		return true
	}
	l.fault("%s: %v", what, err)
	return true
}

// reporter sends reports: most by the API, every third by the form; every
// fourth with files. Now and then a letter goes to the team.
func (s *server) reporter(ctx context.Context, l *ledger, place int) {
	for n := place; ; n++ {
		r := &report{key: mark("report")}
		if n%4 == 0 {
			r.files = []file{newFile(1 + mrand.IntN(100<<10))}
		}
		if n%3 == 0 {
			if err := s.openForm(ctx, r); err != nil {
				if l.over(ctx, "the form", err) {
					return
				}
				continue
			}
		}
		if l.over(ctx, "a report", s.deliver(ctx, l, r)) {
			return
		}
		if n%5 == 0 {
			if l.over(ctx, "a letter", s.write(ctx, l, n%10 == 0)) {
				return
			}
		}
	}
}

// deliver sends a report and enters it in the ledger.
func (s *server) deliver(ctx context.Context, l *ledger, r *report) error {
	r.sent = time.Now()
	l.note(func() { l.reports = append(l.reports, r) })
	receipt, err := s.send(ctx, r)
	if err == nil {
		l.ack(&r.acked, func() {
			r.Receipt = receipt
			l.received++
		})
	}
	return err
}

// write sends a letter to the team, by the mailbox's form with a file or by
// the API.
func (s *server) write(ctx context.Context, l *ledger, byForm bool) error {
	r := l.pick()
	if r == nil {
		return nil
	}
	x := &letter{report: r, mark: mark("letter")}
	if byForm {
		x.files = []file{newFile(1 + mrand.IntN(20<<10))}
	}
	l.note(func() { l.letters = append(l.letters, x) })
	var err error
	if byForm {
		err = s.replyByForm(ctx, x)
	} else {
		err = s.call(ctx, "Phrase "+r.Phrase, "/mailbox/messages", cvd.Reply{Body: x.mark}, nil)
	}
	if err == nil {
		l.ack(&x.acked, nil)
	}
	return err
}

// admin adds people, makes tokens and revokes those of before.
func (s *server) admin(ctx context.Context, l *ledger) {
	auth := s.people[acl.Lead].auth
	if l.over(ctx, "the tokens of before", s.tidy(ctx, l)) {
		return
	}
	var before string // id of a token
	for ctx.Err() == nil {
		u, k := &named{name: mark("user")}, &named{name: mark("token"), token: true}
		l.note(func() { l.names = append(l.names, u, k) })
		err := s.call(ctx, auth, "/users", api.Profile{Name: u.name}, nil)
		if err == nil {
			l.ack(&u.acked, nil)
		}
		if l.over(ctx, "a user", err) {
			return
		}
		var made api.Token
		err = s.call(ctx, auth, "/tokens", api.NewToken{Name: k.name}, &made)
		if err == nil {
			l.ack(&k.acked, func() { k.id, k.secret = made.ID, made.Secret })
		}
		if l.over(ctx, "a token", err) || before != "" && l.over(ctx, "a revocation", s.revoke(ctx, l, before)) {
			return
		}
		before = made.ID
		time.Sleep(20 * time.Millisecond)
	}
}

// tidy revokes the tokens that a crash left: nobody may have many.
func (s *server) tidy(ctx context.Context, l *ledger) error {
	auth := s.people[acl.Lead].auth
	var left []api.Token
	if err := s.call(ctx, auth, "/tokens", nil, &left); err != nil {
		return err
	}
	for _, t := range left {
		known, acked := false, false
		l.note(func() {
			for _, n := range l.names {
				if n.token && n.name == t.Name {
					known, acked = true, n.acked
				}
			}
		})
		var err error
		switch {
		case acked:
			err = s.revoke(ctx, l, t.ID)
		case known: // nobody was told of it
			err = s.call(ctx, auth, "/tokens/"+t.ID+"/revoke", struct{}{}, nil)
		}
		// A call that was given up on may end meanwhile, and the token with it.
		if no, ok := errors.AsType[*refusal](err); ok && no.code == http.StatusNotFound {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// revoke makes a token stop working.
func (s *server) revoke(ctx context.Context, l *ledger, id string) error {
	var k *named
	l.note(func() {
		for _, n := range slices.Backward(l.names) {
			if n.id == id {
				k = n
				k.ending = true
				return
			}
		}
	})
	err := s.call(ctx, s.people[acl.Lead].auth, "/tokens/"+id+"/revoke", struct{}{}, nil)
	if err == nil {
		l.ack(&k.ended, nil)
	}
	return err
}

// team brings one report after another to its advisory. What it does next it
// sees in the case, as people do: so it goes on after a crash.
func (s *server) team(ctx context.Context, l *ledger, place int) {
	for n := 0; ; n++ {
		r := l.unfinished(place)
		if r == nil {
			r = &report{key: fmt.Sprintf("team%d-%s", place, mark("case"))}
			if n%2 == 0 {
				r.files = []file{newFile(2000)}
			}
			if n%3 == 1 {
				r.key += timed
			}
			if l.over(ctx, "a report", s.deliver(ctx, l, r)) {
				return
			}
			if !r.acked {
				continue
			}
		}
		if l.over(ctx, "a case", s.handle(ctx, l, r)) {
			return
		}
	}
}

// unfinished is the report that this team worked on when the server died, if
// its advisory is not public yet.
func (l *ledger) unfinished(place int) (last *report) {
	prefix := fmt.Sprintf("team%d-", place)
	l.note(func() {
		for _, r := range slices.Backward(l.reports) {
			if strings.HasPrefix(r.key, prefix) && r.acked {
				if !r.done {
					last = r
				}
				return
			}
		}
	})
	return last
}

func title(r *report) string { return "example: fault " + r.key }

// handle takes a report to its advisory, one deed after another.
func (s *server) handle(ctx context.Context, l *ledger, r *report) error {
	ref, late := "", 0
	for {
		if ref == "" {
			var box cvd.Mailbox
			if err := s.call(ctx, "Phrase "+r.Phrase, "/mailbox", nil, &box); err != nil {
				return err
			}
			ref = box.Ref
		}
		var v cvd.View
		if err := s.call(ctx, s.people[acl.Lead].auth, "/cases/"+ref, nil, &v); err != nil {
			return err
		}
		step, ok := next(&v, r)
		if !ok {
			return s.read(ctx, l, r, v.Advisory)
		}
		if step.path == "" { // its hour has not come
			time.Sleep(20 * time.Millisecond)
			continue
		}
		d := &deed{report: r, path: step.path, mark: step.mark}
		l.note(func() { l.deeds = append(l.deeds, d) })
		var public advisory.Advisory
		out := any(nil)
		if step.path == "release" {
			out = &public
		}
		err := s.call(ctx, s.people[step.who].auth, "/cases/"+ref+"/"+step.path, step.in, out)
		switch {
		case err == nil:
			l.ack(&d.acked, func() {
				if public.ID != "" {
					l.releases = append(l.releases, release{public.ID, title(r)})
				}
			})
			late = 0
		case conflict(err) && late < 5: // a letter of the reporter came in between
			late++
		default:
			return fmt.Errorf("%s: %w", step.path, err)
		}
	}
}

// read waits until an advisory that was released can be read.
func (s *server) read(ctx context.Context, l *ledger, r *report, id string) error {
	for tries := 0; ; tries++ {
		_, _, err := s.do(ctx, "GET", "/"+render.AdvisoryPath(id), nil, nil)
		if err == nil {
			break
		}
		if gone(err) || tries == 1000 {
			return fmt.Errorf("reading %s: %w", id, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	l.note(func() {
		r.done = true
		was := func(x release) bool { return x.id == id }
		if !slices.ContainsFunc(l.releases, was) {
			l.releases = append(l.releases, release{id, title(r)})
		}
	})
	return nil
}

// timed ends the key of a report whose advisory the clock releases.
const timed = "-timed"

// step is a deed that a case waits for; one without a path waits for its hour.
type step struct {
	who  acl.Role
	path string
	mark string
	in   any
}

// next tells what a case waits for; false: it is public.
func next(v *cvd.View, r *report) (step, bool) {
	d, m := v.Draft, mark("deed")
	slot := api.Slot{Version: v.Version, Slot: cvd.Slot{Zone: "UTC", Override: m}}
	until := time.Now().Add(48 * time.Hour)
	switch {
	case v.Advisory != "":
		return step{}, false
	case v.Acknowledged.IsZero():
		return step{acl.Handler, "acknowledge", m, api.Letter{Body: m}}, true
	case v.Disposition == "":
		return step{acl.Handler, "dispose", m, cvd.Decision{Disposition: cvd.Valid, Reason: m}}, true
	case len(v.Notes) == 0:
		return step{acl.Handler, "notes", m, api.Body{Body: m}}, true
	case len(v.Threads[0].Messages) < 3:
		return step{acl.Handler, "messages", m, api.Letter{Body: m}}, true
	case d.Fields.Title == "":
		return step{acl.Handler, "facts", title(r), api.Facts{Version: v.Version, Fields: facts(title(r))}}, true
	case v.EmbargoState == cvd.EmbargoNone:
		return step{acl.ReleaseManager, "embargo", m, api.Embargo{Event: string(cvd.EmbargoPropose), Terms: cvd.Terms{Until: until, Zone: "UTC", Reason: m}}}, true
	case v.EmbargoState == cvd.EmbargoProposed:
		return step{acl.Lead, "embargo", "", api.Embargo{Event: string(cvd.EmbargoAccept)}}, true
	case len(v.Patch.Branches) == 0:
		return step{acl.Handler, "patch", m, api.Patch{Version: v.Version, PatchFields: cvd.PatchFields{
			Branches: []cvd.Branch{{Name: m, URL: "ssh://git@private.example/fix"}}, Author: cvd.Person{Name: "someone"},
		}}}, true
	case v.PatchState != cvd.PatchReady:
		return step{acl.Lead, "patch/move", "", api.Move{Event: string(v.Events.Patch[0])}}, true
	case v.State == cvd.Remediation:
		return step{acl.Handler, "move", "", api.Move{Event: string(cvd.EventFixReady)}}, true
	case v.EmbargoState == cvd.EmbargoActive:
		return step{acl.Lead, "embargo", m, api.Embargo{Event: string(cvd.EmbargoExit), Terms: cvd.Terms{Reason: m}}}, true
	case d.Text.Overview == "":
		return step{acl.Handler, "draft", m, api.DraftText{Version: v.Version, Text: prose(m)}}, true
	case d.Review.Reviewed == nil:
		return step{acl.Lead, "draft/review", m, api.Word{Version: v.Version, OK: true, Comment: m}}, true
	case d.Review.Approved == nil:
		return step{acl.ReleaseManager, "draft/approve", m, api.Word{Version: v.Version, OK: true, Comment: m}}, true
	case v.DraftState == cvd.DraftScheduled:
		return step{}, true
	case strings.HasSuffix(r.key, timed):
		slot.At = time.Now().Add(3 * time.Second)
		return step{acl.ReleaseManager, "schedule", "", slot}, true
	default:
		return step{acl.ReleaseManager, "release", "", slot}, true
	}
}

func facts(title string) cvd.Fields {
	return cvd.Fields{
		Title: title, Severity: advisory.Severity{Level: advisory.Moderate}, CWE: []string{"CWE-787"},
		Affected: []advisory.Affected{{Product: "example", Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}}}},
	}
}

func prose(m string) cvd.Text {
	return cvd.Text{
		Overview: "A long header overflows a buffer. " + m, Impact: "Whoever sends it runs code.", Remedy: "Upgrade to 1.4.2.",
		References: []advisory.Reference{{Kind: "release", URL: "https://example.org/1.4.2"}},
	}
}
