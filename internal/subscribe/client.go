package subscribe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"steward/internal/base/jobs"
)

// Client calls webhooks. A URL that someone typed must not make Steward reach
// what only Steward can reach: it speaks https alone, follows no redirect, uses
// no proxy, and connects to public addresses only. The address is checked when
// it is dialled, after the name was resolved, so that a name that leads
// elsewhere the second time (DNS rebinding) gains nothing.
type Client struct {
	http     *http.Client
	loopback bool
}

const (
	callTimeout = 10 * time.Second
	maxAnswer   = 16 << 10 // bytes of an answer that are read and thrown away
)

// NewClient makes the client. loopback lets it call this machine too, also by
// http: for the demonstration and for tests.
func NewClient(loopback bool) *Client {
	dialer := &net.Dialer{Timeout: callTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !(public(ap.Addr()) || loopback && ap.Addr().Unmap().IsLoopback()) {
			return errPrivate
		}
		return nil
	}}
	return &Client{loopback: loopback, http: &http.Client{
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			DisableKeepAlives:      true, // calls are rare
			DisableCompression:     true,
			TLSHandshakeTimeout:    callTimeout,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}}
}

var (
	errPrivate = errors.New("the address is not on the public internet")
	// errGone is the answer of a receiver that wants to be called no more.
	errGone = errors.New("410 Gone")
)

// call sends one body. The error is errGone, or a failure to be tried again
// whose words may be shown; it holds nothing of the URL but the host.
func (c *Client) call(ctx context.Context, to string, id string, at time.Time, secrets [][]byte, body []byte) error {
	if _, err := checkURL(to, c.loopback); err != nil {
		return jobs.Temporary(err.Message, nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return jobs.Temporary("the URL cannot be called", nil)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Steward-Webhook/1")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", signatures(secrets, id, at, body))
	resp, err := c.http.Do(req)
	if err != nil {
		return unreached(err)
	}
	defer resp.Body.Close()
	// What it says is of no interest; reading some of it is polite.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusGone:
		return errGone
	case code >= 300 && code < 400:
		return jobs.Temporary(fmt.Sprintf("the receiver answered with status %d, a redirect: these are not followed", code), nil)
	default:
		return jobs.Temporary(fmt.Sprintf("the receiver answered with status %d", code), nil)
	}
}

// unreached says why a receiver was not reached. The path of the URL may be a
// secret: it is taken off the cause.
func unreached(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	words := "the receiver could not be reached"
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errPrivate):
		words = "the name of the receiver leads to an address that is not on the public internet"
	case errors.As(err, &dns):
		words = "the name of the receiver is not known"
	case errors.As(err, &timeout) && timeout.Timeout():
		words = "the receiver did not answer in time"
	}
	return jobs.Temporary(words, err)
}

// notPublic are the networks that are global by their form and yet lead
// nowhere, or back to us. (IANA special-purpose address registries, RFC 6890)
var notPublic = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	globalV6 = netip.MustParsePrefix("2000::/3")     // all that is given out, RFC 4291
	nat64    = netip.MustParsePrefix("64:ff9b::/96") // stands for an IPv4 address, RFC 6052
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// public tells whether an address is one of the public internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if nat64.Contains(a.WithZone("")) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() {
		return false
	}
	if a.Is6() && !globalV6.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
