package render

import (
	"strings"
	"time"

	"steward/internal/advisory"
)

// plainWidth is wide enough that a paragraph of plain text stays one line: for
// formats whose readers wrap it themselves.
const plainWidth = 1 << 20

// plain gives a Markdown field as unwrapped plain text.
func plain(md string) string { return advisory.PlainText(md, plainWidth) }

// rangeWords says in words which versions a range holds: "from 1.0 before
// 1.4.2", "before 1.4.2", "all versions".
func rangeWords(r advisory.Range) string { return strings.Join(rangeEnds(r), " ") }

// rangeEnds says where a range starts and where it ends, in words; one of the
// two may need no word.
func rangeEnds(r advisory.Range) []string {
	var ends []string
	if r.Introduced != "" && r.Introduced != "0" {
		ends = append(ends, "from "+r.Introduced)
	}
	switch {
	case r.Fixed != "":
		ends = append(ends, "before "+r.Fixed)
	case r.LastAffected != "":
		ends = append(ends, "up to and with "+r.LastAffected)
	case len(ends) == 0:
		ends = append(ends, "all versions")
	}
	return ends
}

// productName is the product as texts name it, with its name in an ecosystem
// if it is in one.
func productName(p advisory.Affected) string {
	name := advisory.OneLine(p.Product)
	switch {
	case p.Ecosystem == "":
		return name
	case p.Package == p.Product:
		return name + " (" + advisory.OneLine(p.Ecosystem) + ")"
	}
	return name + " (" + advisory.OneLine(p.Ecosystem+" "+p.Package) + ")"
}

// minutes gives a moment to the minute, in UTC.
func minutes(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" }

// day gives a date in UTC.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// severityWords says the level and what each vector scores, one line each.
func severityWords(a advisory.Advisory) ([]string, error) {
	lines := []string{string(a.Severity.Level)}
	scores, err := a.Severity.Scores()
	if err != nil {
		return nil, err
	}
	for _, s := range scores {
		lines = append(lines, s.String()+" "+s.Vector)
	}
	return lines, nil
}

// creditWords names one who helped.
func creditWords(c advisory.Credit) string {
	s := advisory.OneLine(c.Name)
	if c.Group != "" {
		s += " (" + advisory.OneLine(c.Group) + ")"
	}
	return s
}

// versionList is versions one by one, as a sentence has them.
func versionList(versions []string) string {
	clean := make([]string, len(versions))
	for i, v := range versions {
		clean[i] = advisory.OneLine(v)
	}
	return strings.Join(clean, ", ")
}
