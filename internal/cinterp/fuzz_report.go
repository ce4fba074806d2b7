package cinterp

import (
	"fmt"
	"strings"

	"steward/internal/cinterp/ub"
)

// JSON gives the report as one JSON object.
func (r *FuzzReport) JSON() ([]byte, error) {
	x := *r
	x.Findings, x.Notes, x.Why, x.Ends = sorted(r.Findings), sorted(r.Notes), sorted(r.Why), sorted(r.Ends)
	return written(&x)
}

// Text gives the report for people: each finding once, with the smallest input
// that shows it, and a line of counts. line gives a line of the source.
func (r *FuzzReport) Text(line func(file string, n int) (string, bool)) string {
	var b strings.Builder
	for _, s := range sorted(r.Findings) {
		s.Finding.text(&b, line, "undefined behaviour")
		s.shown(&b)
	}
	for _, s := range sorted(r.Notes) {
		word := "formal"
		if s.Finding.Tier == string(ub.TierNote) {
			word = "note"
		}
		s.Finding.text(&b, line, word)
		s.shown(&b)
	}
	for _, s := range sorted(r.Why) {
		at := ""
		if s.Place != nil {
			at = s.Place.String() + ": "
		}
		fmt.Fprintf(&b, "%scannot say: %s\n", at, s.Why)
		s.shown(&b)
	}
	for _, s := range sorted(r.Ends) {
		fmt.Fprintf(&b, "the target ended the program with status %d", s.Status)
		if s.Why != "" {
			fmt.Fprintf(&b, ": %s", s.Why)
		}
		b.WriteByte('\n')
		s.shown(&b)
	}
	fmt.Fprintf(&b, "%s\n", r.Counts())
	if r.Stopped {
		b.WriteString("stopped before the last input\n")
	}
	return Plain(b.String())
}

// Counts says in a line how many inputs ended how.
func (r *FuzzReport) Counts() string {
	s := fmt.Sprintf("inputs: %d; clean: %d, undefined behaviour: %d", r.Inputs, r.Clean, r.Undefined)
	if r.Unsaid > 0 {
		s += fmt.Sprintf(", cannot say: %d", r.Unsaid)
	}
	if r.Ended > 0 {
		s += fmt.Sprintf(", ended the program: %d", r.Ended)
	}
	return fmt.Sprintf("%s; different findings: %d", s, len(r.Findings))
}

// shown says which input shows it.
func (s *Seen) shown(b *strings.Builder) {
	if s.Input == "" {
		return // the program as written
	}
	fmt.Fprintf(b, "  input: %s, %d bytes", s.Input, s.Size)
	if s.Count > 1 {
		fmt.Fprintf(b, ", and %d more", s.Count-1)
	}
	b.WriteByte('\n')
}
