package watermark

import (
	"cmp"
	"math"
	"slices"
)

// channel is one kind of difference between copies. What is done to a text
// tends to spoil a whole channel and leave the others.
type channel string

const (
	chWrap    channel = "wrap"    // where lines end
	chTrail   channel = "trail"   // a space at the end of a line
	chSpace   channel = "space"   // spaces between sentences
	chQuote   channel = "quote"   // the form of quotation marks
	chTick    channel = "tick"    // the form of apostrophes
	chDash    channel = "dash"    // the form of dashes
	chBullet  channel = "bullet"  // the sign of a list
	chWord    channel = "word"    // the way to say something
	chOrder   channel = "order"   // of the files of a patch
	chContext channel = "context" // lines of context of a hunk
	chHead    channel = "head"    // what follows the second @@
	chIndex   channel = "index"   // digits of a blob's hash
	chGit     channel = "git"     // the version at the end
	chID      channel = "id"      // the name of the copy
)

// seen is what a leak shows at one place: it fits those marks that choose as
// it does. For a mark that has nothing to do with the leak, the chance of that
// is chance, whatever was done to the leak: this is what all figures rest on.
type seen struct {
	channel channel
	chance  float64
	fits    func(Mark) bool
}

// pick is what is seen at a place with ways to choose from; fit tells of each
// way whether it is what is there.
func pick(c channel, key string, fit ...bool) (seen, bool) {
	n := 0
	for _, f := range fit {
		if f {
			n++
		}
	}
	return seen{channel: c, chance: float64(n) / float64(len(fit)), fits: func(m Mark) bool {
		return fit[m.choice(c, key, len(fit))]
	}}, n > 0 && n < len(fit)
}

// spoilt are the suppositions of how much of a channel was spoilt, with their
// weights: the whole of it, a little, some, and half, as when two who compare
// their copies toss a coin wherever these differ.
var spoilt = []struct{ part, weight float64 }{{1, 0.5}, {0.02, 0.3}, {0.2, 0.1}, {0.5, 0.1}}

// weigh tells how many times likelier what is seen is if it comes from the copy
// with the mark than if it does not, as a power of two; and how many places fit.
//
// In each channel the likelihood ratio is averaged over what may have been done
// to it, and the channels, whose choices are independent, are multiplied. For a
// mark that has nothing to do with the leak, the ratio is 1 on average. By
// Markov's inequality it is then N or more with a chance of at most 1 in N.
func weigh(all []seen, m Mark) (bits float64, fit int) {
	type sums [4]float64
	logs := map[channel]*sums{}
	var order []channel
	for _, s := range all {
		l := logs[s.channel]
		if l == nil {
			l = &sums{}
			logs[s.channel] = l
			order = append(order, s.channel)
		}
		fits := s.fits(m)
		if fits {
			fit++
		}
		for i, sp := range spoilt {
			ratio := sp.part
			if fits {
				ratio += (1 - sp.part) / s.chance
			}
			l[i] += math.Log2(ratio)
		}
	}
	for _, c := range order {
		l := logs[c]
		top := slices.Max(l[:])
		total := 0.0
		for i, sp := range spoilt {
			total += sp.weight * math.Exp2(l[i]-top)
		}
		bits += top + math.Log2(total)
	}
	return bits, fit
}

// Candidate is a recipient whose copy a leak may be.
type Candidate struct {
	ID   string // as the caller knows them
	Mark Mark
	Line string // the visible line of their copy; may be empty
}

// Verdict is how well a leak fits one copy.
type Verdict struct {
	ID     string
	Bits   float64 // weight of evidence in powers of two; below 0: against
	Fit    int     // places that show what this copy has
	Chance float64 // that a copy which has nothing to do with the leak fits as well, at most
	Line   bool    // the visible line of this copy is in the leak, which proves little: anyone can type it
	Traced bool    // the leak comes from this copy, or from it and others that were mixed
}

// Report is what a leak tells.
type Report struct {
	Places   int       // that were found and told copies apart
	Verdicts []Verdict // one of each candidate, the best first
}

// Traced gives the candidates that the leak is traced to. None: not enough
// marks are left. Several: their copies were mixed.
func (r Report) Traced() []Verdict {
	n := 0
	for n < len(r.Verdicts) && r.Verdicts[n].Traced {
		n++
	}
	return r.Verdicts[:n]
}

// Doubt is the chance, at most, with which Trace names anyone who has nothing
// to do with a leak, however many candidates there are.
const Doubt = 1e-4

// judge weighs what is seen for each candidate.
func judge(all []seen, leak string, candidates []Candidate) Report {
	r := Report{Places: len(all), Verdicts: make([]Verdict, len(candidates))}
	for i, c := range candidates {
		v := Verdict{ID: c.ID, Line: c.Line != "" && hasLine(leak, c.Line)}
		v.Bits, v.Fit = weigh(all, c.Mark)
		v.Chance = min(1, math.Exp2(-v.Bits))
		v.Traced = v.Chance*float64(len(candidates)) <= Doubt
		r.Verdicts[i] = v
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return cmp.Compare(b.Bits, a.Bits) })
	return r
}
