package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// foreignPage sends forms and calls to another origin in every way that a page
// can, with the cookies of whoever opens it.
const foreignPage = `<!doctype html><title>Win a prize</title><script>
const forms = %s, calls = %s;
const field = (form, name, value) => {
  const e = document.createElement("input");
  e.type = "hidden"; e.name = name; e.value = value;
  form.append(e);
};
const frame = name => new Promise(done => {
  const e = document.createElement("iframe");
  e.name = name;
  if (name.startsWith("box")) e.sandbox = "allow-forms allow-scripts";
  e.onload = () => done(e);
  document.body.append(e);
});
const after = e => new Promise(done => e.onload = done);
const unread = () => {}; // it was sent, and its answer is kept from us
async function attack() {
  let sent = 0;
  for (const { at, fields } of forms) {
    for (const enctype of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
      const target = await frame("target" + sent++);
      const form = document.createElement("form");
      form.method = "post"; form.action = at; form.enctype = enctype; form.target = target.name;
      for (const [name, value] of Object.entries(fields)) field(form, name, value);
      document.body.append(form);
      const answered = after(target);
      form.submit();
      await answered;
    }
    await fetch(at, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams(fields) }).catch(unread);
    sent++;
  }
  for (const { at, body } of calls) {
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      await fetch(at, { method: "POST", mode: "no-cors", credentials: "include", headers: { "Content-Type": type }, body: JSON.stringify(body) }).catch(unread);
      sent++;
    }
    // What needs leave is not even sent.
    const refused = await fetch(at, { method: "POST", credentials: "include", headers: { "Content-Type": "application/json", "Idempotency-Key": "forged-key-0123456789" }, body: JSON.stringify(body) })
      .then(() => false, () => true);
    if (!refused) throw "the answer of " + at + " can be read";
  }
  return sent;
}
</script><body>`

// TestForeignPageIsRefused opens pages of another origin, on the same host and
// on another, while a lead is signed in: what they send in the lead's name is
// refused, and what they frame is not shown.
func TestForeignPageIsRefused(t *testing.T) {
	t.Parallel()
	g := newTarget(t)
	at := g.base + "/team/cases/" + g.caseID
	var forms []map[string]any
	for _, path := range []string{"/team/cases/" + g.caseID + "/notes", "/team/cases/" + g.caseID + "/people", "/team/people", "/team/me/token", "/mailbox/reply", "/report"} {
		fields := map[string]string{}
		for name, values := range g.form(path, g.rightToken(path)) { // even with a token that leaked
			fields[name] = values[0]
		}
		forms = append(forms, map[string]any{"at": g.base + path, "fields": fields})
	}
	calls := []map[string]any{
		{"at": g.base + "/api/v1/cases/" + g.caseID + "/notes", "body": map[string]string{"body": "Forged."}},
		{"at": g.base + "/api/v1/users", "body": map[string]string{"name": "Forged", "role": "lead"}},
		{"at": g.base + "/api/v1/reports", "body": map[string]any{"summary": "Forged", "what": "Forged.", "reporter": map[string]bool{"anonymous": true}}},
	}
	formsJSON, err := json.Marshal(forms)
	g.must(err)
	callsJSON, err := json.Marshal(calls)
	g.must(err)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/frame" {
			fmt.Fprintf(w, "<!doctype html><title>Win a prize</title><iframe src=%q></iframe><iframe src=%q></iframe>", g.base+"/report", at)
			return
		}
		fmt.Fprintf(w, foreignPage, formsJSON, callsJSON)
	}))
	t.Cleanup(evil.Close)
	_, port, err := net.SplitHostPort(evil.Listener.Addr().String())
	g.must(err)

	b := openTab(t, g.steward, screens[1], lead)
	for name, value := range g.cookies {
		call(b, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: g.base, HTTPOnly: new(true), SameSite: network.CookieSameSiteLax})
	}
	b.open("/team/cases/" + g.caseID) // the lead is signed in
	kept := g.state()
	for _, host := range []string{"localhost", "127.0.0.1"} { // another port is the same site and brings the cookies along
		elsewhere := "http://" + host + ":" + port
		b.load(func() error { return b.goTo(elsewhere + "/") })
		if sent := ask[int](b, "attack()"); sent < 25 {
			t.Errorf("from %s only %d forms and calls were sent", host, sent)
		}
		if g.state() != kept {
			t.Errorf("a page on %s changed something", host)
		}
		b.load(func() error { return b.goTo(elsewhere + "/frame") })
		tree := call(b, page.GetFrameTree, struct{}{}).FrameTree
		for _, f := range tree.ChildFrames {
			if !strings.HasPrefix(f.Frame.URL, "chrome-error:") {
				t.Errorf("a page on %s frames %s", host, f.Frame.URL)
			}
		}
		if host == "localhost" && len(tree.ChildFrames) != 2 {
			t.Errorf("the page has %d frames", len(tree.ChildFrames))
		}
	}
	// What the lead does on our own page works.
	b.open("/team/cases/" + g.caseID + "/notes")
	form := fmt.Sprintf("main form[action=%q]", "/team/cases/"+g.caseID+"/notes")
	b.fill(form, "body", "Not forged.")
	b.press(form, "Keep the note")
	if g.state() == kept {
		t.Error("nothing that the lead does changes anything")
	}
}

// goTo types a whole address.
func (b *tab) goTo(address string) error {
	b.t.Helper()
	call(b, page.Navigate, page.NavigateParams{URL: address})
	return nil
}
