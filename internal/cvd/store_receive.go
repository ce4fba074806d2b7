package cvd

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/intake"
)

// Receive files a report and opens its case, in one transaction: when it
// returns, both are kept. env is nil for a report without files; found is what
// intake.Linter remarks. The same submission sent again (by its token) gives
// the same receipt.
func (s *Store) Receive(ctx context.Context, c acl.Caller, env *Envelope, sub intake.Submission, found []intake.Finding) (intake.Receipt, error) {
	roles := senderRoles(c)
	action := acl.ReportSubmit
	if sub.Channel == intake.Internal {
		action, sub.FoundBy = acl.ReportOpen, c.Name
	}
	if err := acl.Check(acl.ReportSubmit, action, roles...); err != nil {
		return intake.Receipt{}, err
	}
	sub.Attachments = nil // no file is sealed with a key of ours but by an envelope
	if env != nil {
		sub.Attachments = env.files
	}
	o, err := sub.Accept(s.now())
	if err != nil {
		return intake.Receipt{}, err
	}
	var filed intake.Filed
	var resent bool
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if filed, resent, err = s.Desk.Resent(ctx, tx, o); err != nil || resent {
			return err
		}
		filed, err = s.file(ctx, tx, c, roles, action, env, o, found)
		return err
	})
	if err != nil {
		return intake.Receipt{}, err
	}
	if resent && env != nil {
		if err := env.Discard(); err != nil {
			return intake.Receipt{}, err
		}
	}
	return s.Desk.Receipt(filed, o)
}

// senderRoles are the roles in which the caller sends a report: who is only
// invited to cases is like anyone on the internet.
func senderRoles(c acl.Caller) []acl.Role {
	if roles := ownRoles(c); len(roles) > 0 {
		return roles
	}
	return []acl.Role{acl.Anonymous}
}

// file writes the report, its case and the record.
func (s *Store) file(ctx context.Context, tx *db.Tx, c acl.Caller, roles []acl.Role, a acl.Action, env *Envelope, o intake.Original, found []intake.Finding) (intake.Filed, error) {
	caseID, key, err := s.caseKey(ctx, tx, env)
	if err != nil {
		return intake.Filed{}, err
	}
	filed, err := s.Desk.File(ctx, tx, key, caseID, o, found)
	if err != nil {
		return intake.Filed{}, err
	}
	check, err := s.arrived(ctx, tx, o.Submission(), caseID)
	if err != nil {
		return intake.Filed{}, err
	}
	number, err := s.number(ctx, tx, filed.ReceivedAt.Year(), check != "")
	if err != nil {
		return intake.Filed{}, err
	}
	k := &opened{Case: newCase(caseID, refOf(number), filed), number: number, key: key, policy: &s.Settings.Policy}
	k.Check = check
	k.takeOver(o.Submission(), found)
	k.Crowd = s.Crowd != nil && slices.Equal(roles, []acl.Role{acl.Anonymous}) && s.Crowd()
	if err := k.insert(ctx, tx); err != nil {
		return intake.Filed{}, err
	}
	err = s.record(ctx, tx, k, c, roles, a, map[string]string{
		"ref": k.Ref, "report": filed.ID, "channel": string(filed.Channel),
		"findings": strconv.Itoa(len(found)), "files": strconv.Itoa(len(o.Submission().Attachments)),
	})
	if err != nil {
		return intake.Filed{}, err
	}
	if !k.Crowd && k.Check == "" {
		if err := s.tryFiles(ctx, tx, k, "", names(o.Submission().Attachments)); err != nil {
			return intake.Filed{}, err
		}
	}
	return filed, s.announceReport(ctx, tx, k, o.Submission())
}

// announceReport tells whoever is on call of a new report and, if it came by
// mail and is not of long ago, gives its sender the receipt. What comes in a crowd wakes nobody.
func (s *Store) announceReport(ctx context.Context, tx *db.Tx, k *opened, sub intake.Submission) error {
	if k.Check != "" {
		return nil
	}
	if sub.Channel == intake.Mail && !sub.Quiet && mailAddress(sub.Reporter.Contact) != "" {
		if err := s.Desk.KeepClaim(ctx, tx, k.key, k.Report, sub.Token); err != nil {
			return err
		}
		if err := s.post(ctx, tx, Posting{On: OnReceipt, Case: k.ID, Report: k.Report, Token: sub.Token}); err != nil {
			return err
		}
	}
	if k.Crowd {
		return nil
	}
	return s.postOnCall(ctx, tx, Posting{On: OnReport, Case: k.ID})
}

