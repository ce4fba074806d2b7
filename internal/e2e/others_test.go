package e2e

import (
	"fmt"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// other is another report that the team has, so that the queue is as full as
// on any working day.
type other struct {
	token, summary, what, reproduce, impact string
	decide                                  cvd.Disposition
	level                                   advisory.Level
}

var others = []other{
	{
		token: "the-first-of-the-other-reports", summary: "brindle-server: any user can read another user's job log",
		what:      "GET /jobs/{id}/log checks that one is signed in and not whose job it is. The numbers of jobs are consecutive.",
		reproduce: "Sign in as one user, note the number of a job, sign in as another and open /jobs/NUMBER/log.",
		impact:    "Logs hold file names and, with --verbose, parts of files.", decide: cvd.Valid, level: advisory.Moderate,
	},
	{
		token: "the-second-of-the-other-reports", summary: "Temporary files can be read by everyone on the machine",
		what:      "brindle extract --atomic writes to /tmp with mode 0644 before it renames. Other users of the machine can read what is being extracted.",
		reproduce: "Run brindle extract --atomic on a large archive and list /tmp meanwhile.",
		impact:    "Contents of private archives leak to other users of the machine.", decide: cvd.Valid, level: advisory.Low,
	},
	{
		token: "the-third-of-the-other-reports", summary: "Critical clickjacking vulnerability",
		what:   "Dear team, your web site is missing the X-Frame-Options header. This is critical. Please tell me about your bounty.",
		decide: cvd.Invalid,
	},
	{
		token: "the-fourth-of-the-other-reports", summary: "Integer overflow in brn_index_read on 32-bit systems",
		what:      "The count of entries is multiplied by the size of an entry in size_t. On 32-bit systems the product wraps around, see src/index.c.",
		reproduce: "Build for i686 with AddressSanitizer and run brindle list on the attached index.", impact: "A heap overflow when a hostile archive is listed.",
	},
}

// moreReports files the other reports and takes some of them up.
func (w *walk) moreReports() {
	w.t.Helper()
	ctx := w.t.Context()
	hugo := w.caller(handler)
	for _, o := range others {
		sub := intake.Submission{
			Channel: intake.Web, Token: o.token, Product: "brindle", Summary: o.summary, What: o.what, Reproduce: o.reproduce, Impact: o.impact,
			Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditLater},
		}
		found, err := w.app.Linter.Lint(ctx, sub)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.app.Cases.Receive(ctx, acl.Nobody(), nil, sub, found); err != nil {
			w.t.Fatal(err)
		}
		if o.decide != "" {
			w.takeUp(hugo, o)
		}
	}
}

// longQueue looks at a queue that is longer than a page.
func (w *walk) longQueue() {
	w.t.Helper()
	for n := range 60 {
		sub := intake.Submission{
			Channel: intake.Web, Token: fmt.Sprintf("one-of-many-reports-%d", n), Product: "brindle",
			Summary: fmt.Sprintf("Crash %d when an archive is listed", n), What: "It crashes.",
			Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo},
		}
		if _, err := w.app.Cases.Receive(w.t.Context(), acl.Nobody(), nil, sub, nil); err != nil {
			w.t.Fatal(err)
		}
	}
	b := w.lead
	b.open("/team")
	b.judge("queue, long")
	b.follow("nav.pager", "More")
	b.sees("Crash")
	b.judge("queue, second page")
}

// takeUp acknowledges the newest report and decides on it.
func (w *walk) takeUp(c acl.Caller, o other) {
	w.t.Helper()
	ctx := w.t.Context()
	page, err := w.app.Cases.Queue(ctx, c, cvd.Filter{States: []cvd.State{cvd.Receipt}})
	if err != nil {
		w.t.Fatal(err)
	}
	var id string
	for _, s := range page.Cases {
		if strings.Contains(s.Title, o.summary) {
			id = s.ID
		}
	}
	letter := cvd.Letter{Body: "Thank you. A person has read your report.", NextStatus: w.clock.now().Add(5 * 24 * time.Hour)}
	if err := w.app.Cases.Acknowledge(ctx, c, id, letter); err != nil {
		w.t.Fatal(err)
	}
	why := "It is so, and we work on the fix."
	if o.decide.Declines() {
		why = "The site serves static text and sets no cookies. Please see the list on our security page."
	}
	if err := w.app.Cases.Dispose(ctx, c, id, cvd.Decision{Disposition: o.decide, Reason: why}); err != nil {
		w.t.Fatal(err)
	}
	if o.level == "" {
		return
	}
	view, err := w.app.Cases.View(ctx, c, id)
	if err != nil {
		w.t.Fatal(err)
	}
	fields := cvd.Fields{Title: o.summary, Severity: advisory.Severity{Level: o.level}}
	if err := w.app.Cases.Edit(ctx, c, id, view.Version, fields); err != nil {
		w.t.Fatal(err)
	}
}

// caller is a person of the team as the stores know them.
func (w *walk) caller(name string) acl.Caller {
	w.t.Helper()
	u, err := w.app.Accounts.UserNamed(w.t.Context(), acl.Myself(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.app.Accounts.Caller(w.t.Context(), u.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}
