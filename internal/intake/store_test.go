package intake

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
)

func newDesk(t *testing.T) *Desk {
	t.Helper()
	keys, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sign.Generate(rand.Reader, "Example Team", "security@example.org", testTime.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &Desk{
		Keys: keys, Signer: signer, Team: "Example Team", AnswerWithin: 72 * time.Hour,
		Clock: func() time.Time { return testTime }, Rand: rand.Reader,
	}
}

// receive does what package cvd does with a submission: it looks whether it was
// sent before, else makes a case with a key and files it.
func receive(ctx context.Context, d *db.DB, desk *Desk, o Original, findings []Finding) (Filed, *seal.Key, error) {
	var f Filed
	var key *seal.Key
	err := d.Write(ctx, func(tx *db.Tx) error {
		known, resent, err := desk.Resent(ctx, tx, o)
		if err != nil {
			return err
		}
		if resent {
			f = known
			key, err = desk.Keys.Key(ctx, tx, "case/"+known.CaseID)
			return err
		}
		caseID := db.NewID(rand.Reader)
		if key, err = desk.Keys.Create(ctx, tx, "case/"+caseID); err != nil {
			return err
		}
		f, err = desk.File(ctx, tx, key, caseID, o, findings)
		return err
	})
	return f, key, err
}

func mustReceive(t *testing.T, d *db.DB, desk *Desk, s Submission, findings ...Finding) (Filed, *seal.Key) {
	t.Helper()
	f, key, err := receive(t.Context(), d, desk, accept(t, s), findings)
	if err != nil {
		t.Fatal(err)
	}
	return f, key
}

func read[T any](t *testing.T, d *db.DB, f func(q db.Queryer) (T, error)) (T, error) {
	t.Helper()
	var out T
	err := d.Read(t.Context(), func(q db.Queryer) (err error) {
		out, err = f(q)
		return err
	})
	return out, err
}

func TestReportIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := newDesk(t)
		s := goodSubmission()
		s.Attachments = append(s.Attachments, Attachment{Ref: blob.Ref{ID: "blob2", Size: 1 << 40, SHA256: "cd"}, Name: "b.txt", Type: "no type"})
		o := accept(t, s)
		findings := []Finding{{Field: "what", Code: NoImpact, Message: "m", Why: "w", Hint: "h"}}
		f, key := mustReceive(t, d, desk, s, findings...)
		if f.Channel != Web || !f.ReceivedAt.Equal(testTime) || !f.AnswerBy.Equal(testTime.Add(72*time.Hour)) || !db.ValidID(f.ID) {
			t.Errorf("filed: %+v", f)
		}
		r, err := read(t, d, func(q db.Queryer) (Report, error) { return Read(t.Context(), q, key, f.ID) })
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(r.Original)
		if !reflect.DeepEqual(r.Filed, f) || !bytes.Equal(r.Original, o.bytes) || r.SHA256 != o.SHA256() || r.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("read: %+v", r)
		}
		if r.Submission.What != s.What || r.Submission.Reporter != s.Reporter || r.Submission.Token != "" {
			t.Errorf("submission: %+v", r.Submission)
		}
		if !slices.Equal(r.Findings, findings) {
			t.Errorf("findings: %+v", r.Findings)
		}
		want := []Attachment{
			{Ref: s.Attachments[0].Ref, Name: "poc.c", Type: "text/x-c"},
			{Ref: s.Attachments[1].Ref, Name: "b.txt", Type: "application/octet-stream"},
		}
		for i, a := range r.Attachments {
			one, err := read(t, d, func(q db.Queryer) (Attachment, error) { return AttachmentOf(t.Context(), q, key, f.ID, a.ID) })
			if err != nil || one != a || !db.ValidID(a.ID) {
				t.Errorf("attachment %s alone: %+v, %v", a.ID, one, err)
			}
			a.ID = ""
			if a != want[i] {
				t.Errorf("attachment %d: %+v, want %+v", i, a, want[i])
			}
		}
		if len(r.Attachments) != 2 || !slices.Equal(r.Submission.Attachments, r.Attachments) {
			t.Errorf("attachments: %+v", r.Attachments)
		}
		if _, err := read(t, d, func(q db.Queryer) (Attachment, error) { return AttachmentOf(t.Context(), q, key, f.ID, "other") }); !errs.Is(err, errs.NotFound) {
			t.Errorf("an attachment that is not there: %v", err)
		}
		blobs, err := read(t, d, func(q db.Queryer) (map[string]string, error) { return Blobs(t.Context(), q) })
		if err != nil || !maps.Equal(blobs, map[string]string{"blob1": f.CaseID, "blob2": f.CaseID}) {
			t.Errorf("blobs: %q, %v", blobs, err)
		}
	})
}

func TestReportsAreFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := newDesk(t)
		_, key := mustReceive(t, d, desk, goodSubmission())
		other := goodSubmission()
		other.Token, other.Attachments = "token-of-a-form-0002", nil
		g, otherKey := mustReceive(t, d, desk, other)
		if got, err := read(t, d, func(q db.Queryer) (Filed, error) { return Find(t.Context(), q, g.ID) }); err != nil || got != g {
			t.Errorf("found: %+v, %v", got, err)
		}
		if r, err := read(t, d, func(q db.Queryer) (Report, error) { return Read(t.Context(), q, otherKey, g.ID) }); err != nil || len(r.Attachments) != 0 || len(r.Findings) != 0 {
			t.Errorf("without attachments: %+v, %v", r, err)
		}
		for _, id := range []string{"", "nothing", strings.Repeat("a", 26)} {
			if _, err := read(t, d, func(q db.Queryer) (Filed, error) { return Find(t.Context(), q, id) }); !errs.Is(err, errs.NotFound) {
				t.Errorf("Find(%q): %v", id, err)
			}
			if _, err := read(t, d, func(q db.Queryer) (Report, error) { return Read(t.Context(), q, key, id) }); !errs.Is(err, errs.NotFound) {
				t.Errorf("Read(%q): %v", id, err)
			}
		}
		if _, err := read(t, d, func(q db.Queryer) (Report, error) { return Read(t.Context(), q, key, g.ID) }); err == nil || errs.KindOf(err) != errs.Internal {
			t.Errorf("the key of another case: %v", err)
		}
	})
}

func TestPhraseFindsItsReport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := newDesk(t)
		o := accept(t, goodSubmission())
		f, _ := mustReceive(t, d, desk, goodSubmission())
		receipt, err := desk.Receipt(f, o)
		if err != nil {
			t.Fatal(err)
		}
		look := func(phrase string) (got [2]string, err error) {
			return read(t, d, func(q db.Queryer) ([2]string, error) {
				report, kase, err := desk.ReportByPhrase(t.Context(), q, phrase)
				return [2]string{report, kase}, err
			})
		}
		for _, phrase := range []string{receipt.Phrase.Words(), strings.ToUpper(receipt.Phrase.Words()), strings.ReplaceAll(receipt.Phrase.Words(), " ", "\n")} {
			if got, err := look(phrase); err != nil || got != [2]string{f.ID, f.CaseID} {
				t.Errorf("got %q, %v", got, err)
			}
		}
		if got, err := look(letterPhrase); !errs.Is(err, errs.NotFound) || got != [2]string{} || errs.Public(err) != errs.Public(errs.Missing()) {
			t.Errorf("a phrase of no report: %q, %v", got, err)
		}
		if _, err := look("one two three"); !errs.Is(err, errs.Invalid) {
			t.Errorf("no phrase: %v", err)
		}
		// Another installation derives other phrases.
		if p := newDesk(t).phrase(o); p == receipt.Phrase {
			t.Error("the phrase does not depend on the master key")
		}
	})
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := newDesk(t)
		o := accept(t, goodSubmission())
		f, _ := mustReceive(t, d, desk, goodSubmission())
		first, err := desk.Receipt(f, o)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := sign.VerifyClearsigned(desk.Signer.PublicKey(), first.Statement)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Example Team", f.ID, o.SHA256(), "2026-11-23T09:30:15.123456Z", "2026-11-26T09:30:15Z"} {
			if !strings.Contains(string(plain), want) {
				t.Errorf("the statement lacks %q:\n%s", want, plain)
			}
		}
		// A word of the phrase may be a word of the statement by chance; three in a row are not.
		private, words := []string{f.CaseID, "SOCKS5", "Zoë"}, strings.Fields(first.Phrase.Words())
		for i := range len(words) - 2 {
			private = append(private, strings.Join(words[i:i+3], " "))
		}
		statement := strings.Join(strings.Fields(string(plain)), " ")
		for _, p := range private {
			if strings.Contains(statement, p) {
				t.Errorf("the statement holds %q", p)
			}
		}
		// The same form, sent again later: the same receipt, and nothing new is kept.
		desk.Clock = func() time.Time { return testTime.Add(time.Hour) }
		again := goodSubmission()
		again.Attachments[0].Ref.ID = "put a second time"
		g, _ := mustReceive(t, d, desk, again)
		second, err := desk.Receipt(g, accept(t, again))
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("sent again: %+v, %v; first %+v", second, err, first)
		}
		kept, err := read(t, d, func(q db.Queryer) (n int, err error) {
			err = q.QueryRow(t.Context(), `SELECT count(*) FROM reports`).Scan(&n)
			return n, err
		})
		if err != nil || kept != 1 {
			t.Errorf("%d reports are kept, %v", kept, err)
		}
		// The same form with another text is refused, with a way out.
		changed := goodSubmission()
		changed.What += "!"
		_, _, err = receive(t.Context(), d, desk, accept(t, changed), nil)
		if e, ok := errors.AsType[*errs.Error](err); !ok || e.Kind != errs.Conflict || e.Hint == "" {
			t.Errorf("the same form with another text: %v", err)
		}
	})
}

