package jobs

import "fmt"

// State is where a job stands.
type State string

// The states of a job.
const (
	Waiting State = "waiting" // for its time
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"  // given up
	Dropped State = "dropped" // nobody wants it any more
)

// States lists them in their order.
var States = []State{Waiting, Running, Done, Failed, Dropped}

// event is something that moves a job.
type event string

const (
	begin  event = "begin"
	finish event = "finish"
	delay  event = "delay"
	giveUp event = "give up"
	lose   event = "lose" // the process ended while it ran
	drop   event = "drop"
	again  event = "again"  // a person wants it tried once more
	bounce event = "bounce" // the peer took it and says later that it could not
)

var events = []event{begin, finish, delay, giveUp, lose, drop, again, bounce}

// moves is all that can happen to a job; what it does not hold is refused.
var moves = map[State]map[event]State{
	Waiting: {begin: Running, drop: Dropped},
	Running: {finish: Done, delay: Waiting, giveUp: Failed, lose: Waiting, drop: Dropped},
	Failed:  {again: Waiting, drop: Dropped},
	Done:    {bounce: Failed},
	Dropped: {},
}

// step gives the state after the event.
func (s State) step(e event) (State, error) {
	to, ok := moves[s][e]
	if !ok {
		return s, fmt.Errorf("a job that is %s cannot %s", s, e)
	}
	return to, nil
}
