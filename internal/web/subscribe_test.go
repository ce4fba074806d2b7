package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/jobs"
	"steward/internal/subscribe"
)

// noticed does what waits in the queue and gives the letters that went out.
func (h *house) noticed() (list []subscribe.Mail) {
	h.t.Helper()
	r := &jobs.Runner{Queue: h.told.Jobs, Workers: h.told.Workers(func(_ context.Context, m subscribe.Mail) error {
		list = append(list, m)
		return nil
	}), Failed: func(kind string, err error) { h.t.Errorf("%s: %v", kind, err) }}
	if _, err := r.Step(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return list
}

// linkIn gives the path of the link in a letter.
func linkIn(t *testing.T, m subscribe.Mail) string {
	t.Helper()
	const before = "http://localhost"
	_, after, ok := strings.Cut(m.Text, before+"/subscribe/")
	if !ok || len(after) < subscribe.TokenChars {
		t.Fatalf("no link in: %s", m.Text)
	}
	return "/subscribe/" + after[:subscribe.TokenChars]
}

// keepLink subscribes an address and gives the link that keeps it.
func (h *house) keepLink(address string) string {
	h.t.Helper()
	b := h.browser()
	b.get("/subscribe").submit("/subscribe", one("address", address)).expect(200)
	at := linkIn(h.t, h.noticed()[0])
	b.get(at).submit(at, nil).expect(200, "You are subscribed.")
	h.pass(2 * time.Hour)
	b.get("/subscribe").submit("/subscribe", one("address", address)).expect(200)
	return linkIn(h.t, h.noticed()[0])
}

// TestSubscribe: asked, confirmed, changed and ended, by the pages alone.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.get("/subscribe").expect(200, "Security notices by mail", "libquill", "quill-cli", "feed")
	b.submit("/subscribe", one("address", "nonsense", "least", "dire", "products", "canary")).expect(422, "not a mail address", "not a severity", "not a product of ours")
	if b.form("/subscribe").Fields.Get("address") != "nonsense" {
		t.Error("what was typed is lost")
	}
	if len(h.noticed()) != 0 {
		t.Error("a letter for a wish that was refused")
	}
	b.submit("/subscribe", url.Values{"address": {"ada@example.net"}, "least": {"high"}, "products": {"libquill"}, "prenotices": {"yes"}}).expect(200, "Look into your mail")
	mails := h.noticed()
	if len(mails) != 1 || mails[0].To != "ada@example.net" {
		t.Fatalf("%+v", mails)
	}
	at := linkIn(t, mails[0])
	b.get(at).expect(200, "ada@example.net", "libquill", "High and above", "Yes, send me these", "It was not me").lacks("quill-cli")
	// What opens links changes nothing.
	b.get(at).expect(200, "Please confirm")
	b.submit(at, nil).expect(200, "You are subscribed.", "Your subscription", "End it").lacks("Yes, send me these", "Change it")
	if b.at != at {
		t.Errorf("led to %s", b.at)
	}

	h.pass(2 * time.Hour)
	b.get("/subscribe").submit("/subscribe", one("address", "ADA@example.net")).expect(200, "Look into your mail")
	keep := linkIn(t, h.noticed()[0])
	b.get(keep).expect(200, "Change it", "End it")
	b.submit(keep, url.Values{"do": {"change"}, "products": {"canary"}}).expect(422, "not a product of ours", "Change it")
	b.submit(keep, url.Values{"do": {"change"}, "products": nil, "least": {"critical"}, "prenotices": nil}).expect(200, "Saved.", "All products", "Critical only")
	b.submit(keep, url.Values{"do": {"nonsense"}}).expect(422, "does not say what to do")
	b.get(keep).submit(keep, url.Values{"do": {"end"}}).expect(200, "Nothing more will be sent")
	b.get(keep).expect(200, "Nothing more is sent").lacks("ada@example.net")
	b.get(at).expect(200, "Nothing more is sent").lacks("ada@example.net")
	if log := h.log.String(); strings.Contains(log, keep[11:]) || strings.Contains(log, "example.net") {
		t.Errorf("the log tells: %s", log)
	}
}

// TestSubscribeTellsNothing: the answer to whoever asks is the same to the byte
// for an address that is known, one that is not, and one that was asked for
// too often.
func TestSubscribeTellsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.keepLink("ada@example.net")
	var pages [][]byte
	for _, address := range []string{"ada@example.net", "eve@example.net", "eve@example.net"} {
		b := h.browser()
		b.get("/subscribe").submit("/subscribe", one("address", address)).expect(200, "Look into your mail")
		pages = append(pages, b.page)
	}
	if !bytes.Equal(pages[0], pages[1]) || !bytes.Equal(pages[0], pages[2]) {
		t.Error("the answers differ")
	}
}

