package people

// Reason says why something is unknown.
type Reason string

// The reasons.
const (
	NoGit     Reason = "no-git"
	Shallow   Reason = "shallow"
	Borrowed  Reason = "borrowed"
	Broken    Reason = "broken"
	TooLarge  Reason = "too-large"
	TooLong   Reason = "too-long"
	NoHistory Reason = "no-history"
	NoMailmap Reason = "no-mailmap"
	NoCommits Reason = "no-commits"
	NoSources Reason = "no-sources"
	NoAuthors Reason = "no-authors"
	NoTags    Reason = "no-tags"
	NoRecent  Reason = "no-recent"
	NoMaker   Reason = "no-maker"
)

var reasons = map[Reason]string{
	NoGit:     "The program git is not on this machine.",
	Shallow:   "This copy has the end of the history only.",
	Borrowed:  "This copy borrows objects from another, which is not read.",
	Broken:    "This copy is broken, or is no repository of git in a form that is read here.",
	TooLarge:  "The history is larger than what is read.",
	TooLong:   "Reading the history took too long.",
	NoHistory: "There is no history until that day.",
	NoMailmap: "The file .mailmap, which says who is who, is not in this copy.",
	NoCommits: "Nobody has committed in that time.",
	NoSources: "There are no source files.",
	NoAuthors: "More than half of the source files are the work of nobody that the history knows.",
	NoTags:    "No tag looks like a release.",
	NoRecent:  "There was no release in that time.",
	NoMaker:   "Nobody is named as the maker of the releases in that time.",
}

// Text is the reason as a sentence.
func (r Reason) Text() string { return reasons[r] }

// transient tells whether another try may give another answer.
func (r Reason) transient() bool { return r == NoGit || r == TooLong || r == Broken || r == NoMailmap }

// Value is a number, or the reason why it is unknown.
type Value struct {
	N       float64 `json:"n"`
	Unknown Reason  `json:"unknown,omitempty"` // empty: N is known
}

func known[T int | int32 | int64 | float64](n T) Value { return Value{N: float64(n)} }

func unknown(why Reason) Value { return Value{Unknown: why} }

// Told is what a history tells as of a day. Field has the unit of each.
type Told struct {
	AsOf        string `json:"as_of"` // the day, such as 2023-06-30; earlier than was asked for if the copy is
	Authors     Value  `json:"authors"`
	Commits     Value  `json:"commits"`
	TopShare    Value  `json:"top_share"`
	TruckFactor Value  `json:"truck_factor"`
	Silence     Value  `json:"silence"`
	LongestGap  Value  `json:"longest_gap"`
	ReleaseAge  Value  `json:"release_age"`
	Releases    Value  `json:"releases"`
	Releasers   Value  `json:"releasers"`
	Newcomers   Value  `json:"newcomers"`
	NewHands    Value  `json:"new_hands"`
	Signed      Value  `json:"signed"`
}

// Field is one thing that a history tells.
type Field struct {
	Name string // never given to another thing
	Unit string
	Why  string // why it is looked at, a sentence
	Of   func(*Told) Value
	at   func(*Told) *Value
}

// Fields is the catalogue, in the order in which fields are shown.
func Fields() []Field {
	out := make([]Field, len(catalogue))
	for i, f := range catalogue {
		f.Of = func(t *Told) Value { return *f.at(t) }
		out[i] = f
	}
	return out
}

var catalogue = []Field{
	{Name: "authors", Unit: "people", at: func(t *Told) *Value { return &t.Authors },
		Why: "So many people wrote what was committed in the twelve months before: with one or two, nobody looks over their shoulder."},
	{Name: "commits", Unit: "commits", at: func(t *Told) *Value { return &t.Commits },
		Why: "So much was committed by people in the twelve months before, merges aside."},
	{Name: "top-share", Unit: "share, 0 to 1", at: func(t *Told) *Value { return &t.TopShare },
		Why: "One person wrote this share of those commits: if they tire, so does the project."},
	{Name: "truck-factor", Unit: "people", at: func(t *Told) *Value { return &t.TruckFactor },
		Why: "If so many people leave, more than half of the source files have nobody left who knows them."},
	{Name: "silence", Unit: "days", at: func(t *Told) *Value { return &t.Silence },
		Why: "No person has committed anything for so long."},
	{Name: "longest-gap", Unit: "days", at: func(t *Told) *Value { return &t.LongestGap },
		Why: "This was the longest time without a commit by a person in the last five years, up to the day: a project that was left alone once may be again."},
	{Name: "release-age", Unit: "days", at: func(t *Told) *Value { return &t.ReleaseAge },
		Why: "The last release is so old: what was mended since has reached nobody."},
	{Name: "releases", Unit: "releases", at: func(t *Told) *Value { return &t.Releases },
		Why: "So many releases were tagged in the last three years: what is told of who makes them rests on these."},
	{Name: "releasers", Unit: "people", at: func(t *Told) *Value { return &t.Releasers },
		Why: "So many people made a release in the last three years: one alone can be lost, and each can be robbed of a key."},
	{Name: "newcomers", Unit: "people", at: func(t *Told) *Value { return &t.Newcomers },
		Why: "So many people made a release in the last two years while they had been there for less than three: nearly always good news, and the way in of the attack on xz."},
	{Name: "new-hands", Unit: "releases", at: func(t *Told) *Value { return &t.NewHands },
		Why: "The latest so many releases, within two years, were all made by such newcomers: the project has changed hands."},
	{Name: "signed", Unit: "share, 0 to 1", at: func(t *Told) *Value { return &t.Signed },
		Why: "This share of the releases of the last three years has a tag with a signature in it, which is not verified here."},
}

// untold is a Told of which everything is unknown for one reason.
func untold(why Reason) Told {
	var t Told
	for _, f := range catalogue {
		*f.at(&t) = unknown(why)
	}
	return t
}
