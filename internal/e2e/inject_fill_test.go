package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// hunt is a team to whom everyone sends payloads: reporters in their reports,
// a repository in the names of its files and tags, and the team itself in
// whatever it takes from there.
type hunt struct {
	*steward
	*hoard
	lead, handler, releaser acl.Caller
	session                 string // cookie of the handler
	cases                   []prey
}

// prey is one case.
type prey struct {
	id      string
	report  string
	box     acl.Caller // its reporter
	phrase  string
	mailbox string // cookie of the mailbox
	public  string // the advisory's id
}

// chunk is how many payloads the lists of one case hold; the first case of
// each chunk has them.
const chunk = fewPayloads

// mostBranches is how many a patch has at most.
const mostBranches = 20

func newHunt(t *testing.T) *hunt {
	t.Helper()
	h := &hunt{hoard: newHoard(t)}
	h.steward = serve(t, before, "reports_per_hour = 20", "reports_per_hour = 100000", "sign_ins_per_hour = 60", "sign_ins_per_hour = 100000",
		"brindle.git\"\n", "brindle.git\"\nmirror = \""+h.repository()+"\"\n")
	h.lead, _ = h.person(0, acl.Lead)
	h.handler, h.session = h.person(1, acl.Handler)
	h.releaser, _ = h.person(2, acl.ReleaseManager)
	for i := range h.list {
		h.cases = append(h.cases, h.sends(i))
	}
	return h
}

// must ends the test where something that a team does all day fails.
func (h *hunt) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// person adds someone whose name is a payload, as short as names are.
func (h *hunt) person(i int, role acl.Role) (acl.Caller, string) {
	h.t.Helper()
	ctx := h.t.Context()
	name := `"><svg onload=` + callIn(h.raw("person", i)) + ">"
	u, err := h.app.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: name, Role: role})
	h.must(err)
	c, err := h.app.Accounts.Caller(ctx, u.ID)
	h.must(err)
	return c, h.signsIn(c, "test")
}

// signsIn opens a session in a browser of that name and gives its cookie.
func (h *hunt) signsIn(c acl.Caller, agent string) string {
	h.t.Helper()
	_, link, err := h.app.Accounts.CreateLink(h.t.Context(), account.Operator(), c.ID, account.SignIn)
	h.must(err)
	in, err := h.app.Accounts.SignInByLink(h.t.Context(), link, agent)
	h.must(err)
	return in.Cookie
}

// longestFolder leaves room for a name in a path that the intake quotes, of 200
// bytes at most.
const longestFolder = 200 - len("/beyond000.c")

