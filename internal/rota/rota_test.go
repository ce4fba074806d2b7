package rota

import (
	"fmt"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"steward/internal/base/errs"
)

// id is a user id that reads like the letter.
func id(c byte) Member {
	b := make([]byte, 26)
	for i := range b {
		b[i] = 'a'
	}
	b[0] = c
	return Member(b)
}

var ann, bob, cat = id('b'), id('c'), id('d')

func weekly() Rota {
	return Rota{Zone: "Europe/Stockholm", Handover: Handover{time.Monday, 10}, Order: []Member{ann, bob, cat}, Start: "2026-03-16"}
}

func utc(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestOnCall(t *testing.T) {
	t.Parallel()
	r := weekly()
	r.Overrides = []Override{
		{From: utc("2026-04-01 00:00"), To: utc("2026-04-03 00:00"), Who: ann, Reason: "swap"},
		{From: utc("2026-04-02 00:00"), To: utc("2026-04-02 12:00"), Who: bob},
	}
	without := func(gone ...Member) Able {
		return func(m Member) bool {
			for _, g := range gone {
				if g == m {
					return false
				}
			}
			return true
		}
	}
	for _, tt := range []struct {
		at    string
		able  Able
		who   Member
		until string
	}{
		{"2026-03-16 08:59", nil, Nobody, "2026-03-16 09:00"},
		{"2026-03-16 09:00", nil, ann, "2026-03-23 09:00"},
		{"2026-03-23 08:59", nil, ann, "2026-03-23 09:00"},
		{"2026-03-23 09:00", nil, bob, "2026-03-30 08:00"}, // an hour less: summer time begins on the 29th
		{"2026-03-30 08:00", nil, cat, "2026-04-01 00:00"},
		{"2026-04-01 00:00", nil, ann, "2026-04-02 00:00"},
		{"2026-04-02 00:00", nil, bob, "2026-04-02 12:00"},
		{"2026-04-02 12:00", nil, ann, "2026-04-03 00:00"},
		{"2026-04-03 00:00", nil, cat, "2026-04-06 08:00"},
		{"2026-04-06 08:00", nil, ann, "2026-04-13 08:00"},
		{"2026-10-19 08:00", nil, bob, "2026-10-26 09:00"}, // an hour more
		{"2026-03-23 09:00", without(bob), cat, "2026-03-30 08:00"},
		{"2026-03-30 08:00", without(cat), ann, "2026-04-01 00:00"},
		{"2026-04-02 00:00", without(bob), ann, "2026-04-02 12:00"}, // the override before counts
		{"2026-04-02 00:00", without(bob, ann), cat, "2026-04-02 12:00"},
		{"2026-03-23 09:00", without(ann, bob, cat), Nobody, "2026-03-30 08:00"},
	} {
		who, until := r.OnCall(utc(tt.at), tt.able)
		if who != tt.who || !until.Equal(utc(tt.until)) {
			t.Errorf("%s: %q until %v, want %q until %s", tt.at, who, until, tt.who, tt.until)
		}
	}
}

func TestStartInTheMiddle(t *testing.T) {
	t.Parallel()
	r := weekly()
	r.Start = "2026-03-18"
	if who, until := r.OnCall(utc("2026-03-18 09:00"), nil); who != ann || !until.Equal(utc("2026-03-23 09:00")) {
		t.Errorf("%q until %v", who, until)
	}
	if who, _ := r.OnCall(utc("2026-03-18 08:59"), nil); who != Nobody {
		t.Errorf("%q before the start", who)
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	if who, until := (Rota{}).OnCall(utc("2026-03-18 09:00"), nil); who != Nobody || !until.IsZero() {
		t.Errorf("%q until %v", who, until)
	}
	if got := (Rota{}).Upcoming(utc("2026-03-18 09:00"), 5, nil); len(got) != 1 || got[0].Who != Nobody {
		t.Errorf("%v", got)
	}
}

func TestUpcoming(t *testing.T) {
	t.Parallel()
	r := weekly()
	r.Overrides = []Override{
		{From: utc("2026-03-24 00:00"), To: utc("2026-03-26 00:00"), Who: cat, Reason: "swap"},
		{From: utc("2026-03-25 00:00"), To: utc("2026-03-25 12:00"), Who: cat, Reason: "swap"}, // says the same: one shift
	}
	got := r.Upcoming(utc("2026-03-23 10:00"), 4, nil)
	want := []Shift{
		{utc("2026-03-23 10:00"), utc("2026-03-24 00:00"), bob, false, ""},
		{utc("2026-03-24 00:00"), utc("2026-03-26 00:00"), cat, true, "swap"},
		{utc("2026-03-26 00:00"), utc("2026-03-30 08:00"), bob, false, ""},
		{utc("2026-03-30 08:00"), utc("2026-04-06 08:00"), cat, false, ""},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := weekly().Check(); err != nil {
		t.Fatal(err)
	}
	at := utc("2026-03-23 10:00")
	most := weekly()
	most.Overrides = slices.Repeat([]Override{{From: at, To: at.Add(1), Who: ann}}, maxOverrides)
	if err := most.Check(); err != nil {
		t.Error(err)
	}
	for field, spoil := range map[string]func(*Rota){
		"zone":    func(r *Rota) { r.Zone = "Local" },
		"weekday": func(r *Rota) { r.Handover.Weekday = 7 },
		"hour":    func(r *Rota) { r.Handover.Hour = 24 },
		"start":   func(r *Rota) { r.Start = "2026-02-30" },
		"order":   func(r *Rota) { r.Order = []Member{ann, ann} },
		"order ":  func(r *Rota) { r.Order = []Member{Nobody} },
		"order  ": func(r *Rota) { r.Order = make([]Member, maxMembers+1) },
		"overrides": func(r *Rota) {
			r.Overrides = slices.Repeat([]Override{{From: at, To: at.Add(1), Who: ann}}, maxOverrides+1)
		},
		"overrides.0": func(r *Rota) { r.Overrides = []Override{{From: at, To: at, Who: ann}} },
		"who":         func(r *Rota) { r.Overrides = []Override{{From: at, To: at.Add(1), Who: "x"}} },
		"reason":      func(r *Rota) { r.Overrides = []Override{{From: at, To: at.Add(1), Who: ann, Reason: "a\nb"}} },
		"long":        func(r *Rota) { r.Overrides = []Override{{From: at, To: at.AddDate(1, 0, 0), Who: ann}} },
	} {
		r := weekly()
		spoil(&r)
		if err := r.Check(); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestTiles: in any zone, through every change of the clocks, the shifts follow
// each other without gap or overlap, and at each instant OnCall says what the
// list of shifts says.
func TestTiles(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "UTC", "Asia/Kathmandu", "Africa/Cairo"}
	rapid.Check(t, func(t *rapid.T) {
		r := Rota{
			Zone:     rapid.SampledFrom(zones).Draw(t, "zone"),
			Handover: Handover{time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), rapid.IntRange(0, 23).Draw(t, "hour")},
			Start:    Date(utc("2011-06-01 00:00").AddDate(0, 0, rapid.IntRange(0, 6000).Draw(t, "start")).Format(time.DateOnly)),
		}
		for i := range rapid.IntRange(1, 5).Draw(t, "people") {
			r.Order = append(r.Order, id(byte('b'+i)))
		}
		day, _ := r.Start.day()
		day = day.AddDate(0, 0, 3)
		for range rapid.IntRange(0, 4).Draw(t, "overrides") {
			from := day.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "from")) * time.Hour)
			r.Overrides = append(r.Overrides, Override{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "for")) * time.Hour), Who: id('z')})
		}
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		const n = 60
		shifts := r.Upcoming(day, n, nil)
		if len(shifts) != n || !shifts[0].From.Equal(day) {
			t.Fatalf("%d shifts from %v", len(shifts), shifts[0].From)
		}
		turns := map[Member]int{}
		for i, s := range shifts {
			if !s.From.Before(s.To) || s.Who == Nobody || s.To.Sub(s.From) > 8*24*time.Hour && !s.Override {
				t.Fatalf("shift %d: %v", i, s)
			}
			if i > 0 && !s.From.Equal(shifts[i-1].To) {
				t.Fatalf("between %v and %v", shifts[i-1], s)
			}
			turns[s.Who]++
			for _, at := range []time.Time{s.From, s.From.Add(s.To.Sub(s.From) / 2), s.To.Add(-1)} {
				who, until := r.OnCall(at, nil)
				if who != s.Who || until.After(s.To) || !until.After(at) {
					t.Fatalf("at %v %q until %v, the shift is %v", at, who, until, s)
				}
			}
			// A handover is at its hour by the zone, or when the clocks skip it.
			if local := s.From.In(mustZone(t, r.Zone)); i > 0 && !s.Override && !shifts[i-1].Override && !comes(r.Handover, local) {
				t.Fatalf("handover at %v", local)
			}
		}
		for _, m := range r.Order {
			if turns[m] == 0 {
				t.Fatalf("%q has no turn", m)
			}
		}
	})
}

// comes tells whether the clocks come to the hour of a handover at a time, or
// are put past it then.
func comes(h Handover, local time.Time) bool {
	wall := func(t time.Time) time.Time {
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	for at := wall(local.Add(-time.Second)).Add(time.Second); !at.After(wall(local)); at = at.Add(time.Second) {
		if at.Weekday() == h.Weekday && at.Hour() == h.Hour && at.Minute() == 0 && at.Second() == 0 {
			return true
		}
	}
	return false
}

func mustZone(t *rapid.T, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
