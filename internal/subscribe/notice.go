package subscribe

import (
	"fmt"
	"strings"
	"time"

	"steward/internal/advisory"
)

// Type is what happened, as machines are told.
type Type string

// The types. A withdrawn advisory stays withdrawn: whatever is mended in its
// text later is told as its withdrawal again.
const (
	AdvisoryPublished Type = "advisory.published"
	AdvisoryRevised   Type = "advisory.revised"
	AdvisoryWithdrawn Type = "advisory.withdrawn"
	PrenoticePosted   Type = "prenotice.posted"
	PrenoticeChanged  Type = "prenotice.changed"
)

// Types lists them.
var Types = []Type{AdvisoryPublished, AdvisoryRevised, AdvisoryWithdrawn, PrenoticePosted, PrenoticeChanged}

// typeOf tells what an entry is.
func typeOf(e advisory.Entry) Type {
	switch {
	case e.Advisory == nil && e.At.Equal(e.Prenotice.Posted):
		return PrenoticePosted
	case e.Advisory == nil:
		return PrenoticeChanged
	case e.Advisory.Withdrawn != nil:
		return AdvisoryWithdrawn
	case len(e.Advisory.Revisions) > 1:
		return AdvisoryRevised
	}
	return AdvisoryPublished
}

// reach is whom an entry concerns.
type reach struct {
	prenotice bool
	came      bool // a prenotice whose advisory is public: that tells people
	rank      int
	products  map[string]bool // by productKey
}

// reachOf tells whom an entry concerns. earlier are the revisions of the
// advisory: whoever was told of one is told of the next, though it be less
// severe by then or name the product no more.
func reachOf(e advisory.Entry, earlier []advisory.Advisory) reach {
	if p := e.Prenotice; p != nil {
		return reach{prenotice: true, came: p.Advisory != "", rank: p.Severity.Rank(), products: map[string]bool{productKey(p.Product): true}}
	}
	r := reach{products: map[string]bool{}}
	add := func(a advisory.Advisory) {
		r.rank = max(r.rank, a.Severity.Level.Rank())
		for _, p := range a.Affected {
			r.products[productKey(p.Product)] = true
		}
	}
	add(*e.Advisory)
	for _, a := range earlier {
		if len(a.Revisions) < len(e.Advisory.Revisions) {
			add(a)
		}
	}
	return r
}

// NoticeText tells people of an entry, in plain text. Equal input gives equal
// bytes. Of a pre-announcement it tells what that tells and nothing more.
func NoticeText(e advisory.Entry, site Site) (subj, text string) {
	if e.Prenotice != nil {
		return prenoticeText(*e.Prenotice, typeOf(e), site)
	}
	return advisoryText(*e.Advisory, typeOf(e), site)
}

func prenoticeText(p advisory.Prenotice, kind Type, site Site) (string, string) {
	release := advisory.OneLine(p.Product + " " + p.Versions)
	subj, first := "Security release announced: "+release, site.Name+" will make a security release."
	if kind == PrenoticeChanged {
		subj, first = "Changed: security release of "+release, site.Name+" has changed the announcement of a security release."
	}
	t := &lines{}
	t.wrap(first)
	t.blank()
	t.field("Product", p.Product)
	t.field("Release", p.Versions)
	t.field("Severity", "at most "+string(p.Severity))
	t.field("When", hour(p.Release, time.UTC))
	if zone, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" && p.Zone != "UTC" {
		t.field("", hour(p.Release, zone)+" ("+p.Zone+")")
	}
	t.field("Identifier", p.ID)
	if p.Advisory != "" {
		t.field("Advisory", p.Advisory)
	}
	t.blank()
	if text := advisory.PlainText(p.Mitigation, lineWidth); text != "" {
		head := "Until then, please do this"
		if len(p.Branches) > 0 {
			head += " on " + advisory.OneLine(strings.Join(p.Branches, ", "))
		}
		t.wrap(head + ":")
		t.blank()
		t.b.WriteString(text + "\n")
		t.blank()
	}
	t.wrap("What it fixes is told with the release. Please plan to install it soon after.")
	t.link(site.Overview)
	return subject(subj), t.text()
}

