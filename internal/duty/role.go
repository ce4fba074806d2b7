package duty

import (
	"slices"
	"time"
)

// law is how the Regulation is cited.
const law = "Regulation (EU) 2024/2847"

// Role is what the Regulation calls who answers for one product.
type Role string

// The roles. Of one organisation they may differ from product to product.
const (
	Manufacturer Role = "manufacturer"                 // Article 3(13)
	Steward      Role = "open-source software steward" // Article 3(14)
)

// Roles lists the roles.
func Roles() []Role { return []Role{Manufacturer, Steward} }

// Valid tells whether it is one of the roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Trigger is what starts the duties.
type Trigger string

// The triggers.
const (
	Exploited Trigger = "actively exploited vulnerability" // Article 3(42), 14(1)
	Incident  Trigger = "severe incident"                  // Article 3(44), 14(3) and (5)
)

// Triggers lists the triggers.
func Triggers() []Trigger { return []Trigger{Exploited, Incident} }

// Valid tells whether it is one of the triggers.
func (t Trigger) Valid() bool { return slices.Contains(Triggers(), t) }

// Kind is one thing that is owed.
type Kind string

// The kinds, in the order in which they come.
const (
	EarlyWarning Kind = "early warning"       // Article 14(2)(a), 14(4)(a)
	Notification Kind = "notification"        // Article 14(2)(b), 14(4)(b): the one of 72 hours
	Users        Kind = "informing users"     // Article 14(8)
	Intermediate Kind = "intermediate report" // Article 14(6): only if the CSIRT asks for it
	FinalReport  Kind = "final report"        // Article 14(2)(c), 14(4)(c)
)

// Kinds lists the kinds in the order in which they come.
func Kinds() []Kind { return []Kind{EarlyWarning, Notification, Users, Intermediate, FinalReport} }

// Valid tells whether it is one of the kinds.
func (k Kind) Valid() bool { return slices.Contains(Kinds(), k) }

// Start is the event from which a clock runs.
type Start string

// The events from which clocks run.
const (
	FromAwareness    Start = "becoming aware"
	FromMeasure      Start = "a corrective or mitigating measure is available"
	FromNotification Start = "the submission of the 72-hour notification"
	FromRequest      Start = "the request of the CSIRT"
)

// Duty is one line of the table: what a role owes after a trigger.
type Duty struct {
	Role    Role
	Trigger Trigger
	Kind    Kind
	From    Start
	Span    Span   // the zero Span: the law names no hour
	Basis   string // the provision: "Regulation (EU) 2024/2847, Article 14(2)(a)"
	Extent  string // the condition of it, in words; empty if there is none
	Note    string // where the text leaves a question open; empty if it does not
}

// The conditions of Article 24(3), which a person must answer for the product.
const (
	extentDevelopment = "to the extent that the steward is involved in the development of the product"
	extentSystems     = "to the extent that the incident affects network and information systems that the steward provides for the development of the product"
)

const (
	art24       = law + ", Article 24(3) with Article "
	noteDetails = "Article 24(3) names Article 14(1), (3) and (8). That the steps and hours of Article 14(2) and (4) come with them is how ENISA and the Commission describe it; the text does not say it."
	noteUsers   = "Article 24(3) names Article 14(8) for severe incidents only. The Commission's guidance of 27 July 2026, paragraph 82, names informing users for exploited vulnerabilities too, where appropriate."
)

// one is a line of Article 14, from which those of both roles follow.
type one struct {
	trigger Trigger
	kind    Kind
	from    Start
	span    Span
	where   string
	note    string // for stewards
}

var article14 = []one{
	{Exploited, EarlyWarning, FromAwareness, Span{Hours: 24}, "14(2)(a)", noteDetails},
	{Exploited, Notification, FromAwareness, Span{Hours: 72}, "14(2)(b)", noteDetails},
	{Exploited, Users, FromAwareness, Span{}, "14(8)", noteUsers},
	{Exploited, Intermediate, FromRequest, Span{}, "14(6)", noteDetails},
	{Exploited, FinalReport, FromMeasure, Span{Days: 14}, "14(2)(c)", noteDetails},
	{Incident, EarlyWarning, FromAwareness, Span{Hours: 24}, "14(4)(a)", noteDetails},
	{Incident, Notification, FromAwareness, Span{Hours: 72}, "14(4)(b)", noteDetails},
	{Incident, Users, FromAwareness, Span{}, "14(8)", ""},
	{Incident, Intermediate, FromRequest, Span{}, "14(6)", noteDetails},
	{Incident, FinalReport, FromNotification, Span{Months: 1}, "14(4)(c)", noteDetails},
}

// Duties gives the lines of the table for a role and a trigger, in the order
// in which they come; none for a word that is no role or no trigger.
func Duties(r Role, t Trigger) []Duty {
	if !r.Valid() {
		return nil
	}
	var out []Duty
	for _, o := range article14 {
		if o.trigger != t {
			continue
		}
		d := Duty{Role: r, Trigger: t, Kind: o.kind, From: o.from, Span: o.span, Basis: law + ", Article " + o.where}
		if r == Steward {
			d.Basis, d.Extent, d.Note = art24+o.where, extentDevelopment, o.note
			if t == Incident {
				d.Extent = extentSystems
			}
		}
		out = append(out, d)
	}
	return out
}

// Provision is a part of the Regulation that applies from a day of its own.
type Provision string

// The provisions, by the day from which they apply.
const (
	Article14 Provision = "Article 14"                // reporting by manufacturers: 11 September 2026
	Rest      Provision = "the rest, with Article 24" // all else but Chapter IV: 11 December 2027
)

// From is the day from which the provision applies (Article 71(2)); the zero
// Day for a word that is no provision. Article 24(3), which binds stewards, is
// of the rest: so the Commission, FAQ 5.5 of 4 September 2026, and ENISA.
func (p Provision) From() Day {
	switch p {
	case Article14:
		return Day{2026, time.September, 11}
	case Rest:
		return Day{2027, time.December, 11}
	}
	return Day{}
}

// Applies tells whether the provision applies at that time in that zone: from
// the beginning of its day on (Regulation (EEC, Euratom) No 1182/71, Article 4).
func (p Provision) Applies(at time.Time, zone *time.Location) bool {
	from := p.From()
	return from != (Day{}) && !DayOf(at, zone).Before(from)
}

// Reporting is the provision by which a role reports.
func Reporting(r Role) Provision {
	if r == Steward {
		return Rest
	}
	return Article14
}
