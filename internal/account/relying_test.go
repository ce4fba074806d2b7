package account

import (
	"errors"
	"strings"
	"testing"

	"steward/internal/base/errs"
)

func TestRelyingParty(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, id, origin, hint string }{
		{"https://security.example.org", "security.example.org", "https://security.example.org", ""},
		{"https://Security.Example.ORG:443/x", "security.example.org", "https://security.example.org", ""},
		{"https://example.org:8443", "example.org", "https://example.org:8443", ""},
		{"http://localhost:8080", "localhost", "http://localhost:8080", ""},
		{"http://localhost:80", "localhost", "http://localhost", ""},
		{"http://steward.localhost:8080", "steward.localhost", "http://steward.localhost:8080", ""},
		{"https://xn--mller-kva.example", "xn--mller-kva.example", "https://xn--mller-kva.example", ""},
		{"http://127.0.0.1:8080", "", "", "write http://localhost:8080"},
		{"https://127.0.0.1", "", "", "write https://localhost"},
		{"http://[::1]:8080", "", "", "write http://localhost:8080"},
		{"https://192.0.2.7", "", "", "give the machine a name"},
		{"http://security.example.org", "", "", "https://security.example.org"},
		{"ftp://security.example.org", "", "", "https://security.example.org"},
		{"https://müller.example", "", "", "xn--"},
		{"https://security..example", "", "", "plain host name"},
		{"security.example.org", "", "", ""},
		{"https://", "", "", ""},
		{"", "", "", ""},
	} {
		rp, err := NewRelyingParty(tc.url, "Example")
		if tc.id == "" {
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Kind != errs.Invalid || e.Field != "base_url" || !strings.Contains(e.Hint, tc.hint) {
				t.Errorf("%q: error %v, want a hint with %q", tc.url, err, tc.hint)
			}
			continue
		}
		if err != nil || rp.ID != tc.id || rp.Origin != tc.origin {
			t.Errorf("%q: %+v, %v; want id %q, origin %q", tc.url, rp, err, tc.id, tc.origin)
		}
	}
}
