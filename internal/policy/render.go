package policy

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"steward/internal/base/calendar"
)

// TXT is what a policy says in security.txt, RFC 9116.
type TXT struct {
	Contact []string // 2.5.3: URIs, the preferred first
	Policy  string   // 2.5.7: an https URL; empty: none
}

// SecurityTXTFields gives the fields of security.txt that the policy knows.
func SecurityTXTFields(p Policy) TXT {
	t := TXT{Policy: p.URL}
	for _, c := range p.Contacts {
		if !strings.HasPrefix(c, "https:") && !strings.HasPrefix(c, "http:") {
			c = "mailto:" + url.PathEscape(c)
		}
		t.Contact = append(t.Contact, c)
	}
	return t
}

// page writes Markdown.
type page struct{ strings.Builder }

func (b *page) f(format string, args ...any) { fmt.Fprintf(&b.Builder, format, args...) }

// Page renders the policy as a page in Markdown for everyone: "How we handle
// vulnerabilities". The same policy gives the same bytes, and every figure on
// the page is one of the policy.
func Page(p Policy) string {
	var b page
	b.f("# How we handle vulnerabilities in %s\n", md(p.Name))
	if p.Note != "" {
		b.f("\n%s\n", md(p.Note))
	}
	b.f("\n## Tell us\n\nPlease tell us privately first: %s.\n", contacts(p))
	b.scope(p)
	b.promises(p)
	b.f("\n## By severity\n\n")
	b.f("| Severity | Private | Told before the release | Everyone hears that a release comes | The fix is public | CVE |\n")
	b.f("|---|---|---|---|---|---|\n")
	for _, s := range Severities() {
		r, _ := p.Rule(s)
		b.f("| %s | %s | %s | %s | %s | %s |\n", s, private(p, r), notices(r), announced(r), fixed(r), yesNo(r.CVE))
	}
	if !p.Release.IsZero() {
		b.f("\nReleases that were kept private come %s.\n", window(p))
	}
	b.duties(p)
	if len(p.Sources) > 0 {
		b.f("\n## Sources\n\n")
		for _, s := range p.Sources {
			b.f("- [%s](%s)", md(s.Title), s.URL)
			if s.Read != "" {
				b.f(", read on %s", s.Read)
			}
			b.f("\n")
		}
	}
	return b.String()
}

func (b *page) scope(p Policy) {
	if len(p.Scope) > 0 {
		b.f("\nWhat this is about:")
		for _, s := range p.Scope {
			b.f(" %s", md(s))
		}
		b.f("\n")
	}
}

// promises are what a reporter can expect.
func (b *page) promises(p Policy) {
	lines := promises(p)
	if len(lines) == 0 {
		return
	}
	b.f("\n## What you can expect\n\n")
	for _, l := range lines {
		b.f("- %s\n", l)
	}
}

func promises(p Policy) (lines []string) {
	say := func(s calendar.Span, format string) {
		if !s.IsZero() {
			lines = append(lines, fmt.Sprintf(format, s.Words()))
		}
	}
	say(p.Acknowledge, "A person answers within %s.")
	say(p.Update, "You hear from us at least every %s until the matter is public.")
	say(p.Remind, "If you do not answer a question, we ask again after %s.")
	for _, rung := range p.Ladder {
		who := "the " + string(rung.Tell)
		switch rung.Tell {
		case OnCall:
			who = "whoever is on call"
		case Coordinator:
			who = fmt.Sprintf("%s (%s)", md(p.Coordinator.Name), link(p.Coordinator.Address))
		}
		say(rung.After, "If nobody has answered after %s, we tell "+strings.ReplaceAll(who, "%", "%%")+".")
	}
	say(p.DisclosedFrom, "Without another agreement, a matter may be public %s after the report.")
	return lines
}

func (b *page) duties(p Policy) {
	if len(p.Products) == 0 {
		return
	}
	b.f("\n## What we are to our products\n\nBy Regulation (EU) 2024/2847, Article 3:\n\n")
	for _, one := range p.Products {
		word := "manufacturer"
		if one.Duty == Steward {
			word = "open-source software steward"
		}
		b.f("- %s: %s\n", md(one.Name), word)
	}
}

// SecurityMD renders SECURITY.md for a repository: where to report, what to
// expect, and where the whole policy is.
func SecurityMD(p Policy) string {
	var b page
	b.f("# Security\n\nPlease tell us of vulnerabilities in %s privately first: %s.\n", md(p.Name), contacts(p))
	b.scope(p)
	b.promises(p)
	if p.URL != "" {
		b.f("\nHow we handle vulnerabilities: <%s>\n", p.URL)
	}
	return b.String()
}

func contacts(p Policy) string {
	all := make([]string, len(p.Contacts))
	for i, c := range p.Contacts {
		all[i] = link(c)
	}
	return strings.Join(all, " or ")
}

func link(address string) string { return "<" + address + ">" }

// private says how long a matter stays so.
func private(p Policy, r Rule) string {
	var parts []string
	if !r.Prepare.IsZero() {
		parts = append(parts, "until the fix is ready, for which we take "+r.Prepare.Words())
	}
	switch e := p.Embargo(r.Track); {
	case r.Track == Public:
		parts = append(parts, "no: fixed in public at once")
	case r.Track == NextRelease:
		parts = append(parts, "until the next release")
	default:
		parts = append(parts, e.Words()+" from when the fix is ready")
	}
	if !r.Within.IsZero() {
		parts = append(parts, "all in all at most "+r.Within.Words()+" where we can")
	}
	return strings.Join(parts, "; ")
}

func notices(r Rule) string {
	if len(r.Notices) == 0 {
		return "nobody"
	}
	var all []string
	for _, n := range r.Notices {
		when := "as soon as the fix is ready"
		if !n.Before.IsZero() {
			when = string(cmp.Or(n.Bound, About)) + " " + n.Before.Words() + " before"
		}
		all = append(all, md(n.To())+", "+when+tells(n.Tells))
	}
	return strings.Join(all, "; ")
}

func tells(what []string) string {
	if len(what) == 0 {
		return ""
	}
	return ": " + md(strings.Join(what, ", "))
}

func announced(r Rule) string {
	text := "no"
	if !r.PreAnnounce.IsZero() {
		text = r.PreAnnounce.Words() + " before" + tells(r.Tells)
	}
	if r.Workaround {
		text += "; a workaround is public before the details"
	}
	return text
}

func fixed(r Rule) string {
	switch {
	case r.Track == Public:
		return "at once"
	case !r.FixAtMost.IsZero():
		return "at most " + r.FixAtMost.Words() + " before the release"
	case r.Fix == BeforeRelease:
		return "maybe before the release, without saying what it is for"
	}
	return string(r.Fix)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// window says when releases come.
func window(p Policy) string {
	w, text := p.Release, "on any day"
	if len(w.Days) > 0 {
		days := make([]string, len(w.Days))
		for i, d := range w.Days {
			days[i] = time.Weekday(d).String()
		}
		text = "on " + strings.Join(days, ", ")
	}
	zone := cmp.Or(w.Zone, p.Calendar.Zone, "UTC")
	switch {
	case w.From == w.To:
		text += fmt.Sprintf(" at %s %s", w.From, zone)
	case w.From != 0 || w.To.String() != "24:00":
		text += fmt.Sprintf(" from %s to %s %s", w.From, w.To, zone)
	}
	if w.NoHolidays && len(p.Calendar.Countries) > 0 {
		text += ", not on public holidays (" + strings.Join(p.Calendar.Countries, ", ") + ")"
	}
	return text
}

// md writes text so that Markdown shows it as it is.
func md(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>|#&~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
