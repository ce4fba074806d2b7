// Package checkup is the form in which Steward tells its operator how it does:
// in a terminal, as JSON and on a page of the team.
package checkup

import "fmt"

// State is how serious a line is.
type State string

// The states. Only Wrong makes a checkup fail.
const (
	OK        State = "ok"
	Attention State = "attention"
	Wrong     State = "wrong"
)

// Line is one thing that was looked at. It holds nothing of any case.
type Line struct {
	About   string `json:"about"`             // what was looked at, in a word or two
	State   State  `json:"state"`             //
	Saw     string `json:"saw"`               // what was seen, a sentence
	Do      string `json:"do,omitempty"`      // what to do about it, a sentence; empty: nothing
	Command string `json:"command,omitempty"` // that does it, where there is one
}

// Fine is a line of what is in order.
func Fine(about, saw string, args ...any) Line {
	return Line{About: about, State: OK, Saw: fmt.Sprintf(saw, args...)}
}

// Look is a line of what wants attention.
func Look(about, do, saw string, args ...any) Line {
	return Line{About: about, State: Attention, Saw: fmt.Sprintf(saw, args...), Do: do}
}

// Bad is a line of what is wrong.
func Bad(about, do, saw string, args ...any) Line {
	return Line{About: about, State: Wrong, Saw: fmt.Sprintf(saw, args...), Do: do}
}

// By adds the command that does it.
func (l Line) By(command string, args ...any) Line {
	l.Command = fmt.Sprintf(command, args...)
	return l
}

// Count is how many lines are in each state.
func Count(lines []Line) map[State]int {
	n := map[State]int{}
	for _, l := range lines {
		n[l.State]++
	}
	return n
}

// Summary says the counts in words.
func Summary(lines []Line) string {
	n := Count(lines)
	out := fmt.Sprintf("%d in order", n[OK])
	if n[Attention] > 0 {
		out += fmt.Sprintf(", %d to look at", n[Attention])
	}
	if n[Wrong] > 0 {
		out += fmt.Sprintf(", %d wrong", n[Wrong])
	}
	return out + "."
}
