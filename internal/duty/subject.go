package duty

import (
	"slices"
	"strings"
	"time"

	"steward/internal/base/errs"
)

// Subject is what a person knows of the matter, for the notifications. An
// empty field is not known yet. The times of awareness and of the measure are
// in Facts.
type Subject struct {
	Title         string   `json:"title,omitempty"`
	Summary       string   `json:"summary,omitempty"`
	Manufacturer  string   `json:"manufacturer,omitempty"`  // or the steward: the name that the account on the platform has
	Contact       string   `json:"contact,omitempty"`       // the person whom the CSIRT may ask
	Establishment string   `json:"establishment,omitempty"` // Member State of the main establishment, as in MemberStates
	MemberStates  []string `json:"memberStates,omitempty"`  // where the product is known to be made available: codes as in MemberStates

	Product      string `json:"product,omitempty"`
	Versions     string `json:"versions,omitempty"`
	ProductType  string `json:"productType,omitempty"` // default, important or critical: Annexes III and IV
	ProductClass string `json:"productClass,omitempty"`
	Category     string `json:"category,omitempty"`
	EndOfSupport Answer `json:"endOfSupport,omitempty"`
	Component    string `json:"component,omitempty"`

	MeasureSoon   Answer `json:"measureSoon,omitempty"` // is an effective measure expected shortly?
	UserAction    string `json:"userAction,omitempty"`
	Sensitivity   string `json:"sensitivity,omitempty"`   // how sensitive the information is held to be, and why
	MeasuresTaken string `json:"measuresTaken,omitempty"` // corrective or mitigating
	MeasuresUsers string `json:"measuresUsers,omitempty"` // corrective or mitigating, that users can take
	AttackVector  string `json:"attackVector,omitempty"`

	OccurredAt time.Time `json:"occurredAt,omitzero"` // when the exploitation or the incident occurred, as far as known
	Severity   string    `json:"severity,omitempty"`
	Impact     string    `json:"impact,omitempty"`

	CVE        string      `json:"cve,omitempty"`
	EUVD       string      `json:"euvd,omitempty"`
	Nature     string      `json:"nature,omitempty"`     // of the exploit and the vulnerability, or of the incident
	FixDetails string      `json:"fixDetails,omitempty"` // of the security update or other corrective measure
	Actor      string      `json:"actor,omitempty"`      // malicious actor
	Exceptions []Exception `json:"exceptions,omitempty"` // particularly exceptional circumstances
	Further    string      `json:"further,omitempty"`    // what else may help the CSIRT

	Suspected  Answer `json:"suspected,omitempty"` // unlawful or malicious acts?
	Assessment string `json:"assessment,omitempty"`
	Mitigation string `json:"mitigation,omitempty"` // applied and ongoing
	Cause      string `json:"cause,omitempty"`      // type of threat or root cause
}

// Exception is a particularly exceptional circumstance that a manufacturer may
// name in the 72-hour notification of an exploited vulnerability (Article
// 16(2), third subparagraph).
type Exception string

// The three circumstances, points (a) to (c).
const (
	OneState  Exception = "exploited in one Member State only"
	Interests Exception = "essential interests of the Member State"
	HighRisk  Exception = "imminent high risk from dissemination"
)

// Exceptions lists the circumstances.
func Exceptions() []Exception { return []Exception{OneState, Interests, HighRisk} }

// state is a Member State of the Union.
type state struct{ code, name string }

var memberStates = []state{
	{"AT", "Austria"}, {"BE", "Belgium"}, {"BG", "Bulgaria"}, {"CY", "Cyprus"}, {"CZ", "Czechia"},
	{"DE", "Germany"}, {"DK", "Denmark"}, {"EE", "Estonia"}, {"ES", "Spain"}, {"FI", "Finland"},
	{"FR", "France"}, {"GR", "Greece"}, {"HR", "Croatia"}, {"HU", "Hungary"}, {"IE", "Ireland"},
	{"IT", "Italy"}, {"LT", "Lithuania"}, {"LU", "Luxembourg"}, {"LV", "Latvia"}, {"MT", "Malta"},
	{"NL", "Netherlands"}, {"PL", "Poland"}, {"PT", "Portugal"}, {"RO", "Romania"}, {"SE", "Sweden"},
	{"SI", "Slovenia"}, {"SK", "Slovakia"},
}

