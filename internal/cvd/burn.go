package cvd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// BurnState is whether the embargo was ended because of a leak.
type BurnState string

// The states.
const (
	BurnNone      BurnState = "none"
	BurnProposed  BurnState = "proposed" // a second person has to confirm
	BurnBurned    BurnState = "burned"   // for good
	BurnWithdrawn BurnState = "withdrawn"
)

// BurnEvent is something that moves it.
type BurnEvent string

// The events. Store.Burn makes the first three, Store.KeepEmbargo the last.
const (
	BurnPropose  BurnEvent = "propose"
	BurnConfirm  BurnEvent = "confirm"
	BurnAlone    BurnEvent = "alone" // one person, who says why at some length
	BurnWithdraw BurnEvent = "withdraw"
)

var burnTable = table[BurnState, BurnEvent]{
	noun: "The leak response",
	moves: []move[BurnState, BurnEvent]{
		{BurnNone, BurnPropose, BurnProposed, true},
		{BurnNone, BurnAlone, BurnBurned, true},

		{BurnProposed, BurnConfirm, BurnBurned, false},
		{BurnProposed, BurnAlone, BurnBurned, true},
		{BurnProposed, BurnWithdraw, BurnWithdrawn, true},

		{BurnWithdrawn, BurnPropose, BurnProposed, true},
		{BurnWithdrawn, BurnAlone, BurnBurned, true},
	},
	who: map[BurnEvent]acl.Action{
		BurnPropose: acl.Burn, BurnConfirm: acl.Burn, BurnAlone: acl.Burn, BurnWithdraw: acl.Burn,
	},
}

// minAlone is the least length of the reason of one who acts alone, in
// characters: enough to be held to.
const minAlone = 20

