package policy

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
)

const (
	maxLine = 400 // bytes of a sentence
	maxMany = 20  // entries of a list
)

// checker gathers what is wrong with a policy.
type checker struct{ errs.Problems }

// Check finds all that is wrong with a policy: errs.Problems.
func (p *Policy) Check() error {
	var c checker
	c.line("name", p.Name, true)
	c.line("note", p.Note, false)
	c.sources("source", p.Sources)
	c.many("contacts", len(p.Contacts))
	if len(p.Contacts) == 0 {
		c.Add("contacts", "is missing").WithHint("name a mail address or an https URL")
	}
	for _, one := range p.Contacts {
		c.address("contacts", one)
	}
	if p.URL != "" {
		c.https("url", p.URL)
	}
	c.lines("scope", p.Scope)
	c.ladder(p)
	if err := p.Calendar.Check(); err != nil {
		c.Add("calendar", "%v", err)
	}
	if err := p.Release.Check(); err != nil {
		c.Add("release", "%v", err)
	}
	c.many("list", len(p.Lists))
	for _, l := range p.Lists {
		c.list(l)
	}
	c.many("product", len(p.Products))
	for _, product := range p.Products {
		c.line("product.name", product.Name, true)
		oneOf(&c, "product.duty", product.Duty, Manufacturer, Steward)
	}
	for _, s := range Severities() {
		r, _ := p.Rule(s)
		c.rule("severity."+string(s), p, r)
	}
	return c.Err()
}

func (c *checker) ladder(p *Policy) {
	c.many("ladder", len(p.Ladder))
	var last time.Time
	for _, rung := range p.Ladder {
		oneOf(c, "ladder.tell", rung.Tell, OnCall, Handlers, Lead, Manager, Coordinator)
		at, err := p.Calendar.After(someday, rung.After)
		if err != nil {
			c.Add("ladder.after", "%v", err)
			continue
		}
		if !at.After(last) {
			c.Add("ladder.after", "%s is not later than the step before.", rung.After)
		}
		last = at
		if rung.Tell == Coordinator && p.Coordinator == (Outside{}) {
			c.Add("coordinator", "is missing, and the ladder tells one").WithHint("give a name and an address")
		}
	}
	if p.Coordinator != (Outside{}) {
		c.line("coordinator.name", p.Coordinator.Name, true)
		c.address("coordinator.address", p.Coordinator.Address)
	}
}

// someday is a Monday from which spans are compared.
var someday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func (c *checker) rule(at string, p *Policy, r Rule) {
	oneOf(c, at+".track", r.Track, Public, Short, Standard, Coordinated, NextRelease)
	oneOf(c, at+".fix", r.Fix, WithRelease, BeforeRelease)
	if slices.Contains([]Track{Short, Standard, Coordinated}, r.Track) && p.Embargo(r.Track).IsZero() {
		c.Add("tracks."+string(r.Track), "is missing, and %s is on this track", at).WithHint("write it as 7d")
	}
	if r.Track == Public && (r.Fix != BeforeRelease || len(r.Notices) > 0 || !r.PreAnnounce.IsZero()) {
		c.Add(at, "is fixed in public: nobody can be told before, and the fix is public before the release.").
			WithHint("choose another track")
	}
	if !r.FixAtMost.IsZero() && r.Fix != BeforeRelease {
		c.Add(at+".fix_at_most", "says how early the fix is public, but the fix is public with the release.")
	}
	if r.PreAnnounce.IsZero() != (len(r.Tells) == 0) {
		c.Add(at+".tells", "goes with pre_announce: say both or neither.")
	}
	c.lines(at+".tells", r.Tells)
	c.many(at+".notice", len(r.Notices))
	for _, n := range r.Notices {
		if (n.List == "") == (n.Who == "") {
			c.Add(at+".notice", "tells a list, or others by name: one of both.")
		}
		if _, known := p.List(n.List); n.List != "" && !known {
			c.Add(at+".notice.list", "has rules that are not known").WithHint("add a [[list]] of that name")
		}
		c.line(at+".notice.who", n.To(), true)
		oneOf(c, at+".notice.bound", n.Bound, "", About, AtLeast, AtMost)
		if n.Bound != "" && n.Before.IsZero() {
			c.Add(at+".notice.before", "is missing, and has a bound")
		}
		c.lines(at+".notice.tells", n.Tells)
	}
}

func (c *checker) list(l List) {
	c.line("list.name", l.Name, true)
	c.address("list.address", l.Address)
	c.sources("list.source", l.Sources)
	for _, pair := range []struct {
		field       string
		short, long calendar.Span
	}{{"most", l.Least, l.Most}, {"preferred", l.Least, l.Preferred}, {"most", l.Preferred, l.Most}} {
		if !pair.short.IsZero() && !pair.long.IsZero() && longer(pair.short, pair.long) {
			c.Add("list."+pair.field, "%s is shorter than %s.", pair.long, pair.short)
		}
	}
	if l.PostTo != "" {
		c.line("list.post_to", l.PostTo, true)
	}
}

// longer tells whether one span is longer than another, in UTC and without
// holidays.
func longer(one, other calendar.Span) bool {
	var utc calendar.Calendar
	a, err1 := utc.After(someday, one)
	b, err2 := utc.After(someday, other)
	return err1 == nil && err2 == nil && a.After(b)
}

func (c *checker) sources(at string, all []Source) {
	c.many(at, len(all))
	for _, s := range all {
		c.line(at+".title", s.Title, true)
		c.https(at+".url", s.URL)
		if _, err := time.Parse(time.DateOnly, s.Read); err != nil && s.Read != "" {
			c.Add(at+".read", "is not a date").WithHint("write it as 2026-11-27")
		}
	}
}

func (c *checker) many(at string, n int) {
	if n > maxMany {
		c.Add(at, "has %d entries; at most %d are read", n, maxMany)
	}
}

func (c *checker) lines(at string, all []string) {
	c.many(at, len(all))
	for _, s := range all {
		c.line(at, s, true)
	}
}

func (c *checker) line(at, s string, needed bool) {
	hidden := strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
	if hidden || strings.TrimSpace(s) != s || len(s) > maxLine || s == "" && needed {
		c.Add(at, "must be one line of text, of at most %d bytes", maxLine)
	}
}

func (c *checker) address(at, s string) {
	if strings.HasPrefix(s, "https:") {
		c.https(at, s)
		return
	}
	if u, err := url.Parse(s); err == nil && u.Scheme == "http" && u.Hostname() == "localhost" {
		c.https(at, "https"+strings.TrimPrefix(s, "http")) // one's own machine, to try things
		return
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s || strings.ContainsAny(s, "\"<>()[]|`\\ ") || len(s) > maxLine {
		c.Add(at, "is neither a mail address nor an https URL").WithHint("write it as security@example.org")
	}
}

func (c *checker) https(at, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > maxLine ||
		strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>()[]|`\\", r) }) {
		c.Add(at, "is not an https URL").WithHint("write it as https://example.org/security")
	}
}

func oneOf[T ~string](c *checker, at string, got T, words ...T) {
	if !slices.Contains(words, got) {
		c.Add(at, "is not one of its words").WithHint("one of %s", strings.Trim(fmt.Sprintf("%q", words), "[]"))
	}
}