// MemberStates lists the codes (ISO 3166-1) of the Member States of the Union.
func MemberStates() []string {
	out := make([]string, len(memberStates))
	for i, s := range memberStates {
		out[i] = s.code
	}
	return out
}

// MemberState is the name of a Member State; empty for a code that is none.
func MemberState(code string) string {
	for _, s := range memberStates {
		if s.code == code {
			return s.name
		}
	}
	return ""
}

// stateNames writes Member States for a person, by name, each once.
func stateNames(codes []string) string {
	var names []string
	for _, c := range codes {
		names = append(names, MemberState(c))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// texts are the fields of text, by the name that an error gives them.
func (s *Subject) texts() map[string]string {
	return map[string]string{
		"title": s.Title, "summary": s.Summary, "manufacturer": s.Manufacturer, "contact": s.Contact,
		"product": s.Product, "versions": s.Versions, "productClass": s.ProductClass, "category": s.Category,
		"component": s.Component, "userAction": s.UserAction, "sensitivity": s.Sensitivity,
		"measuresTaken": s.MeasuresTaken, "measuresUsers": s.MeasuresUsers, "attackVector": s.AttackVector,
		"severity": s.Severity, "impact": s.Impact, "cve": s.CVE, "euvd": s.EUVD, "nature": s.Nature,
		"fixDetails": s.FixDetails, "actor": s.Actor, "further": s.Further, "assessment": s.Assessment,
		"mitigation": s.Mitigation, "cause": s.Cause,
	}
}

// Check finds what cannot be kept or cannot be meant; errs.Problems, all at
// once, by field. What is only missing is no fault: it may not be known yet.
func (s *Subject) Check(now time.Time) error {
	var ps errs.Problems
	texts := s.texts()
	for _, field := range sortedKeys(texts) {
		checkText(&ps, field, texts[field], maxText)
	}
	if s.Establishment != "" && MemberState(s.Establishment) == "" {
		ps.Add("establishment", "%q is no Member State.", short(s.Establishment)).WithHint("two letters, as in DE")
	}
	if len(s.MemberStates) > maxStates {
		ps.Add("memberStates", "There are %d Member States; the Union has %d.", len(s.MemberStates), maxStates)
	}
	for _, c := range s.MemberStates[:min(len(s.MemberStates), maxStates)] {
		if MemberState(c) == "" {
			ps.Add("memberStates", "%q is no Member State.", short(c)).WithHint("two letters, as in DE")
		}
	}
	if !slices.Contains([]string{"", "default", "important", "critical"}, s.ProductType) {
		ps.Add("productType", "%q is no type of product.", short(s.ProductType)).WithHint("default, important or critical")
	}
	for _, a := range []struct {
		field string
		a     Answer
	}{{"endOfSupport", s.EndOfSupport}, {"measureSoon", s.MeasureSoon}, {"suspected", s.Suspected}} {
		if !a.a.Valid() {
			ps.Add(a.field, "%q is no answer.", short(string(a.a))).WithHint("yes, no, unknown or nothing")
		}
	}
	if len(s.Exceptions) > len(Exceptions()) {
		ps.Add("exceptions", "There are %d circumstances at most.", len(Exceptions()))
	}
	for _, e := range s.Exceptions[:min(len(s.Exceptions), len(Exceptions()))] {
		if !slices.Contains(Exceptions(), e) {
			ps.Add("exceptions", "%q is no circumstance of Article 16(2).", short(string(e)))
		}
	}
	if !s.OccurredAt.IsZero() {
		checkTime(&ps, "occurredAt", s.OccurredAt, now)
	}
	return ps.Err()
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
