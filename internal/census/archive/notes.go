package archive

import "steward/internal/census/control"

// maxGaps is how many gaps of a suite are kept; more are counted.
const maxGaps = 100

// notes are the gaps of a reader, in the order of the index.
type notes struct {
	gaps []control.Gap
	more int
}

func (n *notes) add(g control.Gap) {
	if len(n.gaps) == maxGaps {
		n.more++
		return
	}
	n.gaps = append(n.gaps, g)
}

// join puts the notes of the next reader behind.
func (n *notes) join(next notes) {
	for _, g := range next.gaps {
		n.add(g)
	}
	n.more += next.more
}
