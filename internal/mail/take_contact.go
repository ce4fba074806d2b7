package mail

import (
	"fmt"

	"steward/internal/base/acl"
	"steward/internal/base/sign"
	"steward/internal/cvd"
)

// contacted takes what a contact of an organisation that was told wrote in
// answer to a letter: a note for the team, in the organisation's name. The
// signature must be good and by the key on the list: the address and the thread
// say that someone got our letter, not who writes. A person may say that a mail
// without it is theirs all the same; the note shows how it came. Nobody is
// answered by a machine.
func (t *taking) contacted() (event, string, error) {
	s := t.m.Crypto.Signature
	signed := s.Verdict == sign.Good && t.told.Fingerprint != "" && s.Fingerprint == t.told.Fingerprint
	if why := t.doubt(signed); why != "" && !t.k.Believed {
		t.k.Why = why
		return quarantine, "", nil
	}
	// The signed words are what is sent once, whatever carries them.
	key, body := t.hash(labelDigest, t.thread.Case, t.thread.Contact, s.Made.UTC().String(), t.m.Text), t.m.Text
	if !signed {
		key, body = t.k.digest, t.text()
	}
	a := cvd.Answer{Body: clip(body, maxBody), Key: key, Via: t.via()}
	if !signed {
		a.Via.Signed = "" // by a key that is not theirs, at best
	}
	if len(t.files()) > 0 || len(t.m.Problems) > 0 || len(body) > maxBody || t.m.Outside.Text != "" {
		a.Mail, t.k.lasting = t.k.ID, true
		if body == "" {
			a.Body = "The mail has no text. Its files are in the mail as it came."
		}
	}
	if err := t.Cases.KeepAnswer(t.ctx, acl.Myself(), t.thread, a); err != nil {
		return note, "", err
	}
	return note, t.thread.Case, t.remember(t.thread)
}

// doubt says why a person must look at a mail first; empty: nothing does.
func (t *taking) doubt(signed bool) string {
	switch {
	case t.told.Name == "":
		return fmt.Sprintf("It answers a letter to a contact of %s who is not on its list any more.", t.told.Organisation)
	case t.told.Barred():
		return fmt.Sprintf("It answers a letter to %s, which is suspended or off its list.", t.told.Organisation)
	case !signed:
		return fmt.Sprintf("It answers a letter to a contact of %s and is not signed with the key that the list has of them.", t.told.Organisation)
	}
	return ""
}
