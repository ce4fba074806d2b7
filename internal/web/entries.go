package web

import (
	"maps"
	"slices"
	"strings"
	"time"

	"steward/internal/base/audit"
)

// daysEntries is one day of the record.
type daysEntries struct {
	Day     time.Time
	Entries []entry
}

// entry is one deed in the record: who did what and when, and why if they said.
type entry struct {
	Seq   int64
	At    time.Time
	Who   string
	Role  string // empty where it says no more than Who
	Did   string
	Why   string // empty: no reason was given
	Case  string // identifier of the case, for a page that is not of one
	Facts []fact
	Hash  string // of the entry, hexadecimal
}

// fact is one detail of a deed.
type fact struct {
	Name  string
	Value string
	Whole string // what Value is the beginning of; empty: Value is all
}

// reasons are the details in which people say why.
var reasons = []string{"reason", "override", "comment"}

// shownOf is how much of an identifier or a hash is shown.
const shownOf = 10

func entryOf(e audit.Entry) entry {
	out := entry{Seq: e.Seq, At: e.At, Who: e.ActorName, Role: e.Role, Did: e.Action, Hash: e.Hash}
	if out.Who == out.Role {
		out.Who, out.Role = firstUp(out.Who), ""
	}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		value := e.Detail[name]
		switch {
		case value == "" || name == "ref": // the page says of which case it is
		case slices.Contains(reasons, name):
			out.Why = value
		default:
			out.Facts = append(out.Facts, factOf(name, value))
		}
	}
	return out
}

func factOf(name, value string) fact {
	f := fact{Name: name, Value: value}
	switch {
	case name == "ok" && value == "true":
		f.Value = "yes"
	case name == "ok":
		f.Value = "no, changes are asked for"
	case len(value) > 2*shownOf && !strings.ContainsAny(value, " .,:/"):
		f.Value, f.Whole = value[:shownOf], value
	}
	return f
}

// byDay puts entries in the order in which they come under their days, in UTC.
func byDay(list []entry) []daysEntries {
	var days []daysEntries
	for _, e := range list {
		day := e.At.UTC().Truncate(24 * time.Hour)
		if n := len(days); n == 0 || !days[n-1].Day.Equal(day) {
			days = append(days, daysEntries{Day: day})
		}
		last := &days[len(days)-1]
		last.Entries = append(last.Entries, e)
	}
	return days
}
