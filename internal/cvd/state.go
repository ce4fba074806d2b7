package cvd

import (
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// move is one line of a table: what an event makes of a state.
type move[S, E ~string] struct {
	from  S
	event E
	to    S
	why   bool // a person must say why
}

// table is all the moves that there are; what it does not hold is refused.
// who names the action that a role must allow for each event.
type table[S, E ~string] struct {
	noun  string // in a sentence: "The embargo"
	moves []move[S, E]
	who   map[E]acl.Action
}

// step gives the state after the event, or says why not and what is possible.
func (t table[S, E]) step(from S, event E, why string) (S, error) {
	for _, m := range t.moves {
		if m.from != from || m.event != event {
			continue
		}
		if m.why && strings.TrimSpace(why) == "" {
			return from, errs.Invalidf("reason", "Say why: it stays in the record.")
		}
		return m.to, nil
	}
	e := errs.Conflictf("%s is in the state “%s”: “%s” is not possible now.", t.noun, from, event)
	if possible := t.events(from); len(possible) > 0 {
		return from, e.WithHint("possible now: %s", join(possible))
	}
	return from, e
}

// events lists what is possible in a state, in the order of the table.
func (t table[S, E]) events(from S) []E {
	var out []E
	for _, m := range t.moves {
		if m.from == from && !slices.Contains(out, m.event) {
			out = append(out, m.event)
		}
	}
	return out
}

// action gives what a role must allow for the event; errs.Invalid for a word
// that is no event.
func (t table[S, E]) action(event E) (acl.Action, error) {
	if a, ok := t.who[event]; ok {
		return a, nil
	}
	return "", errs.Invalidf("event", "%s does not know the event “%s”.", t.noun, event)
}

// allowed lists the events that are possible in a state and that the roles
// may cause.
func (t table[S, E]) allowed(from S, roles []acl.Role) []E {
	return slices.DeleteFunc(t.events(from), func(e E) bool { return !acl.Allow(t.who[e], roles...) })
}

func join[E ~string](words []E) string {
	s := make([]string, len(words))
	for i, w := range words {
		s[i] = fmt.Sprintf("“%s”", w)
	}
	return strings.Join(s, ", ")
}

// State is the phase of a case: those of ISO/IEC 30111, with two ends.
type State string

// The states of a case.
const (
	Receipt      State = "receipt"      // nobody has answered yet
	Verification State = "verification" // being looked into
	Remediation  State = "remediation"  // it is so; a fix is being made
	Releasing    State = "release"      // the fix is ready; the release is being prepared
	PostRelease  State = "post-release" // the advisory is public
	Closed       State = "closed"       // nothing more to do
	Merged       State = "merged"       // handled in another case
)

// States lists the states of a case in their order.
var States = []State{Receipt, Verification, Remediation, Releasing, PostRelease, Closed, Merged}

// Event is something that moves a case.
type Event string

// The events of a case. Store.Move makes those that have no deed of their own:
// EventFixReady, EventSendBack, EventClose and EventReopen.
const (
	EventAcknowledge Event = "acknowledge" // Store.Acknowledge
	EventAccept      Event = "accept"      // Store.Dispose
	EventDecline     Event = "decline"     // Store.Dispose
	EventFixReady    Event = "fix ready"   //
	EventSendBack    Event = "send back"   // a step back in the work
	EventPublish     Event = "publish"     // Store.Release, Store.ReleaseDue
	EventClose       Event = "close"       //
	EventReopen      Event = "reopen"      // of a case without a public advisory
	EventRevisit     Event = "revisit"     // what EventReopen is for one with
	EventMerge       Event = "merge"       // Store.Merge
)

var caseTable = table[State, Event]{
	noun: "The case",
	moves: []move[State, Event]{
		{Receipt, EventAcknowledge, Verification, false},
		{Receipt, EventAccept, Remediation, false},
		{Receipt, EventDecline, Closed, true},
		{Receipt, EventMerge, Merged, false},

		{Verification, EventAccept, Remediation, false},
		{Verification, EventDecline, Closed, true},
		{Verification, EventMerge, Merged, false},

		{Remediation, EventAccept, Remediation, false}, // another disposition that holds
		{Remediation, EventFixReady, Releasing, false},
		{Remediation, EventPublish, PostRelease, false}, // before a fix, when users must know
		{Remediation, EventDecline, Closed, true},
		{Remediation, EventSendBack, Verification, true},
		{Remediation, EventClose, Closed, true}, // a flaw that needs no advisory
		{Remediation, EventMerge, Merged, false},

		{Releasing, EventPublish, PostRelease, false},
		{Releasing, EventSendBack, Remediation, true},
		{Releasing, EventClose, Closed, true},
		{Releasing, EventMerge, Merged, false},

		{PostRelease, EventPublish, PostRelease, false}, // the next revision
		{PostRelease, EventClose, Closed, false},

		{Closed, EventReopen, Verification, true},
		{Closed, EventRevisit, PostRelease, true},
		{Merged, EventReopen, Verification, true},
	},
	who: map[Event]acl.Action{
		EventAcknowledge: acl.CaseAcknowledge,
		EventAccept:      acl.CaseDispose,
		EventDecline:     acl.CaseDispose,
		EventFixReady:    acl.CaseEdit,
		EventSendBack:    acl.CaseEdit,
		EventPublish:     acl.Release,
		EventClose:       acl.CaseDispose,
		EventReopen:      acl.CaseDispose,
		EventRevisit:     acl.CaseDispose,
		EventMerge:       acl.CaseMerge,
	},
}

// EmbargoState is the state of an embargo: those of the Vultron embargo model.
type EmbargoState string

// The states of an embargo.
const (
	EmbargoNone     EmbargoState = "none"
	EmbargoProposed EmbargoState = "proposed"
	EmbargoActive   EmbargoState = "active"
	EmbargoRevise   EmbargoState = "revise" // active, with other terms proposed
	EmbargoExited   EmbargoState = "exited" // for good
)

// EmbargoEvent is something that moves an embargo.
type EmbargoEvent string

// The events of an embargo. Propose and revise bring terms.
const (
	EmbargoPropose EmbargoEvent = "propose"
	EmbargoAccept  EmbargoEvent = "accept"
	EmbargoReject  EmbargoEvent = "reject"
	EmbargoChange  EmbargoEvent = "revise"
	EmbargoExit    EmbargoEvent = "exit"
)

var embargoTable = table[EmbargoState, EmbargoEvent]{
	noun: "The embargo",
	moves: []move[EmbargoState, EmbargoEvent]{
		{EmbargoNone, EmbargoPropose, EmbargoProposed, false},

		{EmbargoProposed, EmbargoPropose, EmbargoProposed, false}, // in place of the pending terms
		{EmbargoProposed, EmbargoAccept, EmbargoActive, false},
		{EmbargoProposed, EmbargoReject, EmbargoNone, true},

		{EmbargoActive, EmbargoChange, EmbargoRevise, true},
		{EmbargoActive, EmbargoExit, EmbargoExited, true},

		{EmbargoRevise, EmbargoChange, EmbargoRevise, true},
		{EmbargoRevise, EmbargoAccept, EmbargoActive, false},
		{EmbargoRevise, EmbargoReject, EmbargoActive, true}, // the old terms stand
		{EmbargoRevise, EmbargoExit, EmbargoExited, true},
	},
	who: map[EmbargoEvent]acl.Action{
		EmbargoPropose: acl.EmbargoPropose,
		EmbargoChange:  acl.EmbargoPropose,
		EmbargoAccept:  acl.EmbargoDecide,
		EmbargoReject:  acl.EmbargoDecide,
		EmbargoExit:    acl.EmbargoDecide,
	},
}

// PatchState is the state of a patch.
type PatchState string

// The states of a patch.
const (
	PatchNone         PatchState = "none"
	PatchInWork       PatchState = "in work"
	PatchInReview     PatchState = "in review"
	PatchChangesAsked PatchState = "changes asked"
	PatchReviewed     PatchState = "reviewed"
	PatchTested       PatchState = "tested"
	PatchReady        PatchState = "ready"
	PatchMerged       PatchState = "merged"
)

// PatchEvent is something that moves a patch.
type PatchEvent string

// The events of a patch.
const (
	PatchStart      PatchEvent = "start"
	PatchSubmit     PatchEvent = "submit"
	PatchAskChanges PatchEvent = "ask for changes"
	PatchApprove    PatchEvent = "approve"
	PatchPass       PatchEvent = "test passed"
	PatchFail       PatchEvent = "test failed"
	PatchSettle     PatchEvent = "ready" // to be merged with the release
	PatchMerge      PatchEvent = "merge" // it is public
	PatchRework     PatchEvent = "rework"
	PatchDrop       PatchEvent = "drop"
)

var patchTable = table[PatchState, PatchEvent]{
	noun: "The patch",
	moves: []move[PatchState, PatchEvent]{
		{PatchNone, PatchStart, PatchInWork, false},

		{PatchInWork, PatchSubmit, PatchInReview, false},
		{PatchInWork, PatchDrop, PatchNone, true},

		{PatchInReview, PatchApprove, PatchReviewed, false},
		{PatchInReview, PatchAskChanges, PatchChangesAsked, true},
		{PatchInReview, PatchRework, PatchInWork, true},

		{PatchChangesAsked, PatchSubmit, PatchInReview, false},
		{PatchChangesAsked, PatchDrop, PatchNone, true},

		{PatchReviewed, PatchPass, PatchTested, false},
		{PatchReviewed, PatchFail, PatchChangesAsked, true},
		{PatchReviewed, PatchRework, PatchInWork, true},

		{PatchTested, PatchSettle, PatchReady, false},
		{PatchTested, PatchFail, PatchChangesAsked, true},
		{PatchTested, PatchRework, PatchInWork, true},

		{PatchReady, PatchMerge, PatchMerged, false},
		{PatchReady, PatchFail, PatchChangesAsked, true},
		{PatchReady, PatchRework, PatchInWork, true},

		{PatchMerged, PatchRework, PatchInWork, true}, // the fix was not whole
	},
	who: map[PatchEvent]acl.Action{
		PatchStart:      acl.PatchEdit,
		PatchSubmit:     acl.PatchEdit,
		PatchSettle:     acl.PatchEdit,
		PatchMerge:      acl.PatchEdit,
		PatchRework:     acl.PatchEdit,
		PatchDrop:       acl.PatchEdit,
		PatchApprove:    acl.PatchReview,
		PatchAskChanges: acl.PatchReview,
		PatchPass:       acl.PatchTest,
		PatchFail:       acl.PatchTest,
	},
}

// DraftState is where the draft of the advisory stands.
type DraftState string

// The states of a draft.
const (
	DraftWriting   DraftState = "writing"
	DraftReviewed  DraftState = "reviewed"
	DraftApproved  DraftState = "approved"
	DraftScheduled DraftState = "scheduled"
	DraftReleased  DraftState = "released"
	DraftWithdrawn DraftState = "withdrawn" // for good
)

// DraftEvent is something that moves a draft.
type DraftEvent string

// The events of a draft.
const (
	DraftEdit       DraftEvent = "edit"
	DraftReview     DraftEvent = "review"
	DraftAskChanges DraftEvent = "ask for changes"
	DraftApprove    DraftEvent = "approve"
	DraftSchedule   DraftEvent = "schedule"
	DraftUnschedule DraftEvent = "unschedule"
	DraftRelease    DraftEvent = "release"
	DraftWithdraw   DraftEvent = "withdraw"
)

var draftTable = table[DraftState, DraftEvent]{
	noun: "The draft",
	moves: []move[DraftState, DraftEvent]{
		{DraftWriting, DraftEdit, DraftWriting, false},
		{DraftWriting, DraftReview, DraftReviewed, false},
		{DraftWriting, DraftAskChanges, DraftWriting, true},
		{DraftWriting, DraftWithdraw, DraftWithdrawn, true},

		{DraftReviewed, DraftEdit, DraftWriting, false},
		{DraftReviewed, DraftApprove, DraftApproved, false},
		{DraftReviewed, DraftAskChanges, DraftWriting, true},
		{DraftReviewed, DraftWithdraw, DraftWithdrawn, true},

		{DraftApproved, DraftEdit, DraftWriting, false},
		{DraftApproved, DraftSchedule, DraftScheduled, false},
		{DraftApproved, DraftRelease, DraftReleased, false},
		{DraftApproved, DraftAskChanges, DraftWriting, true},
		{DraftApproved, DraftWithdraw, DraftWithdrawn, true},

		{DraftScheduled, DraftEdit, DraftWriting, false},
		{DraftScheduled, DraftSchedule, DraftScheduled, false}, // another hour
		{DraftScheduled, DraftUnschedule, DraftApproved, false},
		{DraftScheduled, DraftRelease, DraftReleased, false},
		{DraftScheduled, DraftAskChanges, DraftWriting, true},
		{DraftScheduled, DraftWithdraw, DraftWithdrawn, true},

		{DraftReleased, DraftEdit, DraftWriting, false}, // of the next revision
		{DraftReleased, DraftWithdraw, DraftWithdrawn, true},
	},
	who: map[DraftEvent]acl.Action{
		DraftEdit:       acl.DraftEdit,
		DraftReview:     acl.DraftReview,
		DraftAskChanges: acl.DraftReview,
		DraftApprove:    acl.DraftApprove,
		DraftSchedule:   acl.Schedule,
		DraftUnschedule: acl.Unschedule,
		DraftRelease:    acl.Release,
		DraftWithdraw:   acl.Withdraw,
	},
}
