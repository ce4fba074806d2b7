package yardstick

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"time"

	"steward/internal/base/errs"
)

// Dates says of sources when they first needed a security upload. A source whose
// day is not known is not in it.
type Dates map[string]time.Time

// maxDates is how many lines a table of dates may have.
const maxDates = 1 << 20

// ReadDates reads a table of lines "source,date"; the date is empty where it is
// not known, and further columns are for readers. Of several dates of a source
// the first counts. A line that begins with # is a remark.
func ReadDates(raw []byte) (Dates, error) {
	d := Dates{}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comment, r.FieldsPerRecord = '#', -1
	for n := 0; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return nil, errs.Invalidf("dated", "The table of dates is no CSV.").WithHint("write lines as source,2025-08-09").WithCause(err)
		}
		line, _ := r.FieldPos(0)
		switch {
		case n >= maxDates:
			return nil, errs.Invalidf("dated", "The table of dates has more than %d lines.", maxDates)
		case len(row) < 2:
			return nil, errs.Invalidf("dated", "Line %d of the table of dates has no date.", line).WithHint("write source,2025-08-09")
		case row[1] == "":
			continue
		}
		day, err := time.Parse(time.DateOnly, row[1])
		if err != nil {
			return nil, errs.Invalidf("dated", "Line %d of the table of dates has no date.", line).WithHint("write source,2025-08-09")
		}
		if known, ok := d[row[0]]; !ok || day.Before(known) {
			d[row[0]] = day
		}
	}
}

// Until leaves out what came on a day or after it: such a source has not been hit
// yet. Of a hit whose day is not known it is not known whether it had: it counts
// neither as one nor as the other.
func (o *Outcome) Until(day time.Time, d Dates) (hit, skip map[string]bool) {
	hit, skip = map[string]bool{}, map[string]bool{}
	for name := range o.Hit {
		switch first, ok := d[name]; {
		case !ok:
			skip[name] = true
		case first.Before(day):
			hit[name] = true
		}
	}
	return hit, skip
}
