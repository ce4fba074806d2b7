package predisclosure

import (
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// State is where an organisation stands with a list.
type State string

// The states of a member.
const (
	Applied    State = "applied"     // nobody has vetted it yet
	VettedOnce State = "vetted once" // a second person has to
	Joined     State = "member"
	Suspended  State = "suspended" // gets no notices until it is restored
	Declined   State = "declined"  // final: a new application may be sent
	Removed    State = "removed"   // final
	Withdrawn  State = "withdrawn" // final: by themselves
)

// States lists them in the order in which a page shows them.
var States = []State{Applied, VettedOnce, Joined, Suspended, Declined, Removed, Withdrawn}

// Event is something that is done to a member.
type Event string

// The events. Those that change no state are in the table too: it says when
// they are possible.
const (
	EventVet      Event = "vet"
	EventDecline  Event = "decline"
	EventSuspend  Event = "suspend"
	EventRestore  Event = "restore"
	EventRemove   Event = "remove"
	EventWithdraw Event = "withdraw"
	EventAttest   Event = "attest"
	EventAccept   Event = "accept the agreement"
	EventContacts Event = "change contacts"
	EventLink     Event = "link a contact"
)

// move is one line of the table.
type move struct {
	from  State
	event Event
	to    State
	why   bool // a person must say why
}

// moves is all that there is: what it does not hold is refused. Contacts stay
// as they are between the two who vet, so that both vet the same.
var moves = []move{
	{Applied, EventVet, VettedOnce, false},
	{Applied, EventDecline, Declined, true},
	{Applied, EventWithdraw, Withdrawn, false},
	{Applied, EventContacts, Applied, false},
	{Applied, EventLink, Applied, false},

	{VettedOnce, EventVet, Joined, false},
	{VettedOnce, EventDecline, Declined, true},
	{VettedOnce, EventWithdraw, Withdrawn, false},
	{VettedOnce, EventLink, VettedOnce, false},

	{Joined, EventSuspend, Suspended, true},
	{Joined, EventRemove, Removed, true},
	{Joined, EventWithdraw, Withdrawn, false},
	{Joined, EventAttest, Joined, false},
	{Joined, EventAccept, Joined, false},
	{Joined, EventContacts, Joined, false},
	{Joined, EventLink, Joined, false},

	{Suspended, EventRestore, Joined, true},
	{Suspended, EventRemove, Removed, true},
	{Suspended, EventWithdraw, Withdrawn, false},
	{Suspended, EventAttest, Suspended, false},
	{Suspended, EventAccept, Suspended, false},
	{Suspended, EventContacts, Suspended, false},
	{Suspended, EventLink, Suspended, false},
}

// who names the actions of which one must be allowed for each event.
var who = map[Event][]acl.Action{
	EventVet:      {acl.ListVet},
	EventDecline:  {acl.ListVet},
	EventSuspend:  {acl.ListVet},
	EventRestore:  {acl.ListVet},
	EventRemove:   {acl.ListVet},
	EventLink:     {acl.ListVet},
	EventContacts: {acl.ListMember, acl.ListVet},
	EventWithdraw: {acl.ListMember},
	EventAttest:   {acl.ListMember},
	EventAccept:   {acl.ListMember},
}

// step gives the state after the event, or says why not and what is possible.
func step(from State, event Event, why string) (State, error) {
	for _, m := range moves {
		if m.from != from || m.event != event {
			continue
		}
		if m.why && strings.TrimSpace(why) == "" {
			return from, errs.Invalidf("reason", "Say why: it stays in the record.")
		}
		return m.to, nil
	}
	e := errs.Conflictf("This membership is in the state “%s”: “%s” is not possible now.", from, event)
	if possible := events(from); len(possible) > 0 {
		words := make([]string, len(possible))
		for i, p := range possible {
			words[i] = fmt.Sprintf("“%s”", p)
		}
		return from, e.WithHint("possible now: %s", strings.Join(words, ", "))
	}
	return from, e
}

// events lists what is possible in a state, in the order of the table.
func events(from State) []Event {
	var out []Event
	for _, m := range moves {
		if m.from == from {
			out = append(out, m.event)
		}
	}
	return out
}

// mayCause tells whether one of the roles allows the event.
func mayCause(event Event, roles []acl.Role) bool {
	return slices.ContainsFunc(who[event], func(a acl.Action) bool { return acl.Allow(a, roles...) })
}

// actionFor gives the action by which the roles cause the event; the first one
// that would allow it if none does.
func actionFor(event Event, roles []acl.Role) acl.Action {
	for _, a := range who[event] {
		if acl.Allow(a, roles...) {
			return a
		}
	}
	return who[event][0]
}
