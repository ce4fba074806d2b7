package app_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/config"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/proof"
)

// TestInterpreterThatCannotStart: an interpreter that cannot be started is tried
// again, and then told as what it is; nothing of the case is in the log. The
// settings can switch it off.
func TestInterpreterThatCannotStart(t *testing.T) {
	t.Parallel()
	dir := app.Dir(filepath.Join(t.TempDir(), "data"))
	c := &clock{at: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)}
	if err := app.Init(dir, config.Answers{Team: "T", Prefix: "EX"}, c.now()); err != nil {
		t.Fatal(err)
	}
	var log record
	o := app.Options{Clock: c.now, Log: slog.New(slog.NewJSONHandler(&log, nil)), Interpreter: &proof.Runner{Path: "/nosuch/canary-path", Args: []string{"x"}}}
	a, err := app.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	env, err := a.Cases.NewReport(ctx, acl.Nobody())
	if err == nil {
		_, err = env.Attach(ctx, "canary.c", "text/x-c", strings.NewReader("int main(void) { }"))
	}
	if err == nil {
		_, err = a.Cases.Receive(ctx, acl.Nobody(), env, intake.Submission{Token: "0123456789abcdef", Channel: intake.Web, Product: "p", Summary: "A fault", What: "It breaks.",
			Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo}}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	lead := acl.Caller{ID: "u-lead", Name: "Lea", Role: acl.Lead}
	last := func() cvd.Proof {
		page, err := a.Cases.Queue(ctx, lead, cvd.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := a.Cases.View(ctx, lead, page.Cases[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return v.Trials[0].Proofs[0]
	}
	for try := range 3 {
		if p := last(); p.State != cvd.ProofWaiting {
			t.Fatalf("after %d attempts: %+v", try, p)
		}
		if _, err := a.Step(ctx); err != nil {
			t.Fatal(err)
		}
		c.set(c.now().Add(time.Hour))
	}
	if p := last(); p.State != cvd.ProofTold || !strings.Contains(p.Answer.Nothing, "could not be started") {
		t.Errorf("given up: %+v", p)
	}
	if b := log.bytes(); bytes.Contains(b, []byte("canary")) || !bytes.Contains(b, []byte("proof")) {
		t.Errorf("the log: %s", b)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(dir.Settings())
	if err == nil {
		err = os.WriteFile(dir.Settings(), bytes.Replace(raw, []byte(`interpret = "on"`), []byte(`interpret = "off"`), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if a, err = app.Open(ctx, dir, o); err != nil {
		t.Fatal(err)
	}
	if a.Cases.Prove != nil || a.Cases.Interpret != nil {
		t.Error("switched off, and interpreted all the same")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}
