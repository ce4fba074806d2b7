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

// kind is all places of a channel that fit with the same chance: how many of
// them fit is all that counts.
type kind struct {
	channel int
	places  int
	yes, no sums // what one adds to the sums of its channel if it fits, and if not
}

// evidence is what is seen, made ready to be weighed for many marks.
type evidence struct {
	kinds    []kind
	of       []int // the kind of each place
	channels int
}

func newEvidence(all []seen) *evidence {
	e := &evidence{of: make([]int, len(all))}
	type class struct {
		channel channel
		chance  float64
	}
	classes, channels := map[class]int{}, map[channel]int{}
	for i := range all {
		c := class{all[i].channel, all[i].chance()}
		at, known := classes[c]
		if !known {
			at = len(e.kinds)
			classes[c] = at
			if _, met := channels[c.channel]; !met {
				channels[c.channel] = len(channels)
			}
			k := kind{channel: channels[c.channel]}
			for j, part := range spoilt {
				k.yes[j] = math.Log2(part + (1-part)/c.chance)
				k.no[j] = math.Log2(part)
			}
			e.kinds = append(e.kinds, k)
		}
		e.kinds[at].places++
		e.of[i] = at
	}
	e.channels = len(channels)
	return e
}

// weigh tells how many times likelier what is seen is if it comes from a copy of
// which so many places of each kind fit than if it does not, as a power of two.
//
// The likelihood ratio is averaged over what may have been done to the copy; the
// channels, whose choices are independent, are multiplied. For a mark that has
// nothing to do with the leak, the ratio is 1 on average. By Markov's inequality
// it is then N or more with a chance of at most 1 in N.
func (e *evidence) weigh(fit []int) float64 {
	logs := make([]sums, e.channels)
	for i := range e.kinds {
		k := &e.kinds[i]
		l := &logs[k.channel]
		for j := range l {
			l[j] += float64(fit[i])*k.yes[j] + float64(k.places-fit[i])*k.no[j]
		}
	}
	var apart, little, half float64
	for _, l := range logs {
		apart += mean(each[:], l[:])
		little += l[1]
		half += l[3]
	}
	return mean([]float64{whole.apart, whole.little, whole.half}, []float64{apart, little, half})
}

// most is the weight if all places fit.
func (e *evidence) most() float64 {
	fit := make([]int, len(e.kinds))
	for i, k := range e.kinds {
		fit[i] = k.places
	}
	return e.weigh(fit)
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

// Report is what a leak tells. No verdict may be Traced: not enough marks are
// left; or, if Enough, it is from no candidate's copy, or so many marks were
// spoilt that whose copy it was cannot be told. Several may: their copies were
// mixed.
type Report struct {
	Places   int       // that were found and told copies apart
	Changed  int       // of them, that are not as in the original: none in the original, or in what was made anew of it
	Enough   bool      // the kinds of marks of which some are left would do to name a candidate, if all of them fitted
	Verdicts []Verdict // one of each candidate, the best first
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
	e := newEvidence(all)
	chance := func(bits float64) (float64, bool) {
		p := min(1, math.Exp2(-bits))
		return p, p*float64(max(1, len(candidates))) <= Doubt
	}
	var left []seen
	for _, s := range all {
		if marked[s.channel] {
			left = append(left, s)
		}
	}
	_, r.Enough = chance(newEvidence(left).most())
	leak = spaced(leak)
	for i, c := range candidates {
		line := spaced(c.Line)
		v := Verdict{ID: c.ID, Line: line != "" && strings.Contains(leak, line)}
		choices, fit := c.Mark.chooser(), make([]int, len(e.kinds))
		for i := range all {
			if all[i].fits(choices) {
				v.Fit++
				fit[e.of[i]]++
			}
		}
		v.Bits = e.weigh(fit)
		v.Chance, v.Traced = chance(v.Bits)
		r.Enough = r.Enough || v.Traced
		r.Verdicts[i] = v
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return cmp.Compare(b.Bits, a.Bits) })
	return r
}
