package mail

import (
	"context"
	"slices"
	"strings"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/sign"
	"steward/internal/cvd"
	"steward/internal/mail/read"
)

// taking is one mail on its way to where it belongs.
type taking struct {
	*Office
	ctx    context.Context
	k      kept
	raw    []byte
	m      read.Message
	thread cvd.Correspondence // zero: none was found
	known  bool               // by a tag, or by a Message-ID that only its reader can know
	ours   bool               // its Message-ID is that of a letter of ours
	from   account.Reach      // whose thread it is, if a person's with an account
	told   cvd.Correspondent  // or a contact's of an organisation that was told
}

// take decides what becomes of a mail. It may be begun again after a crash:
// each way that it can go ends in the same place when it is gone twice.
func (o *Office) take(ctx context.Context, task jobs.Task) error {
	t := &taking{Office: o, ctx: ctx}
	err := o.DB.Read(ctx, func(q db.Queryer) (err error) {
		t.k, err = o.load(ctx, q, string(task.Body))
		return err
	})
	if err != nil {
		return err
	}
	if t.k.State != Received {
		return nil
	}
	if t.raw, err = o.raw(ctx, t.k); err != nil {
		return err
	}
	if err := t.read(); err != nil {
		return err
	}
	e, caseID, err := t.route()
	if problem := refusedBy(err); problem != "" {
		// What the rules of a case refuse, a person must see.
		e, caseID, t.k.Why, err = quarantine, "", problem, nil
	}
	if err != nil {
		return err
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error { return o.settle(ctx, tx, acl.Myself(), t.k, e, caseID) })
}

// refusedBy is what a person can be told of a refusal; empty for a failure of
// ours, after which it is tried again.
func refusedBy(err error) string {
	if err == nil || errs.KindOf(err).Ours() {
		return ""
	}
	return "It could not be taken: " + errs.Public(err)
}

// read finds the thread and reads the mail with the keys of whoever may have
// signed it.
func (t *taking) read() error {
	keys, err := t.keysOf(read.From(t.raw).Addr)
	if err != nil {
		return err
	}
	t.m = t.reader(keys).Read(t.raw)
	err = t.DB.Read(t.ctx, func(q db.Queryer) (err error) {
		if job, host, _ := strings.Cut(t.m.MessageID, "@"); host == t.Host {
			known, err := t.Jobs.Status(t.ctx, q, []string{job})
			if err != nil {
				return err
			}
			t.ours = len(known) > 0
		}
		t.thread, t.known, err = t.find(q)
		if err == nil && t.thread.User != "" {
			t.from, err = t.Accounts.Reach(t.ctx, acl.Myself(), q, t.thread.User)
			if errs.Is(err, errs.NotFound) {
				err = nil // shut out meanwhile: nobody's signature is theirs
			}
		}
		return err
	})
	if err == nil && t.thread.Contact != "" {
		t.told, err = t.Cases.Correspondent(t.ctx, acl.Myself(), t.thread)
	}
	if err != nil {
		return err
	}
	if t.m.Crypto.Signature.Verdict == sign.Unknown {
		for _, k := range t.m.Keys {
			keys = append(keys, k.Armored)
		}
		if p := t.correspondent(); p != nil && p.Key != "" {
			keys = append(keys, []byte(p.Key))
		}
		if t.told.Key != "" {
			keys = append(keys, []byte(t.told.Key))
		}
		t.m = t.reader(keys).Read(t.raw)
	}
	t.k.From, t.k.Subject = t.m.From.Addr, clip(oneLine(t.m.Subject), 300)
	t.k.Remarks = nil
	for _, p := range t.m.Problems[:min(len(t.m.Problems), 20)] {
		t.k.Remarks = append(t.k.Remarks, p.Text)
	}
	return nil
}

// keysOf gives the keys that signatures are held against: those of everyone
// with an account who has this address.
func (t *taking) keysOf(from string) (keys [][]byte, err error) {
	err = t.DB.Read(t.ctx, func(q db.Queryer) error {
		users, err := t.Accounts.Holding(t.ctx, acl.Myself(), q, append([]acl.Role{""}, acl.Team...)...)
		if err != nil {
			return err
		}
		for _, u := range users {
			if !strings.EqualFold(u.Email, from) {
				continue
			}
			r, err := t.Accounts.Reach(t.ctx, acl.Myself(), q, u.ID)
			if err != nil {
				return err
			}
			if r.Key.Armored != "" {
				keys = append(keys, []byte(r.Key.Armored))
			}
		}
		return nil
	})
	return keys, err
}

func (o *Office) reader(keys [][]byte) read.Reader {
	now := o.now()
	return read.Reader{
		Own: []string{o.Address}, // a Message-ID of our host may be a colleague's: see ours
		Open: func(ciphertext []byte, limit int64) (sign.Opened, error) {
			return o.Signer.Open(ciphertext, limit, keys, now)
		},
		Detached: func(data, sig []byte) sign.Signature { return sign.VerifyDetached(data, sig, keys, now) },
		Inline:   func(text []byte) *sign.Inline { return sign.VerifyInline(text, keys, now) },
	}
}

// find looks for the thread: by the tag in an address of ours, then by what the
// mail answers. known tells that nobody but a reader of our letters could have
// named it.
func (t *taking) find(q db.Queryer) (c cvd.Correspondence, known bool, err error) {
	addresses := slices.Clone(t.k.To)
	for _, a := range append(slices.Clone(t.m.To), t.m.Cc...) {
		addresses = append(addresses, a.Addr)
	}
	for _, a := range addresses[:min(len(addresses), 50)] {
		c, ok, err := t.threadByTag(t.ctx, q, t.tagIn(a))
		if ok || err != nil {
			return c, ok, err
		}
	}
	ids := slices.Clone(t.m.References)
	slices.Reverse(ids) // the latest says most
	ids = append([]string{t.m.InReplyTo}, ids...)
	for _, id := range ids[:min(len(ids), 50)] {
		if id == "" {
			continue
		}
		c, ours, ok, err := t.threadByID(t.ctx, q, id)
		if ok || err != nil {
			return c, ok && ours, err
		}
	}
	return cvd.Correspondence{}, false, nil
}