func TestSameFormAtTheSameMoment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := newDesk(t)
		o := accept(t, goodSubmission())
		filed := make([]Filed, 8)
		var wg sync.WaitGroup
		for i := range filed {
			wg.Go(func() {
				f, _, err := receive(t.Context(), d, desk, o, nil)
				if err != nil {
					t.Error(err)
				}
				filed[i] = f
			})
		}
		wg.Wait()
		if len(slices.Compact(filed)) != 1 {
			t.Errorf("one form became several reports: %+v", filed)
		}
		// Whoever did not ask Resent is stopped by the database.
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			key, err := desk.Keys.Create(t.Context(), tx, "case/x")
			if err != nil {
				return err
			}
			_, err = desk.File(t.Context(), tx, key, "x", o, nil)
			return err
		})
		if !db.IsUnique(err) {
			t.Errorf("the same form filed twice: %v", err)
		}
	})
}

// No private text is in the files of the database, in any spelling that a
// search would find.
func TestNothingPrivateInTheDatabaseFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := db.Open(t.Context(), filepath.Join(dir, "steward.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	desk := newDesk(t)
	s := Submission{
		Token: "canary-in-the-token", Channel: Web, Product: "canary-product", Versions: "canary-versions", Summary: "canary-summary",
		What: "canary-what", Reproduce: "canary-reproduce", Impact: "canary-impact", PublicPlan: "canary-plan",
		Reporter: Reporter{Name: "canary-name", Contact: "canary-contact"}, Credit: Credit{Want: CreditYes, Name: "canary-credit"},
		Attachments: []Attachment{{Ref: blob.Ref{ID: "blob1", SHA256: "canary-hash"}, Name: "canary-file", Type: "canary/type"}},
	}
	f, key := mustReceive(t, d, desk, s, Finding{Message: "canary-finding"})
	o := accept(t, s)
	receipt, err := desk.Receipt(f, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := read(t, d, func(q db.Queryer) (Report, error) { return Read(t.Context(), q, key, f.ID) })
	if err != nil || !strings.Contains(fmt.Sprintf("%s %+v", r.Original, r), "canary-what") {
		t.Fatalf("the canaries were not kept: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		phrase := receipt.Phrase
		for _, secret := range []string{"canary", o.SHA256(), phrase.Words(), hex.EncodeToString(phrase.entropy[:]), string(phrase.entropy[:])} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %q", e.Name(), secret)
			}
		}
	}
}

func TestStatementNeedsNoTeamName(t *testing.T) {
	t.Parallel()
	desk := newDesk(t)
	for _, team := range []string{"", " \n ", "Team\nof two lines  "} {
		desk.Team = team
		if _, err := desk.Statement(Filed{ID: "x", ReceivedAt: testTime, AnswerBy: testTime}, "00"); err != nil {
			t.Errorf("%q: %v", team, err)
		}
	}
}
