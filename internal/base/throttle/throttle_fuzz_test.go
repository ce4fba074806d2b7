package throttle_test

import (
	"net/netip"
	"strings"
	"testing"

	"steward/internal/base/throttle"
)

// FuzzNetwork: one network has one key, however its address is written.
func FuzzNetwork(f *testing.F) {
	for _, s := range []string{"192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:db8:0:0:1::", "fe80::1%eth0", "::", "nonsense"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		addr, err := netip.ParseAddr(s)
		if err != nil {
			return
		}
		key := throttle.Network(addr)
		if strings.Contains(key, "%") || len(key) > 50 {
			t.Errorf("%s has the key %q", s, key)
		}
		for _, same := range []netip.Addr{addr.Unmap(), netip.AddrFrom16(addr.As16()), addr.WithZone("other")} {
			if got := throttle.Network(same); got != key {
				t.Errorf("%s has the key %q, but %s has %q", addr, key, same, got)
			}
		}
		if addr.Unmap().Is6() {
			b := addr.As16()
			b[15] ^= 0xff
			if got := throttle.Network(netip.AddrFrom16(b)); got != key {
				t.Errorf("a neighbour of %s has the key %q, not %q", addr, got, key)
			}
		}
	})
}
