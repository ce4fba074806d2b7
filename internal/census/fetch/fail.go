package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"steward/internal/base/errs"
)

// status is an answer that is none.
type status int

func (s status) Error() string { return fmt.Sprintf("status %d", int(s)) }

// later is a server that wants to be asked again in a while.
type later struct {
	status int
	pause  time.Duration
}

func (l later) Error() string {
	return fmt.Sprintf("status %d, and to be asked again in %s", l.status, l.pause.Round(time.Second))
}

// shown is an address as people may see it: host and path, without what may be
// a secret.
func shown(u *url.URL) string { return shorten(u.Host + u.EscapedPath()) }

func shorten(s string) string {
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

// failed says to people why an address was not fetched. errs.Conflict: the same
// may succeed later.
func failed(u *url.URL, err error) error {
	if errs.Is(err, errs.Unavailable) { // our disk
		return fmt.Errorf("fetching %s: %w", shown(u), err)
	}
	if whole, ok := errors.AsType[*url.Error](err); ok { // it has all of the address
		err = whole.Err
	}
	why, hint := reason(err)
	return errs.Conflictf("%s cannot be fetched: %s.", shown(u), why).WithHint("%s, or fetch the file by other means and put it in its place", hint).WithCause(err)
}

// reason says why, and the way out.
func reason(err error) (why, hint string) {
	const again = "try again later"
	if l, ok := errors.AsType[later](err); ok {
		return fmt.Sprintf("the server answers %d %s and wants to be asked again in %s", l.status, http.StatusText(l.status), l.pause.Round(time.Second)), again
	}
	if s, ok := errors.AsType[status](err); ok {
		why = strings.TrimSpace(fmt.Sprintf("the server answers %d %s", int(s), http.StatusText(int(s))))
		if passing(int(s)) {
			return why, again
		}
		return why, "see whether the address is right"
	}
	var timeout net.Error
	dns, named := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, errPrivate):
		return "the server sends us on to an address that is not public", "name that address itself, if it is meant"
	case errors.Is(err, errRedirect):
		return "the server sends us on too often, or from https to http", "see whether the address is right"
	case errors.Is(err, errLarge):
		return "it has more bytes than are taken", "see whether the address is right"
	case named && dns.IsNotFound:
		return "there is no host of this name", "see whether the address is right, and whether this machine is online"
	case named:
		return "the name of the host could not be looked up", "see whether this machine is online"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the server takes no connection", again
	case isForeign(err):
		return "the server's certificate is not for this name, or not trusted", "see whether the address and this machine's clock are right"
	case errors.Is(err, errSilent), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "the server did not answer in time", again
	case errors.Is(err, context.Canceled):
		return "it was called off", again
	}
	return "the connection broke off, again and again", again
}

func isForeign(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// final tells whether the next try would fail the same way.
func final(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, errPrivate) || errors.Is(err, errRedirect) || errors.Is(err, errLarge) || isForeign(err) {
		return true
	}
	if s, ok := errors.AsType[status](err); ok {
		return !passing(int(s))
	}
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}
