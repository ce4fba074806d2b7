package clockwork

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/clock"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/config"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/publish"
	"steward/internal/publish/render"
)

// step is how often a running Steward looks for what is due.
const step = app.Tick

// world is a Steward on a machine whose clock is not to be trusted.
type world struct {
	t     *testing.T
	ctx   context.Context
	dir   app.Dir
	m     *machine
	app   *app.App // nil while it is stopped
	face  http.Handler
	hours map[string]*hour // by title
	scene string

	public    int
	revisions int
	restarts  int
	latest    time.Duration // after which a due release was public
	work      time.Duration // the longest that what was due took
}

var (
	writer   = acl.Caller{ID: "u-writer", Name: "Wanda Writer", Role: acl.Handler}
	reviewer = acl.Caller{ID: "u-reviewer", Name: "Remy Reviewer", Role: acl.Handler}
	lead     = acl.Caller{ID: "u-lead", Name: "Lena Lead", Role: acl.Lead}
)

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), dir: app.Dir(filepath.Join(t.TempDir(), "data")), m: &machine{truth: start}, hours: map[string]*hour{}}
	answers := config.Answers{Team: "The Example team", Email: "security@example.org", Prefix: "EX"}
	if engine == "postgres" {
		answers.Database = dbtest.EmptyDSN(t, engine)
	}
	if err := app.Init(w.dir, answers, start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.stop)
	w.start()
	return w
}

func (w *world) start() {
	w.t.Helper()
	c := clock.New(w.m.source())
	a, err := app.Open(w.ctx, w.dir, app.Options{Clock: c.Now, Held: c.Held})
	if err == nil {
		w.app = a
		w.face, err = a.Handler()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) stop() {
	if w.app == nil {
		return
	}
	if err := w.app.Close(); err != nil {
		w.t.Error(err)
	}
	w.app = nil
	w.restarts++
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// prepare brings a case to an approved advisory and sets its hour.
func (w *world) prepare(h *hour, n int) (caseID string) {
	w.t.Helper()
	h.title = fmt.Sprintf("libquill: overflow number %04d", n)
	w.hours[h.title] = h
	token := make([]byte, 16)
	_, _ = rand.Read(token)
	c := w.app.Cases
	r, err := c.Receive(w.ctx, acl.Nobody(), nil, intake.Submission{
		Token: hex.EncodeToString(token), Channel: intake.Web, Summary: h.title, What: "It crashes.", Reproduce: "Run it.", Impact: "Code runs.",
		Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo},
	}, nil)
	w.must(err)
	var id string
	w.must(w.app.DB.Read(w.ctx, func(q db.Queryer) error {
		f, err := intake.Find(w.ctx, q, r.ReportID)
		id = f.CaseID
		return err
	}))
	version := func() int64 { return w.version(id) }
	w.must(c.Dispose(w.ctx, writer, id, cvd.Decision{Disposition: cvd.Valid, Reason: "We see it too."}))
	w.must(c.Edit(w.ctx, writer, id, version(), cvd.Fields{
		Title: h.title, Severity: advisory.Severity{Level: advisory.Critical}, CWE: []string{"CWE-787"},
		Affected: []advisory.Affected{{Product: "libquill", Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}}}},
	}))
	w.write(id, "")
	w.must(c.Schedule(w.ctx, lead, id, version(), cvd.Slot{At: h.at, Zone: h.zone, Override: "any day will do"}))
	return id
}

func (w *world) version(id string) int64 {
	w.t.Helper()
	v, err := w.app.Cases.View(w.ctx, lead, id)
	w.must(err)
	return v.Version
}

// write brings a draft to its approval; summary says what a revision changes.
func (w *world) write(id, summary string) {
	w.t.Helper()
	c := w.app.Cases
	w.must(c.EditDraft(w.ctx, writer, id, w.version(id), cvd.Text{
		Overview: "A long header overflows a buffer.", Impact: "Whoever sends it runs code.", Remedy: "Upgrade to 1.4.2.", Summary: summary,
		References: []advisory.Reference{{Kind: "release", URL: "https://example.org/1.4.2"}},
	}))
	w.must(c.ReviewDraft(w.ctx, reviewer, id, w.version(id), true, ""))
	w.must(c.ApproveDraft(w.ctx, lead, id, w.version(id), true, ""))
}

// every asks for the long form, which has a quiet machine: what the work takes
// there is time too. Beside other tests the same work may take seconds.
var every = os.Getenv("STEWARD_HOURS") == "all"

// tick lets Steward do what is due, as it does four times a second, and looks
// at what is public.
func (w *world) tick() {
	w.t.Helper()
	if w.app != nil {
		began := time.Now()
		if err := w.app.Due(w.ctx); err != nil {
			w.t.Errorf("%s: %v", w.scene, err)
		}
		took := time.Since(began)
		w.work = max(w.work, took)
		if !every {
			took = 0
		}
		w.m.run(took)
		w.look(took)
	}
	w.m.run(step)
}

// look compares what is public in the tree, in the feed and in the API with
// what is due. took is how long the work before it took.
func (w *world) look(took time.Duration) {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.face.ServeHTTP(rec, httptest.NewRequest("GET", "/api/v1/advisories", nil))
	var page advisory.Page
	w.must(json.Unmarshal(rec.Body.Bytes(), &page))
	feed, err := w.app.Publisher.Tree.Read(render.FeedPath)
	w.must(err)
	for _, h := range w.hours {
		if !h.due && w.m.due(h.at) {
			h.due = true
		}
	}
	for _, a := range page.Advisories {
		h := w.hours[a.Title]
		if h.out {
			continue
		}
		h.out = true
		w.public++
		if !h.due {
			w.t.Errorf("%s: %s is public %s before its hour", w.scene, a.Title, h.at.Sub(w.m.now()))
		}
		if !strings.Contains(string(feed), a.Title) || !w.app.Publisher.Tree.Has(render.AdvisoryPagePath(a.ID)) {
			w.t.Errorf("%s: %s is in the API and not in the tree", w.scene, a.Title)
		}
		late := step + h.owed + took // at most: it may have come right after the last look
		if late > time.Second {
			w.t.Errorf("%s: %s is public %s after it was due", w.scene, a.Title, late)
		}
		w.latest = max(w.latest, late)
	}
	for _, h := range w.hours {
		if h.out {
			continue
		}
		if strings.Contains(string(feed), h.title) {
			w.t.Errorf("%s: %s is in the feed and not in the API", w.scene, h.title)
		}
		if h.due {
			if h.owed += step + took; h.owed > time.Second {
				w.t.Fatalf("%s: %s is due and not public after %s", w.scene, h.title, h.owed)
			}
		}
	}
	if page.Total != w.public {
		w.t.Fatalf("%s: %d advisories are public, %d were seen", w.scene, page.Total, w.public)
	}
}

// finish checks that everything came out exactly once, and what was signed.
func (w *world) finish() {
	w.t.Helper()
	if w.app == nil {
		w.start()
	}
	head, err := w.app.Advisories.Head(w.ctx)
	w.must(err)
	if int(head) != len(w.hours)+w.revisions {
		w.t.Errorf("%d releases and %d revisions were made, and the public record has %d entries", len(w.hours), w.revisions, head)
	}
	out := filepath.Join(w.t.TempDir(), "public")
	w.must(w.app.Publisher.Export(w.ctx, out))
	report, err := publish.Check(w.ctx, out, w.app.Signer.Fingerprint(), nil)
	w.must(err)
	for _, f := range report.Findings {
		w.t.Errorf("%s: %s", f.Path, f.Problem)
	}
}
