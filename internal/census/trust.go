package census

import (
	"fmt"
	"math"
)

// Trust is how well a model foretold what came to pass, on a release that it was
// not made from. See package yardstick.
type Trust struct {
	Before  string   `json:"before"` // the release that was ranked
	After   string   `json:"after"`  // where the uploads came that followed
	AUC     float64  `json:"auc"`
	Low     float64  `json:"low"`
	High    float64  `json:"high"`
	Decile  float64  `json:"decile"`
	Hits    int      `json:"hits"`
	Sources int      `json:"sources,omitempty"`     // that were ranked; 0: not said
	Bins    []Bin    `json:"calibration,omitempty"` // tenths, the riskiest first
	Gain    []Gained `json:"gain,omitempty"`        // from nothing to all
}

// Bin is a tenth of the sources by score: what was foretold, and what came.
type Bin struct {
	Sources int     `json:"sources"`
	Score   float64 `json:"score"` // the mean
	Hits    int     `json:"hits"`
}

// Gained is how many of all hits one finds who looks at the first of a ranking.
type Gained struct {
	Looked float64 `json:"looked"` // share of the sources, of 1
	Found  float64 `json:"found"`  // share of the hits, of 1
}

// Sentence says it to people.
func (t *Trust) Sentence() string {
	return fmt.Sprintf("ranked by it as of %s, %.0f %% of the %d sources that needed an upload in %s stood in the first tenth; AUC %.3f (%.3f to %.3f).",
		t.Before, 100*t.Decile, t.Hits, t.After, t.AUC, t.Low, t.High)
}

// Same tells whether the figures of two verdicts are the same. Nil: there is none.
func (t *Trust) Same(o *Trust) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Before == o.Before && t.After == o.After && t.AUC == o.AUC && t.Low == o.Low && t.High == o.High && t.Decile == o.Decile && t.Hits == o.Hits
}

// Came is the share of the tenth that was hit, and the bounds between which the
// true one lies with a chance of 95 % (Wilson's score interval). All are of 1.
func (b Bin) Came() (share, low, high float64) {
	const z = 1.959964
	n, k := float64(b.Sources), float64(b.Hits)
	if n == 0 {
		return 0, 0, 1
	}
	share = k / n
	middle := (share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return share, max(0, middle-half), min(1, middle+half)
}

// FoundBy is the share of the hits that stand within a share of the ranking,
// between the points of the curve on a straight line. Both are of 1.
func (t *Trust) FoundBy(looked float64) float64 {
	for n, g := range t.Gain {
		if g.Looked < looked {
			continue
		}
		if n == 0 || g.Looked == looked {
			return g.Found
		}
		before := t.Gain[n-1]
		return before.Found + (g.Found-before.Found)*(looked-before.Looked)/(g.Looked-before.Looked)
	}
	return 1
}

// ready refuses what no ranking could have given.
func (t *Trust) ready() bool {
	share := func(v float64) bool { return v >= 0 && v <= 1 }
	good := share(t.AUC) && share(t.Low) && share(t.High) && share(t.Decile) && t.Hits >= 0 && t.Sources >= 0
	for _, b := range t.Bins {
		good = good && finite(b.Score) && b.Sources >= 0 && b.Hits >= 0 && b.Hits <= b.Sources
	}
	for n, g := range t.Gain {
		good = good && share(g.Looked) && share(g.Found) && (n == 0 || g.Looked > t.Gain[n-1].Looked && g.Found >= t.Gain[n-1].Found)
	}
	return good && len(t.Bins) <= 100 && len(t.Gain) <= 1000
}
