package census

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"strconv"

	"steward/internal/census/control"
)

// heading is what a ranking says before its sources.
type heading struct {
	About    string        `json:"about"`
	AsOf     string        `json:"as_of,omitempty"` // the day of what was collected
	Gaps     []control.Gap `json:"gaps"`
	Method   Method        `json:"method"`
	Missing  int           `json:"missing"` // dependencies that nothing in the indexes fulfils
	Model    string        `json:"model"`
	MoreGaps int           `json:"more_gaps,omitempty"` // are not told
	Notes    []string      `json:"notes,omitempty"`     // what beside the indexes could not be read
	Packages int           `json:"packages"`
	Quiet    []string      `json:"quiet"`                 // null without earlier releases
	Spread   float64       `json:"reach_error,omitempty"` // relative standard error of what was estimated
	Trust    *Trust        `json:"trust"`
	Worn     []wornOne     `json:"worn"`
}

// wornOne is one of those that are load-bearing and worn.
type wornOne struct {
	Source string   `json:"source"`
	Signs  []string `json:"signs"` // signals of Warnings
}

// WriteJSON writes a ranking: an object with the model, how far to trust it, what
// could not be read, those that are quiet and load-bearing (null without earlier
// releases), those that are worn and load-bearing, and all sources, the riskiest first. A value that is
// unknown is null.
func WriteJSON(w io.Writer, r *Ranking) error { return WriteJSONExcerpt(w, r, Excerpt{Rows: r.Rows}) }

// WriteJSONExcerpt writes some of a ranking in the same form.
func WriteJSONExcerpt(w io.Writer, r *Ranking, e Excerpt) error {
	s := r.Table.Suite
	head, err := json.Marshal(heading{
		About: r.Model.About, AsOf: r.Table.AsOf, Notes: r.Table.Notes, Gaps: s.Gaps, Missing: s.Missing, Method: r.Model.Method, Model: r.Model.Name, MoreGaps: s.MoreGaps,
		Packages: len(s.Binaries), Quiet: r.quiet(e), Spread: r.Table.Spread, Trust: r.Model.Trust, Worn: r.wornOf(e),
	})
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<20)
	b.Write(behind(head[:len(head)-1], e.Head)) //nolint:errcheck // told by Flush
	b.WriteString(`,"sources":[`)
	names := make([][]byte, len(catalogue))
	for i, sig := range catalogue {
		names[i] = append(quoted(nil, sig.Name), ':')
	}
	for n, row := range e.Rows {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n")
		one := &s.Sources[row.Source]
		line := b.AvailableBuffer()
		line = append(line, `{"source":`...)
		line = quoted(line, one.Name)
		line = append(line, `,"version":`...)
		line = quoted(line, one.Version)
		line = strconv.AppendInt(append(line, `,"rank":`...), int64(row.Rank), 10)
		line = number(append(line, `,"score":`...), row.Score)
		line = number(append(line, `,"high":`...), row.High)
		line = append(line, `,"signals":{`...)
		for i, name := range names {
			if i > 0 {
				line = append(line, ',')
			}
			line = append(line, name...)
			line = number(line, r.Table.Values[i][row.Source])
		}
		line = append(line, '}')
		if e.Of != nil {
			line = behind(line, e.Of(row.Source))
		}
		b.Write(append(line, '}'))
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

func quoted(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // a string never fails
	return append(b, q...)
}

// Written gives a number as it is written in JSON and CSV: with six digits that
// count.
func Written(v float64) float64 {
	if math.IsNaN(v) || v == math.Trunc(v) && math.Abs(v) < 1_000_000 {
		return v
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64) // what was written can be read
	return v
}

// number writes six digits that count: no score is known better.
func number(b []byte, v float64) []byte {
	if math.IsNaN(v) {
		return append(b, "null"...)
	}
	if n := int64(v); float64(n) == v && n > 0 && n < 1_000_000 {
		return strconv.AppendInt(b, n, 10) // the same, and most are such
	}
	return strconv.AppendFloat(b, v, 'g', 6, 64)
}
