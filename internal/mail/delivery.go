package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
	"steward/internal/cvd"
)

// Delivery is a letter on its way, without what it says.
type Delivery struct {
	ID       string        `json:"id"`
	On       cvd.Occasion  `json:"on,omitempty"`   // why it goes out; empty: it is about no case
	Case     string        `json:"case,omitempty"` // id of the case that it is about; empty: of none
	Ref      string        `json:"ref,omitempty"`  // of that case
	Reporter bool          `json:"reporter"`       // it goes to a reporter
	To       string        `json:"to,omitempty"`   // name of the user or the contact that it goes to
	State    DeliveryState `json:"state"`
	Attempts int           `json:"attempts"`
	Created  time.Time     `json:"created"`
	Next     time.Time     `json:"next,omitzero"`     // of the attempt that follows
	Ended    time.Time     `json:"ended,omitzero"`    // when it went out or was given up
	Problem  string        `json:"problem,omitempty"` // of the last attempt

	Recipient string `json:"recipient,omitempty"` // id of the organisation that was told, to a contact of which it goes
	Contact   string `json:"contact,omitempty"`   // id of that contact on the list
}

// DeliveryState says how a letter fares.
type DeliveryState string

// The states of a delivery.
const (
	OnItsWay DeliveryState = "on its way"
	Delayed  DeliveryState = "delayed" // it failed, and is tried again
	Sent     DeliveryState = "sent"    // the mail server has it
	Failed   DeliveryState = "failed"  // given up
	CameBack DeliveryState = "came back"
	Dropped  DeliveryState = "dropped" // nobody wants it any more
)

// Stuck tells whether only a person can move it.
func (d Delivery) Stuck() bool { return d.State == Failed || d.State == CameBack }

// noRelay is the problem of a letter that was put when there was a relay.
const noRelay = "no relay for mail is set: it waits until there is one"

// cameBack begins the problem of a letter that a server gave back.
const cameBack = "it came back"

func stateOf(s jobs.Status) DeliveryState {
	switch {
	case s.State == jobs.Done:
		return Sent
	case s.State == jobs.Dropped:
		return Dropped
	case s.State == jobs.Failed && strings.HasPrefix(s.Problem, cameBack):
		return CameBack
	case s.State == jobs.Failed:
		return Failed
	case s.Problem != "":
		return Delayed
	}
	return OnItsWay
}

// shownDeliveries is how many letters of a case are listed, the latest of them.
const shownDeliveries = 200

// Deliveries gives the letters that went out or are to go out for a case and
// those merged into it, the oldest first, to who may read its messages. Who may
// not see the queue is not told of letters to the team.
func (o *Office) Deliveries(ctx context.Context, c acl.Caller, caseID string) ([]Delivery, error) {
	view, err := o.Cases.ViewParts(ctx, c, caseID, cvd.Parts{Threads: true, Told: true})
	if err == nil {
		err = acl.CheckAny(view.May, acl.MessageRead)
	}
	if err != nil {
		return nil, err
	}
	refs := map[string]string{view.ID: view.Ref}
	cases := []string{view.ID}
	for _, t := range view.Threads {
		if refs[t.Case] == "" {
			cases, refs[t.Case] = append(cases, t.Case), t.Ref
		}
	}
	var out []Delivery
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		out = nil
		for _, id := range cases {
			list, err := o.Jobs.OfScope(ctx, q, caseScope+id, shownDeliveries)
			if err != nil {
				return err
			}
			for _, s := range list {
				if s.Kind != kindLetter {
					continue
				}
				d, err := o.delivery(ctx, q, s)
				if errs.Is(err, errs.NotFound) {
					continue // it went out so long ago that nobody knows to whom
				}
				if err != nil {
					return err
				}
				d.nameContact(view)
				if d.Ref = refs[id]; d.Reporter || slices.Contains(view.May, acl.QueueRead) {
					out = append(out, d)
				}
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Delivery) int { return a.Created.Compare(b.Created) })
	return out, err
}

// caseScope begins the scope of the seal under which the letters of a case wait.
const caseScope = "case/"

// deliveryOf is what is known of a letter beside what it is for.
func (o *Office) deliveryOf(s jobs.Status) Delivery {
	d := Delivery{
		ID: s.ID, State: stateOf(s), Attempts: s.Attempts, Created: s.Created, Next: s.Next, Ended: s.Ended, Problem: s.Problem,
	}
	if o.Send == nil && s.State == jobs.Waiting {
		d.State, d.Next, d.Problem = Delayed, time.Time{}, noRelay
	}
	return d
}

