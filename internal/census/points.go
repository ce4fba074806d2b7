package census

import (
	"math"

	"steward/internal/census/archive"
	"steward/internal/census/cii"
)

// pointed gives the points of the census of 2015. Its columns were gathered by
// hand; signals stand in for them.
type pointed struct {
	model  *cii.Model
	suite  *archive.Suite
	cuts   []cii.Cut
	values [len(stands)][]float64
}

// stands are the signals that stand in for the columns of 2015.
var stands = [...]string{"no-homepage", "memory-unsafe", "cves", "authors", "installs", "service", "network", "formats", "rights"}

// The places of those signals.
const (
	noHomepage = iota
	memoryUnsafe
	cves
	authors
	installs
	service
	network
	formats
	rights
)

// served is how many kinds of company make a source one that is reached from the
// network: with one alone it may be a client of such.
const served = 2

func newPointed(t *Table, m *Model) *pointed {
	p := &pointed{model: m.Points, suite: t.Suite}
	for n, name := range stands {
		p.values[n] = t.column(name)
	}
	var population []int
	for _, v := range p.values[installs] {
		if !math.IsNaN(v) {
			population = append(population, int(v))
		}
	}
	if p.cuts = p.model.Cuts(population); len(population) == 0 && len(p.model.Popular) > 0 {
		p.cuts = []cii.Cut{{Installs: 1, Points: p.model.Popular[0].Points}}
	}
	return p
}

// facts fills the columns of 2015 for a source; what is unknown is taken for the
// worst, or for the best.
func (p *pointed) facts(i int, worst bool) cii.Facts {
	at := func(n int, bad float64) float64 {
		if v := p.values[n][i]; !math.IsNaN(v) {
			return v
		}
		if worst {
			return bad
		}
		return 0
	}
	f := cii.Facts{
		Homepage:    at(noHomepage, 1) == 0,
		CVEs:        int(at(cves, float64(len(p.model.CVEs.Points)))),
		Installs:    int(at(installs, math.MaxInt32)),
		Network:     at(service, served) >= served,
		NetworkData: at(network, 1)+at(formats, 1) > 0,
		Privilege:   at(rights, 1) > 0,
		Role:        role(p.suite.Sources[i].Section),
	}
	if at(memoryUnsafe, 1) > 0 {
		f.Languages = []string{"C"}
	}
	if v := p.values[authors][i]; !math.IsNaN(v) { // the models themselves say what to do if it is unknown
		f.Contributors, f.ContributorsKnown = int(v), true
	}
	return f
}

// role tells what a section of the distribution is for.
func role(section string) cii.Role {
	switch section {
	case "doc":
		return cii.Documentation
	case "fonts", "localization":
		return cii.Data
	}
	return cii.Code
}

func (p *pointed) score(i int, _ []int32, each func(Part)) (low, high float64) {
	least, most := p.model.Score(p.facts(i, false), p.cuts), p.model.Score(p.facts(i, true), p.cuts)
	if each != nil {
		add := func(n, least, most int) {
			each(Part{Signal: stands[n], Value: p.values[n][i], Adds: float64(least), Might: float64(most)})
		}
		add(noHomepage, least.Website, most.Website)
		add(memoryUnsafe, least.Language, most.Language)
		add(cves, least.CVEs, most.CVEs)
		add(authors, least.Contributors, most.Contributors)
		add(installs, least.Popularity, most.Popularity)
		add(service, least.Exposure, most.Exposure)
		if least.DataOnly != 0 {
			each(Part{Term: &Term{Section, p.suite.Sources[i].Section}, Value: 1, Adds: float64(least.DataOnly), Might: float64(most.DataOnly)})
		}
	}
	return float64(least.Index), float64(max(least.Index, most.Index))
}
