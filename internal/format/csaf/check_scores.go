package csaf

import (
	"fmt"
	"math"
)

// oneScorePerVersion: a product has one score in each version of CVSS.
// csaf:6.1.7
func (c *checker) oneScorePerVersion() {
	type key struct {
		id      ProductID
		version string
	}
	for i, v := range c.Vulnerabilities {
		seen := map[key]bool{}
		for j, s := range v.Scores {
			for _, o := range s.objects() {
				for _, id := range s.Products {
					if k := (key{id, o.version}); seen[k] {
						c.add(fmt.Sprintf("%s/scores/%d", vulnerability(i), j),
							"the product %q has a score in CVSS %s already", clip(string(id)), clip(o.version))
					} else {
						seen[k] = true
					}
				}
			}
		}
	}
}

// scoresComputed: scores and ratings are those that the vector gives.
// csaf:6.1.9
func (c *checker) scoresComputed() {
	c.eachScore(func(at string, o cvssObject) {
		computed, err := o.vector.compute()
		if err != nil {
			c.add(at+"/vectorString", "no score can be computed from this vector: %v", err)
			return
		}
		c.score(at, "base", &o.base, o.baseRating, computed.BaseScore())
		c.score(at, "temporal", o.temporal, o.temporalRating, computed.TemporalScore())
		c.score(at, "environmental", o.environmental, o.environmentalRating, computed.EnvironmentalScore())
	})
}

// score compares one score and its rating, as far as they are given.
func (c *checker) score(at, group string, given *Points, rating Rating, computed float64) {
	want := Points(math.Round(computed*10) / 10)
	if given != nil && *given != want {
		c.add(at+"/"+group+"Score", "the vector gives %.1f, not %v", float64(want), float64(*given))
	}
	if rating != "" && rating != rate(want) {
		c.add(at+"/"+group+"Severity", "the vector gives %s, not %s", rate(want), rating)
	}
}

// scoresConsistent: what repeats the vector's metrics says the same. A metric
// that the vector leaves out is contradicted by nothing. csaf:6.1.10
func (c *checker) scoresConsistent() {
	c.eachScore(func(at string, o cvssObject) {
		computed, err := o.vector.compute()
		if err != nil {
			return // told by scoresComputed
		}
		for _, m := range o.metrics {
			if !o.vector.names(m.name) {
				continue
			}
			value, err := computed.Get(m.name)
			if word := o.words[m.name][value]; err != nil || word != m.word {
				c.add(at+"/"+m.property, "the vector says %s, not %s", word, clip(m.word))
			}
		}
	})
}

// cvssObject is what a CVSS2 and a CVSS3 have in common.
type cvssObject struct {
	property            string // cvss_v2 or cvss_v3
	version             string
	vector              CVSSVector
	base                Points
	temporal            *Points
	environmental       *Points
	baseRating          Rating // empty in CVSS 2
	temporalRating      Rating
	environmentalRating Rating
	metrics             []metric
	words               map[string]map[string]string
}

func (s *Score) objects() []cvssObject {
	var list []cvssObject
	if o := s.CVSS2; o != nil {
		list = append(list, cvssObject{
			property: "cvss_v2", version: o.Version, vector: o.VectorString,
			base: o.BaseScore, temporal: o.TemporalScore, environmental: o.EnvironmentalScore,
			metrics: metrics(o), words: cvss2Words,
		})
	}
	if o := s.CVSS3; o != nil {
		list = append(list, cvssObject{
			property: "cvss_v3", version: o.Version, vector: o.VectorString,
			base: o.BaseScore, temporal: o.TemporalScore, environmental: o.EnvironmentalScore,
			baseRating: o.BaseSeverity, temporalRating: o.TemporalSeverity, environmentalRating: o.EnvironmentalSeverity,
			metrics: metrics(o), words: cvss3Words,
		})
	}
	return list
}

// eachScore visits every CVSS object with its JSON pointer.
func (c *checker) eachScore(visit func(at string, o cvssObject)) {
	for i, v := range c.Vulnerabilities {
		for j, s := range v.Scores {
			for _, o := range s.objects() {
				visit(fmt.Sprintf("%s/scores/%d/%s", vulnerability(i), j, o.property), o)
			}
		}
	}
}
