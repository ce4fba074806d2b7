package census

import (
	"math"
	"slices"
	"strings"

	"steward/internal/census/archive"
	"steward/internal/census/contents"
	"steward/internal/census/people"
)

// Group says what a signal tells of.
type Group string

// The groups of signals.
const (
	Reach     Group = "reach"     // what rests on it
	Exposure  Group = "exposure"  // how it can be attacked
	Fragility Group = "fragility" // how it is kept
)

// Signal is one thing that can be known of a source.
type Signal struct {
	Name  string `json:"name"`
	Group Group  `json:"group"`
	Unit  string `json:"unit"`
	Why   string `json:"why"`  // why it is looked at, a sentence
	From  string `json:"from"` // where it is read
	Log   bool   `json:"log"`  // models weigh its logarithm: log(1+value)

	of func(*measured, int) float64 // of one source; NaN: unknown. Nil: it is a fact from elsewhere
}

var unknown = math.NaN()

// Signals is the catalogue, in the order in which signals are shown. A name is
// never given to another thing.
func Signals() []Signal { return slices.Clone(catalogue) }

const (
	fromPackages = "Packages"
	fromSources  = "Sources"
	fromBoth     = "Packages, Sources"
	fromContents = "Contents"
	fromOlder    = "older Sources"

	fromPopcon    = "popcon"
	fromKnown     = "OSV, or changelogs"
	fromSecurity  = "security Sources"
	fromPackaging = "packaging"
	fromFuzz      = "OSS-Fuzz"
	fromHistory   = "git history"
)

var catalogue = slices.Concat(own, histories())

// histories are the signals that a checkout of git tells.
func histories() (all []Signal) {
	for _, f := range people.Fields() {
		all = append(all, Signal{Name: f.Name, Group: Fragility, Unit: f.Unit, Why: f.Why, From: fromHistory, Log: strings.HasPrefix(f.Unit, "days") || f.Unit == "people" || f.Unit == "commits"})
	}
	return all
}

