package torture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/cvd"
	"steward/internal/publish"
	"steward/internal/publish/render"
)

// result is what a look at a data directory found.
type result struct {
	seen  int      // of what was acknowledged
	lost  []string // acknowledged and not there, or not with its bytes
	twice []string // there more often than it was sent
	wrong []string // half there, damaged, or not to be explained
}

func (r *result) lose(format string, args ...any) {
	r.lost = append(r.lost, fmt.Sprintf(format, args...))
}
func (r *result) fail(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// examiner compares a data directory with a ledger.
type examiner struct {
	*app.App
	*result
	l    *ledger
	lead acl.Caller
}

// examine opens a data directory and looks for everything that the ledger says
// was acknowledged.
func (s *server) examine(ctx context.Context, dir string, l *ledger) *result {
	r := &result{}
	a, err := app.Open(ctx, app.Dir(dir), app.Options{})
	if err != nil {
		r.lose("everything: the data directory cannot be opened: %v", err)
		return r
	}
	x := &examiner{App: a, result: r, l: l, lead: s.people[acl.Lead].Caller}
	for what, look := range map[string]func(context.Context) error{
		"reports": x.reports, "cases": x.cases, "names": x.names, "releases": x.releases, "record": x.record, "blobs": x.blobs,
	} {
		if err := look(ctx); err != nil {
			r.fail("%s: %v", what, err)
		}
	}
	for _, fault := range l.faults {
		r.fail("an answer: %s", fault)
	}
	if err := a.Close(); err != nil {
		r.fail("closing: %v", err)
	}
	return r
}

// reports looks each acknowledged report up by its phrase.
func (x *examiner) reports(ctx context.Context) error {
	return x.DB.Read(ctx, func(q db.Queryer) error {
		ids := map[string]string{}
		for _, r := range x.l.reports {
			if !r.acked {
				continue
			}
			x.seen++
			id, _, err := x.Desk.ReportByPhrase(ctx, q, r.Phrase)
			switch {
			case err != nil || r.Report != "" && id != r.Report:
				x.lose("report %s: %v", r.key, err)
			case ids[id] != "":
				x.lose("report %s: its phrase opens that of %s", r.key, ids[id])
			}
			r.Report, ids[id] = id, r.key
		}
		var reports, cases int
		if err := q.QueryRow(ctx, `SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM cases)`).Scan(&reports, &cases); err != nil {
			return err
		}
		if reports > len(x.l.reports) {
			x.twice = append(x.twice, fmt.Sprintf("%d reports were sent, %d are there", len(x.l.reports), reports))
		}
		if cases != reports {
			x.fail("%d reports have %d cases", reports, cases)
		}
		return nil
	})
}

// cases reads what the ledger says of a case: the report's bytes, its files,
// letters and deeds. It reads every case with more than a report of which
// something is new, and every twentieth of the others.
func (x *examiner) cases(ctx context.Context) error {
	letters, deeds, fresh := map[*report][]*letter{}, map[*report][]*deed{}, map[*report]bool{}
	for i, m := range x.l.letters {
		letters[m.report] = append(letters[m.report], m)
		fresh[m.report] = fresh[m.report] || i >= x.l.known[1]
	}
	for i, d := range x.l.deeds {
		deeds[d.report] = append(deeds[d.report], d)
		fresh[d.report] = fresh[d.report] || i >= x.l.known[2]
	}
	for i, r := range x.l.reports {
		look := fresh[r] || len(r.files) > 0 && i >= x.l.known[0] || i%20 == 0
		if !r.acked || !look {
			continue
		}
		var id string
		err := x.DB.Read(ctx, func(q db.Queryer) (err error) {
			_, id, err = x.Desk.ReportByPhrase(ctx, q, r.Phrase)
			return err
		})
		if err != nil {
			continue // lost, as was said
		}
		if err := x.oneCase(ctx, id, r, letters[r], deeds[r]); err != nil {
			x.lose("the case of report %s: %v", r.key, err)
		}
	}
	return nil
}

func (x *examiner) oneCase(ctx context.Context, id string, r *report, letters []*letter, deeds []*deed) error {
	original, err := x.Cases.Original(ctx, x.lead, id, "")
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(original); hex.EncodeToString(sum[:]) != r.SHA256 || !strings.Contains(string(original), r.key) {
		return errors.New("its bytes are not those that were acknowledged")
	}
	v, err := x.Cases.View(ctx, x.lead, id)
	if err != nil {
		return err
	}
	if err := x.files(ctx, v.ID, r.files, v.Reports[0].Files); err != nil {
		return err
	}
	messages := map[string][]cvd.Message{}
	for _, m := range v.Threads[0].Messages {
		if m.From != cvd.FromTeam {
			messages[m.Body] = append(messages[m.Body], m)
		}
	}
	for _, sent := range letters {
		got := messages[sent.mark]
		if sent.acked {
			x.seen++
		}
		switch {
		case len(got) > 1:
			x.twice = append(x.twice, "letter "+sent.mark)
		case len(got) == 0 && sent.acked:
			x.lose("letter %s", sent.mark)
		case len(got) == 1:
			if err := x.files(ctx, v.ID, sent.files, got[0].Files); err != nil {
				return err
			}
		}
	}
	return x.deeds(ctx, v, deeds)
}

// files compares files with those that were sent, to the last byte.
func (x *examiner) files(ctx context.Context, id string, sent []file, kept []cvd.File) error {
	if len(sent) != len(kept) {
		return fmt.Errorf("%d files in place of %d", len(kept), len(sent))
	}
	for i, f := range kept {
		r, _, err := x.Cases.Attachment(ctx, x.lead, id, f.ID)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, r)
		if err := errors.Join(err, r.Close()); err != nil {
			return err
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != sent[i].sum || f.Name != sent[i].name {
			return fmt.Errorf("file %s is not the one that was sent", f.Name)
		}
	}
	return nil
}

// deeds finds the mark of each acknowledged deed in the case, and counts the
// entries of the team in its record: one for each that was acknowledged, and
// at most one for each that was not.
func (x *examiner) deeds(ctx context.Context, v *cvd.View, deeds []*deed) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	entries, err := x.Cases.Timeline(ctx, x.lead, v.ID)
	if err != nil {
		return err
	}
	recorded, acked := 0, 0
	for _, e := range entries {
		if e.Actor != acl.HolderOf("").ID && e.Actor != acl.Nobody().ID && e.Actor != acl.Myself().ID {
			recorded++
		}
	}
	for _, d := range deeds {
		if !d.acked {
			continue
		}
		x.seen++
		acked++
		if d.path == "schedule" && x.l.due && v.Advisory == "" {
			x.lose("the timed release of case %s", v.Ref)
		}
		if d.mark != "" && !strings.Contains(string(text), d.mark) {
			x.lose("%s of case %s", d.path, v.Ref)
		}
	}
	if recorded < acked {
		x.lose("case %s: %d of %d deeds are in the record", v.Ref, recorded, acked)
	}
	if recorded > len(deeds) {
		x.twice = append(x.twice, fmt.Sprintf("case %s: %d deeds were sent, %d are in the record", v.Ref, len(deeds), recorded))
	}
	return nil
}

