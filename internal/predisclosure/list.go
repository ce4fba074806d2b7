package predisclosure

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// List is who may get notices, and on what conditions. All of it is public.
type List struct {
	ID         string `json:"-"`          // in addresses: letters a to z, digits, hyphens
	Version    int64  `json:"-"`          // of the edit: what EditList must be given
	Name       string `json:"name"`       // one line
	Conditions string `json:"conditions"` // Markdown, shown above the form: who qualifies, what may be done, what ends it
	// Agreement is the one that is in force.
	Agreement    Agreement `json:"-"`
	AttestMonths int       `json:"attest_months"` // how often a member attests
	Open         bool      `json:"open"`          // whether applications are taken

	deadlines map[int]time.Time // until when each version but the first was to be accepted
}

// Agreement is what a member accepts. A change of its text is a new version.
type Agreement struct {
	Version int       // 1, 2, 3 …
	Text    string    // Markdown
	Since   time.Time // UTC
	// AcceptBy is until when members who accepted an older version get notices
	// without having accepted this one. Zero for the first.
	AcceptBy time.Time
}

// Limits of a list, in bytes of UTF-8 unless said otherwise.
const (
	maxSlug       = 20 // shorter than an id, so that neither passes for the other
	maxListName   = 100
	maxConditions = 50_000
	maxAgreement  = 50_000
	maxMonths     = 36
	minNotice     = 24 * time.Hour       // to accept a new agreement
	maxNotice     = 366 * 24 * time.Hour // likewise
)

// check finds every fault of a list that a team wrote.
func (l *List) check() error {
	var ps errs.Problems
	if !validSlug(l.ID) {
		ps.Add("id", "The name in addresses must have 2 to %d letters a to z, digits or hyphens, and begin with a letter.", maxSlug).
			WithHint("write it as distributors")
	}
	checkText(&ps, "name", "The name", l.Name, maxListName, true, false)
	checkText(&ps, "conditions", "The text of the conditions", l.Conditions, maxConditions, true, true)
	checkText(&ps, "agreement", "The text of the agreement", l.Agreement.Text, maxAgreement, true, true)
	if l.AttestMonths < 1 || l.AttestMonths > maxMonths {
		ps.Add("attest_months", "Members must attest every 1 to %d months.", maxMonths).WithHint("12 is usual")
	}
	return ps.Err()
}

// checkAcceptBy checks the date by which a new agreement is to be accepted.
func checkAcceptBy(by, now time.Time) error {
	switch left := by.Sub(now); {
	case by.IsZero():
		return errs.Invalidf("accept_by", "The agreement has another text now, and members must know by when to accept it.").
			WithHint("give a date, or leave the agreement as it was")
	case left < minNotice:
		return errs.Invalidf("accept_by", "Members need at least a day to accept the new agreement.").WithHint("give a later date")
	case left > maxNotice:
		return errs.Invalidf("accept_by", "The date is more than a year away.").WithHint("check the year")
	}
	return nil
}

func validSlug(s string) bool {
	if len(s) < 2 || len(s) > maxSlug || s[0] < 'a' || s[0] > 'z' || strings.HasSuffix(s, "-") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
}

// checkText checks one text that a person typed.
func checkText(ps *errs.Problems, field, label, s string, limit int, required, lines bool) {
	switch {
	case required && strings.TrimSpace(s) == "":
		ps.Add(field, "%s is missing.", label)
	case len(s) > limit:
		ps.Add(field, "%s has %d bytes; at most %d can be taken.", label, len(s), limit)
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		ps.Add(field, "%s is not valid text (UTF-8).", label)
	case !lines && strings.ContainsFunc(s, unfitForLine):
		ps.Add(field, "%s must be one line without control characters.", label)
	}
}

// unfitForLine tells runes that break a line or change how it is read.
func unfitForLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

const maxReason = 2_000 // bytes of a reason or a note

func checkReason(field, s string) error {
	var ps errs.Problems
	checkText(&ps, field, "The text", s, maxReason, false, true)
	return ps.Err()
}
