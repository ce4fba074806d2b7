package cii

import (
	"cmp"
	"slices"
	"strings"

	"steward/internal/base/errs"
)

// Role is what a package is for, as far as the models ask.
type Role string

const (
	Code          Role = ""              // a program, a library, or not known
	Data          Role = "data"          // "Application Data" or "Standalone Data" in Debian's tags
	Documentation Role = "documentation" // the tag of that name
)

// Facts are what the models ask of a project.
type Facts struct {
	// Homepage tells whether any source of data knows a website of the project.
	Homepage bool
	// Languages are those that the sources of data call the main one, such as
	// "C"; upper and lower case are the same. There may be none.
	Languages []string
	// CVEs is how many were filed for the source package since 2010.
	CVEs int
	// Contributors is how many people changed the code in the last twelve
	// months. It says nothing unless ContributorsKnown.
	Contributors      int
	ContributorsKnown bool
	// Installs is how many machines report the package to popcon; 0 also when
	// popcon does not know it.
	Installs int
	// Network: the program is reached from the network, as server or client.
	Network bool
	// NetworkData: it often processes what came from a network.
	NetworkData bool
	// Privilege: it could be used to gain rights on the machine where it runs.
	Privilege bool
	Role      Role
}

// Lookup turns a count into points.
type Lookup struct {
	Points    []int `json:"points"`            // by count, from 0
	Otherwise int   `json:"otherwise"`         // for a count beyond Points
	Unknown   int   `json:"unknown,omitempty"` // when nothing is known of the count
	// Missed is the fault of version 1.0: the count was looked up as text among
	// whole numbers, so that any known count was beyond Points.
	Missed bool `json:"missed,omitempty"`
}

// Of gives the points for a count. One below zero is beyond Points.
func (l Lookup) Of(count int, known bool) int {
	switch {
	case !known:
		return l.Unknown
	case l.Missed || count < 0 || count >= len(l.Points):
		return l.Otherwise
	}
	return l.Points[count]
}

// Population is the set of packages against which popularity is measured.
type Population string

const (
	Listed  Population = "listed"  // the projects of the census
	Archive Population = "archive" // all packages that popcon knows
)

// Share is a part of the population, by installs, and its points.
type Share struct {
	Percent int `json:"percent"` // of the population, rounded down to whole packages
	// Above: the share is all but the lowest Percent. Otherwise it is the
	// highest Percent.
	Above  bool `json:"above,omitempty"`
	Points int  `json:"points"`
}

// Exposure holds the points for how a project can be reached.
type Exposure struct {
	Network     int `json:"network"`
	NetworkData int `json:"network_data"`
	Privilege   int `json:"privilege"`
	// Sum: the points add up. Otherwise the first that holds counts alone, in
	// the order of the fields.
	Sum bool `json:"sum,omitempty"`
}

// Model is a table of points. A model is data: nothing in the code asks for the
// name of one.
type Model struct {
	// NoHomepage are the points for having no website.
	NoHomepage int `json:"no_homepage"`
	// Unsafe are the languages in which it is easy to make vulnerabilities, in
	// upper case, and UnsafeLanguage the points for any of them.
	Unsafe         []string `json:"unsafe"`
	UnsafeLanguage int      `json:"unsafe_language"`
	CVEs           Lookup   `json:"cves"`
	Contributors   Lookup   `json:"contributors"`
	// Population and Popular give the points for popularity, by way of Cuts. A
	// project gets those of the first share it is in.
	Population Population `json:"population"`
	Popular    []Share    `json:"popular"`
	Exposure   Exposure   `json:"exposure"`
	// NotCode are the roles that get the points of DataOnly, which are negative.
	NotCode  []Role `json:"not_code"`
	DataOnly int    `json:"data_only"`
	// Floor: an index below zero is given as zero.
	Floor bool `json:"floor,omitempty"`
}

