package people

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The spans that fields speak of.
const (
	activeYears    = 1 // of authors, commits, the share of one
	gapYears       = 5 // of the longest gap
	releaseYears   = 3 // of releases, their makers and signatures
	newcomerYears  = 2 // of releases by newcomers
	newcomerTenure = 3 // years since their first commit that make a newcomer no more
	founderYears   = 1 // of the history: who was there in it may have been there before
)

// earliest is when dates begin to be believed: there was no version control
// with dates to speak of before.
var earliest = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

const daySeconds = 24 * 60 * 60

// history is what was read of a repository until the end of a day.
type history struct {
	end     time.Time
	crowd   *crowd
	files   *files
	sources int
	tags    []release
	tagged  map[string]tagged // by id: commits that tags point to
	mapped  map[signature]int32
	since   []int64         // by identity: the first commit that is theirs
	wrote   map[int32]int32 // by identity: commits in the active span
	begun   int64           // when the first commit of all was made
	last    int64           // when a person last committed
	active  int64           // when the active span begins
	gapFrom int64
	days    []bool // of the span of gaps: a person committed
	any     bool
	now     int32 // author of the commit that is read
}

type tagged struct {
	when int64
	who  int32
}

func newHistory(end time.Time, names []string, tags []release) *history {
	h := &history{
		end: end, crowd: newCrowd(), files: newFiles(names), sources: len(names), tags: tags, tagged: map[string]tagged{},
		mapped: map[signature]int32{}, wrote: map[int32]int32{}, active: end.AddDate(-activeYears, 0, 0).Unix(), gapFrom: end.AddDate(-gapYears, 0, 0).Unix(),
	}
	h.days = make([]bool, (end.Unix()-h.gapFrom)/daySeconds)
	for _, t := range tags {
		h.tagged[t.commit] = tagged{who: -1}
	}
	return h
}

// commit takes the next commit, the latest first.
func (h *history) commit(c commit) error {
	author, err := h.identity(c.rawAuthor, c.author)
	if err != nil {
		return err
	}
	committer, err := h.identity(c.rawCommitter, c.committer)
	if err != nil {
		return err
	}
	h.now = author
	if c.when >= h.end.Unix() {
		return nil // git was asked to leave it out
	}
	h.any = true
	if _, ok := h.tagged[c.id]; ok {
		h.tagged[c.id] = tagged{when: c.when, who: committer}
	}
	if c.when < earliest {
		return nil
	}
	if h.begun == 0 || c.when < h.begun {
		h.begun = c.when
	}
	for _, who := range []int32{author, committer} {
		if h.since[who] == 0 || c.when < h.since[who] {
			h.since[who] = c.when
		}
	}
	if h.crowd.auto[author] {
		return nil
	}
	h.last = max(h.last, c.when)
	if c.when >= h.gapFrom {
		h.days[(c.when-h.gapFrom)/daySeconds] = true
	}
	if c.when >= h.active && !c.merge {
		h.wrote[author]++
	}
	return nil
}

// identity knows someone by how .mailmap has them, and remembers how they wrote
// themselves, as tags do.
func (h *history) identity(raw, mapped signature) (int32, error) {
	id, err := h.crowd.add(mapped.name, mapped.mail)
	if err != nil {
		return 0, err
	}
	for len(h.since) <= int(id) {
		h.since = append(h.since, 0)
	}
	if raw != mapped {
		h.mapped[signature{strings.Clone(raw.name), strings.Clone(raw.mail)}] = id
	}
	return id, nil
}

// change takes a file that the commit changed.
func (h *history) change(status byte, name, old string) error {
	h.files.change(status, name, old, h.now)
	return nil
}

// told sums up.
func (h *history) told() Told {
	if !h.any {
		return untold(NoHistory)
	}
	made := h.made() // may add to the crowd
	t := untold(NoCommits)
	by := map[int32]int32{}
	all, most := int32(0), int32(0)
	for who, n := range h.wrote {
		p := h.crowd.person(who)
		by[p] += n
		most = max(most, by[p])
		all += n
	}
	t.Authors, t.Commits = known(len(by)), known(all)
	if all > 0 {
		t.TopShare = known(float64(most) / float64(all))
	}
	if h.last > 0 {
		t.Silence, t.LongestGap = known(h.ago(h.last)), known(h.gap())
	}
	switch n, ok := h.files.factor(h.crowd.person, func(p int32) bool { return h.crowd.auto[p] }); {
	case h.sources == 0:
		t.TruckFactor = unknown(NoSources)
	case !ok:
		t.TruckFactor = unknown(NoAuthors)
	default:
		t.TruckFactor = known(n)
	}
	h.tellReleases(&t, made)
	return t
}

