package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// screen is what a person looks at.
type screen struct {
	name          string
	width, height int64
	phone         bool
}

var screens = []screen{{"phone", 390, 844, true}, {"desk", 1280, 900, false}}

// tab is a window of the browser and the person before it, who clicks and
// types as a person does: where the mouse is, what is there gets the click.
type tab struct {
	t      *testing.T
	who    string
	base   string
	screen screen
	script bool // does the person let pages run scripts?
	ctx    context.Context
	watch  *watch

	signIn        func()                   // what they do when their session has ended
	authenticator webauthn.AuthenticatorID // of the device with the passkeys
}

func openTab(t *testing.T, s *steward, sc screen, who string) *tab {
	t.Helper()
	b := &tab{t: t, who: who, base: s.base, screen: sc, script: true, watch: &watch{host: strings.TrimPrefix(s.base, "http://")}}
	b.ctx = newTab(t, b.watch.event)
	call(b, log.Enable, struct{}{})
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	call(b, emulation.SetDeviceMetricsOverride, sc.metrics(sc.height, 1))
	return b
}

// metrics are those of the screen, or of one that is taller or sharper.
func (s screen) metrics(height int64, sharp float64) emulation.SetDeviceMetricsOverrideParams {
	return emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: height, DeviceScaleFactor: sharp, Mobile: s.phone}
}

// withoutScript turns scripts off for all pages from the next on.
func (b *tab) withoutScript() *tab {
	b.script = false
	b.setScript(false)
	return b
}

func (b *tab) setScript(on bool) {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

func (b *tab) fatalf(format string, args ...any) {
	b.t.Helper()
	doc, _ := b.watch.shown()
	text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector("main, body").innerText`))
	b.t.Fatalf("%s, %s, at %s (%d):\n%s\n\nThe page says:\n%.1800s",
		b.who, b.screen.name, strings.TrimPrefix(doc.url, b.base), doc.status, fmt.Sprintf(format, args...), text)
}

// Without scripts of its own a page can still be asked by the test.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.fatalf("asking the page: %v", err)
	}
	return v
}

// until waits for something to become so.
func (b *tab) until(what string, so func() bool) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for !so() {
		if time.Now().After(end) {
			b.fatalf("waited in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond) // between two looks
	}
}

// open types an address. Who is asked to sign in first does so and is led on.
func (b *tab) open(path string) {
	b.t.Helper()
	b.load(func() error { return b.navigate(path) })
	if b.signIn != nil && b.path() != path && strings.HasSuffix(b.path(), "/sign-in") {
		b.signIn()
	}
	if doc, _ := b.watch.shown(); doc.status >= 400 {
		b.fatalf("the page was answered with %d", doc.status)
	}
}

func (b *tab) navigate(path string) error {
	_, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: b.base + path})
	return err
}

// load does what leads to another page, and waits until it is there.
func (b *tab) load(do func() error) {
	b.t.Helper()
	_, before := b.watch.shown()
	if err := do(); err != nil {
		b.fatalf("%v", err)
	}
	b.until("the next page", func() bool {
		_, now := b.watch.shown()
		return now > before
	})
}

// path is the address of the page, without the host.
func (b *tab) path() string {
	b.t.Helper()
	u, err := url.Parse(ask[string](b, "location.href"))
	if err != nil {
		b.fatalf("%v", err)
	}
	return u.Path
}

func (b *tab) text() string {
	b.t.Helper()
	return strings.Join(strings.Fields(ask[string](b, "document.body.innerText")), " ")
}

// waitFor waits until a page that is wholly loaded says something. Until then
// one page may give way to another, and neither can be asked.
func (b *tab) waitFor(words string) {
	b.t.Helper()
	b.until("the words "+words, func() bool {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText : ""`))
		return err == nil && strings.Contains(text, words)
	})
}

