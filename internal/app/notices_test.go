package app_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/trial"
	"steward/internal/mail/mailtest"
	"steward/internal/mail/read"
	"steward/internal/subscribe"
)

// TestMain lets this process trust the certificate of receivers of webhooks,
// all of which have the same.
func TestMain(m *testing.M) {
	srv := httptest.NewTLSServer(nil)
	dir, err := os.MkdirTemp("", "steward-roots-*")
	if err == nil {
		roots := filepath.Join(dir, "roots.pem")
		if err = os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600); err == nil {
			err = os.Setenv("SSL_CERT_FILE", roots)
		}
	}
	srv.Close()
	if err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// behindTLS is where people reach the world of a test by their account: a proxy
// would be there.
const behindTLS = "https://security.example.org"

// withRelay sends all letters to a sink, and says that people come by https.
func withRelay(sink *mailtest.Server, more string) func(string) string {
	return func(settings string) string {
		settings = regexp.MustCompile(`(?m)^base_url = .*$`).ReplaceAllString(settings, `base_url = "`+behindTLS+`"`)
		return settings + "\n[mail]\nrelay = \"" + sink.Addr + "\"\nrelay_tls = \"none\"\n" + more
	}
}

// text is what a letter says.
func text(m mailtest.Message) string { return read.Reader{}.Read(m.Raw).Text }

var subscriptionLink = regexp.MustCompile(regexp.QuoteMeta(behindTLS) + `(/subscribe/[a-z2-7]+)`)

// link is the path of the link in a letter.
func link(t *testing.T, m mailtest.Message) string {
	t.Helper()
	found := subscriptionLink.FindStringSubmatch(text(m))
	if found == nil {
		t.Fatalf("no link in %s", m.Raw)
	}
	return found[1]
}

// patience is how long a test waits for what comes in its own time. It is long
// because the machine may be busy; what works does not take it.
const patience = time.Minute

// until waits until so many letters have come to an address.
func until(t *testing.T, sink *mailtest.Server, address string, n int) []mailtest.Message {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if got := sink.For(address); len(got) >= n {
			return got
		}
	}
	t.Fatalf("%d letters to %s, want %d", len(sink.For(address)), address, n)
	return nil
}

var formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// fillIn sends a form of a page that anyone may open.
func (w *world) fillIn(page string, form url.Values) answer {
	w.t.Helper()
	shown := w.nobody().get(page)
	found := formToken.FindSubmatch(shown.body)
	if found == nil {
		w.t.Fatalf("%s answers %d without a form: %s", page, shown.code, shown.body)
	}
	form.Set("token", string(found[1]))
	return w.nobody().do("POST", page, strings.NewReader(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

// join subscribes an address and gives the first letter.
func (w *world) join(sink *mailtest.Server, address string) mailtest.Message {
	w.t.Helper()
	if a := w.fillIn("/subscribe", url.Values{"address": {address}, "least": {"low"}, "prenotices": {"yes"}}); a.code != 200 {
		w.t.Fatalf("asking answered %d: %s", a.code, a.body)
	}
	return until(w.t.(*testing.T), sink, address, 1)[0]
}

// receiver is the machine of someone who is told by a webhook.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	heads  []http.Header
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		b, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies, r.heads = append(r.bodies, b), append(r.heads, q.Header.Clone())
	}))
	t.Cleanup(r.Close)
	return r
}

// calls waits for so many calls and gives them.
func (r *receiver) calls(t *testing.T, n int) ([][]byte, []http.Header) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		r.mu.Lock()
		bodies, heads := slices.Clone(r.bodies), slices.Clone(r.heads)
		r.mu.Unlock()
		if len(bodies) >= n {
			return bodies, heads
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Fatalf("%d calls, want %d", len(r.bodies), n)
	return nil, nil
}

