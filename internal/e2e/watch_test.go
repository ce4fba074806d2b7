package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// document is the answer that became the page.
type document struct {
	url     string
	status  int
	headers map[string]string // names in lower case
}

// watch keeps what the browser tells while a tab is used.
type watch struct {
	mu    sync.Mutex
	host  string // the only one that may be asked
	doc   document
	loads int
	wrong []string // since they were last taken
}

// event is called in the order of events; it must not wait for the browser.
func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *page.EventLoadEventFired:
		w.loads++
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme != "about" && u.Host != w.host {
			w.wrong = append(w.wrong, "a request to another place: "+e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			w.doc = document{url: e.Response.URL, status: int(e.Response.Status), headers: map[string]string{}}
			for name, value := range e.Response.Headers {
				w.doc.headers[strings.ToLower(name)] = fmt.Sprint(value)
			}
		} else if e.Response.Status >= 400 {
			w.wrong = append(w.wrong, fmt.Sprintf("%d for %s", e.Response.Status, e.Response.URL))
		}
	case *runtime.EventExceptionThrown:
		w.wrong = append(w.wrong, "a script failed: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			for _, arg := range e.Args {
				w.wrong = append(w.wrong, fmt.Sprintf("on the console: %s %s", arg.Value, arg.Description))
			}
		}
	case *log.EventEntryAdded:
		// That a page was answered with a refusal is not an error of the page.
		if e.Entry.Level == log.EntryLevelError && (e.Entry.Source != log.EntrySourceNetwork || e.Entry.URL != w.doc.url) {
			w.wrong = append(w.wrong, "on the console: "+e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// take gives what went wrong since it was last asked.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	wrong := w.wrong
	w.wrong = nil
	return wrong
}

func (w *watch) shown() (document, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.doc, w.loads
}
