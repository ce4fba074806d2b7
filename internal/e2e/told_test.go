package e2e

import (
	"os"
	"path/filepath"
	"strings"

	"steward/internal/cvd"
)

const organisation = "Heron Linux"

// list makes a pre-disclosure list, to which an organisation applies without
// JavaScript; two people look, and a contact gets a login.
func (w *walk) list() {
	b := w.lead
	b.open("/team/lists")
	b.judge("lists, none")
	b.follow("main", "Make the first list")
	b.judge("list, new")
	form := "main form"
	b.fill(form, "name", "", "id", "distributors")
	b.refused(form, "Make the list", 422)
	b.judge("list, refused")
	b.fill(form, "name", "Distributors", "open", "yes")
	b.press(form, "Make the list")
	b.sees("Nobody has applied yet")
	b.judge("list, empty")
	b.follow("main", "Edit the list")
	b.judge("list, edit")

	a := w.anyone
	a.open("/lists")
	a.judge("lists, public")
	a.follow("main", "Distributors")
	a.judge("list, application")
	a.fill(form, "organisation", organisation)
	a.refused(form, "Send the application", 422)
	a.judge("list, application, refused")
	key := strings.TrimSpace(string(w.app.Signer.PublicKey()))
	a.fill(form, "product", "Heron 14", "available", "https://heron.example/get", "why", "We ship brindle to everyone.", "users", "Many.",
		"ships", "Within a day.", "security_page", "https://heron.example/security", "zone", "Europe/Istanbul", "accepted_by", distributor,
		"contacts.0.name", distributor, "contacts.0.email", "dilara@packages.example", "contacts.0.key", key, "agreement", "1")
	a.press(form, "Send the application")
	a.judge("list, applied")

	for _, who := range []*tab{w.handler, w.lead} {
		who.open("/team/lists/distributors")
		who.judge("list, an application")
		who.follow("main", organisation)
		who.judge("list, member, to vet")
		who.fill(`form[action$="/vet"]`, "reason", "Their site and their releases.")
		who.press(`form[action$="/vet"]`, "It qualifies")
	}
	b.sees("Vetted", "Key is good")
	b.fill(`form[action$="/link"]`, "user", distributor)
	b.press(`form[action$="/link"]`, "Link")
	b.sees("Signs in as " + distributor)
	b.judge("list, member")
	b.refused(`form[action$="/suspend"]`, "Suspend", 422)
	b.judge("list, member, refused")
}

// tell gives the organisation notice under the embargo: it sees its own copy on
// the portal, and says how far it is.
func (w *walk) tell() {
	b := w.handler
	page := w.caseID + "/distribution"
	b.open(page)
	b.judge("case, distribution, none")
	patch := filepath.Join(w.t.TempDir(), "fix.patch")
	if err := os.WriteFile(patch, []byte("--- a/src/sparse.c\n+++ b/src/sparse.c\n@@ -1,3 +1,4 @@\n int n;\n+\n int m;\n \n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	b.attach(w.form("distribution/patches"), "attachments", patch)
	b.press(w.form("distribution/patches"), "Add the patches")
	b.sees("fix.patch")
	b.fill(w.form("distribution"), "list", "distributors")
	b.press(w.form("distribution"), "Look")
	b.judge("case, distribution, to tell")
	b.fill(w.form("distribution"), "members", organisation, "message", "Deploy nothing before the hour.")
	b.press(w.form("distribution"), "Tell them now")
	b.sees("They are told", organisation, "Silent")
	b.judge("case, distribution")

	d := w.joinBy(w.linkFor(w.t, w.caller(distributor).ID), distributor, false)
	d.open("/team/membership")
	d.sees("In good standing") // the only one is shown at once
	d.judge("membership")
	d.open("/team")
	d.judge("queue, of a distributor")
	d.open(w.caseID + "/portal")
	d.sees("TLP:AMBER", "Deploy nothing before the hour.", "fix.patch", "Europe/Istanbul")
	d.seesNot(canary, "poc.py")
	d.judge("portal")
	d.refused(w.form("portal/status"), "Tell the team", 422)
	d.judge("portal, refused")
	d.fill(w.form("portal/status"), "status", string(cvd.Affected), "statement", "2.6.0 has it.")
	d.press(w.form("portal/status"), "Tell the team")
	d.sees("The team sees it at once")

	b.open(page)
	b.sees("Affected", "2.6.0 has it.")
	b.keep("distribution")
	b.judge("case, distribution, answered")
	b.follow("main", "It has leaked")
	b.judge("case, leak")
	b.fill(w.form("burn/trace"), "leak", "Nothing that is in a copy.")
	b.press(w.form("burn/trace"), "Trace it")
	b.sees("No copy fits")
	b.judge("case, leak, traced")
}

// watchers follow what becomes public, by letters and by webhooks.
func (w *walk) watchers() {
	a := w.anyone
	a.open("/subscribe")
	a.judge("subscribe")
	a.fill("main form", "address", "eve@example.net")
	a.press("main form", "Send me a letter to confirm")
	a.judge("subscribe, asked")
	a.open("/policy/")
	a.judge("policy")

	b := w.lead
	b.open("/team/subscribers")
	b.judge("subscribers")
	add := `main form[action="/team/subscribers"]`
	b.fill(add, "url", "http://127.0.0.1/hook")
	b.refused(add, "Add", 422)
	b.judge("subscribers, refused")
	b.fill(add, "url", "https://hooks.example.org/steward")
	b.press(add, "Add")
	b.judge("webhook, new")
}
