package cvd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/predisclosure"
)

// Correspondent is a contact of an organisation that was told, as one must know
// them to judge a mail that says it is theirs.
type Correspondent struct {
	Organisation string
	Name         string // empty: the contact is not on the list any more
	Key          string // OpenPGP key on the list, armored, whether or not it is good now
	Fingerprint  string // of that key
	Place        predisclosure.State
}

// Barred tells whether nothing of it is taken without a person's word.
func (c Correspondent) Barred() bool { return bars(c.Place) }

// Answer is what a contact wrote in answer to a letter.
type Answer struct {
	Body string
	Key  string // names it: what is sent twice under one key is kept once
	Via  *Via   // how it came
	Mail string // id of the mail, if more came along than the text
}

// Correspondent says who writes in a thread with a contact; errs.NotFound if no
// such organisation was told. c is acl.Myself().
func (s *Store) Correspondent(ctx context.Context, c acl.Caller, t Correspondence) (out Correspondent, err error) {
	if err := acl.Check(acl.MailTake, acl.MailTake, ownRoles(c)...); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		o, err := s.load(ctx, q, t.Case)
		if err == nil {
			out, _, err = s.correspondent(ctx, q, o, t)
		}
		return err
	})
	return out, err
}

func (s *Store) correspondent(ctx context.Context, q db.Queryer, o *opened, t Correspondence) (Correspondent, *Recipient, error) {
	r := o.recipient(t.Recipient)
	if r == nil {
		return Correspondent{}, nil, errs.Missing()
	}
	place, err := s.placeOf(ctx, q, r)
	out := Correspondent{Organisation: r.Name, Place: place.State}
	if i := slices.IndexFunc(place.Contacts, func(k predisclosure.Contact) bool { return k.ID == t.Contact }); i >= 0 && t.Contact != "" {
		k := place.Contacts[i]
		out.Name, out.Key, out.Fingerprint = k.Name, k.Key, k.Fingerprint
	}
	return out, r, err
}

// KeepAnswer keeps what a contact of an organisation that was told has written:
// a note for the team alone, in the organisation's name. Whether it is theirs is
// for the caller to judge, who is acl.Myself(). Nobody outside the team hears of
// it: not the other organisations, nor the reporter, nor who wrote it.
func (s *Store) KeepAnswer(ctx context.Context, c acl.Caller, t Correspondence, a Answer) error {
	return s.deedOnAny(ctx, c, t.Case, acl.MailTake, func(d *deed) error {
		who, r, err := s.correspondent(ctx, d.tx, d.opened, t)
		if err != nil {
			return err
		}
		if known, err := d.sentBefore(a.Key, "case_notes"); err != nil || known {
			return err
		}
		if err := checkLetter(a.Body); err != nil {
			return err
		}
		n := Note{ID: d.letterID(a.Key), By: Person{Name: cmp.Or(who.Name, a.Via.From)}, At: d.now, Body: a.Body, Organisation: r.Name, Via: a.Via, Mail: a.Mail}
		if err := d.insertNote(n); err != nil {
			return err
		}
		r.Answered = d.now
		d.note("organisation", "%s", r.Name)
		return d.postTeam(OnAnswer, d.ID, "", n.ID)
	})
}

// insertNote writes a note.
func (d *deed) insertNote(n Note) error {
	b, err := sealed(d.key, noteContext(n.ID), n)
	if err != nil {
		return err
	}
	_, err = d.tx.Exec(d.ctx, `INSERT INTO case_notes (id, case_id, at, body) VALUES ($1, $2, $3, $4)`, n.ID, d.ID, db.Micros(n.At), b)
	if err != nil {
		return fmt.Errorf("keeping a note: %w", err)
	}
	d.note("note", "%s", n.ID)
	return nil
}

// answerText is a note of an organisation for who reads notes.
func answerText(ctx context.Context, q db.Queryer, o *opened, id string) (string, error) {
	list, err := notes(ctx, q, o)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(n Note) bool { return n.ID == id })
	if i < 0 {
		return "", errs.Missing()
	}
	n := list[i]
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s:\n\n%s\n", n.Organisation, n.By.Name, n.Body)
	if n.Mail != "" {
		b.WriteString("\nMore came along: it is in the mail as it came, on the page of notes.\n")
	}
	return b.String(), nil
}