// sees demands that the page says something.
func (b *tab) sees(all ...string) {
	b.t.Helper()
	text := b.text()
	for _, s := range all {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(s)) {
			b.fatalf("the page does not say %q", s)
		}
	}
}

func (b *tab) seesNot(all ...string) {
	b.t.Helper()
	text := b.text()
	for _, s := range all {
		if strings.Contains(text, s) {
			b.fatalf("the page says %q", s)
		}
	}
}

//go:embed testdata/locate.js
var locate string

// place is where to click.
type place struct {
	X, Y  float64
	Error string
	Tag   string
	Type  string
	Fold  bool // the place is a closed fold around what was looked for
}

// find finds what a person looks for, and brings it into view. Kind is
// "button", "link" or "field"; a fold in the way is opened.
func (b *tab) find(scope, kind, name, value string) place {
	b.t.Helper()
	args, err := json.Marshal([]string{scope, kind, name, value})
	if err != nil {
		b.t.Fatal(err)
	}
	for range 5 {
		p := ask[place](b, fmt.Sprintf("(%s)(...%s)", locate, args))
		if p.Error != "" {
			b.fatalf("looking for the %s %q: %s", kind, name, p.Error)
		}
		if !p.Fold {
			return p
		}
		b.click(p)
	}
	b.fatalf("the %s %q stays folded away", kind, name)
	return place{}
}

func (b *tab) click(p place) {
	b.t.Helper()
	if err := b.clickAt(p); err != nil {
		b.fatalf("clicking: %v", err)
	}
}

func (b *tab) clickAt(p place) error {
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		_, err := chromedp.Call(b.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: p.X, Y: p.Y, Button: input.MouseButtonLeft, ClickCount: 1,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// follow clicks a link, press a button; scope is a selector of the part of the
// page that is meant, "" for all of it.
func (b *tab) follow(scope, text string) {
	b.t.Helper()
	b.goBy(b.find(scope, "link", text, ""), 200)
}

func (b *tab) press(scope, text string) {
	b.t.Helper()
	b.goBy(b.find(scope, "button", text, ""), 200)
}

// refused presses a button and demands that the answer is a refusal.
func (b *tab) refused(scope, text string, status int) {
	b.t.Helper()
	b.goBy(b.find(scope, "button", text, ""), status)
}

func (b *tab) goBy(p place, status int) {
	b.t.Helper()
	b.load(func() error { return b.clickAt(p) })
	if doc, _ := b.watch.shown(); doc.status != status {
		b.fatalf("the answer was %d, not %d", doc.status, status)
	}
}

// fill fills in fields: their names, each followed by what to type or choose.
func (b *tab) fill(scope string, pairs ...string) {
	b.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		p := b.find(scope, "field", name, value)
		switch {
		case p.Type == "set": // chosen or picked: done where it was found
		case p.Type == "checkbox" || p.Type == "radio":
			b.click(p)
		case p.Type == "file":
			b.attach(scope, name, value)
		default:
			b.click(p)
			ask[bool](b, "document.activeElement.select(), true")
			call(b, input.InsertText, input.InsertTextParams{Text: value})
		}
	}
}

// attach chooses files.
func (b *tab) attach(scope, name string, files ...string) {
	b.t.Helper()
	selector, err := json.Marshal(strings.TrimSpace(fmt.Sprintf("%s [name=%q]", scope, name)))
	if err != nil {
		b.t.Fatal(err)
	}
	res := call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.querySelector(" + string(selector) + ")"})
	for i := range files {
		if files[i], err = filepath.Abs(files[i]); err != nil {
			b.t.Fatal(err)
		}
	}
	call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, ObjectID: res.Result.ObjectID})
}

// key presses a key that moves.
func (b *tab) key(name string, code int64) {
	b.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: name, Code: name, WindowsVirtualKeyCode: code})
	}
}

// call sends a command to the browser.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	r, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.fatalf("%s: %v", command.Method, err)
	}
	return r
}
