package census

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// WriteJSON writes a ranking: an object with the model, how far to trust it, what
// could not be read, those that are quiet and load-bearing (null without earlier
// releases), and all sources, the riskiest first. A value that is
// unknown is null.
func WriteJSON(w io.Writer, r *Ranking) error {
	s := r.Table.Suite
	var quiet []string
	for _, i := range r.Quiet() {
		quiet = append(quiet, s.Sources[i].Name)
	}
	head, err := json.Marshal(map[string]any{
		"model": r.Model.Name, "about": r.Model.About, "method": r.Model.Method, "trust": r.Model.Trust,
		"packages": len(s.Binaries), "gaps": s.Gaps, "quiet": quiet,
	})
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<20)
	b.Write(head[:len(head)-1]) //nolint:errcheck // told by Flush
	b.WriteString(`,"sources":[`)
	for n, row := range r.Rows {
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
		for i, sig := range catalogue {
			if i > 0 {
				line = append(line, ',')
			}
			line = append(quoted(line, sig.Name), ':')
			line = number(line, r.Table.Values[i][row.Source])
		}
		b.Write(append(line, "}}"...))
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

func quoted(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // a string never fails
	return append(b, q...)
}

// number writes six digits that count: no score is known better.
func number(b []byte, v float64) []byte {
	if math.IsNaN(v) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', 6, 64)
}
