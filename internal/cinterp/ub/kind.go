package ub

import (
	"fmt"
	"maps"
)

// Tier says how much a kind matters to the people who maintain a program.
type Tier string

const (
	TierMemory  Tier = "A" // memory safety: other data can be read, written or run
	TierExploit Tier = "B" // compilers rely on it, or it makes the result worthless
	TierFormal  Tier = "C" // the standard's text only: no known compiler makes use of it
	TierNote    Tier = "N" // not undefined behaviour; told because it is asked for
)

// Words says what a tier means, for people.
func (t Tier) Words() string {
	switch t {
	case TierMemory:
		return "memory safety"
	case TierExploit:
		return "compilers rely on it"
	case TierFormal:
		return "formal"
	}
	return "no undefined behaviour"
}

// Fails tells whether a finding of this tier makes the run a failure when
// nobody asked for the strict reading.
func (t Tier) Fails() bool { return t == TierMemory || t == TierExploit }

// allowable are the kinds after which a run can go on, and how.
var allowable = map[string]string{
	"signed-overflow":     "the result wraps",
	"left-shift-overflow": "the result wraps",
	"pointer-comparison":  "addresses are compared",
	"pointer-subtraction": "addresses are subtracted",
	"volatile-access":     "the object is reached all the same",
}

// Allowable gives the kinds of tier B that a user may allow, each with what a
// run does then.
func Allowable() map[string]string { return maps.Clone(allowable) }

// Kind is one kind of undefined behaviour.
type Kind struct {
	Name   string // stable short word, such as "out-of-bounds-read"
	Number string // stable, UB-001 and up; never given to another kind
	Clause string // of C17: "6.5.6p8" is clause 6.5.6, paragraph 8
	J2     []int  // items of Annex J.2 that it covers, in its order from 1; may be empty
	CWE    int    // the weakness's number, such as 125; never 0
	CERT   string // rule of the CERT C standard, such as "ARR30-C"; may be empty
	Tier   Tier   //
	Rule   string // one line, our own words
}

// CWEName gives the weakness as people write it, such as "CWE-125".
func (k *Kind) CWEName() string { return fmt.Sprintf("CWE-%d", k.CWE) }

// groups are all kinds, in the order in which people read them.
var groups = []Group{
	{"Memory", memory},
	{"Pointers", pointers},
	{"Values and expressions", values},
	{"Types and objects", objects},
	{"Functions and calls", calls},
	{"Jumps, signals and the end of the program", control},
	{"Library: memory, strings and utilities", library},
	{"Library: streams and formats", streams},
	{"Threads", threads},
	{"Seen in the text of the program", static},
	{"Notes", notes},
}

// Group is a chapter of the catalogue.
type Group struct {
	Title string
	Kinds []Kind
}

// Groups gives the catalogue by chapters. Callers do not change it.
func Groups() []Group { return groups }

// All gives every kind in the catalogue's order.
func All() []*Kind {
	var all []*Kind
	for _, g := range groups {
		for i := range g.Kinds {
			all = append(all, &g.Kinds[i])
		}
	}
	return all
}

// ByName finds a kind by its name; nil if there is none.
func ByName(name string) *Kind {
	for _, g := range groups {
		for i := range g.Kinds {
			if g.Kinds[i].Name == name {
				return &g.Kinds[i]
			}
		}
	}
	return nil
}
