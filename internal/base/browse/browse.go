// Package browse visits pages as a browser without JavaScript does: it follows
// links, keeps cookies, and fills in the forms that it is shown. Steward uses it
// to try its own form, and to replay a disclosure.
package browse

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
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

// File is something to attach.
type File struct {
	Name string
	Data []byte
}

// Submit fills the form with the action and presses the button, a name and a
// value or "". What the page has filled in already stays, as in any browser.
func (b *Browser) Submit(ctx context.Context, action string, fill map[string]string, button string, files ...File) error {
	form := find(b.page, func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action })
	if form == nil {
		return fmt.Errorf("%s has no form for %s", b.at.Path, action)
	}
	values := filled(form)
	for name, value := range fill {
		values.Set(name, value)
	}
	if name, value, ok := strings.Cut(button, "="); ok {
		values.Set(name, value)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range values {
		for _, v := range all {
			if err := w.WriteField(name, v); err != nil {
				return err
			}
		}
	}
	input := find(form, func(n *html.Node) bool { return n.Data == "input" && attr(n, "type") == "file" })
	for _, f := range files {
		if input == nil {
			return fmt.Errorf("the form for %s takes no files", action)
		}
		part, err := w.CreateFormFile(attr(input, "name"), f.Name)
		if err == nil {
			_, err = part.Write(f.Data)
		}
		if err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	to, err := b.at.Parse(action)
	if err != nil {
		return err
	}
	content, kind := io.Reader(&body), w.FormDataContentType()
	if attr(form, "enctype") != "multipart/form-data" {
		content, kind = strings.NewReader(values.Encode()), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(ctx, "POST", to.String(), content)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	return b.do(req)
}

// Text gives the visible text of the page, white space folded.
func (b *Browser) Text() string {
	var out strings.Builder
	walk(b.page, func(n *html.Node) {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "script" && n.Parent.Data != "style") {
			out.WriteString(n.Data + " ")
		}
	})
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
	var out strings.Builder
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		}
	})
	return out.String()
}

// filled gives what a form holds as it is shown.
func filled(form *html.Node) url.Values {
	v := url.Values{}
	walk(form, func(n *html.Node) {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			return
		}
		switch n.Data {
		case "input":
			switch attr(n, "type") {
			case "checkbox", "radio":
				if has(n, "checked") {
					v.Add(name, attr(n, "value"))
				}
			case "file", "submit":
			default:
				v.Add(name, attr(n, "value"))
			}
		case "textarea":
			if n.FirstChild != nil {
				v.Add(name, n.FirstChild.Data)
			} else {
				v.Add(name, "")
			}
		case "select":
			if o := find(n, func(n *html.Node) bool { return n.Data == "option" && has(n, "selected") }); o != nil {
				v.Add(name, attr(o, "value"))
			} else if o := find(n, func(n *html.Node) bool { return n.Data == "option" }); o != nil {
				v.Add(name, attr(o, "value"))
			}
		}
	})
	return v
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := range n.ChildNodes() {
		walk(c, f)
	}
}

func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && ok(n) {
		return n
	}
	for c := range n.ChildNodes() {
		if m := find(c, ok); m != nil {
			return m
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
