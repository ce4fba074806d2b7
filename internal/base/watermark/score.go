package watermark

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
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
)

// seen is what a leak shows at one slot that n ways are chosen from: the bits
// of fit are the ways that it may come from. It is found without a look at any
// mark. So for a mark that has nothing to do with the leak, the chance to fit is
// the part of the ways that fit, whatever was done to the leak: this is what
// all figures rest on. No two have the same slot.
type seen struct {
	channel channel
	slot    slot
	n       int
	fit     uint64
}

// pick is what is seen at a slot, if it tells marks apart. A way below 0 or
// above n is none.
func pick(c channel, key string, n int, ways ...int) (seen, bool) {
	s := seen{channel: c, n: n}
	for _, w := range ways {
		if w >= 0 && w < n {
			s.fit |= 1 << w
		}
	}
	if k := bits.OnesCount64(s.fit); k == 0 || k == n {
		return seen{}, false
	}
	s.slot = slotOf(c, key)
	return s, true
}

func (s *seen) chance() float64 { return float64(bits.OnesCount64(s.fit)) / float64(s.n) }

func (s *seen) fits(c *chooser) bool { return s.fit>>c.choice(&s.slot, s.n)&1 == 1 }

// suppositions of how much of a channel was spoilt: the whole of it, a little,
// some, and half, as when two who compare their copies toss a coin wherever
// these differ.
const suppositions = 4

var spoilt = [suppositions]float64{1, 0.02, 0.2, 0.5}

// each is what the suppositions weigh where a channel is looked at by itself.
// whole is for those of the copy as a whole: that each channel was treated as
// it pleases, or that all were treated alike. Both add up to 1.
var (
	each  = [suppositions]float64{0.5, 0.3, 0.1, 0.1}
	whole = struct{ apart, little, half float64 }{0.4, 0.3, 0.3}
)

// sums are logarithms of likelihood ratios, one for each supposition.
type sums [suppositions]float64

// weight is how the evidence of one place changes the sums of its channel.
type weight struct {
	channel int
	yes, no sums // if it fits, and if not
}

// weights are worked out once for all candidates.
func weights(all []seen) (out []weight, channels int) {
	index := map[channel]int{}
	for i := range all {
		c, known := index[all[i].channel]
		if !known {
			c = len(index)
			index[all[i].channel] = c
		}
		w := weight{channel: c}
		for k, part := range spoilt {
			w.yes[k] = math.Log2(part + (1-part)/all[i].chance())
			w.no[k] = math.Log2(part)
		}
		out = append(out, w)
	}
	return out, len(index)
}

// weigh tells how many times likelier what is seen is if it comes from a copy
// which fits as told than if it does not, as a power of two; and how many
// places fit.
//
// The likelihood ratio is averaged over what may have been done to the copy; the
// channels, whose choices are independent, are multiplied. For a mark that has
// nothing to do with the leak, the ratio is 1 on average. By Markov's inequality
// it is then N or more with a chance of at most 1 in N.
func weigh(ws []weight, channels int, fits func(i int) bool) (evidence float64, fit int) {
	logs := make([]sums, channels)
	for i := range ws {
		l, w := &logs[ws[i].channel], &ws[i].no
		if fits(i) {
			fit++
			w = &ws[i].yes
		}
		for k := range l {
			l[k] += w[k]
		}
	}
	var apart, little, half float64
	for _, l := range logs {
		apart += mean(each[:], l[:])
		little += l[1]
		half += l[3]
	}
	return mean([]float64{whole.apart, whole.little, whole.half}, []float64{apart, little, half}), fit
}

// mean is the logarithm of a weighted mean of numbers of which the logarithms
// are given.
func mean(weights, logs []float64) float64 {
	top := slices.Max(logs)
	total := 0.0
	for i, l := range logs {
		total += weights[i] * math.Exp2(l-top)
	}
	return top + math.Log2(total)
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
	Changed  int       // of them, that are not as in the original: none in the original, or in what was made anew of it
	Enough   bool      // the kinds of marks of which some are left would do to name a candidate, if all of them fitted
	Verdicts []Verdict // one of each candidate, the best first
}

// Traced gives the candidates that the leak is traced to. None: not enough marks
// are left; or, if Enough, it is from no candidate's copy, or so many marks were
// spoilt that whose copy it was cannot be told. Several: their copies were mixed.
func (r Report) Traced() []Verdict {
	n := 0
	for n < len(r.Verdicts) && r.Verdicts[n].Traced {
		n++
	}
	return r.Verdicts[:n]
}

// Doubt is the chance, at most, with which one trace names anyone who has
// nothing to do with a leak, however many candidates there are.
const Doubt = 1e-4

// judge weighs what is seen for each candidate. own is what is seen in the
// original.
func judge(all, own []seen, leak string, candidates []Candidate) Report {
	r := Report{Places: len(all), Verdicts: make([]Verdict, len(candidates))}
	original := map[slot]uint64{}
	for _, s := range own {
		original[s.slot] = s.fit
	}
	marked := map[channel]bool{} // channels that are not as in the original
	for _, s := range all {
		if original[s.slot] != s.fit {
			r.Changed++
			marked[s.channel] = true
		}
	}
	ws, channels := weights(all)
	chance := func(evidence float64) (float64, bool) {
		p := min(1, math.Exp2(-evidence))
		return p, p*float64(max(1, len(candidates))) <= Doubt
	}
	var left []seen
	for _, s := range all {
		if marked[s.channel] {
			left = append(left, s)
		}
	}
	lw, n := weights(left)
	best, _ := weigh(lw, n, func(int) bool { return true })
	_, r.Enough = chance(best)
	leak = spaced(leak)
	for i, c := range candidates {
		line := spaced(c.Line)
		v := Verdict{ID: c.ID, Line: line != "" && strings.Contains(leak, line)}
		choices := c.Mark.chooser()
		v.Bits, v.Fit = weigh(ws, channels, func(i int) bool { return all[i].fits(choices) })
		v.Chance, v.Traced = chance(v.Bits)
		r.Enough = r.Enough || v.Traced
		r.Verdicts[i] = v
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return cmp.Compare(b.Bits, a.Bits) })
	return r
}
