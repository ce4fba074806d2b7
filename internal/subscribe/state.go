package subscribe

import "steward/internal/base/errs"

// State is where a subscription stands.
type State string

// The states of a subscription.
const (
	Asked     State = "asked"     // a letter is under way; expires after Unconfirmed
	Confirmed State = "confirmed" // its holder has followed the link: notices are sent
	Ended     State = "ended"     // its holder has ended it; the address is erased
	Bounced   State = "bounced"   // letters do not arrive; the address is erased
)

// States lists them in their order.
var States = []State{Asked, Confirmed, Ended, Bounced}

// event is something that moves a subscription.
type event string

const (
	eventAsk     event = "ask"
	eventConfirm event = "confirm"
	eventChange  event = "change"
	eventEnd     event = "end"
	eventBounce  event = "bounce" // once too often
)

var events = []event{eventAsk, eventConfirm, eventChange, eventEnd, eventBounce}

// moves is all that can happen; what it does not hold is refused. To end twice
// is no mistake, and a bounce may come late. Who has it already and asks again
// is told so, in a letter.
var moves = map[State]map[event]State{
	"":        {eventAsk: Asked},
	Asked:     {eventAsk: Asked, eventConfirm: Confirmed, eventEnd: Ended, eventBounce: Bounced},
	Confirmed: {eventAsk: Confirmed, eventConfirm: Confirmed, eventChange: Confirmed, eventEnd: Ended, eventBounce: Bounced},
	Ended:     {eventAsk: Asked, eventEnd: Ended, eventBounce: Ended},
	Bounced:   {eventAsk: Asked, eventEnd: Ended, eventBounce: Bounced},
}

// step gives the state after the event. errs.Conflict if it may not happen.
func (s State) step(e event) (State, error) {
	to, ok := moves[s][e]
	if !ok {
		return s, errs.Conflictf("This subscription is %s: that is not possible now.", s).WithHint("ask for a new one")
	}
	return to, nil
}

// over tells that nothing is sent any more and the address is erased.
func (s State) over() bool { return s == Ended || s == Bounced }
