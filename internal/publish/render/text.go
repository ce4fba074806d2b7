package render

import (
	"fmt"
	"strings"

	"steward/internal/advisory"
)

// textWidth is the width of plain text: what mail and terminals show unbroken.
const textWidth = 72

// Text gives an advisory as plain text for mail and terminals: every field
// under its heading, in the same order for all advisories. Equal input gives
// equal bytes. It holds no control character but line feeds and the tabs of
// code.
func Text(s Site, a advisory.Advisory) ([]byte, error) {
	severity, err := severityWords(a)
	if err != nil {
		return nil, fmt.Errorf("writing %s as text: %w", a.ID, err)
	}
	t := &textWriter{}
	t.head(s, a, severity)
	if w := a.Withdrawn; w != nil {
		t.section("WITHDRAWN on "+day(w.At), advisory.Wrap(w.Reason, textWidth), "")
	}
	t.markdown("Overview", a.Overview, "")
	t.markdown("Impact", a.Impact, "")
	t.section("Affected versions", bullets(affectedWords(a)), "")
	t.markdown("Remedy", a.Remedy, "")
	t.markdown("Workaround", a.Workaround, "None is known.")
	var refs, credits, revisions []string
	for _, r := range a.References {
		refs = append(refs, strings.TrimSpace(r.Title+" <"+r.URL+">"))
	}
	for _, c := range a.Credits {
		credits = append(credits, creditWords(c)+", "+c.Role)
	}
	for _, r := range a.Revisions {
		revisions = append(revisions, fmt.Sprintf("%d. %s %s", r.Number, minutes(r.At), advisory.OneLine(r.Summary)))
	}
	t.section("References", bullets(refs), "None.")
	t.section("Credit", bullets(credits), "Nobody asked to be named.")
	t.section("Timeline", bullets(timelineWords(a)), "Nothing to add to the revision history.")
	t.section("Revision history", hanging(revisions, "   "), "")
	t.section("Contact", advisory.Wrap(a.Publisher.Contact, textWidth), "")
	t.section("Terms of use", advisory.Wrap(a.Publisher.Terms, textWidth), "")
	t.section("Audience", advisory.Wrap(a.Publisher.Audience, textWidth), "")
	return []byte(advisory.CleanText(t.b.String())), nil
}

// textWriter writes an advisory section by section.
type textWriter struct{ b strings.Builder }

func (t *textWriter) lines(lines ...string) {
	for _, l := range lines {
		t.b.WriteString(l + "\n")
	}
}

// head writes the identifier, the title and what fits in a line each.
func (t *textWriter) head(s Site, a advisory.Advisory, severity []string) {
	rule := strings.Repeat("=", textWidth)
	t.lines(rule)
	t.lines(advisory.Wrap(a.ID+": "+a.Title, textWidth)...)
	t.lines(rule, "")
	field := func(name, value string) {
		if name != "" {
			name += ":"
		}
		if value != "" {
			t.lines(fmt.Sprintf("%-15s %s", name, advisory.OneLine(value)))
		}
	}
	field("Identifier", a.ID)
	field("Also known as", strings.Join(a.Aliases, ", "))
	field("Severity", severity[0])
	for _, score := range severity[1:] {
		field("", score)
	}
	field("Weakness", strings.Join(a.CWE, ", "))
	if a.Exploited {
		field("Exploited", "yes, this vulnerability is known to be exploited")
	}
	field("Published", minutes(a.Published))
	if n := len(a.Revisions); n > 1 {
		field("Updated", fmt.Sprintf("%s, revision %d", minutes(a.Updated), n))
	}
	field("Publisher", a.Publisher.Name)
	field("Page", s.URL(AdvisoryPath(a.ID)))
}

// section writes a heading and the lines below it, or what stands for none.
func (t *textWriter) section(title string, lines []string, none string) {
	if len(lines) == 0 && none != "" {
		lines = []string{none}
	}
	t.lines("", title, strings.Repeat("-", len(title)), "")
	t.lines(lines...)
}

func (t *textWriter) markdown(title, md, none string) {
	var lines []string
	if text := advisory.PlainText(md, textWidth); text != "" {
		lines = strings.Split(text, "\n")
	}
	t.section(title, lines, none)
}

// bullets makes each text an item of a list.
func bullets(items []string) []string {
	marked := make([]string, len(items))
	for i, s := range items {
		marked[i] = "- " + s
	}
	return hanging(marked, "  ")
}

// hanging wraps each text, with its further lines indented.
func hanging(items []string, indent string) []string {
	var out []string
	for _, s := range items {
		for i, line := range advisory.Wrap(s, textWidth-len(indent)) {
			if i > 0 {
				line = indent + line
			}
			out = append(out, line)
		}
	}
	return out
}
