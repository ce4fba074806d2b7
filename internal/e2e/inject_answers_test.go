package e2e

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/network"

	"steward/internal/publish/render"
)

// addresses opens addresses that hold payloads: where a page shows a part of
// its address, it is text; where nothing is, the answer is the same for all.
func (h *hunt) addresses(p *trap) {
	h.t.Helper()
	for i := range h.list {
		next := "/team/" + strings.NewReplacer(`\`, "", "#", "").Replace(h.line("next", i)) // with the one it is led to the queue, what follows the other is dropped
		h.saw("sign in", p.visit("sign in", "/team/sign-in?next="+url.QueryEscape(next)))
		h.saw("search", p.answer("search", "/team?ref="+url.QueryEscape(h.line("number of a case", i)), anyStatus))
	}
	for _, below := range []string{"/", "/advisories/", "/team/", "/team/cases/", "/team/people/", "/team/cases/" + h.cases[0].id + "/", "/team/cases/" + h.cases[0].id + "/files/",
		"/team/cases/" + h.cases[0].id + "/report/", "/mailbox/files/", "/api/v1/", "/api/v1/cases/"} {
		_, same := h.fetch(below+"nothing-here", "")
		for i, one := range h.list {
			at := below + url.PathEscape(one.as(one.no))
			res, body := h.fetch(at+"?after="+url.QueryEscape(one.as(one.no)), one.as(one.no))
			if !bytes.Equal(body, same) || res.StatusCode != http.StatusNotFound {
				h.t.Errorf("%s: %s, and not the answer for other addresses where nothing is:\n%.300s", at, res.Status, body)
			}
			if i == 0 {
				p.answer("nothing there", at, res.StatusCode)
			}
		}
	}
	for i, one := range h.list[:min(5, len(h.list))] { // a script takes the code of a link from behind the #
		p.load(func() error { return p.navigate(fmt.Sprintf("/enrol?%d#%s", i, one.as(one.no))) })
		p.waitFor("This link does not work")
		p.look("a link")
	}
}

// fetch gets an address as the handler, with a payload in whatever a browser
// says of itself.
func (h *hunt) fetch(path, payload string) (*http.Response, []byte) {
	h.t.Helper()
	req, err := http.NewRequest("GET", h.base+path, nil)
	h.must(err)
	req.AddCookie(&http.Cookie{Name: "steward-team", Value: h.session})
	req.AddCookie(&http.Cookie{Name: "steward-mailbox", Value: h.cases[0].mailbox})
	if clean := url.QueryEscape(payload); payload != "" {
		for _, name := range []string{"User-Agent", "Referer", "Accept-Language", "X-Forwarded-Host", "X-Forwarded-For"} {
			req.Header.Set(name, strings.NewReplacer("\n", "", "\x00", "", "\x01", "", "\x0c", "").Replace(payload)+clean)
		}
	}
	res, err := http.DefaultClient.Do(req)
	h.must(err)
	defer res.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(res.Body)
	h.must(err)
	return res, body.Bytes()
}

// sessions is a little less than a person has at once: the one longest unused
// ends then.
const sessions = 18

// ownAccount shows the browsers that one is signed in with, each of which says
// of itself what it likes.
func (h *hunt) ownAccount(p *trap) {
	h.t.Helper()
	for i := range h.list {
		agent := h.line("browser", i)
		cookie := h.signsIn(h.releaser, callIn(agent)+" "+agent)
		if i%sessions == sessions-1 || i == len(h.list)-1 {
			p.cookie("steward-team", cookie)
			h.saw("own account", p.visit("own account", "/team/me"))
			p.cookie("steward-team", h.signsIn(h.releaser, "test"))
			h.saw("own account", p.visit("own account", "/team/me"))
		}
	}
	p.cookie("steward-team", h.session)
}

// machine opens what is for programs, as someone does who follows a link to
// it: text, whatever it holds.
func (h *hunt) machine(p *trap) {
	h.t.Helper()
	_, token, err := h.app.Accounts.CreateToken(h.t.Context(), h.handler, "test", 0)
	h.must(err)
	as := func(auth string) {
		headers := network.Headers{}
		if auth != "" {
			headers["Authorization"] = auth
		}
		call(p.tab, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers})
	}
	look := func(kind, path string) { h.saw(kind, p.visit(kind, path)) }
	as("Bearer " + token)
	look("API, cases", "/api/v1/cases?state=post-release&limit=200")
	for i := 0; i < len(h.cases); i += chunk {
		at := "/api/v1/cases/" + h.cases[i].id
		look("API, case", at)
		look("API, timeline", at+"/timeline")
		look("API, draft", at+"/draft")
		look("API, report", at+"/original/"+h.cases[i].report)
	}
	look("API, advisories", "/api/v1/advisories")
	look("API, people", "/api/v1/users")
	as("Phrase " + h.cases[0].phrase)
	look("API, mailbox", "/api/v1/mailbox")
	as("")
	for i := 0; i < len(h.cases); i += chunk {
		id := h.cases[i].public
		look("OSV", "/"+render.OSVPath(id))
		look("CSAF", "/.well-known/csaf/white/2026/"+strings.ToLower(id)+".json")
	}
}

// downloads opens the files that came with reports and letters, in every way
// that a page can open a file: it is saved, and never shown or run.
func (h *hunt) downloads(p *trap) {
	h.t.Helper()
	for i := range h.cases {
		v := h.view(i)
		for _, f := range v.Reports[0].Files {
			at := "/team/cases/" + h.cases[i].id + "/files/" + f.ID
			res, body := h.fetch(at, "")
			disposition, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
			if err != nil || disposition != "attachment" || params["filename"] != f.Name || strings.ContainsAny(f.Name, `<>"'/\`) {
				h.t.Errorf("a file is sent as %q, %v", res.Header.Get("Content-Disposition"), err)
			}
			if string(body) != h.list[i].as(i) || res.Header.Get("Content-Type") != "application/octet-stream" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				h.t.Errorf("a file is not sent as bytes: %v", res.Header)
			}
			if i%chunk != 0 {
				continue
			}
			ask[bool](p.tab, fmt.Sprintf(`(async at => {
				for (const [tag, name] of [["iframe", "src"], ["script", "src"], ["object", "data"], ["embed", "src"], ["img", "src"], ["link", "href"]]) {
					const e = document.createElement(tag);
					e.rel = "stylesheet";
					e[name] = at;
					document.body.append(e);
				}
				await new Promise(done => setTimeout(done, 200));
				const shown = [...document.querySelectorAll("iframe")].some(f => !f.contentDocument || f.contentDocument.body.childNodes.length);
				if (shown) throw "the file is shown";
				return true;
			})(%q)`, at))
			p.watch.take() // that none of them is what a page needs
			if ran, alarm := p.ran(); len(ran)+len(alarm) > 0 {
				h.t.Errorf("the file of payload %d ran: %v %v", i, ran, alarm)
			}
		}
	}
}
