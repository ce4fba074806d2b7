package cvd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// Unlock gives the caller who holds a case phrase, as typed. To know the
// phrase is the permission; one that opens nothing is errs.NotFound, one that
// is written wrong errs.Invalid or errs.Problems, which name its words: show
// them to that person alone and log none.
func (s *Store) Unlock(ctx context.Context, phrase string) (acl.Caller, error) {
	var report, caseID string
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) { // guesses do not keep the writer busy
		report, caseID, err = s.Desk.ReportByPhrase(ctx, q, phrase)
		return err
	})
	if err != nil {
		return acl.Nobody(), err
	}
	c := acl.HolderOf(report)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		o, err := s.load(ctx, tx, caseID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, o, c, ownRoles(c), acl.MailboxRead, map[string]string{"ref": o.Ref, "report": report})
	})
	return c, err
}

// Claim gives the receipt of a report that came by mail, with its phrase, to
// whoever shows the code of the letter that we sent, once. To know the code is
// the permission; one that opens nothing is errs.NotFound, one that was used or
// has expired errs.Conflict.
func (s *Store) Claim(ctx context.Context, code string) (intake.Receipt, error) {
	var receipt intake.Receipt
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		f, err := s.Desk.Claimed(ctx, tx, code)
		if err != nil {
			return err
		}
		o, err := s.load(ctx, tx, f.CaseID)
		if err != nil {
			return err
		}
		token, err := s.Desk.Claim(ctx, tx, o.key, f.ID)
		if err != nil {
			return err
		}
		r, err := intake.Read(ctx, tx, o.key, f.ID)
		if err != nil {
			return err
		}
		if receipt, err = s.Desk.ReceiptAgain(r, token); err != nil {
			return err
		}
		c := acl.HolderOf(f.ID)
		return s.record(ctx, tx, o, c, ownRoles(c), acl.MailboxRead, map[string]string{"ref": o.Ref, "report": f.ID, "claimed": "the case phrase"})
	})
	return receipt, err
}

// post is a reporter's own case and the one in which it is handled: the same
// unless it was merged.
type post struct {
	report string
	own    *opened
	root   *opened
}

// mailbox finds the mailbox of the caller's report; errs.NotFound for anyone
// but its reporter.
func (s *Store) mailbox(ctx context.Context, q db.Queryer, c acl.Caller, a acl.Action) (*post, error) {
	if err := acl.Check(acl.MailboxRead, a, ownRoles(c)...); err != nil {
		return nil, err
	}
	if !db.ValidID(c.Report) {
		return nil, errs.Missing()
	}
	f, err := intake.Find(ctx, q, c.Report)
	if err != nil {
		return nil, err
	}
	own, err := s.load(ctx, q, f.CaseID)
	if err != nil {
		return nil, err
	}
	m := &post{report: f.ID, own: own, root: own}
	if own.State == Merged {
		if m.root, err = s.load(ctx, q, own.MergedInto); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Mailbox gives a reporter all that they may see, and marks the team's letters
// as read.
func (s *Store) Mailbox(ctx context.Context, c acl.Caller) (*Mailbox, error) {
	var box *Mailbox
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		m, err := s.mailbox(ctx, q, c, acl.MailboxRead)
		if err != nil {
			return err
		}
		box, err = fill(ctx, q, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, l := range slices.Backward(box.Messages) {
		if l.From == FromTeam && l.Read.IsZero() {
			return box, s.receive(ctx, c, l.At)
		}
	}
	return box, nil
}

// receive records that the reporter has the team's letters up to a time: not
// one that came after the mailbox was read.
func (s *Store) receive(ctx context.Context, c acl.Caller, until time.Time) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mailbox(ctx, tx, c, acl.MailboxRead)
		if err != nil {
			return err
		}
		d := s.newDeed(ctx, tx, c, ownRoles(c), m.own)
		if err := d.read(m.own.ID, FromTeam, until); err != nil {
			return err
		}
		d.note("read", "all")
		return s.record(ctx, tx, m.own, c, d.roles, acl.MailboxRead, d.detail)
	})
}

// fill puts a mailbox together. Nothing of another reporter is in it.
func fill(ctx context.Context, q db.Queryer, m *post) (*Mailbox, error) {
	r, err := intake.Read(ctx, q, m.own.key, m.report)
	if err != nil {
		return nil, err
	}
	root := m.root
	box := &Mailbox{
		Ref: m.own.Ref, Received: m.own.Received, Status: root.status(), Phase: root.State,
		Together: m.own != root, Next: root.next(root.policy, DueAcknowledge, DueStatus), Ladder: root.Ladder, Plan: m.own.ReporterPlan,
		Credit: root.credit(m.report), Advisory: root.Advisory,
		Encrypted: strings.TrimSpace(r.Submission.PGPKey) != "",
	}
	if box.Together {
		box.Status = "We handle your report together with another one. " + box.Status
	}
	if e := root.Embargo.Active; e != nil {
		box.Embargo = &Terms{Until: e.Until, Zone: e.Zone}
	}
	if p := root.Embargo.Proposal; p != nil {
		box.Proposed = &Terms{Until: p.Until, Zone: p.Zone}
	}
	for _, a := range r.Attachments {
		box.Files = append(box.Files, reportFile(a, r.ReceivedAt))
	}
	sh, shown := root.shared(m.report)
	if !shown {
		sh, shown = m.own.shared(m.report)
	}
	if shown {
		box.Draft, box.Armored, box.Shown = sh.Draft, sh.Armored, sh.At
	}
	if box.Messages, err = messages(ctx, q, m.own, true); err != nil {
		return nil, err
	}
	for i := range box.Messages {
		l := &box.Messages[i]
		l.By = Person{}
		if l.Armored != "" {
			l.Body = ""
		}
	}
	return box, nil
}

