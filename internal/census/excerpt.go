package census

import "encoding/json"

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

// has tells which sources an excerpt has.
func (r *Ranking) has(e Excerpt) func(source int) bool {
	if len(e.Rows) == len(r.Rows) {
		return func(int) bool { return true }
	}
	in := make(map[int]bool, len(e.Rows))
	for _, row := range e.Rows {
		in[row.Source] = true
	}
	return func(source int) bool { return in[source] }
}

// quiet gives the names of those of the quiet and load-bearing that an excerpt has.
func (r *Ranking) quiet(e Excerpt) (names []string) {
	has := r.has(e)
	for _, i := range r.Quiet() {
		if has(i) {
			names = append(names, r.Table.Suite.Sources[i].Name)
		}
	}
	return names
}

// wornOf gives those of the worn and load-bearing that an excerpt has.
func (r *Ranking) wornOf(e Excerpt) []wornOne {
	has, out := r.has(e), []wornOne{}
	for _, w := range r.Worn() {
		if has(w.Source) {
			one := wornOne{Source: r.Table.Suite.Sources[w.Source].Name}
			for _, sign := range w.Signs {
				one.Signs = append(one.Signs, sign.Signal)
			}
			out = append(out, one)
		}
	}
	return out
}

// behind puts the fields of an object behind others, which end without their
// brace.
func behind(b []byte, object json.RawMessage) []byte {
	if len(object) > 2 { // it is not {}
		b = append(append(b, ','), object[1:len(object)-1]...)
	}
	return b
}