// TestOneClick: a provider of mail ends a subscription by what RFC 8058 lets it
// send, from wherever; nothing else comes in without a token of ours.
func TestOneClick(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const click = "List-Unsubscribe=One-Click"
	const fields = "application/x-www-form-urlencoded"
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	if err := w.WriteField("List-Unsubscribe", "One-Click"); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	foreign := map[string]string{"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"}
	for name, c := range map[string]struct {
		body, kind string
		head       map[string]string
		code       int
		ends       bool
	}{
		"as a server sends it":         {click, fields, nil, 200, true},
		"in parts":                     {parts.String(), w.FormDataContentType(), nil, 200, true},
		"from a page of another site":  {click, fields, foreign, 200, true},
		"with a cookie of nobody's":    {click, fields, map[string]string{"Cookie": teamCookie + "=nonsense"}, 200, true},
		"a form without a token":       {"do=end", fields, nil, 409, false},
		"a form of another site":       {"do=end", fields, foreign, 403, false},
		"a click with something else":  {click + "&do=confirm", fields, nil, 409, false},
		"two clicks":                   {click + "&" + click, fields, nil, 409, false},
		"another word":                 {"List-Unsubscribe=Maybe", fields, nil, 409, false},
		"nothing":                      {"", fields, nil, 409, false},
		"in the address, not the body": {"", fields, nil, 409, false},
	} {
		keep := h.keepLink(strings.NewReplacer(" ", ".", ",", "", "'", "").Replace(name) + "@example.net")
		to := h.server.URL + keep
		if strings.HasPrefix(name, "in the address") {
			to += "?" + click
		}
		req := must(http.NewRequest("POST", to, strings.NewReader(c.body)))(t)
		req.Header.Set("Content-Type", c.kind)
		for k, v := range c.head {
			req.Header.Set(k, v)
		}
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res := must(client.Do(req))(t)
		res.Body.Close()
		if res.StatusCode != c.code || len(res.Cookies()) > 0 {
			t.Errorf("%s: answered %d, %d cookies", name, res.StatusCode, len(res.Cookies()))
		}
		b := h.browser().get(keep).expect(200)
		if ended := strings.Contains(b.words(), "Nothing more is sent"); ended != c.ends {
			t.Errorf("%s: ended %t", name, ended)
		}
		h.pass(time.Hour)
	}
	// Again, and for what is gone: a provider that tries twice is told the same.
	res := must(http.Post(h.server.URL+h.keepLink("late@example.net"), fields, strings.NewReader(click)))(t)
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("answered %d", res.StatusCode)
	}
}

// TestLinksThatOpenNothing: guessing is slowed down, good links never are.
func TestLinksThatOpenNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	keep := h.keepLink("ada@example.net")
	h.pass(time.Hour)
	b := h.browser()
	for _, bad := range []string{"/subscribe/x", keep[:len(keep)-1], keep + "a", "/subscribe/" + strings.Repeat("a", subscribe.TokenChars)} {
		b.get(bad).expect(404, "does not work")
	}
	for range 40 {
		b.get("/subscribe/" + strings.Repeat("k", subscribe.TokenChars))
	}
	b.expect(429, "wait")
	b.get("/subscribe").submit("/subscribe", one("address", "eve@example.net")).expect(429)
	b.get(keep).expect(200, "Your subscription")
	res := must(http.Post(h.server.URL+keep, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click")))(t)
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Fatalf("one click answered %d", res.StatusCode)
	}
}

// TestSubscribersPage: the lead sets webhooks up; the release manager sees
// them; nobody sees an address, or a secret twice.
func TestSubscribersPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.keepLink("ada@example.net")
	lead := h.member("Lea", acl.Lead)
	lead.get("/team/subscribers").expect(200, "Confirmed", "No machine is told yet", "Add a webhook").lacks("ada@example.net")
	lead.submit("/team/subscribers", one("url", "http://hooks.example.org/")).expect(422, "https")
	lead.submit("/team/subscribers", url.Values{"url": {"https://hooks.example.org/in"}, "products": {"libquill"}, "least": {"high"}}).expect(200, "shown this once", "whsec_")
	lead.get("/team/subscribers").expect(200, "https://hooks.example.org/in", "libquill; High and above", "never", "In use").lacks("whsec_")
	hooks := must(h.told.Webhooks(t.Context(), acl.Caller{Role: acl.Lead}))(t)
	at := "/team/subscribers/" + hooks[0].ID
	lead.get(at).expect(200, "Change", "New secret").lacks("whsec_")
	lead.submit(at, url.Values{"url": {"nonsense"}}).expect(422)
	lead.get(at).submit(at, url.Values{"products": nil, "least": {"low"}}).expect(200, "Saved.")
	lead.submit(at+"/rotate", nil).expect(200, "whsec_", "counts for a day more")
	lead.get(at).submit(at+"/disable", nil).expect(200, "called no more", "Disabled", "Enable")
	lead.submit(at+"/enable", nil).expect(200, "called again", "In use")

	release := h.member("Rosa", acl.ReleaseManager)
	release.get("/team/subscribers").expect(200, "All products").lacks("Add a webhook")
	release.get(at).expect(200, "hooks.example.org").lacks("Make a new secret", "Remove")
	h.member("Hugo", acl.Handler).get("/team/subscribers").expect(404)
	lead.get(at).submit(at+"/remove", nil).expect(200, "Removed.", "No machine is told yet")
	lead.get(at).expect(404)
}