// Reply writes to the team. It waits for an answer from then on, even if the
// case is closed or was merged.
func (s *Store) Reply(ctx context.Context, c acl.Caller, r Reply) (Message, error) {
	var msg Message
	resent := false
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mailbox(ctx, tx, c, acl.MailboxWrite)
		if err != nil {
			return err
		}
		d := s.newDeed(ctx, tx, c, ownRoles(c), m.own)
		if known, err := d.sentBefore(r.Key, "case_messages"); err != nil || known {
			resent = known
			return err
		}
		if msg, err = d.reply(m, r); err != nil {
			return err
		}
		if !r.Plan.IsZero() {
			if d.ReporterPlan, err = plan(r.Plan, d.now); err != nil {
				return err
			}
			m.root.ReporterPlan = d.ReporterPlan
			d.setBy(DueReporter, "the reporter")
			m.root.setBy(DueReporter, "the reporter")
			d.note("plan", "%s", dateText(d.ReporterPlan))
		}
		if m.root != m.own {
			if err := m.root.save(ctx, tx); err != nil {
				return err
			}
		}
		return d.end(acl.MailboxWrite)
	})
	if err == nil && resent {
		err = s.discard(r.Files)
	}
	return msg, err
}

// letterID gives the id of what is written under a key, the same each time; a
// new one for what has none.
func (d *deed) letterID(key string) string {
	if key == "" {
		return db.NewID(d.s.Rand)
	}
	sum := sha256.Sum256([]byte("letter\x00" + d.ID + "\x00" + key))
	return db.NewID(bytes.NewReader(sum[:]))
}

// sentBefore tells whether what has this key is kept already.
func (d *deed) sentBefore(key, table string) (bool, error) {
	if key == "" {
		return false, nil
	}
	var n int
	if err := d.tx.QueryRow(d.ctx, `SELECT COUNT(*) FROM `+table+` WHERE id = $1`, d.letterID(key)).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for a letter that was sent before: %w", err)
	}
	return n > 0, nil
}

// plan checks the date on which a reporter means to go public.
func plan(at, now time.Time) (time.Time, error) {
	if at.Before(now.Add(-24*time.Hour)) || at.Sub(now) > maxEmbargo {
		return time.Time{}, errs.Invalidf("plan", "The date must be in the next two years.")
	}
	return date(at), nil
}

// reply keeps a reporter's letter and makes the case wait for the answer.
func (d *deed) reply(m *post, r Reply) (Message, error) {
	body, files := r.Body, r.Files
	if len(files) == 0 || strings.TrimSpace(body) != "" {
		if err := checkLetter(body); err != nil {
			return Message{}, err
		}
	}
	var n, size int64
	err := d.tx.QueryRow(d.ctx, `SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0) FROM case_messages WHERE report_id = $1 AND side = $2`,
		m.report, string(FromReporter)).Scan(&n, &size)
	if err != nil {
		return Message{}, fmt.Errorf("counting messages: %w", err)
	}
	if n >= maxLetters || size+int64(len(body)) > maxThread {
		return Message{}, errs.Conflictf("This mailbox is full: it holds %d messages of yours.", n).
			WithHint("send what is long as an attached file with a short message, or open a new report")
	}
	msg := Message{ID: d.letterID(r.Key), Report: m.report, From: FromReporter, At: d.now, Body: body, Via: r.Via}
	var es []enclosure
	for _, f := range files {
		es = append(es, enclosure{plain: f})
	}
	if err := d.s.insertMessage(d.ctx, d.tx, m.own.key, m.own.ID, &msg, es); err != nil {
		return Message{}, err
	}
	if err := d.s.tryFiles(d.ctx, d.tx, m.own, msg.ID, names(files)); err != nil {
		return Message{}, err
	}
	m.root.AnswerBy = sooner(m.root.AnswerBy, d.s.Desk.AnswerBy(d.now))
	m.root.Asked = time.Time{}
	d.note("message", "%s", msg.ID)
	return msg, d.postTeam(OnReply, m.root.ID, m.report, msg.ID)
}

// ConfirmCredit says whether and how the reporter wishes to be named. A
// comment goes to the team as a message.
func (s *Store) ConfirmCredit(ctx context.Context, c acl.Caller, w CreditWish) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mailbox(ctx, tx, c, acl.CreditConfirm)
		if err != nil {
			return err
		}
		if m.root.Review.State == DraftWithdrawn {
			return errs.Conflictf("The advisory was withdrawn: its credits no longer change.")
		}
		named, err := w.named()
		if err != nil {
			return err
		}
		d := s.newDeed(ctx, tx, c, ownRoles(c), m.own)
		k := Credit{Report: m.report, Consent: Declined, Named: named, At: d.now}
		if w.Agree {
			k.Consent = Agreed
		}
		if strings.TrimSpace(w.Comment) != "" {
			if _, err := d.reply(m, Reply{Body: w.Comment}); err != nil {
				return err
			}
		}
		d.note("consent", "%s", k.Consent)
		if m.root != m.own {
			root := s.newDeed(ctx, tx, c, d.roles, m.root)
			root.setCredit(k)
			if err := root.keep(); err != nil {
				return err
			}
		}
		d.setCredit(k)
		return d.end(acl.CreditConfirm)
	})
}
