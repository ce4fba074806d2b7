package cvd

import (
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

var (
	day0  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) // a Monday
	alice = Person{ID: "alice", Name: "Alice"}
	bob   = Person{ID: "bob", Name: "Bob"}
)

func TestEmbargoKeepsItsPast(t *testing.T) {
	t.Parallel()
	e := Embargo{State: EmbargoNone}
	first := Terms{Until: day0.Add(240 * time.Hour), Zone: "Europe/Stockholm"}
	second := Terms{Until: day0.Add(480 * time.Hour), Zone: "UTC", Reason: "the fix takes longer"}
	step := func(event EmbargoEvent, terms Terms, by Person) {
		t.Helper()
		if err := e.Move(event, terms, by, day0); err != nil {
			t.Fatal(err)
		}
	}
	step(EmbargoPropose, first, alice)
	if e.Active != nil || e.Proposal == nil {
		t.Fatalf("a proposal is agreed on: %+v", e)
	}
	step(EmbargoAccept, Terms{}, bob)
	step(EmbargoChange, second, alice)
	if e.Active == nil || e.Active.Until != first.Until || e.Proposal.Until != second.Until {
		t.Fatalf("a pending proposal does not stand beside the active terms: %+v", e)
	}
	step(EmbargoAccept, Terms{}, bob)
	step(EmbargoChange, Terms{Until: day0.Add(time.Hour), Zone: "UTC", Reason: "it leaked"}, alice)
	step(EmbargoReject, Terms{Reason: "it did not"}, bob)
	if e.State != EmbargoActive || e.Active.Until != second.Until {
		t.Fatalf("after a rejection: %+v", e)
	}
	step(EmbargoExit, Terms{Reason: "a blog has it"}, bob)
	var outcomes []string
	for _, p := range e.Past {
		outcomes = append(outcomes, string(p.Outcome)+" "+p.Why)
	}
	want := "replaced the fix takes longer, rejected it did not, ended a blog has it"
	if got := strings.Join(outcomes, ", "); got != want {
		t.Errorf("past: %s; want %s", got, want)
	}
	if e.Holds() || e.Proposal != nil {
		t.Errorf("terms stand after the exit: %+v", e)
	}
}

func TestEmbargoRefuses(t *testing.T) {
	t.Parallel()
	good := Terms{Until: day0.Add(time.Hour), Zone: "Asia/Tokyo"}
	for _, c := range []struct {
		name  string
		terms Terms
		field string
	}{
		{"a past hour", Terms{Until: day0.Add(-time.Hour), Zone: "UTC"}, "until"},
		{"this very hour", Terms{Until: day0, Zone: "UTC"}, "until"},
		{"a mistyped year", Terms{Until: day0.AddDate(10, 0, 0), Zone: "UTC"}, "until"},
		{"no zone", Terms{Until: good.Until}, "zone"},
		{"the server's zone", Terms{Until: good.Until, Zone: "Local"}, "zone"},
		{"no such zone", Terms{Until: good.Until, Zone: "Europe/Atlantis"}, "zone"},
		{"a path as zone", Terms{Until: good.Until, Zone: "../../etc/passwd"}, "zone"},
		{"an endless reason", Terms{Until: good.Until, Zone: "UTC", Reason: strings.Repeat("x", maxReason+1)}, "reason"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := Embargo{State: EmbargoNone}
			err := e.Move(EmbargoPropose, c.terms, alice, day0)
			if p, ok := err.(*errs.Error); !ok || p.Kind != errs.Invalid || p.Field != c.field {
				t.Errorf("%v; want a fault of %s", err, c.field)
			}
			if e.State != EmbargoNone || e.Proposal != nil {
				t.Errorf("the refused terms were kept: %+v", e)
			}
		})
	}
	e := Embargo{State: EmbargoNone}
	if err := e.Move(EmbargoPropose, good, alice, day0); err != nil {
		t.Fatal(err)
	}
	if err := e.Move(EmbargoAccept, Terms{}, bob, day0.Add(2*time.Hour)); !errs.Is(err, errs.Conflict) {
		t.Errorf("an hour that is past was agreed on: %v", err)
	}
}

func TestEmbargoEnds(t *testing.T) {
	t.Parallel()
	terms := Terms{Until: day0.Add(time.Hour), Zone: "UTC", Reason: "x"}
	for _, c := range []struct {
		events []EmbargoEvent
		want   EmbargoState
	}{
		{nil, EmbargoNone},
		{[]EmbargoEvent{EmbargoPropose}, EmbargoNone},
		{[]EmbargoEvent{EmbargoPropose, EmbargoAccept}, EmbargoExited},
		{[]EmbargoEvent{EmbargoPropose, EmbargoAccept, EmbargoChange}, EmbargoExited},
		{[]EmbargoEvent{EmbargoPropose, EmbargoAccept, EmbargoExit}, EmbargoExited},
	} {
		e := Embargo{State: EmbargoNone}
		for _, ev := range c.events {
			if err := e.Move(ev, terms, alice, day0); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Allows(day0); (err == nil) == e.Holds() {
			t.Errorf("%v: a release before the hour: %v", c.events, err)
		}
		if err := e.Allows(terms.Until); err != nil {
			t.Errorf("%v: a release at the hour: %v", c.events, err)
		}
		e.End(Person{ID: "system"}, day0)
		if e.State != c.want || e.Holds() || e.Proposal != nil {
			t.Errorf("%v: the release leaves %+v", c.events, e)
		}
	}
}

func TestHourIsShownInBothZones(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 13, 30, 0, 0, time.UTC)
	if got := inZone(at, "Europe/Stockholm"); got != "2026-07-01 13:30 UTC (2026-07-01 15:30 Europe/Stockholm)" {
		t.Error(got)
	}
	if got := inZone(at, "UTC"); got != "2026-07-01 13:30 UTC" {
		t.Error(got)
	}
}
