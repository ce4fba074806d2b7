package packaging

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Day is a day as people write it, without an hour or a zone: days since
// 1970-01-01. Zero: it is not known.
type Day int32

// Debian was founded then: no entry is older.
var founded = DayOf(time.Date(1993, 8, 16, 0, 0, 0, 0, time.UTC))

// DayOf gives the day of a time, as its own zone has it.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// Time gives the beginning of a day in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// String gives a day as 2006-01-02; "-": it is not known.
func (d Day) String() string {
	if d == 0 {
		return "-"
	}
	return d.Time().Format(time.DateOnly)
}

// parseDay reads what String gives.
func parseDay(s string) (Day, error) {
	if s == "-" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1993 || t.Year() > 9999 {
		return 0, fmt.Errorf("%q is no day", s)
	}
	return DayOf(t), nil
}

// readDate finds a day in the date of an entry, "Sun, 08 Jan 2023 00:21:57
// -0800", however carelessly it was written: the first day, month and year that
// stand in this order.
func readDate(text []byte) Day {
	words := bytes.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '-' || r == '.' })
	for i := 0; i+2 < len(words); i++ {
		day, err := strconv.Atoi(string(words[i]))
		if err != nil || day < 1 || day > 31 || len(words[i+1]) < 3 {
			continue
		}
		month := monthOf(words[i+1])
		year, err := strconv.Atoi(string(words[i+2]))
		if month == 0 || err != nil || len(words[i+2]) != 4 {
			continue
		}
		t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		if t.Day() != day { // the 31st of June
			return 0
		}
		return DayOf(t)
	}
	return 0
}

func monthOf(word []byte) time.Month {
	for m := time.January; m <= time.December; m++ {
		if bytes.EqualFold(word[:3], []byte(m.String()[:3])) {
			return m
		}
	}
	return 0
}
