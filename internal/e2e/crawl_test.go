package e2e

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
	"golang.org/x/net/html"
)

// maxCrawl bounds a crawl; the walk's site has far fewer addresses.
const maxCrawl = 1_000

// crawl follows every link of the public pages, of the team's pages from the
// queue on, and of the mailbox. Each must lead to an answer of 200, and each
// #mark to an element of its page.
func (w *walk) crawl() {
	w.crawlAs(nil, "/", "/report", "/mailbox/sign-in")
	w.crawlAs(w.lead.cookies(), "/team", w.caseID)
	w.reporter.open("/mailbox") // signs in
	w.crawlAs(w.reporter.cookies(), "/mailbox")
}

// cookies are those that the tab would send.
func (b *tab) cookies() []*http.Cookie {
	b.t.Helper()
	var out []*http.Cookie
	for _, c := range call(b, network.GetCookies, network.GetCookiesParams{URLs: []string{b.base}}).Cookies {
		out = append(out, &http.Cookie{Name: c.Name, Value: c.Value})
	}
	return out
}

// get fetches an address as the holder of the cookies.
func get(address string, cookies []*http.Cookie) (*http.Response, []byte, error) {
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range cookies {
		req.AddCookie(c)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	return res, body, err
}

// download fetches what a link of the page leads to, as the person would.
func (b *tab) download(href string) string {
	b.t.Helper()
	res, body, err := get(b.base+href, b.cookies())
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		b.fatalf("%s cannot be saved: %v %v", href, res, err)
	}
	return string(body)
}

// visited is a page of a crawl.
type visited struct {
	marks map[string]bool // ids in it
	from  string
}

func (w *walk) crawlAs(cookies []*http.Cookie, starts ...string) {
	w.t.Helper()
	pages := map[string]visited{}
	type link struct{ to, from string }
	var queue []link
	var marks []link
	for _, s := range starts {
		queue = append(queue, link{s, "the start"})
	}
	for len(queue) > 0 && len(pages) < maxCrawl {
		l := queue[0]
		queue = queue[1:]
		path, mark, _ := strings.Cut(l.to, "#")
		if mark != "" {
			marks = append(marks, l)
		}
		if _, done := pages[path]; done {
			continue
		}
		res, body, err := get(w.base+path, cookies)
		if err != nil {
			w.t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK {
			w.t.Errorf("%s, linked from %s: %s", path, l.from, res.Status)
		}
		page := visited{marks: map[string]bool{}, from: l.from}
		pages[path] = page
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			for _, to := range links(res.Request.URL, string(body), page.marks) {
				queue = append(queue, link{to, path})
			}
		}
	}
	for _, l := range marks {
		if path, mark, _ := strings.Cut(l.to, "#"); !pages[path].marks[mark] {
			w.t.Errorf("%s, linked from %s: the page has no such mark", l.to, l.from)
		}
	}
	w.t.Logf("%s: crawled %d addresses from %s", w.screen.name, len(pages), strings.Join(starts, ", "))
	if len(pages) < len(starts)+5 {
		w.t.Errorf("only %d addresses were found", len(pages))
	}
}

// links gives where a page leads on its own host, and notes its marks.
func links(at *url.URL, page string, marks map[string]bool) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	var out []string
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "id" {
				marks[a.Val] = true
			}
			if a.Key != "href" && a.Key != "src" {
				continue
			}
			to, err := at.Parse(a.Val)
			if err != nil || to.Host != at.Host || to.Scheme != at.Scheme {
				continue
			}
			to.Scheme, to.Host = "", ""
			out = append(out, to.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
