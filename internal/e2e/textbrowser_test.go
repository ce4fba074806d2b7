package e2e

import (
	"os/exec"
	"strings"
)

// textBrowser reads the pages that a reporter and a reader need with a browser
// that knows neither styles nor scripts.
func (w *walk) textBrowser() {
	w.t.Helper()
	w.reads("the report form", w.lynx("", w.base+"/report"),
		"Report a vulnerability", "In one line", "What happens", "How to see it happen", "Check and go on", w.base+"/")
	w.reads("the receipt", w.lynx(w.receipt, ""), append(strings.Fields(w.phrase), "Keep these twelve words", "What happens next", "BEGIN PGP SIGNED MESSAGE", "/mailbox/sign-in")...)
	w.reads("the mailbox", w.lynx(w.mailboxPage, ""),
		"I can see it happen", "trace.txt", "Write to the team", "Send to the team", "/advisories/"+advisory1+"/")
	w.reads("the advisory", w.lynx("", w.base+"/advisories/"+advisory1+"/"),
		"out-of-bounds write", "Overview", "Impact", "Affected versions", "2.6.1", "Workarounds", "brindle check --no-sparse", reporter, ".asc", "gpg --verify")
}

// lynx shows a page, or the one at an address, as text with numbered links.
func (w *walk) lynx(page, address string) string {
	w.t.Helper()
	args := []string{"-dump", "-width=100", "-assume_charset=utf-8", "-display_charset=utf-8"}
	if address == "" {
		args = append(args, "-stdin", "-force_html")
	} else {
		args = append(args, address)
	}
	bin, err := exec.LookPath("lynx")
	if err != nil {
		w.t.Fatalf("lynx is missing: %s", installHint)
	}
	cmd := exec.CommandContext(w.t.Context(), bin, args...)
	cmd.Stdin = strings.NewReader(page)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("lynx: %v\n%s", err, out)
	}
	return string(out)
}

func (w *walk) reads(what, text string, all ...string) {
	w.t.Helper()
	folded := strings.Join(strings.Fields(text), " ")
	for _, s := range all {
		if !strings.Contains(folded, s) {
			w.t.Errorf("in a text browser %s does not say %q:\n%.1500s", what, s, text)
		}
	}
}