// delivery reads what a letter is for; errs.NotFound if that was forgotten.
func (o *Office) delivery(ctx context.Context, q db.Queryer, s jobs.Status) (Delivery, error) {
	d := o.deliveryOf(s)
	if s.Kind != kindLetter {
		return d, nil
	}
	body, err := o.Jobs.Body(ctx, q, s.ID)
	var p cvd.Posting
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil {
		return Delivery{}, err
	}
	d.On, d.Case, d.Reporter = p.On, p.Case, p.Report != "" && p.User == ""
	d.Recipient, d.Contact, d.To = p.Recipient, p.Contact, p.Name
	if p.User != "" && p.Contact == "" {
		u, err := o.Accounts.Reach(ctx, acl.Myself(), q, p.User)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return Delivery{}, err
		}
		d.To = cmp.Or(u.Name, "someone who is shut out")
	}
	return d, nil
}

// shownTroubled is how many letters in trouble are listed.
const shownTroubled = 100

// Troubled gives the letters that were given up, came back, or failed and are
// tried again, the latest first and those of others at the end; without a relay,
// those that wait for one too.
func (o *Office) Troubled(ctx context.Context, c acl.Caller) (out []Delivery, err error) {
	if err := acl.Check(acl.MailRead, acl.MailRead, c.Role); err != nil {
		return nil, err
	}
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		out = nil
		attempts := 1
		if o.Send == nil { // they wait for a relay
			attempts = 0
		}
		list, err := o.Jobs.Troubled(ctx, q, shownTroubled, attempts, kindLetter, kindMemo)
		if err != nil {
			return err
		}
		if len(o.Others) > 0 { // of which there may be very many
			more, err := o.Jobs.Troubled(ctx, q, shownTroubled, attempts, o.Others...)
			if err != nil {
				return err
			}
			list = append(list, more...)
		}
		for _, s := range list {
			d, err := o.delivery(ctx, q, s)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Case == "" {
			continue
		}
		view, err := o.Cases.ViewParts(ctx, c, out[i].Case, cvd.Parts{Told: out[i].Contact != ""})
		if err != nil {
			return nil, err
		}
		out[i].Ref = view.Ref
		out[i].nameContact(view)
	}
	return out, nil
}

// Retry lets a letter that was given up or came back be tried again. Of a
// letter of a case it asks for the permission to write to its reporter.
func (o *Office) Retry(ctx context.Context, c acl.Caller, id string) error {
	s, err := o.status(ctx, id)
	if err != nil {
		return err
	}
	caseID, ofCase := strings.CutPrefix(s.Scope, caseScope)
	action, scope := acl.MailDecide, "delivery/"+id
	if ofCase {
		view, err := o.Cases.ViewParts(ctx, c, caseID, cvd.Parts{})
		if err != nil {
			return err
		}
		if err := acl.CheckAny(view.May, acl.MessageWrite); err != nil {
			return err
		}
		action, scope = acl.MessageWrite, s.Scope
	} else if err := acl.Check(acl.MailRead, acl.MailDecide, c.Role); err != nil {
		return err
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := o.Jobs.Retry(ctx, tx, id); err != nil {
			return err
		}
		var key *seal.Key
		if ofCase {
			if key, err = o.Keys.Key(ctx, tx, s.Scope); err != nil {
				return err
			}
		}
		return o.Audit.Append(ctx, tx, key, c, action, scope, map[string]string{"letter": id, "done": "tried again"})
	})
}

// RetryOf is Retry for a letter of one case; errs.NotFound if it is of another.
func (o *Office) RetryOf(ctx context.Context, c acl.Caller, caseID, id string) error {
	list, err := o.Deliveries(ctx, c, caseID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(d Delivery) bool { return d.ID == id }) {
		return errs.Missing()
	}
	return o.Retry(ctx, c, id)
}

// status finds a letter; errs.NotFound if there is none.
func (o *Office) status(ctx context.Context, id string) (s jobs.Status, err error) {
	if !db.ValidID(id) {
		return s, errs.Missing()
	}
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		found, err := o.Jobs.Status(ctx, q, []string{id})
		s = found[id]
		return err
	})
	if err == nil && s.Kind != kindLetter && s.Kind != kindMemo && !slices.Contains(o.Others, s.Kind) {
		err = errs.Missing()
	}
	return s, err
}

// heldShown is where the count of what is held back ends: more is "many".
const heldShown = 100

// Held tells how many mails wait for a person's word, at most 100: it is asked
// for on every page of the team.
func (o *Office) Held(ctx context.Context, c acl.Caller) (n int, err error) {
	if err := acl.Check(acl.MailRead, acl.MailRead, c.Role); err != nil {
		return 0, err
	}
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		return q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT id FROM mail_in WHERE state = $1 LIMIT $2) m`, string(Quarantined), heldShown).Scan(&n)
	})
	return n, err
}

// Get gives what is known of a mail without its text.
func (o *Office) Get(ctx context.Context, c acl.Caller, id string) (m Mail, err error) {
	if err := acl.Check(acl.MailRead, acl.MailRead, c.Role); err != nil {
		return Mail{}, err
	}
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		k, err := o.load(ctx, q, id)
		m = k.Mail
		return err
	})
	return m, err
}
