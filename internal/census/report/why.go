package report

import (
	"cmp"
	"math"
	"slices"

	"steward/internal/census"
)

// reasonsShown is how many reasons a sentence bears.
const reasonsShown = 4

// reasons says in words what raises a score most, and what lowers it. What has no
// words of its own, as a term, stands in the table of parts alone.
func reasons(e census.Explained) (raises, lowers []string) {
	parts := slices.Clone(e.Parts)
	slices.SortStableFunc(parts, func(x, y census.Part) int { return -cmp.Compare(math.Abs(x.Adds), math.Abs(y.Adds)) })
	for _, x := range parts {
		n := slices.IndexFunc(e.Signals, func(v census.Valued) bool { return v.Name == x.Signal })
		if n < 0 || e.Signals[n].Value == nil || math.Abs(x.Adds) < .005 {
			continue
		}
		words := inWords(e.Signals[n])
		switch {
		case words == "":
		case x.Adds > 0 && len(raises) < reasonsShown:
			raises = append(raises, words)
		case x.Adds < 0 && len(lowers) < reasonsShown:
			lowers = append(lowers, words)
		}
	}
	return raises, lowers
}

// inWords says a signal that is known in a few words, which stand for themselves;
// empty: there are none that a reader would understand at once.
func inWords(v census.Valued) string {
	is := *v.Value
	number := tell(v).Says
	either := func(yes, no string) string {
		if is > 0 {
			return yes
		}
		return no
	}
	many := func(one, more, none string) string {
		switch is {
		case 0:
			return none
		case 1:
			return one
		}
		return number + " " + more
	}
	switch v.Name {
	case "reach":
		return many("one other rests on it", "others rest on it", "nothing rests on it")
	case "dependents":
		return many("one other names it", "others name it", "no other names it")
	case "build-reach":
		return many("one other is built with it", "others are built with it, directly or not", "nothing is built with it")
	case "priority":
		return either("it is installed without being asked", "")
	case "essential":
		return either("no system works without it", "")
	case "memory-unsafe":
		return either("it is compiled from C or C++", "it is not compiled from C or C++")
	case "size":
		return number + " of source"
	case "packages":
		return many("it is a single package", "packages are built from it", "")
	case "needs":
		return many("it needs one package", "packages are needed by it", "it needs no other package")
	case "build-needs":
		return many("it is built with one package", "packages are needed to build it", "")
	case "daemon":
		return either("it runs in the background", "it does not run in the background")
	case "privileged":
		return either("it opens doors to higher rights", "it opens no doors to higher rights")
	case "uploaders":
		return many("one person looks after it by name", "people look after it by name", "nobody looks after it by name")
	case "orphaned":
		return either("it is orphaned", "")
	case "untested":
		return either("its package has no tests", "its package has tests")
	case "standards-age":
		return many("its packaging follows the policy of one version ago", "versions of the policy came since its packaging was held against it", "its packaging follows the newest policy")
	case "no-repository":
		return either("no repository of its packaging is named", "")
	case "no-homepage":
		return either("it names no home page", "")
	case "stagnation":
		return either("upstream's version has not changed", "")
	}
	return ""
}

// stretch is what came of those that stood where a source stands, when the model was
// held against what came to pass.
type stretch struct {
	Before, After    string
	From, To         string // places then
	Sources, Hits    string
	Share, Low, High string // in percent
}

// placed finds the stretch of the ranking in which a source stands; nil: the model
// does not say how it did.
func (b *book) placed(source int) *stretch {
	t := b.r.Model.Trust
	if t == nil || t.Sources == 0 || len(t.Gain) < 2 {
		return nil
	}
	at := (float64(b.place[source]) + .5) / float64(len(b.r.Rows))
	n, _ := slices.BinarySearchFunc(t.Gain, at, func(g census.Gained, at float64) int { return cmp.Compare(g.Looked, at) })
	n = min(max(n, 1), len(t.Gain)-1)
	from, to := t.Gain[n-1], t.Gain[n]
	first, last := int(from.Looked*float64(t.Sources)), int(to.Looked*float64(t.Sources))
	came := census.Bin{Sources: last - first, Hits: min(last-first, whole((to.Found-from.Found)*float64(t.Hits)))}
	share, low, high := came.Came()
	return &stretch{Before: t.Before, After: t.After, From: count(first + 1), To: count(last), Sources: count(came.Sources), Hits: count(came.Hits),
		Share: percent(100 * share), Low: percent(100 * low), High: percent(100 * high)}
}
