package mail

import (
	"context"
	"encoding/json"
	"fmt"

	"steward/internal/base/db"
	"steward/internal/base/jobs"
	"steward/internal/mail/compose"
)

// kindMemo is the job that brings a memo.
const kindMemo = "memo"

// memoScope is that of the seal under which memos wait.
const memoScope = "memo"

// Memo is a letter that is about no case. It holds nothing that must not be
// read on its way; where a key is given, it is encrypted all the same.
type Memo struct {
	Key     string `json:"key"` // names it among all memos: it is sent once
	To      string `json:"to"`
	Name    string `json:"name,omitempty"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	PGPKey  string `json:"pgpKey,omitempty"` // armored; empty: none is known

	Unsubscribe string `json:"unsubscribe,omitempty"` // https address that ends the subscription that it is for
	ListID      string `json:"listID,omitempty"`      // of the list that it goes to, rfc2919:3
	List        string `json:"list,omitempty"`        // name of that
}

// PostMemo puts a memo into the queue, in the transaction of the deed that it
// tells of.
func (o *Office) PostMemo(ctx context.Context, tx *db.Tx, m Memo) error {
	if o.Send == nil {
		return nil
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("posting a memo: %w", err)
	}
	_, err = o.Jobs.Put(ctx, tx, jobs.Job{Kind: kindMemo, Key: m.Key, Scope: memoScope, Body: body})
	return err
}

func (o *Office) sendMemo(ctx context.Context, t jobs.Task) error {
	var m Memo
	if err := json.Unmarshal(t.Body, &m); err != nil {
		return jobs.Permanent("the letter cannot be read", err)
	}
	return o.Deliver(ctx, t, m)
}

// Deliver brings a memo to the relay, in the hands of the worker of a job.
func (o *Office) Deliver(ctx context.Context, t jobs.Task, m Memo) error {
	l := compose.Letter{
		From: compose.Address{Name: o.Team, Email: o.Address}, To: compose.Address{Name: m.Name, Email: m.To},
		Subject: m.Subject, Text: m.Text, Date: t.Created, MessageID: t.ID + "@" + o.Host, Automatic: true,
	}
	if m.Unsubscribe != "" || m.ListID != "" {
		l.List = &compose.List{ID: m.ListID, Name: m.List, Unsubscribe: m.Unsubscribe}
	}
	var msg []byte
	to, err := o.readers.key(m.PGPKey, l.Date)
	if m.PGPKey != "" && err == nil {
		l.Autocrypt = true
		msg, err = compose.Encrypted(l, o.Signer, to, "", o.Rand)
	} else {
		msg, err = compose.Plain(l, o.Rand)
	}
	if err != nil {
		return err
	}
	return o.send(ctx, t, m.To, msg)
}