// repository makes the repository that the team has a mirror of. The names of
// its directories and tags are payloads.
func (h *hunt) repository() string {
	h.t.Helper()
	dir := h.t.TempDir()
	git := func(stdin string, args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_DIR=" + dir, "GIT_INDEX_FILE=" + filepath.Join(dir, "index"),
			"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org",
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			h.t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("", "init", "-q", "--bare", ".")
	blob := git("int main(void);\n", "hash-object", "-w", "--stdin")
	var index, refs strings.Builder
	add := func(path string) { fmt.Fprintf(&index, "100644 %s\t%s\x00", blob, path) }
	add("src/main.c")
	for i := range h.list {
		for _, field := range []string{"directory, near", "directory, beyond"} {
			parts := strings.FieldsFunc(h.short(field, i, longestFolder), func(r rune) bool { return r == '/' })
			if len(parts) == 0 {
				continue
			}
			_, what, _ := strings.Cut(field, ", ")
			add(strings.Join(parts, "/") + fmt.Sprintf("/%s%d.c", what, i))
		}
	}
	git(index.String(), "update-index", "-z", "--index-info")
	commit := git("", "commit-tree", "-m", "x", git("", "write-tree"))
	for i := range h.list {
		fmt.Fprintf(&refs, "create refs/tags/v9.%d.0-%s %s\n", i, tagName(h.line("tag", i)), commit)
	}
	git(refs.String(), "update-ref", "--stdin")
	git("", "update-ref", "HEAD", commit)
	git("", "pack-refs", "--all")
	return dir
}

// tagName leaves out what git refuses in the name of a tag.
func tagName(s string) string {
	s = strings.NewReplacer(" ", "/", "~", "", "^", "", ":", "", "?", "", "*", "", "[", "", `\`, "", "..", "", "@{", "").Replace(s)
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' })
	return strings.TrimSuffix(strings.Join(parts, "/"), ".")
}

// sends is a reporter who sends a report.
func (h *hunt) sends(i int) prey {
	h.t.Helper()
	ctx := h.t.Context()
	env, err := h.app.Cases.NewReport(ctx, acl.Nobody())
	h.must(err)
	_, err = env.Attach(ctx, h.file("report file", i), "text/html", strings.NewReader(h.list[i].as(i)))
	h.must(err)
	sub := intake.Submission{
		Channel: intake.Web, Token: fmt.Sprintf("inject-%016d", i), Product: "brindle",
		Versions: fmt.Sprintf("9.%d.77\n", i) + h.pasted("versions", i), Summary: h.line("summary", i),
		What:      h.pasted("what", i) + fmt.Sprintf("\n\nSee src/near%d.c\n\nand beyond%d.c:900.", i, i),
		Reproduce: h.pasted("reproduce", i), Impact: h.pasted("impact", i),
		Reporter:   intake.Reporter{Name: h.line("reporter's name", i), Contact: h.line("contact", i)},
		Credit:     intake.Credit{Want: intake.CreditYes, Name: h.line("name to credit", i)},
		PublicPlan: h.pasted("plan", i),
	}
	found, err := h.app.Linter.Lint(ctx, sub)
	h.must(err)
	sub.Product = h.line("product", i)
	more, err := h.app.Linter.Lint(ctx, sub)
	h.must(err)
	receipt, err := h.app.Cases.Receive(ctx, acl.Nobody(), env, sub, append(found, more...))
	h.must(err)
	box, err := h.app.Cases.Unlock(ctx, receipt.Phrase.Words())
	h.must(err)
	cookie, err := h.app.Accounts.OpenMailbox(ctx, box.Report)
	h.must(err)
	var filed intake.Filed
	h.must(h.app.DB.Read(ctx, func(q db.Queryer) (err error) {
		filed, err = intake.Find(ctx, q, receipt.ReportID)
		return err
	}))
	return prey{id: filed.CaseID, report: receipt.ReportID, box: box, phrase: receipt.Phrase.Words(), mailbox: cookie}
}

// agrees is the reporter who says how to be named.
func (h *hunt) agrees(i int) {
	h.t.Helper()
	h.must(h.app.Cases.ConfirmCredit(h.t.Context(), h.cases[i].box, cvd.CreditWish{
		Agree: true, Name: h.line("credit name", i), Group: h.line("credit group", i), URL: h.address("credit address", i), Comment: h.text("credit comment", i),
	}))
}

// works is the team, who takes everything over as it stands. Whatever of it
// cannot be published is still shown to them.
func (h *hunt) works(i int) {
	h.t.Helper()
	ctx, id, cases := h.t.Context(), h.cases[i].id, h.app.Cases
	h.must(cases.Acknowledge(ctx, h.handler, id, cvd.Letter{Body: h.text("first letter", i)}))
	h.must(cases.Dispose(ctx, h.handler, id, cvd.Decision{Disposition: cvd.Valid, Reason: h.text("reason", i)}))
	fields := cvd.Fields{Title: h.line("title", i), Severity: advisory.Severity{Level: advisory.High}}
	text := cvd.Text{
		Overview: h.text("overview", i), Impact: h.text("public impact", i), Remedy: h.text("remedy", i), Workaround: h.text("workaround", i),
	}
	if i%chunk == 0 {
		h.lists(i, &fields, &text)
	}
	h.must(cases.Edit(ctx, h.handler, id, h.version(i), fields))
	h.must(cases.EditDraft(ctx, h.handler, id, h.version(i), text))
	if i%chunk == 0 {
		h.talk(i)
		h.must(cases.ReviewDraft(ctx, h.lead, id, h.version(i), false, h.text("changes asked for", i)))
	}
	h.must(cases.ShareDraft(ctx, h.handler, id, h.cases[i].report))
}

// version is that of a case, on which an edit is made.
func (h *hunt) version(i int) int64 {
	h.t.Helper()
	v, err := h.app.Cases.View(h.t.Context(), h.handler, h.cases[i].id)
	h.must(err)
	return v.Version
}

// lists fills the lists of a case with the payloads of its chunk.
func (h *hunt) lists(i int, fields *cvd.Fields, text *cvd.Text) {
	h.t.Helper()
	ctx, id := h.t.Context(), h.cases[i].id
	var branches []cvd.Branch
	for j := i; j < min(i+chunk, len(h.list)); j++ {
		fields.Affected = append(fields.Affected, advisory.Affected{
			Product: h.line("affected product", j), Ecosystem: h.line("ecosystem", j), Package: h.line("package", j), PURL: h.line("package address", j),
			Ranges: []advisory.Range{{
				Introduced: h.line("introduced", j), Fixed: h.line("fixed", j), LastAffected: h.line("last affected", j),
				Repo: h.line("repository", j), IntroducedBy: h.line("introduced by", j), FixedBy: h.line("fixed by", j),
			}},
			Versions: []string{h.word("affected version", j)},
		})
		text.References = append(text.References, advisory.Reference{Kind: "web", URL: h.line("reference address", j), Title: h.line("reference title", j)})
		text.Timeline = append(text.Timeline, advisory.Event{At: before, What: h.line("event", j)})
		text.Credits = append(text.Credits, cvd.Helper{Agreed: true, Credit: advisory.Credit{
			Role: "other", Name: h.line("helper's name", j), Group: h.line("helper's group", j), URL: h.line("helper's address", j),
		}})
		if branch := (cvd.Branch{Name: h.line("branch", j), URL: h.line("branch place", j)}); j-i < mostBranches {
			branches = append(branches, branch)
		} else {
			branches[j-i-mostBranches].Name += " " + branch.Name
			branches[j-i-mostBranches].URL += " " + branch.URL
		}
		terms := cvd.Terms{Until: before.Add(7 * 24 * time.Hour), Zone: "UTC", Reason: h.line("why until", j)}
		h.must(h.app.Cases.Embargo(ctx, h.lead, id, cvd.EmbargoPropose, terms))
		h.must(h.app.Cases.Embargo(ctx, h.lead, id, cvd.EmbargoReject, cvd.Terms{Reason: h.line("why not", j)}))
		if j > i {
			h.must(h.app.Cases.MovePatch(ctx, h.handler, id, cvd.PatchSubmit, h.line("patch remark", j)))
			h.must(h.app.Cases.MovePatch(ctx, h.lead, id, cvd.PatchAskChanges, h.line("patch changes", j)))
		} else {
			h.must(h.app.Cases.MovePatch(ctx, h.handler, id, cvd.PatchStart, h.line("patch remark", j)))
		}
	}
	h.must(h.app.Cases.EditPatch(ctx, h.handler, id, h.version(i), cvd.PatchFields{Branches: branches, Author: cvd.Person{Name: h.line("author", i)}}))
}

// talk is what both sides write in a case, and why the team moved it.
func (h *hunt) talk(i int) {
	h.t.Helper()
	ctx, p, cases := h.t.Context(), h.cases[i], h.app.Cases
	for j := i; j < min(i+chunk, len(h.list)); j++ {
		env, err := cases.NewReply(ctx, p.box)
		h.must(err)
		_, err = env.Attach(ctx, h.file("reply's file", j), "image/svg+xml", strings.NewReader(h.list[j].as(j)))
		h.must(err)
		_, err = cases.Reply(ctx, p.box, cvd.Reply{Body: h.text("reply", j), Files: env.Files()})
		h.must(err)
		_, err = cases.Message(ctx, h.handler, p.id, p.report, cvd.Letter{Body: h.text("letter", j)})
		h.must(err)
		_, err = cases.Note(ctx, h.handler, p.id, h.text("note", j))
		h.must(err)
		h.must(cases.Move(ctx, h.handler, p.id, cvd.EventFixReady, h.line("why ready", j)))
		h.must(cases.Move(ctx, h.handler, p.id, cvd.EventSendBack, h.line("why back", j)))
	}
}

// release makes the advisories of all cases public, as far as payloads can be
// in them: what the check stops is left out.
func (h *hunt) release(i int) {
	h.t.Helper()
	ctx, p := h.t.Context(), &h.cases[i]
	affected := advisory.Affected{Product: h.line("public product", i), Ranges: []advisory.Range{{Introduced: "0", Fixed: "9.9.9"}}, Versions: nil}
	fields := cvd.Fields{Title: h.line("public title", i), Severity: advisory.Severity{Level: advisory.High}, Affected: []advisory.Affected{affected}}
	text := cvd.Text{
		Overview: advisory.CleanText(h.raw("public overview", i)), Impact: advisory.CleanText(h.raw("public impact text", i)),
		Remedy: advisory.CleanText(h.raw("public remedy", i)), Workaround: advisory.CleanText(h.raw("public workaround", i)),
		References: []advisory.Reference{{Kind: "web", URL: h.address("public reference", i), Title: h.line("public reference title", i)}},
		Timeline:   []advisory.Event{{At: before, What: h.line("public event", i)}},
		Credits: []cvd.Helper{{Agreed: true, Credit: advisory.Credit{
			Role: "other", Name: h.line("public helper", i), Group: h.line("public helper's group", i), URL: h.address("public helper's address", i),
		}}},
	}
	h.must(h.app.Cases.Edit(ctx, h.handler, p.id, h.version(i), fields))
	h.must(h.app.Cases.EditDraft(ctx, h.handler, p.id, h.version(i), text))
	h.must(h.app.Cases.Move(ctx, h.handler, p.id, cvd.EventFixReady, ""))
	h.out(i)
	p.public = h.view(i).Advisory
}

// out brings the draft as it stands out.
func (h *hunt) out(i int) {
	h.t.Helper()
	ctx, id, cases := h.t.Context(), h.cases[i].id, h.app.Cases
	h.must(cases.ReviewDraft(ctx, h.lead, id, h.version(i), true, ""))
	h.must(cases.ApproveDraft(ctx, h.releaser, id, h.version(i), true, ""))
	_, err := cases.Release(ctx, h.releaser, id, h.version(i), cvd.Slot{Zone: "UTC"})
	h.must(err)
}

// revise brings a revision out for each payload of a chunk: what it says that
// it changes is one.
func (h *hunt) revise(i int) {
	h.t.Helper()
	ctx, id := h.t.Context(), h.cases[i].id
	text := *h.view(i).Draft.Text
	for j := i; j < min(i+chunk, len(h.list)); j++ {
		text.Summary = h.line("what changed", j)
		text.Workaround = advisory.CleanText(h.raw("workaround as changed", j))
		h.must(h.app.Cases.EditDraft(ctx, h.handler, id, h.version(i), text))
		h.out(i)
	}
}

func (h *hunt) withdraw(i int) {
	h.t.Helper()
	_, err := h.app.Cases.Withdraw(h.t.Context(), h.lead, h.cases[i].id, h.line("withdrawal", i))
	h.must(err)
}

func (h *hunt) view(i int) *cvd.View {
	h.t.Helper()
	v, err := h.app.Cases.View(h.t.Context(), h.handler, h.cases[i].id)
	h.must(err)
	if v.Draft == nil || v.Draft.Text == nil {
		h.must(errors.New("the handler sees no draft"))
	}
	return v
}