// TestNotices: from the wish to the letters and to their end, over real
// connections; a webhook beside it; and nothing private in any of it.
func TestNotices(t *testing.T) {
	t.Parallel()
	sink := mailtest.Sink(t, mailtest.SinkOptions{})
	w := newWorld(t, "sqlite", withRelay(sink, ""))
	w.Subscribers.Hooks = subscribe.NewClient(true)
	ada, bob := canary("ada")+"@example.net", "bob@example.net"
	links := map[string]string{}
	for _, who := range []string{ada, bob} {
		first := w.join(sink, who)
		links[who] = link(t, first)
		if first.Header("List-Unsubscribe") != "" || first.Header("List-Id") != "" || first.Header("Auto-Submitted") == "" || first.From == "" {
			t.Errorf("the first letter is not one of its kind: %s", first.Raw)
		}
		if a := w.fillIn(links[who], url.Values{"do": {"confirm"}}); a.code != http.StatusSeeOther {
			t.Fatalf("confirming answered %d: %s", a.code, a.body)
		}
	}
	recv := newReceiver(t)
	var hook api.Hook
	w.person("Lars", acl.Lead).api("/webhooks", api.HookWish{URL: recv.URL + "/" + canary("hook")}, &hook)

	s := fill(w) // it announces
	until(t, sink, ada, 2)
	s.release()
	letters := until(t, sink, ada, 3)
	until(t, sink, bob, 3)
	for i, m := range letters[1:] {
		one := m.Header("List-Unsubscribe")
		if !strings.HasPrefix(one, "<"+behindTLS+"/subscribe/") || m.Header("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("letter %d: List-Unsubscribe is %q, -Post %q", i, one, m.Header("List-Unsubscribe-Post"))
		}
		if got := m.Header("List-Id"); got != "<advisories.security.example.org>" || (read.Reader{}).Read(m.Raw).List == "" {
			t.Errorf("letter %d: List-Id is %q", i, got)
		}
	}
	if says := text(letters[2]); !strings.Contains(says, "Public title of the fault") || !strings.Contains(says, behindTLS+"/advisories/"+s.advisory+"/") {
		t.Errorf("the notice does not tell of the advisory: %s", says)
	}

	// What a provider of mail sends for its user.
	at, err := url.Parse(strings.Trim(letters[2].Header("List-Unsubscribe"), "<>"))
	if err != nil {
		t.Fatal(err)
	}
	ended := w.nobody().do("POST", at.Path, strings.NewReader("List-Unsubscribe=One-Click"), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if ended.code != 200 {
		t.Fatalf("one click answered %d: %s", ended.code, ended.body)
	}
	s.releaser.api(s.on("withdraw"), api.Reason{Reason: "It does not hold."}, nil)
	until(t, sink, bob, 4)
	if got := len(sink.For(ada)); got != 3 {
		t.Errorf("%d letters to who has ended it", got)
	}
	s.machine(recv, hook.Secret)
	if got := len(sink.For(bob)); got != 4 {
		t.Errorf("%d letters to who has not, want each once: 4", got)
	}
	s.lettersClean(sink, ada, bob)
	for what, word := range map[string]string{"an address": bob, "a link": links[bob][len("/subscribe/"):], "the secret of a webhook": hook.Secret} {
		if bytes.Contains(w.log.bytes(), []byte(word)) {
			t.Errorf("the log holds %s", what)
		}
	}
	s.lookEverywhere("with subscribers")
	s.atRest()
}

// machine checks what the webhook was told, with the library of its standard.
func (s *secret) machine(recv *receiver, key string) {
	t := s.w.t.(*testing.T)
	t.Helper()
	bodies, heads := recv.calls(t, 4)
	v, err := standardwebhooks.NewWebhook(key)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]int{}
	for i, b := range bodies {
		if err := v.VerifyIgnoringTimestamp(b, heads[i]); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
		var e subscribe.Event
		decodeInto(t, b, &e)
		types[string(e.Type)]++
		if bytes.Contains(b, []byte(mark)) {
			t.Errorf("a webhook is told a canary: %s", b)
		}
	}
	want := map[string]int{"prenotice.posted": 1, "prenotice.changed": 1, "advisory.published": 1, "advisory.withdrawn": 1}
	if !maps.Equal(types, want) {
		t.Errorf("told %v, want %v", types, want)
	}
}

// lettersClean looks for canaries in all letters to subscribers, who are named
// by their own addresses.
func (s *secret) lettersClean(sink *mailtest.Server, addresses ...string) {
	s.w.t.Helper()
	for _, who := range addresses {
		for _, m := range sink.For(who) {
			raw := strings.ReplaceAll(string(m.Raw)+text(m), who, "")
			if strings.Contains(raw, mark) {
				s.w.t.Errorf("a letter holds a canary: %s", raw)
			}
		}
	}
}

