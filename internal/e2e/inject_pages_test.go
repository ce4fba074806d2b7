package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"steward/internal/cvd"
)

// TestNothingFires puts every payload into every field that a reporter or a
// repository controls, follows them through the hands of the team to the
// public pages, and opens every page in a browser that heeds no content
// security policy: escaping alone must hold.
func TestNothingFires(t *testing.T) {
	t.Parallel()
	h := newHunt(t)
	p := setTrap(t, h.steward, false)
	p.cookie("steward-team", h.session)
	look := func(kind, path string) { h.saw(kind, p.visit(kind, path)) }

	queue := func(kind, next string) {
		for next != "" {
			look(kind, next)
			next = ask[string](p.tab, `document.querySelector("main p.actions a[href*='after=']")?.getAttribute("href") || ""`)
		}
	}

	queue("queue, new", "/team")
	for i := range h.cases {
		look("case, new", "/team/cases/"+h.cases[i].id+"/report") // with what the report said of credit
	}
	for i := range h.cases {
		h.works(i)
		h.agrees(i)
	}
	queue("queue", "/team")
	for i := range h.cases {
		h.atTheMailbox(p, i)
		if i%chunk == 0 {
			for _, tab := range tabs {
				look("case"+strings.ReplaceAll(tab, "/", ", "), "/team/cases/"+h.cases[i].id+tab)
			}
		}
	}
	for i := range h.list {
		h.atTheForm(p, i)
	}
	p.cookie("steward-team", h.signsIn(h.lead, "test"))
	look("record", "/team/audit")
	look("people", "/team/people")
	look("person", "/team/people/"+h.handler.ID)
	p.cookie("steward-team", h.session)
	look("open a case", "/team/new")
	h.publicPages(p, look)
	queue("queue, public", "/team?state="+url.QueryEscape(string(cvd.PostRelease)))
	h.addresses(p)
	h.ownAccount(p)
	h.machine(p)
	h.downloads(p)
	h.check()
}

// tabs are the pages of a case.
var tabs = []string{"", "/report", "/messages", "/notes", "/facts", "/embargo", "/patch", "/draft", "/preview", "/release", "/people", "/decide", "/timeline"}

// atTheMailbox sends what a mailbox refuses, so that it comes back with all
// that the reporter sees.
func (h *hunt) atTheMailbox(p *trap, i int) {
	h.t.Helper()
	p.cookie("steward-mailbox", h.cases[i].mailbox)
	if i%chunk == 0 {
		h.saw("mailbox", p.visit("mailbox", "/mailbox"))
	}
	session, _, err := h.app.Accounts.Authenticate(h.t.Context(), h.cases[i].mailbox)
	h.must(err)
	h.saw("mailbox, refused", p.send("mailbox, refused", "/mailbox/credit", map[string]string{
		"token": session.FormToken, "agree": "yes", "name": h.raw("name, refused", i), "group": h.raw("group, refused", i), "url": h.raw("address, refused", i), "comment": h.raw("comment, refused", i),
	}))
}

// atTheForm sends a report that cannot be taken, so that all of it comes back.
func (h *hunt) atTheForm(p *trap, i int) {
	h.t.Helper()
	token := h.openToken(h.t)
	fields := map[string]string{"token": token, "product": "brindle", "do": "send", "reporter.anonymous": "yes"}
	for _, name := range []string{"summary", "versions", "what", "reproduce", "impact", "reporter.name", "reporter.contact", "credit.name", "public_plan", "pgp_key"} {
		fields[name] = h.raw(name+", refused", i)
	}
	h.saw("report, refused", p.send("report, refused", "/report", fields))
	if i < 2 { // the answer names the field that is too large
		h.saw("report, too large", p.send("report, too large", "/report", map[string]string{"token": token, h.line("name of a field", i): strings.Repeat("x", 2<<20+1)}))
	}
}

// send sends a form that no page has, is refused, and looks at the answer.
func (p *trap) send(what, at string, fields map[string]string) []int {
	p.t.Helper()
	kind := "application/x-www-form-urlencoded"
	if at == "/report" {
		kind = "multipart/form-data"
	}
	args, err := json.Marshal([]any{at, kind, fields})
	if err != nil {
		p.t.Fatal(err)
	}
	p.load(func() error {
		ask[bool](p.tab, fmt.Sprintf(`((at, kind, fields) => {
			const form = document.body.appendChild(document.createElement("form"));
			form.method = "post";
			form.action = at;
			form.enctype = kind;
			for (const [name, value] of Object.entries(fields)) {
				const e = form.appendChild(document.createElement("textarea")); // takes every line and character
				e.name = name;
				e.value = value;
			}
			form.submit();
			return true;
		})(...%s)`, args))
		return nil
	})
	if doc, _ := p.watch.shown(); doc.status != http.StatusUnprocessableEntity {
		p.t.Errorf("%s: the answer was %d, not a refusal", what, doc.status)
	}
	return p.look(what)
}

// publicPages releases what can be released and reads it as everyone can.
func (h *hunt) publicPages(p *trap, look func(kind, path string)) {
	h.t.Helper()
	for i := range h.cases {
		h.release(i)
		if i%chunk == 0 {
			h.revise(i)
		}
		h.withdraw(i)
	}
	h.must(h.app.Publish(h.t.Context()))
	for i := range h.cases {
		id := h.cases[i].public
		look("advisory", "/advisories/"+id+"/")
		if i%chunk == 0 {
			look("advisory, revisions", "/advisories/"+id+"/history/")
			look("advisory, text", "/advisories/"+id+"/"+id+".txt")
			for _, tab := range []string{"", "/release", "/timeline", "/preview", "/decide"} {
				look("case"+strings.ReplaceAll(tab, "/", ", ")+", public", "/team/cases/"+h.cases[i].id+tab)
			}
		}
	}
	look("front page", "/")
	look("advisories", "/advisories/")
	look("feed", "/feed.atom")
}
