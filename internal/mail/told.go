package mail

import (
	"context"
	"slices"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/cvd"
)

// Notified is an organisation that was told under embargo, with how the letters of
// its latest notice fare.
type Notified struct {
	cvd.RecipientView
	Notice  NoticeState `json:"notice"`
	Letters []ToContact `json:"letters,omitempty"` // one for each contact who is on the list or was written to
}

// ToContact is the letter of a notice to one contact; Delivery is nil if there
// is none: no mail goes out from here, or they came to the list later.
type ToContact struct {
	cvd.ContactView
	Delivery *Delivery `json:"delivery,omitempty"`
}

// NoticeState says whether an organisation has got its notice.
type NoticeState string

// The states of a notice. The first three need a person.
const (
	NoticeMissed  NoticeState = "not delivered"     // to nobody, and nothing more is tried
	NoticeNone    NoticeState = "no letter"         // nothing was posted: there is no mail, or nobody to write to
	NoticePartly  NoticeState = "delivered to some" // a letter to another contact failed or came back
	NoticeDelayed NoticeState = "delayed"           // not delivered yet, and tried again
	NoticeUnder   NoticeState = "on its way"
	NoticeSent    NoticeState = "sent" // the mail server has it
)

// Lost tells whether a notice has reached nobody and will not without a person.
func (t Notified) Lost() bool { return t.Notice == NoticeMissed || t.Notice == NoticeNone }

// noticeState is that of a notice by its letters.
func noticeState(letters []ToContact) NoticeState {
	n := map[DeliveryState]int{}
	for _, l := range letters {
		if l.Delivery != nil {
			n[l.Delivery.State]++
		}
	}
	stuck := n[Failed]+n[CameBack] > 0
	switch {
	case n[Sent] > 0 && stuck:
		return NoticePartly
	case n[Sent] > 0:
		return NoticeSent
	case n[OnItsWay] > 0:
		return NoticeUnder
	case n[Delayed] > 0:
		return NoticeDelayed
	case stuck || n[Dropped] > 0:
		return NoticeMissed
	}
	return NoticeNone
}

// Told gives the organisations that were told of a case, to who sees the queue,
// each with the letters of the notice that it got last. They are found by the
// deed that they belong to, and so after it is forgotten what was in them.
func (o *Office) Told(ctx context.Context, c acl.Caller, caseID string) ([]Notified, error) {
	view, err := o.Cases.ViewParts(ctx, c, caseID, cvd.Parts{Told: true})
	if err == nil {
		err = acl.CheckAny(view.May, acl.QueueRead)
	}
	if err != nil || view.Told == nil {
		return nil, err
	}
	var out []Notified
	err = o.DB.Read(ctx, func(q db.Queryer) error {
		out = nil
		for _, r := range view.Told.Recipients {
			t := Notified{RecipientView: r}
			for _, p := range r.People {
				l := ToContact{ContactView: p}
				if l.Delivery, err = o.noticeTo(ctx, q, view.ID, &r, p); err != nil {
					return err
				}
				t.Letters = append(t.Letters, l)
			}
			t.Notice, t.People = noticeState(t.Letters), nil
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

// noticeTo finds the letter of the latest notice to a contact: as the user whom
// they are now, as none, or as one whom they were when it was posted.
func (o *Office) noticeTo(ctx context.Context, q db.Queryer, caseID string, r *cvd.RecipientView, p cvd.ContactView) (*Delivery, error) {
	if p.Contact == "" {
		return nil, nil
	}
	for _, user := range append([]string{p.User, ""}, r.Contacts...) {
		post := cvd.Posting{On: cvd.OnNotice, Case: caseID, User: user, Recipient: r.ID, Contact: p.Contact, What: r.Sending}
		s, ok, err := o.Jobs.Named(ctx, q, kindLetter, post.Key())
		if err != nil {
			return nil, err
		}
		if ok {
			d := o.deliveryOf(s)
			d.On, d.Case, d.To, d.Recipient, d.Contact = cvd.OnNotice, caseID, p.Name, r.ID, p.Contact
			return &d, nil
		}
	}
	return nil, nil
}

// nameContact says to whom a letter to a contact goes, as far as the list still
// has them.
func (d *Delivery) nameContact(v *cvd.View) {
	if d.Contact == "" {
		return
	}
	d.To = "a contact who is off the list"
	if v.Told == nil {
		return
	}
	i := slices.IndexFunc(v.Told.Recipients, func(r cvd.RecipientView) bool { return r.ID == d.Recipient })
	if i < 0 {
		return
	}
	r := v.Told.Recipients[i]
	for _, p := range r.People {
		if p.Contact == d.Contact {
			d.To = p.Name
		}
	}
	d.To += ", " + r.Name
}