// TestNoticeComesBack: a report of non-delivery ends the subscription whose
// letter it is about, and only one that says that it is for good.
func TestNoticeComesBack(t *testing.T) {
	t.Parallel()
	sink := mailtest.Sink(t, mailtest.SinkOptions{})
	door := trial.Addr(t)
	w := newWorld(t, "sqlite", withRelay(sink, "listen = \""+door+"\"\n"))
	letter := w.join(sink, "gone@example.net")
	if letter.From != "security@example.org" {
		t.Errorf("it would come back to %q", letter.From)
	}
	state := func() int {
		f, err := w.Subscribers.Figures(t.Context(), acl.Caller{Role: acl.Lead})
		if err != nil {
			t.Fatal(err)
		}
		return f.Subscriptions[subscribe.Bounced]
	}
	for _, dsn := range []struct {
		status, id string
		ended      int
	}{{"4.4.7", letter.Header("Message-ID"), 0}, {"5.1.1", "<aaaaaaaaaaaaaaaaaaaaaaaaaa@security.example.org>", 0}, {"5.1.1", letter.Header("Message-ID"), 1}} {
		raw := fmt.Sprintf("From: MAILER-DAEMON@mx.example.net\r\nTo: security@example.org\r\nSubject: Undelivered\r\nMessage-ID: <%s.%d@mx.example.net>\r\nMIME-Version: 1.0\r\n"+
			"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt was not delivered.\r\n"+
			"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; gone@example.net\r\nAction: failed\r\nStatus: %s\r\n"+
			"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\nSubject: x\r\n\r\n--b--\r\n", dsn.status, dsn.ended, dsn.status, dsn.id)
		if err := smtp.SendMail(door, nil, "", []string{"security@example.org"}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		before := 0
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) { // until it was looked at
			counts, err := w.Mail.Counts(t.Context(), acl.Caller{Role: acl.Lead})
			if err != nil {
				t.Fatal(err)
			}
			if before = counts["received"]; before == 0 && (dsn.ended == 0 || state() == 1) {
				break
			}
		}
		if before != 0 || state() != dsn.ended {
			t.Errorf("%s of %s: %d ended", dsn.status, dsn.id, state())
		}
	}
}

// TestImportWithoutReceipts: receipts=no keeps the receipt from the sender of a
// mail that is imported, and from no other.
func TestImportWithoutReceipts(t *testing.T) {
	t.Parallel()
	sink := mailtest.Sink(t, mailtest.SinkOptions{})
	w := newWorld(t, "sqlite", withRelay(sink, ""))
	lars := w.person("Lars", acl.Lead)
	for who, query := range map[string]string{"past@example.net": "?receipts=no", "now@example.net": ""} {
		raw := "From: <" + who + ">\r\nTo: security@example.org\r\nSubject: A hole\r\n\r\nIt overflows.\r\n"
		if a := lars.do("POST", "/api/v1/mail"+query, strings.NewReader(raw), map[string]string{"Content-Type": "message/rfc822"}); a.code != http.StatusCreated {
			t.Fatalf("%s: %d %s", query, a.code, a.body)
		}
	}
	if a := lars.do("POST", "/api/v1/mail?receipts=maybe", strings.NewReader("x"), map[string]string{"Content-Type": "message/rfc822"}); a.code != http.StatusUnprocessableEntity && a.code != http.StatusBadRequest {
		t.Errorf("receipts=maybe answers %d", a.code)
	}
	until(t, sink, "now@example.net", 1)
	for range 400 { // until both are cases
		if counts, err := w.Mail.Counts(t.Context(), acl.Myself()); err != nil || counts["filed"] == 2 {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	if got := sink.For("past@example.net"); len(got) != 0 {
		t.Errorf("who wrote long ago got %s", got[0].Raw)
	}
}

// TestNoRelay: without one nobody can ask for letters, and the page says so.
func TestNoRelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	page := w.nobody().get("/subscribe")
	if page.code != 200 || !bytes.Contains(page.body, []byte("No letters go out from here")) || bytes.Contains(page.body, []byte("<form")) {
		t.Errorf("%d %s", page.code, page.body)
	}
	sent := w.nobody().do("POST", "/subscribe", strings.NewReader("address=a@example.net"), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if sent.code < 400 {
		t.Errorf("asking answers %d", sent.code)
	}
}