// names looks for people and tokens.
func (x *examiner) names(ctx context.Context) error {
	users, err := x.Accounts.Users(ctx, x.lead)
	if err != nil {
		return err
	}
	there := map[string]int{}
	for _, u := range users {
		there[u.Name]++
	}
	tokens, err := x.Accounts.Tokens(ctx, x.lead, x.lead.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		there[t.Name]++
	}
	for _, n := range x.l.names {
		if !n.acked {
			continue
		}
		x.seen++
		want := 1
		if n.ended {
			want = 0
			x.seen++
		}
		if n.ending == n.ended && there[n.name] != want {
			x.lose("%s is there %d times", n.name, there[n.name])
		}
		if n.token && n.ending == n.ended {
			_, err := x.Accounts.AuthenticateToken(ctx, n.secret)
			if (err == nil) == n.ended {
				x.lose("%s, revoked: %v, is answered: %v", n.name, n.ended, err)
			}
		}
	}
	return nil
}

// releases reads each advisory that was said to be public from the tree, and
// checks the whole tree unless told to look lightly.
func (x *examiner) releases(ctx context.Context) error {
	for _, r := range x.l.releases {
		x.seen++
		page, err := x.Publisher.Tree.Read(render.AdvisoryPagePath(r.id))
		if err != nil || !strings.Contains(string(page), r.title) {
			x.lose("advisory %s is not in the tree: %v", r.id, err)
		}
	}
	if x.Publisher.Tree.Sequence() == 0 || x.l.lightly {
		return nil
	}
	out, err := os.MkdirTemp("", "steward-torture-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	if err := x.Publisher.Export(ctx, out); err != nil {
		return err
	}
	checked, err := publish.Check(ctx, out, x.Signer.Fingerprint(), nil)
	if err != nil {
		return err
	}
	for _, f := range checked.Findings {
		x.fail("the tree: %s %s", f.Path, f.Problem)
	}
	return nil
}

// record checks the database's own consistency and the chain of the record.
func (x *examiner) record(ctx context.Context) error {
	if err := x.DB.IntegrityCheck(ctx); err != nil {
		return err
	}
	return x.DB.Read(ctx, func(q db.Queryer) error {
		_, err := audit.Verify(ctx, q, nil)
		return err
	})
}

// blobs looks for the file of every attachment that a record names.
func (x *examiner) blobs(ctx context.Context) error {
	kept, err := x.Cases.Kept(ctx, acl.Myself())
	if err != nil {
		return err
	}
	for item, err := range x.Blobs.List() {
		if err != nil {
			return err
		}
		delete(kept, item.ID)
	}
	if len(kept) > 0 {
		x.fail("%d attachments have a record and no file", len(kept))
	}
	return nil
}

// leftovers lists temporary files that nobody works on any more.
func leftovers(dir string) (found []string) {
	for _, pattern := range []string{"dump-*", "public/.new-*", "public/bundles/.new-*"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is good
		found = append(found, names...)
	}
	return found
}
