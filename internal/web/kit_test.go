package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/blob"
	"steward/internal/base/browse"
	"steward/internal/base/checkup"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/jobs"
	"steward/internal/base/look/looktest"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/base/throttle"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/predisclosure"
	"steward/internal/publish/render"
	"steward/internal/rota"
	"steward/internal/subscribe"
)

// house is a whole Steward behind the dynamic face, with real stores.
type house struct {
	t         *testing.T
	cases     *cvd.Store
	accounts  *account.Store
	mail      *mail.Office
	rota      *rota.Store
	desk      *intake.Desk
	refuse    error // what the relay answers
	letters   []letter
	told      *subscribe.Store
	lists     *predisclosure.Store
	log       *safeBuffer
	server    *httptest.Server
	published int
	mu        sync.Mutex
	now       time.Time
}

// letter is one that went to the relay.
type letter struct{ to, text string }

// send is the relay.
func (h *house) send(_ context.Context, _, to string, msg []byte, _ func() error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuse != nil {
		return h.refuse
	}
	h.letters = append(h.letters, letter{to, string(msg)})
	return nil
}

// work does what waits: mail that came in, letters that go out.
func (h *house) work() {
	h.t.Helper()
	r := &jobs.Runner{Queue: h.mail.Jobs, Workers: h.mail.Workers()}
	for n := 1; n > 0; {
		n = must(r.Step(h.t.Context()))(h.t)
	}
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// pass lets time go by.
func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var testSite = render.Site{
	TeamName: "Quillfeather", BaseURL: "http://localhost", AckPromise: "A person answers within three days.",
	Products: []render.Product{{Name: "libquill"}, {Name: "quill-cli"}},
	Rules:    []render.Rule{{Title: "Self-inflicted crashes", Why: "They are bugs."}},
}

// newHouse opens a house on a Tuesday.
func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, log: &safeBuffer{}, now: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)}
	database := dbtest.Open(t, "sqlite")
	keys := must(seal.OpenKeyring(seal.NewMaster(rand.Reader)))(t)
	record := &audit.Log{Clock: h.clock}
	desk := &intake.Desk{
		Keys: keys, Signer: must(sign.Generate(rand.Reader, "Quillfeather", "security@quillfeather.example", h.now))(t),
		Team: "Quillfeather", AnswerWithin: 72 * time.Hour, Clock: h.clock, Rand: rand.Reader,
	}
	h.cases = &cvd.Store{
		DB: database, Keys: keys, Blobs: &blob.Store{Dir: t.TempDir()}, Audit: record,
		Advisories: &advisory.Store{DB: database}, Desk: desk, Clock: h.clock, Rand: rand.Reader,
		Settings: cvd.Settings{Prefix: "QF", Attachments: 3, AttachBytes: 1 << 20, Publisher: advisory.Publisher{
			Name: "Quillfeather", Namespace: "https://quillfeather.example", Contact: "security@quillfeather.example", Terms: "CC-BY-4.0", Audience: "All users.",
		}},
	}
	rp := must(account.NewRelyingParty("http://localhost", "Quillfeather"))(t)
	h.accounts = &account.Store{DB: database, Audit: record, RP: rp, Clock: h.clock, Rand: rand.Reader}
	h.desk = desk
	queue := &jobs.Queue{DB: database, Keys: keys, Clock: h.clock, Rand: rand.Reader}
	h.mail = &mail.Office{
		DB: database, Keys: keys, Blobs: h.cases.Blobs, Audit: record, Jobs: queue, Signer: desk.Signer, Cases: h.cases, Accounts: h.accounts,
		Linter: &intake.Linter{}, Log: slog.New(slog.NewTextHandler(h.log, nil)), Clock: h.clock, Rand: rand.Reader,
		Address: "security@quillfeather.example", Team: "Quillfeather", Host: "quillfeather.example", BaseURL: "http://localhost", MaxBytes: 1 << 20,
		Send: h.send,
	}
	h.rota = &rota.Store{DB: database, Keys: keys, Audit: record, Clock: h.clock}
	h.cases.Post = h.mail.Post
	h.cases.Reach = func(ctx context.Context, q db.Queryer, user string) (account.Reach, error) {
		return h.accounts.Reach(ctx, acl.Myself(), q, user)
	}
	h.lists = &predisclosure.Store{DB: database, Keys: keys, Audit: record, Clock: h.clock, Rand: rand.Reader}
	h.cases.Lists = h.lists
	limit := func(n int) *throttle.Limiter { return must(throttle.PerHour(n, 100, h.clock, rand.Reader))(t) }
	h.told = &subscribe.Store{
		DB: database, Advisories: h.cases.Advisories, Keys: keys, Audit: record, Jobs: queue, Hooks: subscribe.NewClient(false),
		Clock: h.clock, Rand: rand.Reader, Site: subscribe.Site{
			Name: "Quillfeather", Products: []string{"libquill", "quill-cli"}, Token: func(token string) string { return "http://localhost/subscribe/" + token },
		},
	}
	handler, err := New(Deps{
		DB: database, Keys: keys, Cases: h.cases, Lists: h.lists, Accounts: h.accounts, Mail: h.mail, Rota: h.rota, Linter: &intake.Linter{},
		Site: func() render.Site { return testSite }, Publish: func(context.Context) error { h.published++; return nil }, Zone: "Europe/Stockholm",
		Checkup: func(context.Context) []checkup.Line {
			return []checkup.Line{checkup.Fine("disk", "There is room."), checkup.Bad("keys", "Let nobody else read it.", "The key is open.").By("chmod 600 key")}
		},
		Reports: limit(50), Phrases: limit(20), SignIns: limit(100),
		Subscribers: h.told, Subscribes: limit(30), ByMail: true,
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Clock: h.clock, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(handler)
	t.Cleanup(h.server.Close)
	return h
}

// browser is a person with a cookie jar.
type browser struct {
	h    *house
	http *http.Client
	page []byte // that is shown now
	at   string // its path
	code int
}

func (h *house) browser() *browser {
	jar := must(cookiejar.New(nil))(h.t)
	return &browser{h: h, http: &http.Client{Jar: jar}}
}

// member adds a person with a role and signs them in by a link.
func (h *house) member(name string, role acl.Role) *browser {
	h.t.Helper()
	u := must(h.accounts.AddUser(h.t.Context(), acl.Myself(), account.Profile{Name: name, Role: role}))(h.t)
	_, secret, err := h.accounts.CreateLink(h.t.Context(), acl.Myself(), u.ID, account.SignIn)
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.get("/enrol").submit("/enrol", url.Values{"code": {secret}})
	b.expect(200)
	if b.at != "/team" {
		h.t.Fatalf("signing %s in led to %s: %s", name, b.at, b.words())
	}
	return b
}

// keep, when set, is where each page that a test sees is written, to be looked
// at in a browser.
var keep = flag.String("keep", "", "write the pages that the tests see below this folder")

func (b *browser) take(res *http.Response, err error) *browser {
	b.h.t.Helper()
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer res.Body.Close()
	b.page = must(io.ReadAll(res.Body))(b.h.t)
	b.at, b.code = res.Request.URL.Path, res.StatusCode
	b.h.pass(time.Second)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		looktest.Check(b.h.t, b.at, b.page)
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
			if got := res.Header.Get(name); !strings.Contains(got, want) {
				b.h.t.Errorf("%s: header %s is %q", b.at, name, got)
			}
		}
		b.write()
	}
	return b
}

