package ical

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what a feed takes.
const (
	MaxEntries = 10000 // entries
	maxText    = 1000  // characters of a name or summary; what is more is cut
	maxName    = 255   // octets of a UID (rfc7986:5.3 recommends it), ProdID
	maxURL     = 2000  // octets
)

// length is how long an event lasts: enough to be seen in a calendar.
const length = 15 * time.Minute

// Calendar is a feed.
type Calendar struct {
	Name    string        // as the reader's program shows it; rfc7986:5.1
	ProdID  string        // what wrote it: "-//Example//Steward//EN"; rfc5545:3.7.3
	Refresh time.Duration // how often to come again, in whole minutes; 0: the program decides; rfc7986:5.7
	Alarm   time.Duration // how long before each deadline to sound, in whole minutes; 0: no alarm; rfc5545:3.6.6
	Entries []Entry
}

// Entry is one deadline. rfc5545:3.6.1
type Entry struct {
	UID     string    // never changes, unique in the world: "case-2026-0001.release@security.example.org"; rfc5545:3.8.4.7
	At      time.Time // the deadline, to the second
	Summary string    // one line
	URL     string    // http or https; may be empty; rfc5545:3.8.4.6
	Updated time.Time // when the entry last changed; rfc5545:3.8.7.2, 3.8.7.3
}

// Encode writes the feed. The error says which entry cannot be written: one
// without a UID, with that of another, with a time outside the years 1 to 9999
// or with an address that is not http.
func (c Calendar) Encode() ([]byte, error) {
	if !token(c.ProdID) {
		return nil, fmt.Errorf("ical: the ProdID must be printable ASCII of at most %d octets", maxName)
	}
	if len(c.Entries) > MaxEntries {
		return nil, fmt.Errorf("ical: %d entries are more than %d", len(c.Entries), MaxEntries)
	}
	seen := make(map[string]bool, len(c.Entries))
	for _, e := range c.Entries {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("ical: entry %q: %w", e.UID, err)
		}
		if seen[e.UID] {
			return nil, fmt.Errorf("ical: two entries have the UID %q", e.UID)
		}
		seen[e.UID] = true
	}
	entries := slices.Clone(c.Entries)
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.UID, b.UID)) })

	var w writer
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:" + escape(c.ProdID))
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	if name := oneLine(c.Name); name != "" {
		w.line("NAME:" + escape(name))
		w.line("X-WR-CALNAME:" + escape(name)) // Apple, Google and Microsoft read this one
	}
	if m := minutes(c.Refresh); m != "" {
		w.line("REFRESH-INTERVAL;VALUE=DURATION:" + m)
		w.line("X-PUBLISHED-TTL:" + m) // Outlook reads this one
	}
	for _, e := range entries {
		w.entry(e, minutes(c.Alarm))
	}
	if len(entries) == 0 {
		w.utc()
	}
	w.line("END:VCALENDAR")
	return w.buf.Bytes(), nil
}

func (e Entry) check() error {
	switch {
	case !token(e.UID):
		return fmt.Errorf("the UID must be printable ASCII of at most %d octets", maxName)
	case !writable(e.At) || !writable(e.Updated):
		return fmt.Errorf("a time is missing, or not in the years 1 to 9999")
	case e.URL == "":
		return nil
	}
	u, err := url.Parse(e.URL)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || len(e.URL) > maxURL || !printable(e.URL) {
		return fmt.Errorf("the URL is not a web address of at most %d octets of ASCII", maxURL)
	}
	return nil
}

func writable(t time.Time) bool {
	y := t.UTC().Year()
	return !t.IsZero() && y >= 1 && y <= 9999
}

func token(s string) bool { return s != "" && len(s) <= maxName && printable(s) }

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// writer writes content lines. rfc5545:3.1
type writer struct{ buf bytes.Buffer }

// fold is how many octets a line may have without its line break. rfc5545:3.1
const fold = 75

// line writes one content line, folded between characters.
func (w *writer) line(s string) {
	room := fold
	for len(s) > room {
		n := room
		for !utf8.RuneStart(s[n]) {
			n--
		}
		w.buf.WriteString(s[:n])
		w.buf.WriteString("\r\n ")
		s, room = s[n:], fold-1 // the space counts
	}
	w.buf.WriteString(s)
	w.buf.WriteString("\r\n")
}

func (w *writer) entry(e Entry, alarm string) {
	summary := oneLine(e.Summary)
	w.line("BEGIN:VEVENT")
	w.line("UID:" + escape(e.UID))
	w.line("DTSTAMP:" + stamp(e.Updated))
	w.line("LAST-MODIFIED:" + stamp(e.Updated))
	w.line("DTSTART:" + stamp(e.At))
	w.line("DURATION:" + minutes(length))
	w.line("SUMMARY:" + escape(summary))
	if e.URL != "" {
		w.line("URL:" + e.URL) // a URI is not escaped: rfc5545:3.3.13
	}
	w.line("TRANSP:TRANSPARENT")
	if alarm != "" {
		w.line("BEGIN:VALARM")
		w.line("ACTION:DISPLAY")
		w.line("DESCRIPTION:" + escape(summary))
		w.line("TRIGGER:-" + alarm)
		w.line("END:VALARM")
	}
	w.line("END:VEVENT")
}

// utc writes the one component that an empty calendar must have and that shows
// nothing. rfc5545:3.4, 3.6
func (w *writer) utc() {
	for _, s := range []string{
		"BEGIN:VTIMEZONE", "TZID:Etc/UTC",
		"BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "TZNAME:UTC", "END:STANDARD",
		"END:VTIMEZONE",
	} {
		w.line(s)
	}
}

// stamp is a time as the form with UTC has it. rfc5545:3.3.5
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// minutes is a duration; "" if it is less than a minute. rfc5545:3.3.6
func minutes(d time.Duration) string {
	if d < time.Minute {
		return ""
	}
	return "PT" + strconv.FormatInt(int64(d/time.Minute), 10) + "M"
}

var escaper = strings.NewReplacer(`\`, `\\`, `;`, `\;`, `,`, `\,`)

// escape writes a value of type TEXT. rfc5545:3.3.11
func escape(s string) string { return escaper.Replace(s) }

// oneLine makes hostile text one line of ordinary characters: spaces for
// breaks, and nothing that turns the direction of what follows.
func oneLine(s string) string {
	var b strings.Builder
	space, n := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || (unicode.Is(unicode.Cf, r) && r != '\u200d'): // emoji are joined by the one
			continue
		}
		if n++; n > maxText {
			return b.String()
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
