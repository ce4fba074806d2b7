package census

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"steward/internal/base/errs"
	"steward/internal/census/archive"
)

// Explained says why a source stands where it stands.
type Explained struct {
	Source  string   `json:"source"`
	Version string   `json:"version"`
	Model   string   `json:"model"`
	Rank    int      `json:"rank"`
	Of      int      `json:"of"` // sources
	Score   float64  `json:"score"`
	High    float64  `json:"high"` // what it might be at most, were all known
	Signals []Valued `json:"signals"`
	Parts   []Part   `json:"parts"` // what the score is made of, what counts most first
	Course  []Stop   `json:"releases,omitempty"`
}

// Valued is a signal with its value for one source.
type Valued struct {
	Signal
	Value  *float64 `json:"value"`   // nil: unknown
	ReadIn string   `json:"read_in"` // the names of the files, or their kinds
	Shown  string   `json:"-"`
}

// MarshalJSON writes null for a value that is unknown.
func (p Part) MarshalJSON() ([]byte, error) {
	type plain Part
	return json.Marshal(struct {
		plain
		Value *float64 `json:"value"`
	}{plain(p), known(p.Value)})
}

// Explain tells of a source; errs.NotFound if the suite has none of that name.
func (r *Ranking) Explain(source string) (Explained, error) {
	s := r.Table.Suite
	i, ok := slices.BinarySearchFunc(s.Sources, source, func(x archive.Source, name string) int { return cmp.Compare(x.Name, name) })
	if !ok {
		return Explained{}, errs.Invalidf("source", "There is no source %q in these indexes.", source).WithHint("it is the name of a source package, as in xz-utils, not of a package built from it, as in liblzma5")
	}
	n := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Source == i })
	row := r.Rows[n]
	e := Explained{
		Source: source, Version: s.Sources[i].Version, Model: r.Model.Name, Rank: row.Rank, Of: len(r.Rows), Score: row.Score, High: row.High,
		Parts: r.Parts(i), Course: r.Course(i),
	}
	for n, sig := range catalogue {
		v := Valued{Signal: sig, ReadIn: r.Files.In(sig.From), Shown: r.Table.Shown(sig.Name, i)}
		if x := r.Table.Values[n][i]; !math.IsNaN(x) {
			v.Value = &x
		}
		e.Signals = append(e.Signals, v)
	}
	slices.SortStableFunc(e.Parts, func(a, b Part) int { return -cmp.Compare(math.Abs(a.Adds), math.Abs(b.Adds)) })
	return e, nil
}

// Shown writes a value for people: short, and "?" if it is unknown.
func (t *Table) Shown(signal string, source int) string {
	n, _ := signalNamed(signal)
	return catalogue[n].Shown(t.Values[n][source])
}

// Shown writes a value of the signal for people: short, and "?" if it is NaN.
func (s Signal) Shown(v float64) string {
	switch {
	case math.IsNaN(v):
		return "?"
	case s.Unit == "bytes":
		return size(v)
	case s.Unit == "kilobytes":
		return size(v * 1024)
	case v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// size writes bytes in the largest unit that leaves a number of one or more.
func size(v float64) string {
	units := []string{"B", "kB", "MB", "GB"}
	n := 0
	for v >= 1000 && n < len(units)-1 {
		v, n = v/1000, n+1
	}
	if n == 0 || v >= 100 {
		return fmt.Sprintf("%.0f %s", v, units[n])
	}
	return fmt.Sprintf("%.1f %s", v, units[n])
}
