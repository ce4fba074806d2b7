package e2e

import (
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var (
	//go:embed testdata/touch.js
	touchScript string
	//go:embed testdata/inject.js
	injectScript string
)

// trap is a tab that notices when a script of a payload runs, wherever in the
// page and in its frames.
type trap struct {
	*tab
	mu    sync.Mutex
	fired map[int]bool // numbers of the payloads that ran
	alarm []string     // what else a payload did
}

// setTrap opens a tab that takes whatever a payload does for an alarm. Without
// the content security policy the escaping stands alone.
func setTrap(t *testing.T, s *steward, policy bool) *trap {
	t.Helper()
	p := &trap{tab: openTab(t, s, screens[1], "the trap"), fired: map[int]bool{}}
	if err := chromedp.Listen(p.ctx, p.event); err != nil {
		t.Fatal(err)
	}
	call(p.tab, runtime.AddBinding, runtime.AddBindingParams{Name: "stewardFired"})
	call(p.tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: touchScript})
	call(p.tab, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: !policy})
	return p
}

func (p *trap) event(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventBindingCalled:
		number, err := strconv.Atoi(e.Payload)
		if e.Name != "stewardFired" || err != nil {
			p.alarm = append(p.alarm, "a call of "+e.Name+" with "+e.Payload)
			return
		}
		p.fired[number] = true
	case *page.EventJavascriptDialogOpening:
		p.alarm = append(p.alarm, "a dialog: "+e.Message)
		go func() { // the page stands still until it is answered
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	case *page.EventWindowOpen:
		p.alarm = append(p.alarm, "a window: "+e.URL)
	}
}

// ran gives the numbers of the payloads that ran since it was last asked, and
// what else they did.
func (p *trap) ran() (numbers []int, alarm []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range p.fired {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	alarm, p.alarm, p.fired = p.alarm, nil, map[int]bool{}
	return numbers, alarm
}

// shown is what the script sees in a page.
type shown struct {
	Seen   []int
	Faults []string
	Type   string
}

// look looks at the page as it stands and gives the numbers of the payloads
// that it shows. Nothing of a payload may be more than text in it.
func (p *trap) look(what string) []int {
	p.t.Helper()
	s := ask[shown](p.tab, "("+injectScript+")()")
	doc, _ := p.watch.shown()
	wrong := append(s.Faults, policyFaults(doc)...)
	for _, w := range p.watch.take() {
		if !strings.Contains(w, "/favicon.ico") { // which a browser asks for beside a text
			wrong = append(wrong, w)
		}
	}
	ran, alarm := p.ran()
	for _, n := range ran {
		wrong = append(wrong, fmt.Sprintf("payload %d ran", n))
	}
	if wrong = append(wrong, alarm...); len(wrong) > 0 {
		p.t.Errorf("%s (%s):\n  %s", what, strings.TrimPrefix(doc.url, p.base), strings.Join(wrong[:min(len(wrong), 8)], "\n  "))
	}
	return s.Seen
}

// policyFaults says how an answer would let a script run that is not one of our
// own files, or be framed or taken for something else.
func policyFaults(doc document) (wrong []string) {
	policy := map[string]string{}
	for part := range strings.SplitSeq(doc.headers["content-security-policy"], ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		policy[name] = value
	}
	scripts, some := policy["script-src"]
	if policy["default-src"] != "'none'" || some && scripts != "'self'" || policy["frame-ancestors"] != "'none'" {
		wrong = append(wrong, fmt.Sprintf("its policy is %q", doc.headers["content-security-policy"]))
	}
	if doc.headers["x-content-type-options"] != "nosniff" {
		wrong = append(wrong, "a browser may take it for something else")
	}
	if kind := doc.headers["content-type"]; strings.HasPrefix(kind, "text/") && !strings.HasSuffix(kind, "charset=utf-8") {
		wrong = append(wrong, "its letters may be read as "+kind)
	}
	return wrong
}

// visit opens an address and looks at it.
func (p *trap) visit(what, path string) []int {
	p.t.Helper()
	return p.answer(what, path, http.StatusOK)
}

// anyStatus is for answers whose status says nothing here.
const anyStatus = 0

// answer opens an address that is answered so and looks at it.
func (p *trap) answer(what, path string, status int) []int {
	p.t.Helper()
	p.load(func() error { return p.navigate(path) })
	if doc, _ := p.watch.shown(); status != anyStatus && doc.status != status {
		p.t.Errorf("%s (%s): the answer was %d, not %d", what, path, doc.status, status)
	}
	return p.look(what)
}

// cookie gives the tab a cookie.
func (p *trap) cookie(name, value string) {
	p.t.Helper()
	call(p.tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: p.base, HTTPOnly: new(true), SameSite: network.CookieSameSiteLax})
}
