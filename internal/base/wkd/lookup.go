package wkd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"steward/internal/base/errs"
)

// Client looks keys up. It is safe for concurrent use.
type Client struct {
	HTTP *http.Client     // of NewHTTP; another one in tests
	Now  func() time.Time // at which a key must be valid
}

const (
	timeout      = 10 * time.Second // of one question, with all that it is sent on to
	dialTimeout  = 5 * time.Second
	maxRedirects = 3
	maxHeader    = 16 << 10 // bytes
)

// Lookup asks the directory of an address's domain for its key. errs.Invalid,
// field "address", for what is no address, for an address without a key (cause
// ErrNone) and for a key that cannot be used; errs.Conflict if the directory
// cannot be asked. None of these says what was asked.
func (c *Client) Lookup(ctx context.Context, address string) (Key, error) {
	advanced, direct, err := URLs(address)
	if err != nil {
		return Key{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*timeout)
	defer cancel()
	answer, err := c.get(ctx, advanced)
	if noHost(err) {
		answer, err = c.get(ctx, direct)
	}
	switch {
	case errors.Is(err, ErrNone) || noHost(err):
		return Key{}, noKey()
	case err != nil:
		return Key{}, errs.Conflictf("The key directory of this address cannot be asked.").
			WithHint("try again later, or ask the person for their key").WithCause(faceless(err))
	}
	return Parse(answer, address, c.Now())
}

func (c *Client) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, errAsking
	}
	req.Header.Set("Accept", "application/octet-stream")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return nil, ErrNone
	case res.StatusCode != http.StatusOK:
		return nil, status(res.StatusCode)
	}
	// One byte more than is taken tells an answer that is too large.
	return io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
}

// status is an answer that is none.
type status int

func (s status) Error() string { return fmt.Sprintf("status %d", int(s)) }

// The causes that a log may hold.
var (
	errAsking   = errors.New("the question could not be asked")
	errTime     = errors.New("no answer in time")
	errName     = errors.New("the name could not be resolved")
	errForeign  = errors.New("the server's certificate is not for this name, or not trusted")
	errPrivate  = errors.New("the address is not a public one")
	errRedirect = errors.New("sent elsewhere, where we do not go")
)

// noHost tells whether the name that was asked has no address in the DNS.
func noHost(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// faceless gives the cause of a failure without the names in it.
func faceless(err error) error {
	for _, known := range []error{errPrivate, errRedirect} {
		if errors.Is(err, known) {
			return known
		}
	}
	if s, ok := errors.AsType[status](err); ok {
		return s
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errTime
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return errTime
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return errName
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return errForeign
	}
	return errAsking
}