// write keeps the page for looking at.
func (b *browser) write() {
	if *keep == "" {
		return
	}
	name := strings.Trim(strings.NewReplacer("/", "-").Replace(b.at), "-")
	if len(name) > 60 { // the id of a case
		name = name[:11] + name[37:]
	} else if i := strings.Index(name, "team-cases-"); i == 0 && len(name) >= 37 {
		name = "team-case" + name[37:]
	}
	if b.code != 200 {
		name += fmt.Sprint("-", b.code)
	}
	page := strings.NewReplacer(`"/assets/`, `"assets/`).Replace(string(b.page))
	if err := os.WriteFile(filepath.Join(*keep, name+".html"), []byte(page), 0o644); err != nil {
		b.h.t.Error(err)
	}
}

func (b *browser) get(path string) *browser {
	b.h.t.Helper()
	return b.take(b.http.Get(b.h.server.URL + path))
}

// upload is a file that a form brings.
type file struct{ name, body string }

// submit sends the form that goes to action, with what its page has filled in
// and what the person types over it.
func (b *browser) submit(action string, typed url.Values, files ...file) *browser {
	b.h.t.Helper()
	form := b.form(action)
	maps.Copy(form.Fields, typed)
	var attached []browse.File
	for _, f := range files {
		attached = append(attached, browse.File{Name: f.name, Data: []byte(f.body)})
	}
	body, kind, err := form.Encode(attached...)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return b.take(b.http.Post(b.h.server.URL+action, kind, body))
}

// form finds a form of the page by where it goes.
func (b *browser) form(action string) browse.Form {
	b.h.t.Helper()
	form, ok := browse.FormFor(must(html.Parse(bytes.NewReader(b.page)))(b.h.t), action)
	if !ok {
		b.h.t.Fatalf("%s has no form to %s; the page says:\n%s", b.at, action, b.words())
	}
	return form
}

// words is the text of the page, without its frame.
func (b *browser) words() string {
	doc, err := html.Parse(bytes.NewReader(b.page))
	if err != nil {
		return string(b.page)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "main" {
			var b strings.Builder
			for d := range n.Descendants() {
				if d.Type == html.TextNode {
					b.WriteString(d.Data)
				}
			}
			return strings.Join(strings.Fields(b.String()), " ")
		}
	}
	return string(b.page)
}

// expect checks the status and that the page says something.
func (b *browser) expect(code int, says ...string) *browser {
	b.h.t.Helper()
	if b.code != code {
		b.h.t.Fatalf("%s answered %d, want %d; it says: %s\nlog: %s", b.at, b.code, code, b.words(), b.h.log.String())
	}
	for _, want := range says {
		if !strings.Contains(b.words(), want) {
			b.h.t.Fatalf("%s does not say %q; it says: %s", b.at, want, b.words())
		}
	}
	return b
}

// lacks checks that the page does not say something.
func (b *browser) lacks(words ...string) *browser {
	b.h.t.Helper()
	for _, w := range words {
		if bytes.Contains(b.page, []byte(w)) {
			b.h.t.Errorf("%s holds %q", b.at, w)
		}
	}
	return b
}
