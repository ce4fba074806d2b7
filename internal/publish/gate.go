package publish

import (
	"path"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/format/atom"
	"steward/internal/format/csaf"
	"steward/internal/format/osv"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// Gate tells whether an advisory could be published, in every form: as it is
// or, when it is a draft with an identifier and a publisher, as it would be if
// it were released now. The error names every file and place at fault.
func Gate(s render.Site, a advisory.Advisory, now time.Time) error {
	if len(a.Revisions) == 0 {
		now = now.UTC().Truncate(time.Microsecond)
		a.Published, a.Updated = now, now
		a.Revisions = []advisory.Revision{{Number: 1, At: now, Summary: "First release."}}
	}
	files, err := forms(s, a, []advisory.Advisory{a})
	if err != nil {
		return err
	}
	var g gate
	g.lint(a, now)
	g.files(files)
	return g.err()
}

// gate gathers what is wrong with files that are about to be published.
type gate struct{ found errs.Problems }

// refusal is the error of a gate.
type refusal struct{ errs.Problems }

func (r *refusal) Error() string { return "not published:\n" + r.Problems.Error() }
func (r *refusal) Unwrap() error { return r.Problems }

func (g *gate) err() error {
	if len(g.found) == 0 {
		return nil
	}
	return &refusal{g.found}
}

// lint looks at the advisory itself.
func (g *gate) lint(a advisory.Advisory, now time.Time) {
	for _, p := range advisory.Blocking(advisory.Lint(a, now)) {
		g.found.Add(a.ID+" "+p.Path, "%s", p.Message).Hint = p.Hint
	}
}

// files validates each file by the rules of its format.
func (g *gate) files(files []tree.File) {
	for _, f := range files {
		for _, fault := range faults(f.Path, f.Data) {
			g.found.Add(f.Path, "%s", fault)
		}
	}
}

// faults gives what is wrong with a file by the rules of its format, which its
// path tells.
func faults(p string, data []byte) []string {
	var out []string
	switch {
	case isCSAF(p):
		doc, problems := csaf.Parse(data)
		if doc != nil {
			problems = doc.Check()
			if csaf.Filename(doc.Document.Tracking.ID) != path.Base(p) {
				out = append(out, "the file is not named after its identifier (csaf:5.1)")
			}
		}
		for _, problem := range problems {
			out = append(out, problem.String())
		}
	case strings.HasPrefix(p, "osv/") && path.Ext(p) == ".json":
		for _, problem := range osv.Errors(osv.Validate(data)) {
			out = append(out, problem.String())
		}
	case isFeed(p):
		for _, problem := range atom.Errors(atom.Validate(data)) {
			out = append(out, problem.String())
		}
	}
	return out
}

// isFeed tells the Atom feeds.
func isFeed(p string) bool {
	return path.Ext(p) == ".atom" || strings.HasPrefix(p, render.FeedFolder) && path.Ext(p) == ".xml"
}

// isCSAF tells the CSAF documents from the files about them: they lie in the
// folder of a year.
func isCSAF(p string) bool {
	rest, ok := strings.CutPrefix(p, render.CSAFFolder)
	return ok && strings.Contains(rest, "/") && path.Ext(p) == ".json"
}
