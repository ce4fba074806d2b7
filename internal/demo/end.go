package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/publish"
)

// dueBeat is how often the server looks for what is due.
const dueBeat = 250 * time.Millisecond

// public reads a public page as anyone can.
func (r *replay) public(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", r.base+path, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return string(raw), err
}

// check ends the replay: from here on the clock is today's, and security.txt is
// renewed. Then it exports the published tree and verifies every byte of it.
func (r *replay) check(ctx context.Context, out string) (err error) {
	if err := r.audit(ctx); err != nil {
		return err
	}
	r.clock.release()
	if err := r.app.Publish(ctx); err != nil {
		return err
	}
	if out == "" {
		if out, err = os.MkdirTemp("", "steward-demo-public-*"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(out)) }()
	}
	if err := r.app.Publisher.Export(ctx, out); err != nil {
		return err
	}
	report, err := publish.Check(ctx, out, r.app.Signer.Fingerprint(), nil)
	if err != nil {
		return err
	}
	if len(report.Findings) > 0 {
		f := report.Findings[0]
		return fmt.Errorf("%d files are not as they were signed, the first: %s %s", len(report.Findings), f.Path, f.Problem)
	}
	signatures, err := countSignatures(out)
	if err != nil {
		return err
	}
	r.step("Back to today. Checked: %d files, %d signatures, all good.", report.Files, signatures)
	return nil
}

func countSignatures(dir string) (n int, err error) {
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if filepath.Ext(path) == ".asc" {
			n++
		}
		return err
	})
	return n, err
}

func (r *replay) audit(ctx context.Context) error {
	var report struct {
		OK      bool   `json:"ok"`
		Entries int    `json:"entries"`
		Problem string `json:"problem"`
	}
	if err := r.lead.get(ctx, "/audit", &report); err != nil {
		return err
	}
	if err := expect(report.OK && report.Entries > 20, "the audit record: %d entries, %s", report.Entries, report.Problem); err != nil {
		return err
	}
	r.step("The record of all %d deeds is unbroken.", report.Entries)
	return nil
}

// invite prints where to look, and a link that signs in.
func (r *replay) invite(ctx context.Context) error {
	_, secret, err := r.app.Accounts.CreateLink(ctx, acl.Myself(), r.lead.ID, account.SignIn)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.say, `
Look at the result:

  the public pages           %s/
  the advisory               %s/advisories/%s/
  the team's queue           %s/enrol#%s
                             (signs you in as Linnea, once, within 15 minutes)
  the reporter's mailbox     %s/mailbox/sign-in
                             with the phrase: %s

Stop with Ctrl-C. The data is in a temporary directory and goes away.
`, r.base, r.base, r.advisory, r.base, secret, r.base, r.phrase)
	return nil
}
