package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/wkd"
)

// Client fetches. It is safe for concurrent use.
type Client struct {
	HTTP    *http.Client                                          // of NewHTTP
	Limit   int64                                                 // bytes that one answer may have
	Silence time.Duration                                         // after which a server that sends nothing is given up
	Now     func() time.Time                                      // for what a server says in dates, and for Origin
	Wait    func(ctx context.Context, length time.Duration) error // between two tries; Sleep, but in tests
}

const (
	userAgent    = "steward"
	limit        = 4 << 30 // bytes; OSV's export of Debian has some hundred million
	silence      = time.Minute
	longest      = 6 * time.Hour // for one address, with all tries
	dialTimeout  = 15 * time.Second
	maxRedirects = 5
	maxHeader    = 64 << 10 // bytes
	maxTries     = 5        // one after the other that bring nothing
	maxResumes   = 40       // in all
	maxPause     = 2 * time.Minute
)

// New makes a client with the bounds that are usual here.
func New() *Client {
	return &Client{HTTP: NewHTTP(), Limit: limit, Silence: silence, Now: time.Now, Wait: Sleep}
}

// NewHTTP makes what a client speaks http with: at most five redirects, none from
// https to http, none into a network that is not public; the proxy that the
// environment names, as other programs take it.
func NewHTTP() *http.Client {
	return &http.Client{
		CheckRedirect: redirect,
		Transport: &http.Transport{
			Proxy: func(req *http.Request) (*url.URL, error) {
				proxy, err := http.ProxyFromEnvironment(req)
				if t, ok := req.Context().Value(trustKey{}).(*trust); ok && proxy != nil {
					t.add(proxy)
				}
				return proxy, err
			},
			DialContext:            dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    dialTimeout,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // a file is kept as it is packed
			DisableKeepAlives:      true, // a line is never used for what it was not dialled for
			ForceAttemptHTTP2:      true,
		},
	}
}

// Sleep waits, or gives up with the context.
func Sleep(ctx context.Context, length time.Duration) error {
	t := time.NewTimer(length)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// trust holds the hosts, with ports, that the one who asks has named: they may
// be in a network of theirs.
type trust struct {
	mu    sync.Mutex
	hosts []string
}

type trustKey struct{}

func (t *trust) add(u *url.URL) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hosts = append(t.hosts, net.JoinHostPort(u.Hostname(), port))
}

func (t *trust) has(host string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Contains(t.hosts, host)
}

var (
	errPrivate  = errors.New("the address is not a public one")
	errRedirect = errors.New("sent elsewhere, where we do not go")
	errSilent   = errors.New("the server fell silent")
	errLarge    = errors.New("more than is taken")
)

// dial connects to who was named, and else to public addresses only. The address
// is looked at after the name was resolved and before anything is sent.
func dial(ctx context.Context, network, host string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	if t, ok := ctx.Value(trustKey{}).(*trust); !ok || !t.has(host) {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			if ap, err := netip.ParseAddrPort(address); err != nil || !wkd.Public(ap.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	return d.DialContext(ctx, network, host)
}

func redirect(req *http.Request, via []*http.Request) error {
	u, from := req.URL, via[len(via)-1].URL
	if len(via) > maxRedirects || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || from.Scheme == "https") {
		return errRedirect
	}
	req.Header.Del("Referer") // it would tell one server of the other
	return nil
}

// parse reads an address. errs.Invalid, field "url".
func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errs.Invalidf("url", "%q is no address of a file on the web.", shorten(address)).WithHint("it begins with https:// and a name").WithCause(err)
	}
	return u, nil
}

// ask sends one question. The body of the answer gives up when the server falls
// silent.
func (c *Client) ask(ctx context.Context, u *url.URL, header http.Header) (*http.Response, error) {
	t := &trust{}
	t.add(u)
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, trustKey{}, t))
	timer := time.AfterFunc(c.Silence, func() { cancel(errSilent) })
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		timer.Stop()
		cancel(nil)
		return nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept-Encoding", "identity")
	res, err := c.HTTP.Do(req)
	if err != nil {
		timer.Stop()
		err = cause(ctx, err)
		cancel(nil)
		return nil, err
	}
	timer.Reset(c.Silence)
	res.Body = &body{ReadCloser: res.Body, ctx: ctx, cancel: cancel, timer: timer, silence: c.Silence}
	return res, nil
}

// cause says that silence was it, and not the end of the wait for it.
func cause(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// body is an answer that must not fall silent.
type body struct {
	io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	silence time.Duration
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = cause(b.ctx, err)
	}
	if n > 0 {
		b.timer.Reset(b.silence)
	}
	return n, err
}

func (b *body) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	return b.ReadCloser.Close()
}

// pause is how long to wait before the next try: what the server asks for
// (RFC 9110, 10.2.3), else twice as long each time, from a second on.
func (c *Client) pause(res *http.Response, tries int) time.Duration {
	if res != nil {
		after := strings.TrimSpace(res.Header.Get("Retry-After"))
		if s, err := strconv.Atoi(after); err == nil && s >= 0 {
			return time.Duration(min(s, int(longest/time.Second))) * time.Second
		}
		if at, err := http.ParseTime(after); err == nil {
			return max(0, at.Sub(c.Now()))
		}
	}
	return time.Second << min(tries, 6)
}

// passing tells whether a status may be over a moment later.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}
