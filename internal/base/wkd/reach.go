package wkd

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"syscall"
)

// NewHTTP makes the client for look-ups: https on port 443 of public addresses
// only, no proxy, no cookies, at most three redirects, ten seconds.
func NewHTTP() *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: control}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: redirect,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    dialTimeout,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // what is small shall stay small
			DisableKeepAlives:      true,
		},
	}
}

// redirect follows to https on the usual port. Where the name leads is looked
// at when it is dialled.
func redirect(req *http.Request, via []*http.Request) error {
	u := req.URL
	if len(via) > maxRedirects || u.Scheme != "https" || (u.Port() != "" && u.Port() != "443") || u.User != nil {
		return errRedirect
	}
	req.Header.Del("Referer") // it would tell the address to another server
	return nil
}

// control looks at an address after the name was resolved and before anything
// is sent: a name cannot lead into our own network, whatever it said before.
func control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || ap.Port() != 443 || !Public(ap.Addr()) {
		return errPrivate
	}
	return nil
}

// notPublic are the networks of the IANA registries of special-purpose
// addresses (RFC 6890) that package netip has no word for, and those that wrap
// an address of IPv4.
var notPublic = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Public tells whether an address is one of the public Internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
