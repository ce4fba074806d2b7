package census

import (
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// columns are those that stand before the signals in a table of a ranking.
var columns = []string{"source", "version", "rank", "score", "high"}

// WriteCSV writes a ranking as a table (RFC 4180, in UTF-8): a heading, then all
// sources, the riskiest first, with each signal in the order of Signals. A value
// that is unknown is empty. No field is a formula to a spreadsheet.
func WriteCSV(w io.Writer, r *Ranking) error { return WriteCSVExcerpt(w, r, Excerpt{Rows: r.Rows}) }

// WriteCSVExcerpt writes some of a ranking in the same form. In the lines below it,
// the cells of the ranking are empty.
func WriteCSVExcerpt(w io.Writer, r *Ranking, e Excerpt) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180:2.1
	line := slices.Clone(columns)
	for _, sig := range catalogue {
		line = append(line, sig.Name)
	}
	line = append(line, e.Columns...)
	if err := out.Write(line); err != nil {
		return err
	}
	for _, row := range e.Rows {
		one := &r.Table.Suite.Sources[row.Source]
		line = append(line[:0], plain(one.Name), plain(one.Version), digits(float64(row.Rank)), digits(row.Score), digits(row.High))
		for i := range catalogue {
			line = append(line, digits(r.Table.Values[i][row.Source]))
		}
		if e.Cells != nil {
			line = append(line, plained(e.Cells(row.Source))...)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	for _, cells := range e.Below {
		line = append(make([]string, len(columns)+len(catalogue)), plained(cells)...)
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plained makes cells harmless.
func plained(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = plain(c)
	}
	return out
}

// digits writes a number as JSON has it, and nothing for what is unknown.
func digits(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return string(number(nil, v))
}

// plain makes text of an index harmless in a cell: one line of UTF-8, and behind
// an apostrophe what a spreadsheet would compute.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace)); strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + s
	}
	return s
}
