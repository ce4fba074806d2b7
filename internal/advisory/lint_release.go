package advisory

import (
	"net/url"
	"strings"
	"time"
)

// timeline looks at the public history of the vulnerability.
func (l *linter) timeline() {
	if l.tooMany("timeline", len(l.a.Timeline), maxTimeline) {
		return
	}
	var last time.Time
	for i, e := range l.a.Timeline {
		path := item("timeline", i)
		l.date(path+".at", e.At)
		if OneLine(e.What) == "" {
			l.stop(path+".what", "is missing")
		}
		if e.At.Before(last) {
			l.warn(path+".at", "comes before the line above it").hint("put the lines in the order of time")
		}
		last = e.At
	}
}

// earliest is before any advisory was ever published.
var earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

// date looks at a date that must be there and past.
func (l *linter) date(path string, t time.Time) bool {
	switch {
	case t.IsZero():
		l.stop(path, "is missing")
	case t.Before(earliest):
		l.stop(path, "is before 1970")
	case t.After(l.now):
		l.stop(path, "is in the future: %s", t.UTC().Format(time.RFC3339))
	default:
		return true
	}
	return false
}

// release looks at what the release sets.
func (l *linter) release() {
	l.revisions()
	l.publisher()
	l.withdrawal()
	if l.draft {
		return
	}
	if l.date("published", l.a.Published) && l.date("updated", l.a.Updated) && l.a.Updated.Before(l.a.Published) {
		l.stop("updated", "is before the first release")
	}
}

func (l *linter) revisions() {
	for i, r := range l.a.Revisions {
		path := item("revisions", i)
		if r.Number != i+1 {
			l.stop(path+".number", "is %d; revisions are numbered 1, 2, 3 and so on", r.Number)
		}
		l.date(path+".at", r.At)
		if OneLine(r.Summary) == "" {
			l.stop(path+".summary", "is missing").hint("one sentence: what changed")
		}
		if i > 0 && !r.At.After(l.a.Revisions[i-1].At) {
			l.stop(path+".at", "is not later than the revision before it")
		}
	}
	if l.draft {
		return
	}
	if first := l.a.Revisions[0]; !first.At.Equal(l.a.Published) {
		l.stop("published", "differs from the date of the first revision")
	}
	if last := l.a.Revisions[len(l.a.Revisions)-1]; !last.At.Equal(l.a.Updated) {
		l.stop("updated", "differs from the date of the last revision")
	}
}

func (l *linter) publisher() {
	p := l.a.Publisher
	if l.draft && p == (Publisher{}) {
		return
	}
	for _, f := range []struct{ path, value, hint string }{
		{"publisher.name", p.Name, "the team that stands behind the advisory"},
		{"publisher.namespace", p.Namespace, "an https address that identifies the publisher"},
		{"publisher.contact", p.Contact, "how to reach the team"},
		{"publisher.terms", p.Terms, "terms of use, in a sentence"},
		{"publisher.audience", p.Audience, "for whom it is written"},
	} {
		if strings.TrimSpace(f.value) == "" {
			l.stop(f.path, "is missing").hint("%s; it is in the settings of Steward", f.hint)
		}
	}
	if u, err := url.Parse(p.Namespace); p.Namespace != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		l.stop("publisher.namespace", "%q is not a full address", p.Namespace).hint("https://host")
	}
}

func (l *linter) withdrawal() {
	w := l.a.Withdrawn
	if w == nil {
		return
	}
	if strings.TrimSpace(w.Reason) == "" {
		l.stop("withdrawn.reason", "is missing").hint("one sentence: why the advisory no longer holds")
	}
	if l.date("withdrawn.at", w.At) && w.At.Before(l.a.Published) {
		l.stop("withdrawn.at", "is before the first release")
	}
}
