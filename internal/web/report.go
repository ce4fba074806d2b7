package web

import (
	"context"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/look"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/publish/render"
)

// reportPage is the form of a report. At first it asks for the text; once that
// was checked it shows the lint's findings on top, takes files and sends.
type reportPage struct {
	look.Shell
	form
	Action   string
	Internal bool // found by a member of the team
	Checked  bool
	Findings []intake.Finding
	Steps    []look.Step
	Products []render.Product
	Rules    []render.Rule
	Promise  string
	Most     int   // files
	Largest  int64 // bytes of one file
}

// receiptPage is what the reporter holds in the end. The phrase is shown here
// and nowhere else, ever.
type receiptPage struct {
	look.Shell
	Words     []string
	Receipt   intake.Receipt
	Statement string
	Download  template.URL
	Steps     []look.Step
}

var reportSteps = []string{"Describe", "Check and send", "Keep the receipt"}

// stepsAt shows how far one is; steps before it are done.
func stepsAt(names []string, now int) []look.Step {
	steps := make([]look.Step, len(names))
	for i, name := range names {
		steps[i] = look.Step{Name: name, State: look.Later}
		if i < now {
			steps[i].State = look.Done
		} else if i == now {
			steps[i].State = look.Now
		}
	}
	return steps
}

func (s *server) report(v *visit) error {
	return s.newReport(v, false)
}

// internal is the form by which the team opens a case itself.
func (s *server) internal(v *visit) error {
	if err := mayOpen(v); err != nil {
		return err
	}
	return s.newReport(v, true)
}

// mayOpen refuses who may not open a case for what the team found.
func mayOpen(v *visit) error {
	if acl.Allow(acl.ReportOpen, v.c.Role) {
		return nil
	}
	return acl.CheckAny(nil, acl.ReportOpen)
}

// newReport opens the form.
func (s *server) newReport(v *visit, internal bool) error {
	f, err := s.onceForm(v)
	if err != nil {
		return err
	}
	f.set("credit.want", string(intake.CreditLater))
	if products := s.Site().Products; len(products) == 1 {
		f.set("product", products[0].Name)
	}
	return s.showReport(v, http.StatusOK, s.reportPage(v, f, internal))
}

func (s *server) reportPage(v *visit, f form, internal bool) reportPage {
	site, set := s.Site(), s.Cases.Settings
	p := reportPage{
		Shell: s.shell(v, "Report a vulnerability"), form: f, Action: "/report", Internal: internal,
		Products: site.Products, Rules: site.Rules, Promise: site.AckPromise, Most: set.Attachments, Largest: set.AttachBytes,
		Steps: stepsAt(reportSteps, 0),
	}
	if internal {
		p.Title, p.Action = "Open a case", "/team/new"
	}
	return p
}

func (s *server) showReport(v *visit, code int, p reportPage) error {
	if p.Checked {
		p.Steps = stepsAt(reportSteps, 1)
	}
	return s.render(v, code, "report", p)
}

// sendReport checks or sends a report, as the button says.
func (s *server) sendReport(v *visit) error {
	return s.takeReport(v, false, s.Reports.Visit(v.r))
}

// takeReport reads the form. refused, if it is not nil, is why nothing is done
// with it but to show it again.
func (s *server) takeReport(v *visit, internal bool, refused error) error {
	var env *cvd.Envelope
	u, err := s.readUpload(v, func(url.Values) (attach, error) {
		if refused != nil {
			return nil, refused
		}
		var err error
		if env, err = s.Cases.NewReport(v.ctx(), v.c); err != nil {
			return nil, err
		}
		return env.Attach, nil
	})
	if err == nil {
		err = refused
	}
	sub := submission(u.Values)
	sub.Channel = intake.Web
	if internal {
		sub.Channel, sub.FoundBy = intake.Internal, v.c.Name
	}
	var receipt intake.Receipt
	sent := u.Get("do") == "send"
	if err == nil && sent {
		receipt, err = s.Cases.Receive(v.ctx(), v.c, env, sub, s.lint(v.ctx(), sub))
	}
	if env != nil && (err != nil || !sent) {
		err = errors.Join(err, env.Discard())
	}
	if err != nil || !sent {
		return s.reportAgain(v, u, sub, internal, err)
	}
	return s.showReceipt(v, receipt, internal)
}

