package duty

import (
	"strings"
	"time"
	"unicode/utf8"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
)

// Answer is a person's answer to a question that only a person can answer.
type Answer string

// The answers. The empty one is a question that nobody answered.
const (
	Unanswered Answer = ""
	Yes        Answer = "yes"
	No         Answer = "no"
	Unknown    Answer = "unknown"
)

// Valid tells whether it is one of the answers, or none.
func (a Answer) Valid() bool { return a == Unanswered || a == Yes || a == No || a == Unknown }

// Awareness is when the role became aware, what shows it, and who said so. The
// Commission's guidance of 27 July 2026, section 9.1, takes it for the moment
// of “a reasonable degree of certainty”, after an initial assessment made at
// once.
type Awareness struct {
	At       time.Time `json:"at"`
	Evidence string    `json:"evidence"` // what shows the exploitation or the incident
	SetBy    string    `json:"setBy"`    // who set it
}

// Filing is one notification that a person submitted.
type Filing struct {
	Kind      Kind      `json:"kind"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`                  // who submitted it
	Reference string    `json:"reference,omitempty"` // the number that the platform gave
	Also      []Kind    `json:"also,omitempty"`      // what is not owed any more since this one held it all: “unless the relevant information has already been provided”
}

// covers tells whether the filing provided what the kind asks for.
func (f Filing) covers(k Kind) bool {
	for _, a := range f.Also {
		if a == k {
			return true
		}
	}
	return f.Kind == k
}

// Facts are what the clocks of one product in one case are counted from.
type Facts struct {
	Role         Role      `json:"role"`
	Trigger      Trigger   `json:"trigger"`
	Zone         string    `json:"zone"` // IANA zone of the main establishment: its days are the days that count
	Awareness    Awareness `json:"awareness"`
	FixAvailable time.Time `json:"fixAvailable,omitzero"` // when a corrective or mitigating measure became available
	AskedAt      time.Time `json:"askedAt,omitzero"`      // when the CSIRT asked for an intermediate report
	Extent       Answer    `json:"extent,omitempty"`      // of a steward: does the condition of Article 24(3) hold? Unless no, the clocks run
	Filings      []Filing  `json:"filings,omitempty"`
}

const (
	maxText    = 20_000 // bytes of one text of a person
	maxLine    = 1_000  // bytes of a name or number
	maxFilings = 200
	maxStates  = 27
)

// earliest and latest bound the times: outside of them is a slip of the pen.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Check finds what is wrong with the facts; errs.Problems, all of them at
// once. What happened cannot be later than now.
func (f Facts) Check(now time.Time) error {
	var ps errs.Problems
	if !f.Role.Valid() {
		ps.Add("role", "%q is not a role.", short(string(f.Role))).WithHint("manufacturer or open-source software steward")
	}
	if !f.Trigger.Valid() {
		ps.Add("trigger", "%q starts no duty.", short(string(f.Trigger))).WithHint("actively exploited vulnerability or severe incident")
	}
	calendar.CheckZone(&ps, f.Zone)
	if !f.Extent.Valid() {
		ps.Add("extent", "%q is no answer.", short(string(f.Extent))).WithHint("yes, no, unknown or nothing")
	}
	for _, t := range []struct {
		field string
		at    time.Time
	}{{"awareness", f.Awareness.At}, {"fixAvailable", f.FixAvailable}, {"askedAt", f.AskedAt}} {
		if !t.at.IsZero() {
			checkTime(&ps, t.field, t.at, now)
		}
	}
	checkText(&ps, "evidence", f.Awareness.Evidence, maxText)
	checkText(&ps, "setBy", f.Awareness.SetBy, maxLine)
	if !f.Awareness.At.IsZero() && strings.TrimSpace(f.Awareness.SetBy) == "" {
		ps.Add("setBy", "Say who set the hour of awareness: it stays in the record.")
	}
	f.checkFilings(&ps, now)
	return ps.Err()
}

func (f Facts) checkFilings(ps *errs.Problems, now time.Time) {
	if len(f.Filings) > maxFilings {
		ps.Add("filings", "There are %d filings; at most %d can be kept.", len(f.Filings), maxFilings)
		return
	}
	for _, x := range f.Filings {
		if !x.Kind.Valid() {
			ps.Add("filings", "%q is nothing that is filed.", short(string(x.Kind)))
		}
		if len(x.Also) > len(Kinds()) {
			ps.Add("filings", "A filing covers at most %d kinds.", len(Kinds()))
		}
		for _, a := range x.Also[:min(len(x.Also), len(Kinds()))] {
			if !a.Valid() {
				ps.Add("filings", "%q is nothing that is filed.", short(string(a)))
			}
		}
		checkTime(ps, "filings", x.At, now)
		checkText(ps, "filings", x.By, maxLine)
		checkText(ps, "filings", x.Reference, maxLine)
	}
}

// filed is when the kind was first provided; the zero time if it was not.
func (f Facts) filed(k Kind) time.Time {
	var first time.Time
	for _, x := range f.Filings {
		if x.covers(k) && !x.At.IsZero() && (first.IsZero() || x.At.Before(first)) {
			first = x.At
		}
	}
	return first
}

func checkTime(ps *errs.Problems, field string, at, now time.Time) {
	switch {
	case at.IsZero():
		ps.Add(field, "The time is missing.")
	case at.After(now):
		ps.Add(field, "The time is in the future.").WithHint("enter it once it has happened")
	case at.Before(earliest) || at.After(latest):
		ps.Add(field, "The year cannot be right.")
	}
}

// checkText refuses what no database keeps and no page shows.
func checkText(ps *errs.Problems, field, s string, limit int) {
	if len(s) > limit {
		ps.Add(field, "The text has %d bytes; at most %d can be kept.", len(s), limit)
	} else if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		ps.Add(field, "This is not valid text (UTF-8).")
	}
}

// short keeps a foreign word short in an error.
func short(s string) string {
	const limit = 40
	if s = strings.ToValidUTF8(s, "?"); len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
