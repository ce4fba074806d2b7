package calendar

import (
	"strconv"
	"strings"

	"steward/internal/base/errs"
)

// Unit is what a Span counts.
type Unit string

// The units.
const (
	Hours        Unit = "hour" // elapsed
	Days         Unit = "day"  // of the calendar
	Weeks        Unit = "week"
	Months       Unit = "month"
	BusinessDays Unit = "business day"
)

// Span is a length of time as people write it. The zero value is none at all.
type Span struct {
	N    int // at least 1, or 0 for none
	Unit Unit
}

// maxSpanText is how many bytes the text of a span may have.
const maxSpanText = 40

// longest is how many of each unit make the longest span, ten years.
var longest = map[Unit]int{Hours: 87_660, Days: 3_660, Weeks: 522, Months: 120, BusinessDays: 2_610}

// unitWords are the words that a unit is read from. "m" is none: it could be
// minutes.
var unitWords = map[string]Unit{
	"h": Hours, "hour": Hours, "hours": Hours,
	"d": Days, "day": Days, "days": Days,
	"w": Weeks, "week": Weeks, "weeks": Weeks,
	"month": Months, "months": Months,
	"business day": BusinessDays, "business days": BusinessDays,
	"working day": BusinessDays, "working days": BusinessDays,
}

// ParseSpan reads "72h", "14d", "2w", "1 month", "3 business days" and the
// like: a number from 1, a space or none, and a unit. Anything else is
// errs.Invalid, and so is what is longer than ten years.
func ParseSpan(text string) (Span, error) {
	bad := errs.Invalidf("span", "This is not a length of time.").
		WithHint("write it as 72h, 14d, 2w, 1 month or 3 business days")
	if len(text) > maxSpanText {
		return Span{}, bad
	}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	n, err := strconv.Atoi(text[:digits])
	unit, known := unitWords[strings.TrimPrefix(text[digits:], " ")]
	if err != nil || !known || n < 1 || text[0] == '0' {
		return Span{}, bad
	}
	if n > longest[unit] {
		return Span{}, errs.Invalidf("span", "%s is more than ten years.", text).WithHint("at most %s", Span{longest[unit], unit})
	}
	return Span{n, unit}, nil
}

// IsZero tells whether there is no span.
func (s Span) IsZero() bool { return s == Span{} }

// String writes the span so that ParseSpan reads the same; the zero value is
// empty.
func (s Span) String() string {
	switch s.Unit {
	case Hours:
		return strconv.Itoa(s.N) + "h"
	case Days:
		return strconv.Itoa(s.N) + "d"
	case Weeks:
		return strconv.Itoa(s.N) + "w"
	}
	return s.Words()
}

// Words writes the span for people: "14 days", "1 month"; the zero value is
// empty.
func (s Span) Words() string {
	switch s.N {
	case 0:
		return ""
	case 1:
		return "1 " + string(s.Unit)
	}
	return strconv.Itoa(s.N) + " " + string(s.Unit) + "s"
}

// UnmarshalText implements encoding.TextUnmarshaler, by ParseSpan.
func (s *Span) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSpan(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler, by String.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// valid tells whether the span is one that ParseSpan gives.
func (s Span) valid() bool { return s.N >= 1 && s.N <= longest[s.Unit] }
