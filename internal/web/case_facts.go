package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/cvd"
)

// factsPage edits what a case is about: title, severity, weakness, versions.
type factsPage struct {
	casePage
	Levels  []advisory.Level
	Scores  []advisory.Score
	Metrics []metricSet
	Rows    []int // of the table of affected versions
	Known   []string
}

func (s *server) facts(v *visit) error { return s.showFacts(v, nil) }

func (s *server) showFacts(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Facts", r)
	if err != nil {
		return err
	}
	if p.View.Draft == nil || p.View.Draft.Fields == nil {
		return errs.Missing()
	}
	if r == nil {
		p.fillFacts(p.View.Version, *p.View.Draft.Fields)
	}
	f := factsPage{casePage: p, Levels: advisory.Levels, Metrics: metricSets}
	f.Rows = p.rows("affected", r == nil, 1)
	severity := advisory.Severity{CVSS4: p.Get("severity.cvss4"), CVSS31: p.Get("severity.cvss31")}
	if f.Scores, err = severity.Scores(); err != nil {
		f.Scores = nil // the store names the fault when the form is sent
	}
	for _, product := range s.Site().Products {
		f.Known = append(f.Known, product.Name)
	}
	return s.render(v, r.status(), "facts", f)
}

// rows numbers the rows of a table of inputs: those that hold something and,
// where asked for, so many empty ones.
func (f form) rows(table string, asked bool, spare int) []int {
	n := 0
	for name := range f.Values {
		if rest, ok := strings.CutPrefix(name, table+"."); ok {
			number, _, _ := strings.Cut(rest, ".")
			if i, err := strconv.Atoi(number); err == nil && i >= n && i < maxRows {
				n = i + 1
			}
		}
	}
	if asked || f.Get("do") == "more" || n == 0 {
		n += spare
	}
	out := make([]int, min(n, maxRows))
	for i := range out {
		out[i] = i
	}
	return out
}

// maxRows bounds a table of inputs; the store has its own limits.
const maxRows = 200

func (f form) fillFacts(version int64, k cvd.Fields) {
	f.set("version", strconv.FormatInt(version, 10))
	f.set("title", k.Title)
	f.set("severity.level", string(k.Severity.Level))
	f.set("severity.cvss4", k.Severity.CVSS4)
	f.set("severity.cvss31", k.Severity.CVSS31)
	f.set("cwe", strings.Join(k.CWE, " "))
	f.set("cve", k.CVE)
	if k.Exploited {
		f.set("exploited", "yes")
	}
	n := 0
	for _, a := range k.Affected {
		ranges := a.Ranges
		if len(ranges) == 0 {
			ranges = []advisory.Range{{}}
		}
		for i, r := range ranges {
			row := affectedRow{Affected: a, Range: r}
			if i > 0 {
				row.Versions = nil
			}
			f.fillAffected(n, row)
			n++
		}
	}
}

// affectedRow is one row of the table: one range, or versions by name, of one
// product.
type affectedRow struct {
	advisory.Affected
	advisory.Range
}

// inputs are the columns of a row with where each is kept.
func (r *affectedRow) inputs() map[string]*string {
	return map[string]*string{
		"product": &r.Product, "ecosystem": &r.Ecosystem, "package": &r.Package, "purl": &r.PURL,
		"introduced": &r.Introduced, "fixed": &r.Fixed, "lastAffected": &r.LastAffected,
		"repo": &r.Repo, "introducedBy": &r.IntroducedBy, "fixedBy": &r.FixedBy,
	}
}

func (f form) fillAffected(n int, row affectedRow) {
	for name, value := range row.inputs() {
		f.set(fmt.Sprintf("affected.%d.%s", n, name), *value)
	}
	f.set(fmt.Sprintf("affected.%d.versions", n), strings.Join(row.Versions, " "))
}

// readAffected reads the table. Rows of one product that follow one another
// are its ranges. places tells where in the form each part of the result came
// from.
func readAffected(form url.Values) (list []advisory.Affected, places map[string]string) {
	places = map[string]string{}
	for n := range maxRows {
		var row affectedRow
		filled := false
		for name, value := range row.inputs() {
			*value = strings.TrimSpace(form.Get(fmt.Sprintf("affected.%d.%s", n, name)))
			filled = filled || *value != ""
		}
		row.Versions = strings.Fields(form.Get(fmt.Sprintf("affected.%d.versions", n)))
		if !filled && len(row.Versions) == 0 {
			continue
		}
		if last := len(list) - 1; last < 0 || !sameProduct(list[last], row.Affected) {
			list = append(list, advisory.Affected{Product: row.Product, Ecosystem: row.Ecosystem, Package: row.Package, PURL: row.PURL})
			for _, name := range []string{"product", "ecosystem", "package", "purl", "versions"} {
				places[fmt.Sprintf("affected[%d].%s", len(list)-1, name)] = fmt.Sprintf("affected.%d.%s", n, name)
			}
		}
		a := &list[len(list)-1]
		a.Versions = append(a.Versions, row.Versions...)
		if row.Range != (advisory.Range{}) {
			for name := range row.inputs() {
				places[fmt.Sprintf("affected[%d].ranges[%d].%s", len(list)-1, len(a.Ranges), name)] = fmt.Sprintf("affected.%d.%s", n, name)
			}
			a.Ranges = append(a.Ranges, row.Range)
		}
	}
	return list, places
}

func sameProduct(a, b advisory.Affected) bool {
	return a.Product == b.Product && a.Ecosystem == b.Ecosystem && a.Package == b.Package && a.PURL == b.PURL
}

// editFacts keeps the facts, or works out a vector, or gives more rows, as the
// button says.
func (s *server) editFacts(v *visit) error {
	typed := v.r.PostForm
	if do := v.field("do"); do == "more" || do == "score" {
		if do == "score" {
			chooseVectors(typed)
		}
		_, err := advisory.Severity{CVSS4: typed.Get("severity.cvss4"), CVSS31: typed.Get("severity.cvss31")}.Scores()
		if err != nil {
			err = placed(err, func(field string) string { return "severity." + field })
		}
		return s.refused(v, "", typed, err, s.showFacts)
	}
	affected, places := readAffected(typed)
	fields := cvd.Fields{
		Title: strings.TrimSpace(typed.Get("title")),
		Severity: advisory.Severity{
			Level: advisory.Level(typed.Get("severity.level")), CVSS4: strings.TrimSpace(typed.Get("severity.cvss4")),
			CVSS31: strings.TrimSpace(typed.Get("severity.cvss31")),
		},
		CWE:      words(typed.Get("cwe")),
		Affected: affected,
		CVE:      strings.TrimSpace(typed.Get("cve")), Exploited: typed.Get("exploited") != "",
	}
	at, err := version(typed)
	if err == nil {
		err = s.Cases.Edit(v.ctx(), v.c, v.r.PathValue("id"), at, fields)
	}
	err = placed(err, func(field string) string {
		if place, ok := places[field]; ok {
			return place
		}
		return listItem.ReplaceAllString(field, "$1")
	})
	return s.deed(v, "", "saved", "/facts", err, s.showFacts)
}

// listItem is a field of a list that one input holds: "cwe[2]".
var listItem = regexp.MustCompile(`^(cwe)\[[0-9]+\]$`)

// words splits what was typed with spaces, commas or line breaks between.
func words(s string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == ';' }),
		func(w string) bool { return w == "" })
}
