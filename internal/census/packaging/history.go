package packaging

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CVE is one that a changelog names, and the day of the earliest entry that does.
type CVE struct {
	ID    string // CVE-YYYY-N…
	First Day    // not before its year; 0: no entry has a day
}

// History is what the packaging of one version of a source tells.
type History struct {
	Source, Version string
	Named           []CVE    // the CVEs that the changelog names, by ID
	Uploads         []Upload // as in the changelog, the newest first
	Patches         Patches  // of this version alone: they do not answer for a day
	Cut             bool     // the changelog is not all here: its oldest entries are missing
}

func history(source, version string, c Changelog, p Patches) *History {
	h := &History{Source: source, Version: version, Uploads: c.uploads(), Patches: p, Cut: c.Cut}
	days := c.days()
	first := map[string]Day{}
	for i := range c.Entries {
		for _, id := range c.Entries[i].CVEs {
			day := days[i]
			if day != 0 {
				day = max(day, yearOf(id))
			}
			if known, ok := first[id]; !ok || day != 0 && (known == 0 || day < known) {
				first[id] = day
			}
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(first), strings.Compare) {
		h.Named = append(h.Named, CVE{id, first[id]})
	}
	return h
}

// yearOf gives the first day of the year that a CVE is numbered in: nobody could
// name it before, but for some weeks.
func yearOf(id string) Day {
	year, err := strconv.Atoi(id[len("CVE-"):len("CVE-2006")])
	if err != nil {
		return 0
	}
	return DayOf(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
}

// span is the days of so many years that end before a day: that day is not in it.
// Without years it has no beginning.
func span(asOf time.Time, years int) (from, to Day) {
	if to = DayOf(asOf); years > 0 {
		from = DayOf(asOf.AddDate(-min(years, 1000), 0, 0))
	}
	return from, to
}

// CVEs counts the CVEs that were first named in so many years before a day; of
// no years, or fewer, those of all time before it. One without a day never counts.
func (h *History) CVEs(asOf time.Time, years int) (n int) {
	from, to := span(asOf, years)
	for _, c := range h.Named {
		if c.First != 0 && c.First >= from && c.First < to {
			n++
		}
	}
	return n
}

// Unforwarded counts the patches of which the header says that upstream was not
// told. Those that say nothing are Patches.Silent.
func (h *History) Unforwarded() int { return h.Patches.NotForwarded }

// Count counts the uploads of so many years before a day that are such.
func (h *History) Count(asOf time.Time, years int, such func(Upload) bool) (n int) {
	from, to := span(asOf, years)
	for _, u := range h.Uploads {
		if u.Day != 0 && u.Day >= from && u.Day < to && such(u) {
			n++
		}
	}
	return n
}

// Updates counts the uploads for security, or with the mark of a stable update, of
// so many years before a day.
func (h *History) Updates(asOf time.Time, years int) int {
	return h.Count(asOf, years, func(u Upload) bool { return u.Security || u.Stable })
}

// NMUs gives the share of non-maintainer uploads, 0 to 1, among those of so many
// years before a day; false: there were none. Updates for security and of stable
// releases do not count: teams of Debian's make them for everybody.
func (h *History) NMUs(asOf time.Time, years int) (share float64, ok bool) {
	all := h.Count(asOf, years, func(u Upload) bool { return !u.Security && !u.Stable })
	if all == 0 {
		return 0, false
	}
	return float64(h.Count(asOf, years, func(u Upload) bool { return !u.Security && !u.Stable && u.By == NMU })) / float64(all), true
}

// Last gives the day of the last upload before a day that is such; false: there
// was none.
func (h *History) Last(asOf time.Time, such func(Upload) bool) (last Day, ok bool) {
	to := DayOf(asOf)
	for _, u := range h.Uploads {
		if u.Day > last && u.Day < to && such(u) {
			last = u.Day
		}
	}
	return last, last != 0
}

// Cared gives the days since those who maintain it, one of them or the team, last
// made an upload, as of a day; false: they never did.
func (h *History) Cared(asOf time.Time) (days int, ok bool) {
	return h.since(asOf, func(u Upload) bool { return u.By == Maintainer || u.By == Team })
}

// Fresh gives the days since Debian last took a new version of upstream's, as of a
// day; false: it never did.
func (h *History) Fresh(asOf time.Time) (days int, ok bool) {
	return h.since(asOf, func(u Upload) bool { return u.Upstream })
}

func (h *History) since(asOf time.Time, such func(Upload) bool) (int, bool) {
	last, ok := h.Last(asOf, such)
	return int(DayOf(asOf) - last), ok
}
