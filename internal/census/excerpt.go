package census

import (
	"encoding/json"
	"slices"
)

// Excerpt is some of a ranking, with what else is known of it.
type Excerpt struct {
	Rows []Row // in the order in which they are written

	// JSON: objects, of which the fields come behind those of the ranking and of
	// each source.
	Head json.RawMessage
	Of   func(source int) json.RawMessage

	// CSV: columns behind the others, and lines below, of as many cells.
	Columns []string
	Cells   func(source int) []string
	Below   [][]string
}

// quiet gives the names of those of the quiet and load-bearing that an excerpt has.
func (r *Ranking) quiet(e Excerpt) (names []string) {
	all := r.Quiet()
	if len(e.Rows) < len(r.Rows) {
		has := make(map[int]bool, len(e.Rows))
		for _, row := range e.Rows {
			has[row.Source] = true
		}
		all = slices.DeleteFunc(all, func(i int) bool { return !has[i] })
	}
	for _, i := range all {
		names = append(names, r.Table.Suite.Sources[i].Name)
	}
	return names
}

// behind puts the fields of an object behind others, which end without their
// brace.
func behind(b []byte, object json.RawMessage) []byte {
	if len(object) > 2 { // it is not {}
		b = append(append(b, ','), object[1:len(object)-1]...)
	}
	return b
}
