package fetch

import (
	"errors"
	"net/http"
)

// Gone tells whether a fetch failed since the server has nothing at the address.
func Gone(err error) bool {
	s, ok := errors.AsType[status](err)
	return ok && (s == http.StatusNotFound || s == http.StatusGone)
}
