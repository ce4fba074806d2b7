package advisory

import "steward/internal/base/errs"

// State is where an advisory stands for the public.
type State string

// The states. There is none before the first release: a draft belongs to its
// case and is not known here.
const (
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// event moves an advisory from state to state.
type event string

const (
	eventRelease  event = "release"  // the first revision, or a later one
	eventWithdraw event = "withdraw" // a revision that says that the advisory no longer holds
)

// moves is the whole of what may happen; what it does not name may not. The
// text of a withdrawn advisory can still be mended, and it stays withdrawn.
var moves = map[State]map[event]State{
	"":        {eventRelease: Published},
	Published: {eventRelease: Published, eventWithdraw: Withdrawn},
	Withdrawn: {eventRelease: Withdrawn},
}

// step gives the state after the event.
func (s State) step(e event) (State, error) {
	if to, ok := moves[s][e]; ok {
		return to, nil
	}
	if s == "" {
		return "", errs.Conflictf("This advisory was never published.")
	}
	return "", errs.Conflictf("This advisory is withdrawn already.")
}