// ago counts whole days from a moment to the end of the day.
func (h *history) ago(when int64) int64 { return (h.end.Unix() - 1 - when) / daySeconds }

// gap is the longest run of days without a commit in its span, from the first
// commit on if that lies within.
func (h *history) gap() (longest int) {
	run := 0
	seen := h.begun < h.gapFrom
	for _, day := range h.days {
		if seen = seen || day; day || !seen {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// made is a release with who made it.
type made struct {
	when   int64
	who    int32 // a person; -1: nobody is named, or a program
	signed bool
}

// made gives the releases until the end of the day, the latest first.
func (h *history) made() (out []made) {
	for _, t := range h.tags {
		at, ok := h.tagged[t.commit]
		if !ok || at.who < 0 || at.when >= h.end.Unix() {
			continue // not there yet
		}
		m := made{when: t.when, who: at.who, signed: t.signed}
		if t.tagger != "" {
			m.who = h.tagger(t.tagger)
		}
		if m.when < earliest {
			m.when = at.when
		}
		if m.who >= 0 && h.crowd.auto[m.who] {
			m.who = -1
		}
		if m.when >= earliest && m.when < h.end.Unix() {
			out = append(out, m)
		}
	}
	for i := range out {
		if out[i].who >= 0 {
			out[i].who = h.crowd.person(out[i].who)
		}
	}
	slices.SortStableFunc(out, func(a, b made) int { return cmp.Compare(b.when, a.when) })
	return out
}

// tagger finds who made a tag, by what it says: name <address>.
func (h *history) tagger(says string) int32 {
	name, mail, _ := strings.Cut(strings.TrimSuffix(says, ">"), "<")
	s := signature{strings.TrimSpace(name), mail}
	if id, ok := h.mapped[s]; ok {
		return id
	}
	id, err := h.identity(s, s)
	if err != nil {
		return -1
	}
	return id
}

// tellReleases tells of releases and of who makes them.
func (h *history) tellReleases(t *Told, all []made) {
	for _, v := range []*Value{&t.ReleaseAge, &t.Releases, &t.Releasers, &t.Newcomers, &t.NewHands, &t.Signed} {
		*v = unknown(NoTags)
	}
	if len(all) == 0 {
		return
	}
	t.ReleaseAge = known(h.ago(all[0].when))
	recent := all[:h.within(all, releaseYears)]
	makers, signed, named := map[int32]bool{}, 0, 0
	for _, m := range recent {
		if m.signed {
			signed++
		}
		if m.who >= 0 {
			makers[m.who] = true
			named++
		}
	}
	t.Releases, t.Releasers, t.Signed = known(len(recent)), known(len(makers)), unknown(NoRecent)
	if len(recent) > 0 {
		t.Signed = known(float64(signed) / float64(len(recent)))
		if named == 0 {
			t.Releasers = unknown(NoMaker)
		}
	}
	late := all[:h.within(all, newcomerYears)]
	isNew := h.newcomers(all)
	makers, named = map[int32]bool{}, 0
	hands, row := 0, true
	for _, m := range late {
		if m.who < 0 {
			row = false
			continue
		}
		named++
		if row = row && isNew(m); row {
			hands++
		}
		if isNew(m) {
			makers[m.who] = true
		}
	}
	t.Newcomers, t.NewHands = known(len(makers)), known(hands)
	if named == 0 && len(late) > 0 {
		t.Newcomers, t.NewHands = unknown(NoMaker), unknown(NoMaker)
	}
}

// within counts the releases of the last so many years. The latest come first.
func (h *history) within(all []made, years int) int {
	from := h.end.AddDate(-years, 0, 0).Unix()
	n := slices.IndexFunc(all, func(m made) bool { return m.when < from })
	if n < 0 {
		n = len(all)
	}
	return n
}

// newcomers gives the test whether a release was made by a newcomer: less than
// three years after the first that is known of them, a commit or a release. Who
// was there in the first year of the history is none: a history often begins
// with the import of an older one.
func (h *history) newcomers(all []made) func(made) bool {
	since := map[int32]int64{}
	first := func(who int32, when int64) {
		if at, ok := since[who]; !ok || when < at {
			since[who] = when
		}
	}
	for id, when := range h.since {
		if when > 0 {
			first(h.crowd.person(int32(id)), when)
		}
	}
	for _, m := range all {
		if m.who >= 0 {
			first(m.who, m.when)
		}
	}
	begun := time.Unix(h.begun, 0).UTC().AddDate(founderYears, 0, 0).Unix()
	return func(m made) bool {
		came := since[m.who]
		return came > begun && m.when < time.Unix(came, 0).UTC().AddDate(newcomerTenure, 0, 0).Unix()
	}
}