// own are those that the indexes tell, or what was collected beside them.
var own = []Signal{
	{Name: "reach", Group: Reach, Unit: "sources", From: fromBoth, Log: true,
		Why: "So many others have it installed with them, directly or not: a fault in it is a fault in all of them.",
		of:  func(m *measured, i int) float64 { return float64(m.reach[i]) }},
	{Name: "dependents", Group: Reach, Unit: "sources", From: fromBoth, Log: true,
		Why: "So many others name it as something that they need.",
		of:  func(m *measured, i int) float64 { return float64(m.direct[i]) }},
	{Name: "pagerank", Group: Reach, Unit: "times the mean", From: fromBoth, Log: true,
		Why: "Who follows dependencies at random comes by this often: it counts who depends on it, and how much rests on those.",
		of:  func(m *measured, i int) float64 { return m.pagerank[i] * float64(len(m.suite.Sources)) }},
	{Name: "build-reach", Group: Reach, Unit: "sources", From: fromBoth, Log: true,
		Why: "So many others are built with it, or with something that was: it could change them as they are made.",
		of:  func(m *measured, i int) float64 { return float64(m.buildReach[i]) }},
	{Name: "priority", Group: Reach, Unit: "0 optional, 1 standard, 2 important, 3 required", From: fromPackages,
		Why: "The distribution installs it without being asked.",
		of:  func(m *measured, i int) float64 { return float64(m.best(i)) }},
	{Name: "installs", Group: Reach, Unit: "machines", From: fromPopcon, Log: true,
		Why: "So many machines that report what they have report the most common of its packages (popcon, by_inst)."},
	{Name: "essential", Group: Reach, Unit: "0 or 1", From: fromPackages,
		Why: "No system works without it.",
		of: func(m *measured, i int) float64 {
			return yes(m.any(i, func(b *archive.Binary) bool { return b.Essential }))
		}},

	{Name: "memory-unsafe", Group: Exposure, Unit: "0 or 1", From: fromBoth,
		Why: "It is compiled from C or C++, as what it is built and runs with shows: a slip there can hand over the machine.",
		of:  func(m *measured, i int) float64 { return m.unsafe(i) }},
	{Name: "size", Group: Exposure, Unit: "bytes", From: fromSources, Log: true,
		Why: "More code has more faults. These are upstream's archives, compressed.",
		of:  func(m *measured, i int) float64 { return positive(m.suite.Sources[i].Upstream) }},
	{Name: "installed", Group: Exposure, Unit: "kilobytes", From: fromPackages, Log: true,
		Why: "The largest of its packages takes so much room.",
		of:  func(m *measured, i int) float64 { return m.installed(i) }},
	{Name: "packages", Group: Exposure, Unit: "packages", From: fromBoth, Log: true,
		Why: "It is split into so many: large things are.",
		of:  func(m *measured, i int) float64 { return float64(len(m.suite.Sources[i].Binaries)) }},
	{Name: "needs", Group: Exposure, Unit: "packages", From: fromPackages, Log: true,
		Why: "It rests on so many others itself.",
		of:  func(m *measured, i int) float64 { return float64(m.needs(i)) }},
	{Name: "build-needs", Group: Exposure, Unit: "packages", From: fromSources, Log: true,
		Why: "It is built with so many others.",
		of:  func(m *measured, i int) float64 { return float64(len(m.suite.Sources[i].Build)) }},
	{Name: "service", Group: Exposure, Unit: "kinds of company", From: fromPackages,
		Why: "It keeps company with what runs in the background: a user of its own, start scripts, the init system. Who is not at the machine may talk to it.",
		of:  func(m *measured, i int) float64 { return m.trait("service", i) }},
	{Name: "network", Group: Exposure, Unit: "kinds of company", From: fromPackages,
		Why: "It keeps company with what talks over a network: encryption, the web, directories, event loops.",
		of:  func(m *measured, i int) float64 { return m.trait("network", i) }},
	{Name: "rights", Group: Exposure, Unit: "kinds of company", From: fromPackages,
		Why: "It keeps company with what gives and takes rights: PAM, capabilities, audit, polkit.",
		of:  func(m *measured, i int) float64 { return m.trait("rights", i) }},
	{Name: "formats", Group: Exposure, Unit: "kinds of company", From: fromPackages,
		Why: "It keeps company with what reads formats that a stranger can have made: markup, images, archives, fonts, media.",
		of:  func(m *measured, i int) float64 { return m.trait("formats", i) }},
	{Name: "daemon", Group: Exposure, Unit: "0 or 1", From: fromContents,
		Why: "It runs in the background, or a web server runs it: who is not at the machine may talk to it.",
		of:  func(m *measured, i int) float64 { return min(1, m.files(i, contents.Daemon)) }},
	{Name: "privileged", Group: Exposure, Unit: "kinds of doors", From: fromContents,
		Why: "It brings doors to higher rights: PAM, polkit, the system's D-Bus, sudo, udev. Programs with setuid do not show in these lists.",
		of:  func(m *measured, i int) float64 { return m.files(i, contents.Privileged) }},

	{Name: "cves", Group: Exposure, Unit: "vulnerabilities", From: fromKnown, Log: true,
		Why: "So many were known of it by the day: where there were some, there are more."},
	{Name: "updated", Group: Exposure, Unit: "0 or 1", From: fromSecurity,
		Why: "This release needed a security update of it already."},
	{Name: "unfuzzed", Group: Exposure, Unit: "0 or 1", From: fromFuzz,
		Why: "If no project of OSS-Fuzz has its repository, nobody is known to feed it garbage before an attacker does."},

	{Name: "uploaders", Group: Fragility, Unit: "people", From: fromSources, Log: true,
		Why: "So many people look after its packaging by name.",
		of:  func(m *measured, i int) float64 { return float64(addresses(m.suite.Sources[i].Uploaders)) }},
	{Name: "orphaned", Group: Fragility, Unit: "0 or 1", From: fromSources,
		Why: "Nobody looks after its packaging: the quality assurance group is named in their place.",
		of: func(m *measured, i int) float64 {
			return yes(strings.Contains(m.suite.Sources[i].Maintainer, "packages@qa.debian.org"))
		}},
	{Name: "untested", Group: Fragility, Unit: "0 or 1", From: fromSources,
		Why: "Its package has no tests of its own that the distribution runs.",
		of:  func(m *measured, i int) float64 { return yes(m.suite.Sources[i].Testsuite == "") }},
	{Name: "standards-age", Group: Fragility, Unit: "versions of the policy", From: fromSources,
		Why: "Its packaging was last held against the distribution's policy so many versions ago.",
		of:  func(m *measured, i int) float64 { return m.behind(i) }},
	{Name: "packaging", Group: Fragility, Unit: "bytes", From: fromSources, Log: true,
		Why: "The distribution adds so much to it: patches, mostly.",
		of:  func(m *measured, i int) float64 { return float64(m.suite.Sources[i].Packaging) }},
	{Name: "no-repository", Group: Fragility, Unit: "0 or 1", From: fromSources,
		Why: "Its packaging is kept in no repository that is named.",
		of:  func(m *measured, i int) float64 { return yes(m.suite.Sources[i].Vcs == "") }},
	{Name: "no-homepage", Group: Fragility, Unit: "0 or 1", From: fromSources,
		Why: "It names no home page.",
		of:  func(m *measured, i int) float64 { return yes(m.suite.Sources[i].Homepage == "") }},
	{Name: "stagnation", Group: Fragility, Unit: "releases", From: fromOlder,
		Why: "Upstream's version has not changed since so many releases of the distribution: it is finished, or nobody is there.",
		of:  func(m *measured, i int) float64 { return m.stagnation(i) }},
	{Name: "unforwarded", Group: Fragility, Unit: "patches", From: fromPackaging, Log: true,
		Why: "So many changes of the distribution say that upstream was not told of them (DEP-3)."},
	{Name: "uncared", Group: Fragility, Unit: "days", From: fromPackaging, Log: true,
		Why: "Those who look after its packaging have uploaded nothing for so long."},
	{Name: "others-uploads", Group: Fragility, Unit: "share, 0 to 1", From: fromPackaging,
		Why: "This share of five years' uploads was made by others in their place (NMU), updates for security and of stable releases aside."},
}

// signalNamed finds a signal of the catalogue.
func signalNamed(name string) (int, bool) {
	i := slices.IndexFunc(catalogue, func(s Signal) bool { return s.Name == name })
	return i, i >= 0
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// positive takes a size of 0 for unknown: no source is empty.
func positive(n int64) float64 {
	if n == 0 {
		return unknown
	}
	return float64(n)
}

func addresses(list string) int { return strings.Count(list, "@") }
