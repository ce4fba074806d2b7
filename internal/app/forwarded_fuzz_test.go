package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"steward/internal/base/throttle"
)

// FuzzForwardedFor: who is no trusted proxy cannot pass for another client,
// and what a proxy says is one address or nothing.
func FuzzForwardedFor(f *testing.F) {
	f.Add("192.0.2.1:5", "198.51.100.7")
	f.Add("10.0.0.1:5", "198.51.100.7, 203.0.113.9")
	f.Add("[::ffff:10.0.0.1]:5", "fe80::1%eth0\r\n")
	f.Add("10.0.0.1:5", "203.0.113.9:80,")
	f.Add("10.0.0.1:5", "fe80::1%"+strings.Repeat("z", 3000))
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		var seen string
		h := behind(proxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.RemoteAddr }))
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header["X-Forwarded-For"] = strings.Split(forwarded, "\n")
		h.ServeHTTP(httptest.NewRecorder(), r)
		from, err := netip.ParseAddrPort(remote)
		if err != nil || !proxies[0].Contains(from.Addr().Unmap()) {
			if seen != remote {
				t.Errorf("%q passes for %q", remote, seen)
			}
			return
		}
		client, err := netip.ParseAddrPort(seen)
		if err != nil {
			t.Fatalf("%q became %q: %v", remote, seen, err)
		}
		parts := strings.FieldsFunc(forwarded, func(r rune) bool { return r == ',' || r == '\n' })
		if seen != remote && throttle.Network(client.Addr()) != throttle.Network(last(parts)) {
			t.Errorf("%q is counted as %v", forwarded, client)
		}
	})
}

// last is the last address of a list.
func last(parts []string) netip.Addr {
	if len(parts) == 0 {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(strings.TrimSpace(parts[len(parts)-1]))
	if err != nil {
		return netip.Addr{}
	}
	return addr
}

// FuzzWithDatabase: another database in the settings of a backup changes that
// setting, and what is no line of it stays.
func FuzzWithDatabase(f *testing.F) {
	f.Add("# ours\ndatabase = \"postgres://a\"\nbase_url = \"http://localhost\"\n", "sqlite")
	f.Add("database=\"x\"\r\n[team]\ndatabase = 1\n", "postgres://localhost/steward")
	f.Fuzz(func(t *testing.T, settings, database string) {
		out := string(withDatabase([]byte(settings), database))
		if database == "" && out != settings {
			t.Errorf("%q became %q", settings, out)
		}
		for line := range strings.Lines(out) {
			name, value, ok := strings.Cut(line, "=")
			if database != "" && ok && strings.TrimSpace(name) == "database" && !strings.Contains(out[:len(line)], value) {
				t.Errorf("%q keeps its database: %q", settings, out)
			}
		}
	})
}
