package subscribe

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

// receiver is a server that keeps what it was sent.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer int
	bodies [][]byte
	heads  []http.Header
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{answer: http.StatusNoContent}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies, r.heads = append(r.bodies, body), append(r.heads, q.Header)
		rw.Header().Set("Location", "/elsewhere")
		rw.WriteHeader(r.answer)
	}))
	t.Cleanup(r.Close)
	return r
}

// trust lets a client take the certificate of a test's server.
func trust(c *Client, s *httptest.Server) {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	tr := c.http.Transport.(*http.Transport)
	tr.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	tr.TLSClientConfig.RootCAs = pool
}

// TestWebhookByTheStandardsOwnLibrary: what we send, the library of the Standard
// Webhooks verifies, with the secret as it was shown; at each attempt anew, and
// with either secret for a day after a rotation.
func TestWebhookByTheStandardsOwnLibrary(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, lead := newWorld(t, d), t.Context(), acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
		w.watch.Set(time.Now()) // the library looks at the wall
		r := newReceiver(t)
		trust(w.Hooks, r.Server)
		w.fanOut()
		hook, secret, err := w.AddWebhook(ctx, lead, HookWish{URL: r.URL + "/hook?for=us"})
		want(t, "adding", err, "")
		verify := func(secret string, i int) error {
			v, err := standardwebhooks.NewWebhook(secret)
			if err != nil {
				t.Fatal(err)
			}
			return v.Verify(r.bodies[i], r.heads[i])
		}
		r.answer = http.StatusServiceUnavailable
		w.release(sample("SEC-2026-0001", advisory.High, "libquill"))
		w.fanOut()
		w.step()
		if got := must(w.Webhook(ctx, lead, hook.ID)); !strings.Contains(got.Problem, "503") || !got.LastOK.IsZero() {
			t.Errorf("after 503: %+v", got)
		}
		r.answer = http.StatusOK
		w.watch.Move(time.Minute)
		w.step()
		if got := must(w.Webhook(ctx, lead, hook.ID)); got.Problem != "" || !got.LastOK.Equal(w.now()) {
			t.Errorf("after 200: %+v", got)
		}
		if len(r.bodies) != 2 || string(r.bodies[0]) != string(r.bodies[1]) || r.heads[0].Get("webhook-id") != r.heads[1].Get("webhook-id") ||
			r.heads[0].Get("webhook-timestamp") == r.heads[1].Get("webhook-timestamp") {
			t.Errorf("two attempts: %q, %v", r.bodies, r.heads)
		}
		for i := range r.bodies {
			if err := verify(secret, i); err != nil {
				t.Errorf("attempt %d: %v", i, err)
			}
		}
		var e Event
		if err := json.Unmarshal(r.bodies[0], &e); err != nil || e.Type != AdvisoryPublished || e.Data.Advisory.ID != "SEC-2026-0001" || e.Data.Seq != 1 {
			t.Errorf("%+v, %v", e, err)
		}
		_, newer, err := w.RotateWebhook(ctx, lead, hook.ID)
		want(t, "rotating", err, "")
		w.release(sample("SEC-2026-0002", advisory.High, "libquill"))
		w.fanOut()
		w.step()
		if err := errors.Join(verify(secret, 2), verify(newer, 2)); err != nil || secret == newer {
			t.Errorf("within the day: %v", err)
		}
		w.watch.Move(bothSecrets)
		if got := must(w.Webhook(ctx, lead, hook.ID)); !got.Rotated.IsZero() {
			t.Errorf("after the day: %+v", got)
		}
		w.release(sample("SEC-2026-0003", advisory.High, "libquill"))
		w.fanOut()
		w.step()
		v, err := standardwebhooks.NewWebhook(newer)
		if err != nil || v.VerifyIgnoringTimestamp(r.bodies[3], r.heads[3]) != nil {
			t.Errorf("the new secret: %v", err)
		}
		if v, err = standardwebhooks.NewWebhook(secret); err != nil || v.VerifyIgnoringTimestamp(r.bodies[3], r.heads[3]) == nil {
			t.Errorf("the old secret still signs: %v", err)
		}
	})
}