// hour gives a moment with its day of the week, to the minute.
func hour(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("Monday, 2006-01-02 15:04 MST")
}

func advisoryText(a advisory.Advisory, kind Type, site Site) (string, string) {
	mark := map[Type]string{AdvisoryRevised: "Revised: ", AdvisoryWithdrawn: "Withdrawn: "}[kind]
	t := &lines{}
	t.wrap(a.ID + ": " + a.Title)
	t.blank()
	switch kind {
	case AdvisoryWithdrawn:
		t.wrap("This advisory is withdrawn: it no longer holds. " + a.Withdrawn.Reason)
		t.blank()
	case AdvisoryRevised:
		last := a.Revisions[len(a.Revisions)-1]
		t.wrap(fmt.Sprintf("This is revision %d: %s", last.Number, last.Summary))
		t.blank()
	}
	t.field("Severity", severityWords(a))
	if a.Exploited {
		t.field("Exploited", "yes, this vulnerability is known to be exploited")
	}
	for i, p := range a.Affected {
		t.field([]string{"Affected", ""}[min(i, 1)], affectedWords(p))
	}
	for i, f := range fixedWords(a) {
		t.field([]string{"Fixed in", ""}[min(i, 1)], f)
	}
	t.field("Known as", strings.Join(a.Aliases, ", "))
	t.field("Published", a.Published.UTC().Format("2006-01-02 15:04 MST"))
	if len(a.Revisions) > 1 {
		t.field("Updated", a.Updated.UTC().Format("2006-01-02 15:04 MST"))
	}
	t.link(site.Links(a).Page)
	return subject(mark + a.ID + ": " + a.Title), t.text()
}

// severityWords says the level, and what each vector scores that can be read.
func severityWords(a advisory.Advisory) string {
	words := []string{string(a.Severity.Level)}
	if scores, err := a.Severity.Scores(); err == nil {
		for _, s := range scores {
			words = append(words, s.String())
		}
	}
	return strings.Join(words, "; ")
}

// affectedWords names a product and says which versions have the fault.
func affectedWords(p advisory.Affected) string {
	return strings.TrimSuffix(p.Product+": "+versionWords(p), ": ")
}

// versionWords says which versions of a product have the fault.
func versionWords(p advisory.Affected) string {
	var parts []string
	for _, r := range p.Ranges {
		s := "all versions"
		switch from := r.Introduced != "" && r.Introduced != "0"; {
		case from && r.Fixed != "":
			s = r.Introduced + " to before " + r.Fixed
		case from && r.LastAffected != "":
			s = r.Introduced + " to " + r.LastAffected
		case from:
			s = r.Introduced + " and later"
		case r.Fixed != "":
			s = "before " + r.Fixed
		case r.LastAffected != "":
			s = "up to " + r.LastAffected
		}
		parts = append(parts, s)
	}
	return strings.Join(append(parts, p.Versions...), ", ")
}

// fixedWords names the first version of each line of releases that has a fix.
func fixedWords(a advisory.Advisory) []string {
	var out []string
	for _, p := range a.Affected {
		var versions []string
		for _, r := range p.Ranges {
			if r.Fixed != "" {
				versions = append(versions, r.Fixed)
			}
		}
		if len(versions) > 0 {
			out = append(out, p.Product+" "+strings.Join(versions, ", "))
		}
	}
	return out
}

// lines writes plain text.
type lines struct{ b strings.Builder }

const labelWidth = 11

func (t *lines) wrap(s string) {
	for _, l := range advisory.Wrap(advisory.OneLine(s), lineWidth) {
		t.b.WriteString(l + "\n")
	}
}

func (t *lines) blank() { t.b.WriteString("\n") }

// field writes a label and its value, with further lines below the value.
func (t *lines) field(label, value string) {
	if label != "" {
		label += ":"
	}
	for _, l := range advisory.Wrap(advisory.OneLine(value), lineWidth-labelWidth-1) {
		fmt.Fprintf(&t.b, "%-*s %s\n", labelWidth, label, l)
		label = ""
	}
}

func (t *lines) link(url string) {
	if url != "" {
		t.b.WriteString("\n" + advisory.OneLine(url) + "\n")
	}
}

func (t *lines) text() string { return advisory.CleanText(t.b.String()) }