// caseKey gives the key that the envelope's files are sealed with, or that of
// a new case.
func (s *Store) caseKey(ctx context.Context, tx *db.Tx, env *Envelope) (string, *seal.Key, error) {
	if env != nil && env.key != nil {
		return env.caseID, env.key, nil
	}
	id := db.NewID(s.Rand)
	key, err := s.Keys.Create(ctx, tx, scopeOf(id))
	return id, key, err
}

// takeOver takes from a submission what the team works with: no text of it
// but the title, which never reaches the draft.
func (c *Case) takeOver(sub intake.Submission, found []intake.Finding) {
	c.Subject = advisory.OneLine(sub.Summary)
	c.Findings = len(found)
	if day, err := time.Parse(time.DateOnly, strings.TrimSpace(sub.PublicPlan)); err == nil {
		c.ReporterPlan = day
		c.setBy(DueReporter, "the reporter")
	}
	credit := Credit{Report: c.Report, Consent: Unasked}
	switch sub.Credit.Want {
	case intake.CreditYes:
		name := sub.Credit.Name
		if strings.TrimSpace(name) == "" {
			name = sub.Reporter.Name
		}
		wish := CreditWish{Agree: true, Name: name}
		if named, err := wish.named(); err == nil {
			credit.Consent, credit.At, credit.Named = Agreed, c.Received, named
		}
	case intake.CreditNo:
		credit.Consent, credit.At = Declined, c.Received
	}
	c.setCredit(credit)
}

// creditRole is how a reporter has helped, in the words of advisory.Credit.
const creditRole = "reporter"

// perYear is how many cases a year can have; the last of them are checks of
// channels, so that these make no gaps among the others.
const (
	perYear    = 1_000_000
	firstCheck = 900_000
)

// number allots the number of a case, or of a check of a channel.
func (s *Store) number(ctx context.Context, tx *db.Tx, year int, check bool) (int64, error) {
	if !check {
		return nextNumber(ctx, tx, year)
	}
	n, err := nextNumber(ctx, tx, -year)
	return n + 2*int64(year)*perYear + firstCheck, err
}

// nextNumber allots the number of a case.
func nextNumber(ctx context.Context, tx *db.Tx, year int) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, `INSERT INTO case_numbers (year, last) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET last = case_numbers.last + 1 RETURNING last`, year).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("allotting the number of a case: %w", err)
	}
	return int64(year)*perYear + n, nil
}

func refOf(number int64) string { return fmt.Sprintf("%d-%04d", number/perYear, number%perYear) }

// numberOf reads a reference; errs.Invalid if it is none.
func numberOf(ref string) (int64, error) {
	year, n, ok := strings.Cut(strings.TrimSpace(ref), "-")
	y, err := strconv.ParseUint(year, 10, 16)
	m, err2 := strconv.ParseUint(n, 10, 32)
	if !ok || err != nil || err2 != nil || y < 1000 || m == 0 || m >= perYear {
		return 0, errs.Invalidf("ref", "This is no reference of a case.").WithHint("write it as 2026-0007")
	}
	return int64(y)*perYear + int64(m), nil
}

// Original gives the exact bytes of a report of the case, of which the receipt
// holds the hash; empty report: of the one that opened the case.
func (s *Store) Original(ctx context.Context, c acl.Caller, caseID, report string) ([]byte, error) {
	var original []byte
	err := s.look(ctx, c, caseID, acl.ReportRead, seenReport, func(q db.Queryer, o *opened, roles []acl.Role) error {
		if !acl.Allow(acl.MessageRead, roles...) { // it names the reporter
			return errs.Deniedf("Your role does not allow this (%s).", acl.MessageRead).WithHint("ask a lead of the team")
		}
		th, err := s.thread(ctx, q, o, report)
		if err != nil {
			return err
		}
		r, err := intake.Read(ctx, q, th.key, th.report)
		original = r.Original
		return err
	})
	return original, err
}
