// Package browse visits pages as a browser without JavaScript does: it follows
// links, keeps cookies, and fills in the forms that it is shown. Steward uses it
// to try its own form, and to replay a disclosure.
package browse

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Browser is one visitor of one site. It is for one goroutine.
type Browser struct {
	client *http.Client
	base   string
	page   *html.Node
	at     *url.URL
}

// New opens a browser for the site at base, without a path.
func New(base string) (*Browser, error) {
	jar, err := cookiejar.New(nil)
	return &Browser{client: &http.Client{Jar: jar}, base: base}, err
}

const maxPage = 4 << 20

// Open opens the page of a path.
func (b *Browser) Open(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, "GET", b.base+path, nil)
	if err != nil {
		return err
	}
	return b.do(req)
}

func (b *Browser) do(req *http.Request) error {
	res, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return err
	}
	if res.StatusCode >= 500 {
		return fmt.Errorf("%s: %s", req.URL.Path, res.Status)
	}
	b.at = res.Request.URL
	b.page, err = html.Parse(bytes.NewReader(raw))
	return err
}

// Submit fills the form with the action and presses the button, a name and a
// value or "". What the page has filled in already stays, as in any browser.
func (b *Browser) Submit(ctx context.Context, action string, fill map[string]string, button string, files ...File) error {
	form, ok := FormFor(b.page, action)
	if !ok {
		return fmt.Errorf("%s has no form for %s", b.at.Path, action)
	}
	for name, value := range fill {
		form.Fields.Set(name, value)
	}
	if name, value, ok := strings.Cut(button, "="); ok {
		form.Fields.Set(name, value)
	}
	body, kind, err := form.Encode(files...)
	if err != nil {
		return err
	}
	to, err := b.at.Parse(action)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", to.String(), body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	return b.do(req)
}

// Text gives the visible text of the page, white space folded.
func (b *Browser) Text() string {
	var out strings.Builder
	for n := range b.page.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			out.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// Inside gives the text of the first element of a kind with a class.
func (b *Browser) Inside(kind, class string) string {
	n := find(b.page, func(n *html.Node) bool {
		return n.Data == kind && slices.Contains(strings.Fields(attr(n, "class")), class)
	})
	if n == nil {
		return ""
	}
	return inner(n)
}
