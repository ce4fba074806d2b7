package cvd

import (
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/intake"
	"steward/internal/proof"
)

// Trial is a set of files that came at once, with a report or a letter, and may
// hold a program in C; and what it showed each time it was interpreted.
type Trial struct {
	Case    string    `json:"case"`   // that the report opened
	Ref     string    `json:"ref"`    // of that case
	Report  string    `json:"report"` // id
	Message string    `json:"message,omitempty"`
	At      time.Time `json:"at"`    // when they came
	Files   []string  `json:"files"` // names, as they came
	Proofs  []Proof   `json:"proofs,omitempty"`
}

// Proof is one interpretation: evidence, which is never changed once it is told.
type Proof struct {
	ID      string        `json:"id"`
	Report  string        `json:"report"`
	Message string        `json:"message,omitempty"` // the letter that the files came with; empty: with the report
	Asked   time.Time     `json:"asked"`
	By      Person        `json:"by"`              // who asked; Steward, when the files came in
	Fixed   []FixedFile   `json:"fixed,omitempty"` // files of the team in the place of some: not the reporter's program
	State   ProofState    `json:"state"`
	Told    time.Time     `json:"told,omitzero"`
	Answer  *proof.Answer `json:"answer,omitempty"`
	SHA256  string        `json:"sha256,omitempty"` // of the answer's JSON: equal files and interpreter, equal sum
}

// FixedFile is a file that the team gave.
type FixedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Proved is the first thing that the reporter's own files showed.
type Proved struct {
	Proof   string `json:"proof"`
	Message string `json:"message,omitempty"` // as in Proof: who may not read it is not told
	Kind    string `json:"kind"`
	CWE     int    `json:"cwe"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

// ProofState is where an interpretation stands.
type ProofState string

// The states of an interpretation.
const (
	ProofWaiting ProofState = "waiting"
	ProofTold    ProofState = "told"
)

// ProofEvent is something that moves it.
type ProofEvent string

// ProofAnswer is the one event there is: to ask again makes another proof.
const ProofAnswer ProofEvent = "answer"

var proofTable = table[ProofState, ProofEvent]{
	noun:  "The interpretation",
	moves: []move[ProofState, ProofEvent]{{ProofWaiting, ProofAnswer, ProofTold, false}},
	who:   map[ProofEvent]acl.Action{ProofAnswer: acl.ProofRun},
}

// Ask is what is to be interpreted: the files of a report of the case, or of a
// letter of its reporter, as they came or with some replaced.
type Ask struct {
	Report  string         `json:"report,omitempty"`  // empty: of the one that opened the case
	Message string         `json:"message,omitempty"` // empty: those of the report
	Fixed   []proof.Source `json:"fixed,omitempty"`
}

const (
	maxProofs    = 100     // of one case
	maxUnasked   = 20      // of them made because files came in
	maxFixed     = 1 << 20 // bytes of the files that the team gives
	maxFixedList = 20
)

func (a *Ask) check() error {
	total := 0
	for _, f := range a.Fixed {
		if total += len(f.Data); len(f.Name) > intake.MaxLine || !isLine(f.Name) || f.Name == "" {
			return errs.Invalidf("fixed", "Give each file a name of one line.")
		}
	}
	if len(a.Fixed) > maxFixedList || total > maxFixed {
		return errs.Invalidf("fixed", "The files together are too large, or too many.").WithHint("give at most %d files with %d KiB together: only those that differ", maxFixedList, maxFixed>>10)
	}
	return nil
}

// Last gives the latest answer on the files as they came, and the latest on a
// fixed version; nil if there is none.
func (t *Trial) Last() (before, after *Proof) {
	for i := range t.Proofs {
		switch p := &t.Proofs[i]; {
		case p.State != ProofTold:
		case len(p.Fixed) == 0:
			before = p
		default:
			after = p
		}
	}
	return before, after
}

// proved gives what of an answer the case keeps; nil for a fixed version, and
// for what showed nothing.
func (p *Proof) proved() *Proved {
	if p.Answer == nil || len(p.Fixed) > 0 {
		return nil
	}
	x := p.Answer.Proved()
	if x == nil {
		return nil
	}
	f := x.Finding
	return &Proved{Proof: p.ID, Message: p.Message, Kind: f.Kind, CWE: f.CWE, File: f.Place.File, Line: f.Place.Line}
}

// Weaknesses lists the CWEs that the findings of an answer propose, once each.
func (p *Proof) Weaknesses() (list []int) {
	if p.Answer == nil {
		return nil
	}
	seen := map[int]bool{}
	for i := range p.Answer.Programs {
		if x := &p.Answer.Programs[i]; x.Proved() && !seen[x.Finding.CWE] {
			seen[x.Finding.CWE] = true
			list = append(list, x.Finding.CWE)
		}
	}
	return list
}

func names[T interface{ ~[]intake.Attachment }](files T) (list []string) {
	for _, f := range files {
		list = append(list, f.Name)
	}
	return list
}