// reportAgain shows the form again with what is wrong, or with what the lint
// remarks. The files that came with a form that was refused are gone: no
// browser keeps them, and the form says so.
func (s *server) reportAgain(v *visit, u upload, sub intake.Submission, internal bool, fault error) error {
	sent := u.Get("do") == "send"
	if fault == nil {
		_, fault = sub.Accept(s.now())
	}
	f, code, err := s.again(v, u.Values, fault)
	if err != nil {
		return err
	}
	f.lostFiles(u)
	p := s.reportPage(v, f, internal)
	if p.Checked = fault == nil || sent; p.Checked && code != http.StatusTooManyRequests {
		p.Findings = s.lint(v.ctx(), sub)
	}
	return s.showReport(v, code, p)
}

// lint remarks on a report. A look into a mirror that failed is the operator's
// to know; the report is good without it.
func (s *server) lint(ctx context.Context, sub intake.Submission) []intake.Finding {
	findings, err := s.Linter.Lint(ctx, sub)
	if err != nil {
		s.Log.Error("looking up what a report cites failed", "error", err)
	}
	return findings
}

// submission reads the fields of the form; their names are those of the
// submission's JSON, so that each problem finds its field.
func submission(f url.Values) intake.Submission {
	text := func(name string) string { return lineBreaks(f.Get(name)) }
	line := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	return intake.Submission{
		Token: f.Get("once"), Product: line("product"), Versions: text("versions"), Summary: line("summary"),
		What: text("what"), Reproduce: text("reproduce"), Impact: text("impact"),
		Reporter:   intake.Reporter{Name: line("reporter.name"), Contact: line("reporter.contact"), Anonymous: f.Get("reporter.anonymous") != ""},
		Credit:     intake.Credit{Want: intake.Wish(f.Get("credit.want")), Name: line("credit.name")},
		PublicPlan: text("public_plan"), PGPKey: text("pgp_key"),
	}
}

func (s *server) showReceipt(v *visit, r intake.Receipt, internal bool) error {
	if internal {
		id, err := s.caseOf(v.ctx(), r.ReportID)
		if err != nil {
			return err
		}
		return s.done(v, "opened", "/team/cases/"+id)
	}
	p := receiptPage{
		Shell: s.shell(v, "Your report is with us"), Words: strings.Fields(r.Phrase.Words()), Receipt: r, Statement: string(r.Statement),
		Download: template.URL("data:text/plain;base64," + base64.StdEncoding.EncodeToString(r.Statement)),
		Steps: []look.Step{
			{Name: "Received", Say: "Your report is kept, sealed.", State: look.Done},
			{Name: "A person answers", Say: "By " + r.AnswerBy.UTC().Format("2 January 2006, 15:04 UTC") + ".", State: look.Now},
			{Name: "We find the cause and mend it", Say: "You read in your mailbox what we find and when to expect more.", State: look.Later},
			{Name: "Fix and advisory come out together", Say: "You see the draft before, and say how you wish to be named.", State: look.Later},
		},
	}
	return s.render(v, http.StatusOK, "receipt", p)
}

// caseOf finds the case that a report opened.
func (s *server) caseOf(ctx context.Context, report string) (id string, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		f, err := intake.Find(ctx, q, report)
		id = f.CaseID
		return err
	})
	return id, err
}

func (s *server) openInternal(v *visit) error {
	if err := mayOpen(v); err != nil {
		return err
	}
	return s.takeReport(v, true, nil)
}
