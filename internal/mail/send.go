package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/cvd"
	"steward/internal/mail/compose"
)

// kindLetter is the job that brings a letter of a case to one person.
const kindLetter = "letter"

// Post puts a letter of a case into the queue, in the transaction of the deed
// that it tells of. Without a relay it goes nowhere.
func (o *Office) Post(ctx context.Context, tx *db.Tx, p cvd.Posting) error {
	if o.Send == nil {
		return nil
	}
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("posting a letter: %w", err)
	}
	_, err = o.Jobs.Put(ctx, tx, jobs.Job{Kind: kindLetter, Key: p.Key(), Scope: p.Scope(), Body: body})
	return err
}

// How many letters go out, and how many mails are looked at, at the same time.
const (
	sending = 8
	taken   = 2
)

// letterTime is how long a letter may take. Servers think long about the end of
// one (rfc5321:4.5.3.2.6), and who does not wait for the answer is in doubt.
const letterTime = 12 * time.Minute

// Workers do what the office has put into the queue. Letters that were put when
// there was a relay, and find none, wait for it: none is tried in vain, and none
// given up.
func (o *Office) Workers() []jobs.Worker {
	workers := []jobs.Worker{{Kind: kindIn, Do: o.take, Most: taken, Limit: 2 * time.Minute}}
	if o.Send == nil {
		return workers
	}
	return append(workers,
		jobs.Worker{Kind: kindLetter, Do: o.sendLetter, Most: sending, Limit: letterTime},
		jobs.Worker{Kind: kindMemo, Do: o.sendMemo, Most: sending, Limit: letterTime})
}

// sendLetter brings one letter to the relay. Its Message-ID is that of the job,
// so that a letter which went out twice, and more often it cannot, is one to its
// reader's program.
func (o *Office) sendLetter(ctx context.Context, t jobs.Task) error {
	var p cvd.Posting
	if err := json.Unmarshal(t.Body, &p); err != nil {
		return jobs.Permanent("the letter cannot be read", err)
	}
	parcel, err := o.Cases.Parcel(ctx, acl.Myself(), p)
	if errs.Is(err, errs.NotFound) {
		return jobs.Unwanted // nobody may read it any more
	}
	if err != nil {
		return err
	}
	l := o.letter(t, parcel)
	if err := o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := o.keepThread(ctx, tx, parcel.Thread, true, l.MessageID, o.root(parcel.Thread)); err != nil {
			return err
		}
		if !forTheTeam(p.On) {
			return nil
		}
		return o.keepThread(ctx, tx, onward(parcel), true)
	}); err != nil {
		return err
	}
	msg, err := o.write(l, parcel)
	if err != nil {
		return err
	}
	return o.send(ctx, t, parcel.To, msg)
}

// send hands a message to the relay, and has it written down just before the
// end of it that from then on it may arrive.
func (o *Office) send(ctx context.Context, t jobs.Task, to string, msg []byte) error {
	return o.Send(ctx, o.Address, to, msg, func() error { return o.Jobs.Doubt(ctx, t.ID) })
}

// letter is what both forms of a letter have in common.
func (o *Office) letter(t jobs.Task, p *cvd.Parcel) compose.Letter {
	root := o.root(p.Thread)
	return compose.Letter{
		From: compose.Address{Name: o.Team, Email: o.Address}, To: compose.Address{Name: p.Name, Email: p.To},
		ReplyTo: compose.Address{Name: o.Team, Email: o.tagged(o.tag(p.Thread))},
		Date:    t.Created, MessageID: t.ID + "@" + o.Host, InReplyTo: root, References: []string{root},
		Automatic: p.On != cvd.OnMessage, Autocrypt: true,
	}
}

// write gives the letter as it goes out: all of it, encrypted to its reader's
// key, or the word that there is something to read.
func (o *Office) write(l compose.Letter, p *cvd.Parcel) ([]byte, error) {
	trouble := ""
	if p.Private != nil {
		to, err := o.readers.key(p.Key, l.Date)
		if err == nil {
			l.Subject, l.Text = p.Private.Subject, p.Private.Text+o.footer(p)
			for _, f := range p.Private.Files {
				l.Attachments = append(l.Attachments, compose.Attachment{Name: f.Name, Type: f.Type, Data: f.Data})
			}
			return compose.Encrypted(l, o.Signer, to, "", o.Rand)
		}
		trouble = errs.Public(err)
	}
	l.Subject, l.Text = o.notice(p, trouble)
	return compose.Plain(l, o.Rand)
}

// forTheTeam tells whether a letter asks its reader to write to a reporter.
func forTheTeam(on cvd.Occasion) bool { return on == cvd.OnReport || on == cvd.OnReply }

// onward is the thread in which a member of the team writes to the reporter.
func onward(p *cvd.Parcel) cvd.Correspondence {
	return cvd.Correspondence{Case: p.Thread.Case, Report: p.About, User: p.Thread.User}
}

// footer says where an answer goes.
func (o *Office) footer(p *cvd.Parcel) string {
	switch {
	case forTheTeam(p.On):
		return fmt.Sprintf("\n-- \nThe case: %s%s\nAn answer to this letter, signed with your key, becomes a note for the team.\nTo write to the reporter instead, send it to %s.\n",
			o.BaseURL, p.Link, o.tagged(o.tag(onward(p))))
	case p.Thread.Report != "":
		return fmt.Sprintf("\n-- \nYou can answer this letter, or write to us at %s%s.\n", o.BaseURL, p.Link)
	case p.Thread.Contact != "":
		return fmt.Sprintf("\n-- \n%s%s\nAn answer to this letter, signed with the key that our list has of you, goes to the team alone.\n", o.BaseURL, p.Link)
	default:
		return fmt.Sprintf("\n-- \n%s%s\n", o.BaseURL, p.Link)
	}
}
