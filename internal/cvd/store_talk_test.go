package cvd

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
	"steward/internal/intake"
)

func TestTalkWithTheReporter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		promised := day0.Add(100 * time.Hour)
		k.must(k.Acknowledge(k.ctx, handler, a.caseID, Letter{Body: "We look into it.", NextStatus: promised}))
		if v := k.view(handler, a.caseID); v.State != Verification || v.Acknowledged.IsZero() || v.Next.What != DueStatus {
			t.Errorf("acknowledged: %+v", v.Summary)
		}
		k.refused(k.Acknowledge(k.ctx, handler, a.caseID, Letter{}), errs.Conflict)

		box := k.box(a)
		if len(box.Messages) != 1 || box.Messages[0].Body != "We look into it." || box.Messages[0].By != (Person{}) {
			t.Fatalf("mailbox: %+v", box.Messages)
		}
		if box.Next == nil || !box.Next.At.Equal(promised) || box.Phase != Verification {
			t.Errorf("the promise is not in the mailbox: %+v", box)
		}
		if v := k.view(handler, a.caseID); v.Threads[0].Messages[0].Read.IsZero() || v.Threads[0].Messages[0].By.Name != handler.Name {
			t.Errorf("the team does not see that it was read: %+v", v.Threads[0].Messages[0])
		}

		env, err := k.NewReply(k.ctx, a.caller)
		k.must(err)
		attach(k, env, "trace.txt", "a trace")
		plan := day0.Add(1000 * time.Hour)
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "Here is a trace.", Plan: plan, Files: env.Files()})
		k.must(err)
		v := k.view(handler, a.caseID)
		if v.Unread != 1 || v.Next.What != DueAnswer {
			t.Errorf("a message waits and %d are unread; next is %+v", v.Unread, v.Next)
		}
		letter := v.Threads[0].Messages[1]
		r, f, err := k.Attachment(k.ctx, handler, a.caseID, letter.Files[0].ID)
		if got := readAll(k, r, err); got != "a trace" || f.Name != "trace.txt" || f.From != FromReporter {
			t.Errorf("the team reads %q of %+v", got, f)
		}
		r, _, err = k.MailboxFile(k.ctx, a.caller, letter.Files[0].ID)
		if got := readAll(k, r, err); got != "a trace" {
			t.Errorf("the reporter reads %q", got)
		}

		out, err := k.NewLetter(k.ctx, handler, a.caseID, "")
		k.must(err)
		attach(k, out, "fix.diff", "a diff")
		_, err = k.Message(k.ctx, second, a.caseID, "", Letter{Files: out.Files()})
		k.must(err)
		v = k.view(handler, a.caseID)
		if v.Unread != 0 || v.Next == nil || v.Next.What != DueReporter || !v.Next.At.Equal(plan) {
			t.Errorf("answered: %d unread, next is %+v", v.Unread, v.Next)
		}
		box = k.box(a)
		r, _, err = k.MailboxFile(k.ctx, a.caller, box.Messages[2].Files[0].ID)
		if got := readAll(k, r, err); got != "a diff" {
			t.Errorf("the reporter reads %q", got)
		}

		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "Thanks."})
		k.must(err)
		k.must(k.MarkRead(k.ctx, handler, a.caseID))
		if v = k.view(handler, a.caseID); v.Unread != 0 || v.Next.What != DueReporter {
			t.Errorf("marked as read: %+v", v.Summary)
		}
	})
}

func TestFirstLetterAcknowledges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		_, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "Thank you."})
		k.must(err)
		if v := k.view(lead, a.caseID); v.State != Verification || v.Acknowledged.IsZero() {
			t.Errorf("answered and still not acknowledged: %+v", v.Summary)
		}
	})
}

func TestLettersAreBounded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a, b := k.report(), k.report()
		for _, body := range []string{"", " \n", strings.Repeat("x", maxLetter+1), "bad \xff text", "nul \x00"} {
			_, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: body})
			k.refused(err, errs.Invalid)
			_, err = k.Reply(k.ctx, a.caller, Reply{Body: body})
			k.refused(err, errs.Invalid)
			_, err = k.Note(k.ctx, handler, a.caseID, body)
			k.refused(err, errs.Invalid)
		}
		_, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "x", NextStatus: day0.Add(-time.Hour)})
		k.refused(err, errs.Invalid)
		_, err = k.Message(k.ctx, handler, a.caseID, b.report, Letter{Body: "to the wrong reporter"})
		k.refused(err, errs.NotFound)
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "x", Plan: day0.AddDate(30, 0, 0)})
		k.refused(err, errs.Invalid)
		k.must(d.Write(k.ctx, func(tx *db.Tx) error {
			for range maxLetters {
				_, err := tx.Exec(k.ctx, `INSERT INTO case_messages (id, case_id, report_id, side, at, read_at, body)
					VALUES ($1, $2, $3, 'reporter', 0, 1, $4)`, db.NewID(rand.Reader), a.caseID, a.report, []byte{})
				if err != nil {
					return err
				}
			}
			return nil
		}))
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "one too many"})
		k.refused(err, errs.Conflict)

		long := strings.Repeat("x", maxLetter)
		for sent := 0; ; sent += maxLetter {
			if _, err = k.Reply(k.ctx, b.caller, Reply{Body: long}); err != nil {
				if sent < maxThread*9/10 || sent > maxThread {
					t.Errorf("a mailbox took %d bytes", sent)
				}
				break
			}
		}
		k.refused(err, errs.Conflict)
		_, err = k.Reply(k.ctx, b.caller, Reply{Body: "short"})
		k.must(err)
	})
}