// TestAnswers: what a receiver's answer does.
func TestAnswers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, lead := newWorld(t, d), t.Context(), acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
		w.fanOut()
		r := newReceiver(t)
		trust(w.Hooks, r.Server)
		hook, _, err := w.AddWebhook(ctx, lead, HookWish{URL: r.URL})
		want(t, "adding", err, "")
		n := 0
		for _, c := range []struct {
			answer   int
			ok, gone bool
		}{{200, true, false}, {299, true, false}, {301, false, false}, {307, false, false}, {400, false, false}, {429, false, false}, {500, false, false}, {410, false, true}} {
			n++
			r.answer = c.answer
			w.release(sample(fmt.Sprintf("SEC-2026-%04d", n), advisory.High, "libquill"))
			before := w.entries()
			w.fanOut()
			w.step()
			got := must(w.Webhook(ctx, lead, hook.ID))
			if (got.Problem == "") != c.ok || got.LastOK.Equal(w.now()) != c.ok || !got.Disabled.IsZero() != c.gone {
				t.Errorf("%d: %+v", c.answer, got)
			}
			if c.gone && w.entries() != before+1 {
				t.Error("that it was disabled is in no record")
			}
			if len(r.bodies) != n {
				t.Errorf("%d: called %d times, want %d: was a redirect followed?", c.answer, len(r.bodies), n)
			}
			// What failed is not tried again here.
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE jobs SET state = 'dropped' WHERE state = 'waiting'`)
				return err
			})
		}
		w.release(sample("SEC-2026-1000", advisory.High, "libquill"))
		if w.fanOut() != 0 {
			t.Error("it is called though it is gone")
		}
		want(t, "enabling", second(w.EnableWebhook(ctx, lead, hook.ID)), "")
		want(t, "enabling twice", second(w.EnableWebhook(ctx, lead, hook.ID)), errs.Conflict)
	})
}

// TestNothingPrivateIsReached: the client that is used reaches no address that
// is not public, whatever the name says and whatever the URL looks like.
func TestNothingPrivateIsReached(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	_, port, err := net.SplitHostPort(r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(false)
	trust(c, r.Server)
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]", "[::]", "169.254.169.254", "10.0.0.1"} {
		err := c.call(t.Context(), "https://"+host+":"+port+"/", "msg_1", time.Now(), [][]byte{{1}}, []byte("{}"))
		if f, ok := errors.AsType[*jobs.Failure](err); !ok || f.Permanent {
			t.Errorf("%s: %v", host, err)
		}
	}
	// Past the look at the URL: the dialler alone, with names that lead here.
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]"} {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+":"+port+"/", nil))
		if resp, err := c.http.Do(req); !errors.Is(err, errPrivate) {
			t.Errorf("%s: %v, %v", host, resp, err)
		}
	}
	if len(r.bodies) != 0 {
		t.Error("it was reached")
	}
	if err := NewClient(false).call(t.Context(), "http://example.org/", "m", time.Now(), nil, nil); err == nil {
		t.Error("http was spoken")
	}
}

// TestCertificateCounts: a server that cannot show who it is gets nothing.
func TestCertificateCounts(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.Config.ErrorLog = nil
	err := NewClient(true).call(t.Context(), r.URL+"/secret-path", "msg_1", time.Now(), [][]byte{{1}}, []byte("{}"))
	if err == nil || len(r.bodies) != 0 || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("%v", err)
	}
}

// TestEndlessAnswer: a receiver that answers without end holds nobody.
func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	if err := NewClient(true).call(t.Context(), s.URL, "msg_1", time.Now(), [][]byte{{1}}, []byte("{}")); err != nil {
		t.Error(err)
	}
}

// TestSilentReceiver: one that does not answer is given up in time.
func TestSilentReceiver(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the end of the connection is seen
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	c := NewClient(true)
	c.http.Timeout = 50 * time.Millisecond
	err := c.call(t.Context(), s.URL, "msg_1", time.Now(), [][]byte{{1}}, []byte("{}"))
	if f, ok := errors.AsType[*jobs.Failure](err); !ok || f.Permanent || !strings.Contains(f.Words, "in time") {
		t.Errorf("%v", err)
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"1.1.1.1": true, "93.184.215.14": true, "2606:4700::1": true, "2a00:1450::1": true, "64:ff9b::101:101": true, "::ffff:1.1.1.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "127.0.0.1": false, "127.9.9.9": false, "100.64.0.1": false, "169.254.169.254": false,
		"172.16.0.1": false, "172.32.0.1": true, "192.0.0.1": false, "192.0.2.1": false, "192.168.1.1": false, "198.18.0.1": false,
		"198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "fec0::1": false, "ff02::1": false,
		"2001:db8::1": false, "2001::1": false, "2002:7f00:1::": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a00:1": false, "64:ff9b:1::1": false, "3fff::1": false, "2606:4700::1%x": false, "4000::1": false,
	} {
		if public(netip.MustParseAddr(address)) != ok {
			t.Errorf("%s is public: %t", address, !ok)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for raw, ok := range map[string]bool{
		"https://example.org": true, "https://example.org:8443/hook?a=b": true, " https://1.1.1.1/ ": true, "https://[2606:4700::1]/": true,
		"": false, "example.org": false, "http://example.org/": false, "ftp://example.org/": false, "https:///x": false, "https://:443/": false,
		"https://u:p@example.org/": false, "https://example.org/#x": false, "https://127.0.0.1/": false, "https://[::1]/": false,
		"https://192.168.0.1/": false, "https://example.org:0/": false, "https://example.org:99999/": false, "https://exa mple.org/": false,
		"https://example.org/a b": false, "https:example.org": false, "javascript:alert(1)": false, "https://example.org/\u202e": false,
		"https://example.org/" + strings.Repeat("a", maxURL): false, "http://localhost/": false, "http://127.0.0.1/": false,
	} {
		if _, err := checkURL(raw, false); (err == nil) != ok {
			t.Errorf("%.80q: %v", raw, err)
		}
	}
	for raw, ok := range map[string]bool{"http://127.0.0.1:8080/": true, "http://localhost/": true, "https://127.0.0.1/": true, "http://example.org/": false, "http://10.0.0.1/": false} {
		if _, err := checkURL(raw, true); (err == nil) != ok {
			t.Errorf("for tests, %q: %v", raw, err)
		}
	}
}

// FuzzURL: a URL that is taken is taken again as it came out, and names a
// host.
func FuzzURL(f *testing.F) {
	for _, s := range []string{"https://example.org/hook", "https://[::1%25x]/", "https://u@example.org", "https://exämple.org/ä?ö"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := checkURL(raw, false)
		if err != nil {
			return
		}
		if again, err := checkURL(u, false); err != nil && len(u) <= maxURL || err == nil && again != u {
			t.Errorf("%q becomes %q and then %q, %v", raw, u, again, err)
		}
		if !strings.HasPrefix(u, "https://") {
			t.Errorf("%q", u)
		}
	})
}

func TestWebhooksAreFew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, lead := newWorld(t, d), acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
		for i := range maxHooks + 1 {
			kind := errs.Kind("")
			if i == maxHooks {
				kind = errs.Conflict
			}
			w.watch.Move(time.Second)
			_, _, err := w.AddWebhook(t.Context(), lead, HookWish{URL: fmt.Sprintf("https://example.org/%02d", i), Products: []string{"LIBQUILL"}})
			want(t, fmt.Sprint("webhook ", i), err, kind)
		}
		all := must(w.Webhooks(t.Context(), lead))
		for i, h := range all {
			if h.URL != fmt.Sprintf("https://example.org/%02d", i) || h.Products[0] != "libquill" || h.Least != advisory.Low {
				t.Errorf("%d: %+v", i, h)
			}
		}
		if len(all) != maxHooks {
			t.Errorf("%d webhooks", len(all))
		}
	})
}
