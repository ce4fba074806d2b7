package cinterp

import (
	"context"
	"strings"
	"testing"
	"time"

	"steward/internal/cinterp/ub"
)

// The catalogue's own tests. The floors are what is reached: they may rise.
const (
	floorFound  = 248 // examples that give exactly their kind on their line
	floorTwins  = 248 // twins that finish
	falseAlarms = 0   // twins that are said to be undefined
)

func program(files []ub.File) Program {
	var p Program
	for _, f := range files {
		p.Files = append(p.Files, File{Name: f.Name, Text: []byte(f.Text)})
	}
	return p
}

var short = Options{Limits: Limits{Time: time.Minute, Steps: 20_000_000, Memory: 256 << 20}}

// TestCatalogue runs every example and every twin.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	found, clean := 0, 0
	for _, e := range ub.Examples() {
		r, err := Run(context.Background(), program(e.Twin), short)
		switch {
		case err != nil:
			t.Logf("%s: twin: %v", e.Name, err)
		case r.Finding != nil || len(r.Notes) > 0:
			t.Errorf("%s: twin: %s", e.Name, r.Text(nil))
		case r.Verdict == Clean:
			clean++
		default:
			t.Logf("%s: twin: %s", e.Name, r.Why)
		}
		if what := shows(e); what == "" {
			found++
		} else {
			t.Logf("%s: %s", e.Name, what)
		}
	}
	t.Logf("%d of %d examples are found, %d twins finish", found, len(ub.Examples()), clean)
	if found < floorFound || clean < floorTwins {
		t.Errorf("%d examples found (floor %d), %d twins finished (floor %d)", found, floorFound, clean, floorTwins)
	}
}

// shows tells what is wrong with what an example gives; "" if nothing is.
func shows(e ub.Example) string {
	o := short
	o.Leaks = e.Kind.Name == "memory-leak"
	r, err := Run(context.Background(), program(e.Files), o)
	if err != nil {
		return strings.Split(err.Error(), "\n")[0]
	}
	f := r.Finding
	if f == nil && len(r.Notes) > 0 {
		f = &r.Notes[0]
	}
	switch {
	case f == nil && r.Verdict == CannotSay:
		return "cannot say: " + r.Why
	case f == nil:
		return "nothing found"
	case f.Kind != e.Kind.Name:
		return "found as " + f.Kind + " at " + f.Place.String()
	}
	for _, p := range e.Places {
		if f.Place.File == p.File && f.Place.Line == p.Line {
			return ""
		}
	}
	return "found at " + f.Place.String()
}