// Check tells whether a model can be. Errors: of kind errs.Invalid, on a field.
func (m *Model) Check() error {
	for _, s := range m.Popular {
		if s.Percent < 0 || s.Percent > 100 {
			return errs.Invalidf("model.points.popular", "A share of %d percent cannot be.", s.Percent).WithHint("give a whole number from 0 to 100")
		}
	}
	return nil
}

// Cut gives points for popularity to a project with that many installs or more.
type Cut struct{ Installs, Points int }

// Cuts works out the cuts of the model from the installs of each package in
// its Population, in any order. A share of less than one package has no cut.
//
// The census ranked packages and so told those with equal installs apart by
// their order in popcon's list; here all that are level with the last of a
// share are in it. None of the published rows depends on that.
func (m *Model) Cuts(population []int) []Cut {
	installs := slices.Clone(population)
	slices.Sort(installs)
	n := len(installs)
	var cuts []Cut
	for _, share := range m.Popular {
		k := n * share.Percent / 100
		switch {
		case share.Above && k < n:
			cuts = append(cuts, Cut{installs[k], share.Points})
		case !share.Above && k > 0:
			// Who is not known to popcon is in no top share.
			cuts = append(cuts, Cut{max(installs[n-k], 1), share.Points})
		}
	}
	return cuts
}

// Points are what a model gives a project.
type Points struct {
	Website, Language, CVEs, Contributors, Popularity, Exposure, DataOnly int
	// Index is the risk index: the sum of the others, or the model's floor.
	Index int
}

// Part is one component of an index.
type Part struct {
	Name   string
	Points int
}

// Parts lists the components by name, in the order of the published tables.
func (p Points) Parts() [7]Part {
	return [7]Part{
		{"website", p.Website},
		{"CVEs", p.CVEs},
		{"contributors", p.Contributors},
		{"popularity", p.Popularity},
		{"language", p.Language},
		{"exposure", p.Exposure},
		{"data only", p.DataOnly},
	}
}

// Score gives the points of a project. The cuts are those of the model for its
// population (Cuts), from the highest down.
func (m *Model) Score(f Facts, cuts []Cut) Points {
	p := Points{
		CVEs:         m.CVEs.Of(f.CVEs, true),
		Contributors: m.Contributors.Of(f.Contributors, f.ContributorsKnown),
		Exposure:     m.Exposure.of(f),
	}
	if !f.Homepage {
		p.Website = m.NoHomepage
	}
	if slices.ContainsFunc(f.Languages, m.unsafe) {
		p.Language = m.UnsafeLanguage
	}
	if i := slices.IndexFunc(cuts, func(c Cut) bool { return f.Installs >= c.Installs }); i >= 0 {
		p.Popularity = cuts[i].Points
	}
	if slices.Contains(m.NotCode, f.Role) {
		p.DataOnly = m.DataOnly
	}
	for _, part := range p.Parts() {
		p.Index += part.Points
	}
	if m.Floor {
		p.Index = max(p.Index, 0)
	}
	return p
}

func (m *Model) unsafe(language string) bool {
	return slices.Contains(m.Unsafe, strings.ToUpper(language))
}

func (e Exposure) of(f Facts) int {
	points := 0
	for _, way := range []struct {
		open   bool
		points int
	}{{f.Network, e.Network}, {f.NetworkData, e.NetworkData}, {f.Privilege, e.Privilege}} {
		if !way.open {
			continue
		}
		points += way.points
		if !e.Sum {
			break
		}
	}
	return points
}

// Max is the highest index that the model can give.
func (m *Model) Max() int {
	exposed := m.Exposure.of(Facts{Network: true, NetworkData: true, Privilege: true})
	popular := 0
	if len(m.Popular) > 0 {
		popular = slices.MaxFunc(m.Popular, func(a, b Share) int { return cmp.Compare(a.Points, b.Points) }).Points
	}
	return m.NoHomepage + m.UnsafeLanguage + m.CVEs.max() + m.Contributors.max() + popular + exposed
}

func (l Lookup) max() int {
	most := max(l.Otherwise, l.Unknown)
	if !l.Missed {
		for _, p := range l.Points {
			most = max(most, p)
		}
	}
	return most
}
