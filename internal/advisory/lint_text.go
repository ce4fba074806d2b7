package advisory

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"

	"steward/internal/base/errs"
	"steward/internal/base/pattern"
)

// Limits of texts, in characters.
const (
	maxTitle    = 200
	titleAdvice = 120 // osv:summary recommends no more
	maxLine     = 500
	maxAddress  = 2000
)

// markdownFields are the fields that hold Markdown; every other text is one
// line.
var markdownFields = []string{"overview", "impact", "remedy", "workaround", "mitigation"}

// texts looks at every text, wherever it stands.
func (l *linter) texts() {
	for _, f := range []struct{ path, value, hint string }{
		{"title", l.a.Title, "product and kind of fault, as: libquill: overflow in the header parser"},
		{"overview", l.a.Overview, "what is wrong and where"},
		{"impact", l.a.Impact, "what an attacker gains"},
		{"remedy", l.a.Remedy, "which version to upgrade to, or how to get the patch"},
	} {
		if strings.TrimSpace(f.value) == "" {
			l.stop(f.path, "is missing").hint("%s", f.hint)
		}
	}
	switch n := utf8.RuneCountInString(l.a.Title); {
	case n > maxTitle:
		l.stop("title", "has %d characters; at most %d are allowed", n, maxTitle)
	case n > titleAdvice:
		l.warn("title", "has %d characters; up to %d are easy to scan in a list", n, titleAdvice)
	}
	if strings.HasSuffix(strings.TrimSpace(l.a.Title), ".") {
		l.warn("title", "ends with a full stop").hint("leave it out: a title is no sentence")
	}
	walkTexts(reflect.ValueOf(l.a), "", l.text)
}

// walkTexts calls f with the path and the value of every text in a record.
func walkTexts(v reflect.Value, path string, f func(path, value string)) {
	switch v.Kind() {
	case reflect.String:
		f(path, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			walkTexts(v.Elem(), path, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkTexts(v.Index(i), item(path, i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue // a time's own business
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if path != "" {
				name = path + "." + name
			}
			walkTexts(v.Field(i), name, f)
		}
	}
}

// text looks at one text: its characters, its length, what was left in it.
func (l *linter) text(path, value string) {
	if r, ok := firstHidden(value); ok {
		l.stop(path, "holds the character %U, which cannot be seen or changes how others read", r).
			hint("delete it and type the text around it again")
	}
	if slices.Contains(markdownFields, path) {
		if len(value) > MarkdownLimit {
			l.stop(path, "has %d bytes; at most %d are allowed", len(value), MarkdownLimit)
			return
		}
		l.leftovers(path, prose(value))
		return
	}
	limit := maxLine
	if strings.HasSuffix(path, ".url") || strings.HasSuffix(path, ".purl") || strings.HasSuffix(path, ".repo") {
		limit = maxAddress
	}
	if n := utf8.RuneCountInString(value); n > limit {
		l.stop(path, "has %d characters; at most %d are allowed", n, limit)
		return
	}
	if strings.ContainsAny(value, "\n\r\t") {
		l.stop(path, "has a line break or a tab").hint("this field is one line")
	}
	if value != strings.TrimSpace(value) {
		l.warn(path, "begins or ends with a space")
	}
	l.leftovers(path, value)
}

// What people type to fill in later. Only as words of their own: mktemp's
// XXXXXX is none.
var placeholder = pattern.Late(`\b(?:TBD|TBA|TODO|FIXME|XXX|PLACEHOLDER|CHANGEME)\b|(?i:lorem ipsum)|CVE-(?:[0-9]{4}|YYYY)-[XN?]{2,}`)

// Words that belong to the work under embargo and are seldom meant to be read
// by the public.
var insideWords = pattern.Late(`(?i)\binternal (?:note|notes|only|use only)\b|\bdo not (?:publish|share|distribute|disclose|forward)\b|\bTLP:\s*(?:RED|AMBER|GREEN)\b|\bunder embargo\b|\bstrictly confidential\b`)

// address finds links in prose.
var address = pattern.Late(`\bhttps?://([^\s/<>"'()\[\]]+)`)

// leftovers looks for what was meant to go before the release.
func (l *linter) leftovers(path, s string) {
	if found := placeholder().FindString(s); found != "" {
		l.stop(path, "still says %q", found).hint("fill it in; if it is meant, set it as code between backticks")
	}
	if found := insideWords().FindString(s); found != "" {
		l.warn(path, "says %q: is this meant for the public?", found)
	}
	if strings.HasSuffix(path, ".url") || strings.HasSuffix(path, ".repo") {
		return // link says it of these
	}
	for _, m := range address().FindAllStringSubmatch(s, 20) {
		host, _, _ := strings.Cut(m[1], ":")
		if privateHost(host) {
			l.warn(path, "links to %s, which readers cannot reach", host)
			return
		}
	}
}

// prose gives the text of Markdown without its code, with the targets of its
// links.
func prose(md string) string {
	source := []byte(CleanText(md))
	p := plain{source: source}
	var b strings.Builder
	// The walk never returns an error: the function below never does.
	_ = ast.Walk(parseMarkdown(source), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.CodeBlock, *ast.FencedCodeBlock:
			b.WriteByte(' ')
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			b.WriteString(p.text(n))
		case *ast.Link:
			b.WriteString(" " + linkTarget(n) + " ")
		case *ast.AutoLink:
			b.Write(n.Label(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// privateHost tells whether a host is one that only its own network knows.
func privateHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	}
	for _, end := range []string{".local", ".localhost", ".internal", ".intranet", ".lan", ".corp", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}

// messageOf and hintOf take an error of errs apart for a problem, whose path
// is already given.
func messageOf(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Message
	}
	return fmt.Sprint(err)
}

func hintOf(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Hint
	}
	return ""
}