// route brings the mail to where it belongs.
func (t *taking) route() (e event, caseID string, err error) {
	switch {
	case t.m.Kind == read.KindBounce:
		return t.bounced()
	case t.m.Kind == read.KindLoop || t.ours:
		t.k.Why = "It is a letter of ours that has come back."
		return setAside, "", nil
	case t.m.Kind == read.KindAutoReply && !t.k.Believed:
		t.k.Why = "A machine wrote it: an absence, or another automatic reply."
		return setAside, "", nil
	case t.thread.User != "":
		return t.member()
	case t.thread.Contact != "":
		return t.contacted()
	case t.thread.Report != "" && (t.known || t.sameSender()):
		return t.reply()
	case len(t.m.SpamMarks) > 0 && !t.k.Believed:
		t.k.Why = "A filter before us takes it for spam."
		return quarantine, "", nil
	case t.m.List != "" && !t.k.Believed:
		t.k.Why = "It came through a mailing list."
		return quarantine, "", nil
	case t.m.From.Addr == "" && !t.k.Believed:
		t.k.Why = "It does not say who sent it."
		return quarantine, "", nil
	case strings.TrimSpace(t.m.Text) == "" && len(t.m.Attachments) == 0 && strings.TrimSpace(t.m.Outside.Text) == "" && !t.k.Believed:
		t.k.Why = "There is nothing in it that could be read."
		return quarantine, "", nil
	}
	return t.report()
}

// sameSender tells whether the mail comes from the address that the reporter of
// the thread gave, for a thread that was found by something others may know.
func (t *taking) sameSender() bool {
	p := t.correspondent()
	return p != nil && strings.EqualFold(p.To, t.m.From.Addr)
}

// correspondent is what is known of the reporter of the thread; nil if it is
// none of a reporter, or they gave no address.
func (t *taking) correspondent() *cvd.Parcel {
	if t.thread.Report == "" {
		return nil
	}
	p, err := t.Cases.Parcel(t.ctx, acl.Myself(), cvd.Posting{On: cvd.OnAcknowledge, Case: t.thread.Case, Report: t.thread.Report})
	if err != nil {
		return nil
	}
	return p
}

// via is what people are shown of how a letter came.
func (t *taking) via() *cvd.Via {
	v := &cvd.Via{From: t.m.From.Addr, Encrypted: t.m.Crypto.Encrypted, Remarks: strings.Join(t.k.Remarks, " "), Delivery: t.k.Delivery}
	if t.m.Crypto.Signature.Verdict == sign.Good {
		v.Signed = t.m.Crypto.Signature.Fingerprint
	}
	return v
}

// bounced notes that a letter of ours came back.
func (t *taking) bounced() (event, string, error) {
	t.k.Why = "It says that a letter of ours was not delivered."
	job, host, _ := strings.Cut(t.m.Bounce.MessageID, "@")
	if host != t.Host || !db.ValidID(job) {
		return setAside, "", nil
	}
	for _, r := range t.m.Bounce.Recipients {
		if r.Action != "" && r.Action != "failed" {
			continue
		}
		words := cameBack
		if r.Status != "" {
			words += ": " + clip(oneLine(r.Status), 20)
		}
		err := t.DB.Write(t.ctx, func(tx *db.Tx) error { return t.Jobs.Bounce(t.ctx, tx, job, words) })
		if err == nil && t.Bounced != nil {
			err = t.Bounced(t.ctx, job, strings.HasPrefix(r.Status, "5."))
		}
		return setAside, "", err
	}
	return setAside, "", nil
}

// member takes what a person with an account wrote: a note for the team, or,
// to the address for it, a letter to the reporter. Their signature must be
// good; a mail that only says who it is from says nothing.
func (t *taking) member() (event, string, error) {
	good := t.m.Crypto.Signature.Verdict == sign.Good && t.from.Key.Fingerprint != "" && t.m.Crypto.Signature.Fingerprint == t.from.Key.Fingerprint
	if !good {
		t.k.Why = "It is for a thread of a member of the team and is not signed with their key."
		return quarantine, "", nil
	}
	// The signed words are what is sent once, whatever carries them.
	key := t.hash(labelDigest, t.from.ID, t.thread.Report, t.m.Crypto.Signature.Made.UTC().String(), t.m.Text)
	c := t.from.Caller()
	if t.thread.Report == "" {
		_, err := t.Cases.NoteOnce(t.ctx, c, t.thread.Case, key, t.m.Text)
		return note, t.thread.Case, err
	}
	env, err := t.Cases.NewLetter(t.ctx, c, t.thread.Case, t.thread.Report)
	if err != nil {
		return note, "", err
	}
	if err := t.attach(env, t.m.Attachments); err != nil {
		return note, "", err
	}
	_, err = t.Cases.Message(t.ctx, c, t.thread.Case, t.thread.Report, cvd.Letter{Body: t.m.Text, Files: env.Files(), Key: key})
	return note, t.thread.Case, err
}

// remember makes answers to this mail find the thread.
func (t *taking) remember(c cvd.Correspondence) error {
	return t.DB.Write(t.ctx, func(tx *db.Tx) error { return t.keepThread(t.ctx, tx, c, false, t.m.MessageID) })
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// clip cuts a text to a number of bytes.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-3], "") + "…"
}