// TestRepliesAreEncryptedToTheReporter: with a key, the mailbox holds of the
// team's letters, files and drafts only what that key opens.
func TestRepliesAreEncryptedToTheReporter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		own, err := sign.Generate(rand.Reader, "Dana", "dana@example.net", day0.AddDate(-1, 0, 0))
		k.must(err)
		a := k.report(func(s *intake.Submission) { s.PGPKey = string(own.PublicKey()) })
		env, err := k.NewLetter(k.ctx, handler, a.caseID, "")
		k.must(err)
		attach(k, env, "plan.txt", "the secret plan")
		k.must(k.Acknowledge(k.ctx, handler, a.caseID, Letter{Body: "A secret answer.", Files: env.Files()}))
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid, Reason: "A secret reason."}))
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), Text{Overview: "A secret draft."}))
		k.must(k.ShareDraft(k.ctx, handler, a.caseID, ""))
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "My own words."})
		k.must(err)

		box := k.box(a)
		text := jsonOf(t, box)
		if strings.Contains(text, "secret") || !strings.Contains(text, "My own words.") || !box.Encrypted {
			t.Errorf("the mailbox holds clear text:\n%s", text)
		}
		opens := func(armored, want string) {
			t.Helper()
			plain, err := own.Decrypt([]byte(armored), 1<<20)
			if err != nil || !strings.Contains(string(plain), want) {
				t.Errorf("opens to %q, %v; want %q", plain, err, want)
			}
		}
		opens(box.Messages[0].Armored, "A secret answer.")
		opens(box.Messages[1].Armored, "A secret reason.")
		opens(box.Armored, "A secret draft.")
		f := box.Messages[0].Files[0]
		r, _, err := k.MailboxFile(k.ctx, a.caller, f.ID)
		opens(readAll(k, r, err), "the secret plan")
		if f.Name != "plan.txt.asc" {
			t.Errorf("file: %+v", f)
		}

		v := k.view(second, a.caseID)
		if m := v.Threads[0].Messages[0]; m.Body != "A secret answer." || m.Files[0].Name != "plan.txt" {
			t.Errorf("the team sees %+v", m)
		}
		r, _, err = k.Attachment(k.ctx, second, a.caseID, f.ID)
		if got := readAll(k, r, err); got != "the secret plan" {
			t.Errorf("the team reads %q", got)
		}
		kept, err := k.Kept(k.ctx, system)
		k.must(err)
		if len(kept) != 2 {
			t.Errorf("%d blobs are kept, want the file and its encrypted form", len(kept))
		}
	})
}

// TestLetterThatFailsLeavesNoFiles: what was encrypted for a letter that was
// refused goes away with it.
func TestLetterThatFailsLeavesNoFiles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report(func(s *intake.Submission) { s.PGPKey = string(signer().PublicKey()) })
		env, err := k.NewLetter(k.ctx, handler, a.caseID, "")
		k.must(err)
		attach(k, env, "a", "b")
		_, err = k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "x", NextStatus: day0.Add(-time.Hour), Files: env.Files()})
		k.refused(err, errs.Invalid)
		k.must(env.Discard())
		for range k.Blobs.List() {
			t.Error("a file of a refused letter is kept")
		}
	})
}

func TestReporterSeesTheirOwnThreadOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		env, err := k.NewReport(k.ctx, stranger)
		k.must(err)
		attach(k, env, "a", "first file")
		r, err := k.Receive(k.ctx, stranger, env, submission(), nil)
		k.must(err)
		first := k.arrived(r)
		dup := k.report(func(s *intake.Submission) { s.Reporter.Name, s.Credit.Want = "Eve", intake.CreditNo })
		for _, a := range []arrival{first, dup} {
			_, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "to " + a.report})
			k.must(err)
		}
		k.must(k.Merge(k.ctx, handler, dup.caseID, first.caseID, ""))
		_, err = k.Message(k.ctx, handler, first.caseID, dup.report, Letter{Body: "to the second reporter"})
		k.must(err)
		fileID := k.view(lead, first.caseID).Reports[0].Files[0].ID

		text := jsonOf(t, k.box(dup))
		if strings.Contains(text, "to "+first.report) || strings.Contains(text, "Dana") || strings.Contains(text, first.caseID) || strings.Contains(text, "2026-0001") {
			t.Errorf("the second reporter sees the first: %s", text)
		}
		if !strings.Contains(text, "to "+dup.report) || !strings.Contains(text, "to the second reporter") {
			t.Errorf("the second reporter does not see their own: %s", text)
		}
		if text := jsonOf(t, k.box(first)); strings.Contains(text, "second reporter") || strings.Contains(text, "Eve") {
			t.Errorf("the first reporter sees the second: %s", text)
		}
		_, _, err = k.MailboxFile(k.ctx, dup.caller, fileID)
		k.refused(err, errs.NotFound)
		_, _, err = k.Attachment(k.ctx, lead, dup.caseID, fileID)
		k.refused(err, errs.NotFound)
	})
}
