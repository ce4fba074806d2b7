package browse

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Form is what a browser sends of a form as it is shown, before a button is
// pressed.
type Form struct {
	Fields url.Values

	action    string
	order     []string // the names of the fields, as they stand in the page
	multipart bool
	files     string // the name of the field for files, or ""
}

// File is something to attach.
type File struct {
	Name string
	Data []byte
}

// FormFor reads the form of a page that goes to action; false if there is none.
func FormFor(page *html.Node, action string) (Form, bool) {
	n := find(page, func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action })
	if n == nil {
		return Form{}, false
	}
	f := Form{Fields: url.Values{}, action: action, multipart: attr(n, "enctype") == "multipart/form-data"}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			f.add(d)
		}
	}
	return f, true
}

// add takes what an element says.
func (f *Form) add(n *html.Node) {
	name := attr(n, "name")
	value := attr(n, "value")
	switch n.Data {
	case "input":
		switch attr(n, "type") {
		case "submit":
			return
		case "file":
			f.files = name
			return
		case "checkbox", "radio":
			if !has(n, "checked") {
				return
			}
		}
	case "textarea":
		value = inner(n)
	case "select":
		value = chosen(n)
	default:
		return
	}
	if name != "" {
		f.Fields.Add(name, value)
		f.order = append(f.order, name)
	}
}

// chosen is the value of the option that is selected, or else of the first.
func chosen(sel *html.Node) string {
	o := find(sel, func(n *html.Node) bool { return n.Data == "option" && has(n, "selected") })
	if o == nil {
		o = find(sel, func(n *html.Node) bool { return n.Data == "option" })
	}
	switch {
	case o == nil:
		return ""
	case has(o, "value"):
		return attr(o, "value")
	}
	return inner(o)
}

// Encode gives the body of a request and its Content-Type: the fields as they
// stand in the page, then the files, then what was added: the button.
func (f Form) Encode(files ...File) (io.Reader, string, error) {
	if len(files) > 0 && f.files == "" {
		return nil, "", fmt.Errorf("the form for %s takes no files", f.action)
	}
	if !f.multipart {
		return strings.NewReader(f.Fields.Encode()), "application/x-www-form-urlencoded", nil
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	left := maps.Clone(f.Fields)
	write := func(names []string) error {
		for _, name := range names {
			for _, v := range left[name] {
				if err := w.WriteField(name, v); err != nil {
					return err
				}
			}
			delete(left, name)
		}
		return nil
	}
	if err := write(f.order); err != nil {
		return nil, "", err
	}
	for _, file := range files {
		part, err := w.CreateFormFile(f.files, file.Name)
		if err == nil {
			_, err = part.Write(file.Data)
		}
		if err != nil {
			return nil, "", err
		}
	}
	if err := write(slices.Sorted(maps.Keys(left))); err != nil {
		return nil, "", err
	}
	return &body, w.FormDataContentType(), w.Close()
}

// inner is the text inside an element.
func inner(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
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
