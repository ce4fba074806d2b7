package throttle

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"steward/internal/base/errs"
)

// TooOften is the refusal of what comes too often from one network. It is one
// of the errors that callers tell apart (errs.Denied), and says how long to
// wait.
type TooOften struct{ Wait time.Duration }

func (TooOften) Error() string { return "too many requests" }

// As gives the refusal the words for the person who asked.
func (t TooOften) As(target any) bool {
	e, ok := target.(**errs.Error)
	if ok {
		*e = errs.Deniedf("That was too often from your network, so nothing was done.").
			WithHint("wait %s and try again", t.Wait.Round(time.Second))
	}
	return ok
}

// Announce sets the header that tells a program how long to wait, and gives
// the status code of the answer.
func (t TooOften) Announce(h http.Header) int {
	h.Set("Retry-After", strconv.Itoa(int(t.Wait.Seconds())))
	return http.StatusTooManyRequests
}

// Visit counts one event of the network that a request came from. The refusal
// is a TooOften.
func (l *Limiter) Visit(r *http.Request) error {
	var from netip.Addr // the zero Addr counts those together whose address is not known
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		from = ap.Addr()
	}
	if wait, ok := l.Allow(Network(from)); !ok {
		return TooOften{wait}
	}
	return nil
}