// Burned is the end of an embargo because of a leak: who wanted it and why,
// what became public, and who had seen what by then.
type Burned struct {
	State     BurnState `json:"state"`
	By        Person    `json:"by"`        // who proposed it, or did it alone
	Confirmed Person    `json:"confirmed"` // the second person; nobody for who acted alone
	Alone     bool      `json:"alone,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Asked     time.Time `json:"asked,omitzero"` // when it was proposed
	At        time.Time `json:"at,omitzero"`    // when it was done
	Withdrawn string    `json:"withdrawn,omitempty"`

	Advisory  string   `json:"advisory,omitempty"`  // id of what was released with it
	Prenotice string   `json:"prenotice,omitempty"` // or of the announcement that a fix comes
	NotReady  []string `json:"notReady,omitempty"`  // sentences: why there is no more
	Seen      []Seen   `json:"seen,omitempty"`
}

// Seen is what someone had seen, and from when to when. Days stand for what is
// recorded by the day.
type Seen struct {
	Who   string    `json:"who"`
	Org   string    `json:"org,omitempty"`
	What  string    `json:"what"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// event is what a person who asks for it does in this state.
func (b *Burned) event(alone bool) BurnEvent {
	switch {
	case alone:
		return BurnAlone
	case b.State == BurnProposed:
		return BurnConfirm
	}
	return BurnPropose
}

// ask moves the leak response: it tells whether the embargo ends now.
func (b *Burned) ask(reason string, alone bool, by Person, now time.Time) (bool, error) {
	b.State = cmp.Or(b.State, BurnNone)
	event := b.event(alone)
	to, err := burnTable.step(b.State, event, reason)
	if err != nil {
		return false, err
	}
	if err := checkReason("reason", reason); err != nil {
		return false, err
	}
	switch event {
	case BurnPropose:
		*b = Burned{State: to, By: by, Reason: reason, Asked: now}
		return false, nil
	case BurnConfirm:
		if by.Is(b.By) {
			return false, errs.Conflictf("You have proposed it yourself: someone else confirms it.").
				WithHint("if nobody can be reached, do it alone and say why")
		}
		b.Confirmed = by
	case BurnAlone:
		if utf8.RuneCountInString(strings.TrimSpace(reason)) < minAlone {
			return false, errs.Invalidf("reason", "Say why in at least %d characters: nobody else looks at it first.", minAlone)
		}
		b.By, b.Reason, b.Alone = by, reason, true
	}
	b.State, b.At = to, now
	return true, nil
}

// takeBack ends a proposal that nobody has confirmed.
func (b *Burned) takeBack(reason string) error {
	to, err := burnTable.step(cmp.Or(b.State, BurnNone), BurnWithdraw, reason)
	if err != nil {
		return err
	}
	if err := checkReason("reason", reason); err != nil {
		return err
	}
	b.State, b.Withdrawn = to, reason
	return nil
}

// end ends the embargo, whatever its state.
func (e *Embargo) burn(reason string, by Person, now time.Time) error {
	why := "It has leaked: " + reason
	if len(why) > maxReason {
		why = "It has leaked."
	}
	switch e.State {
	case EmbargoProposed:
		return e.Move(EmbargoReject, Terms{Reason: why}, by, now)
	case EmbargoActive, EmbargoRevise:
		return e.Move(EmbargoExit, Terms{Reason: why}, by, now)
	}
	return nil
}

// burnText is what everyone who must keep silent is told.
func (c *Case) burnText() string {
	var b strings.Builder
	b.WriteString("The embargo on this matter has ended: it has become known, or may have.\nYou need not keep silent any longer.\n\n")
	switch {
	case c.Burned.Advisory != "":
		fmt.Fprintf(&b, "The advisory %s is public now.\n", c.Burned.Advisory)
	case c.Burned.Prenotice != "":
		fmt.Fprintf(&b, "The notice %s, which says that a fix comes, is public now. The advisory follows.\n", c.Burned.Prenotice)
	default:
		b.WriteString("Nothing of ours is public yet. The advisory follows.\n")
	}
	b.WriteString("Please ship what you have ready. If you know how it became known, tell us.\n")
	return b.String()
}

// burnTask asks the second person.
var burnTask = task{code: "burn", text: "Confirm that the embargo ends at once, or take the proposal back.",
	why:    "Someone says that it has leaked. Each hour that passes, attackers know more than users.",
	action: acl.Burn,
	when:   func(c asked) bool { return c.Burned.State == BurnProposed && !c.Public() },
	done:   func(asked) bool { return false },
	due:    func(c asked) time.Time { return c.Burned.Asked },
}

// burnEvents are the moves that are possible now and that the roles allow.
func (c *Case) burnEvents(roles []acl.Role) []BurnEvent {
	if c.Public() {
		return nil
	}
	return burnTable.allowed(cmp.Or(c.Burned.State, BurnNone), roles)
}

// burnedFor is the record as far as the roles reach; nil: there is none.
func (c *Case) burnedFor(roles []acl.Role) *Burned {
	audits := acl.Allow(acl.AuditRead, roles...)
	if c.Burned.State == BurnNone || c.Burned.State == "" || (!audits && !acl.Allow(acl.Burn, roles...)) {
		return nil
	}
	b := c.Burned
	if !audits {
		b.Seen = nil
	}
	return &b
}

// seenBy gathers days and times of one thing that one person saw.
type seenBy struct{ all []Seen }

func (s *seenBy) add(x Seen) {
	i := slices.IndexFunc(s.all, func(o Seen) bool { return o.Who == x.Who && o.Org == x.Org && o.What == x.What })
	if i < 0 {
		s.all = append(s.all, x)
		return
	}
	s.all[i].First = sooner(s.all[i].First, x.First)
	if x.Last.After(s.all[i].Last) {
		s.all[i].Last = x.Last
	}
}

func (s *seenBy) sorted() []Seen {
	slices.SortFunc(s.all, func(a, b Seen) int {
		return cmp.Or(a.First.Compare(b.First), strings.Compare(a.Org, b.Org), strings.Compare(a.Who, b.Who), strings.Compare(a.What, b.What))
	})
	return s.all
}
