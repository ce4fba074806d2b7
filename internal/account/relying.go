package account

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"steward/internal/base/errs"
)

// RelyingParty is who Steward is to a browser that is asked for a passkey
// (W3C Web Authentication Level 3, 4: "Relying Party"). A passkey is made for
// one relying party and works nowhere else.
type RelyingParty struct {
	ID     string // the host name, without port
	Origin string // scheme, host and port, as a browser writes them
	Name   string // shown by the browser
	web    *webauthn.WebAuthn
}

// NewRelyingParty derives it from the URL at which people reach Steward. An
// error says what to write instead: passkeys are bound to a host name, so an
// address such as 127.0.0.1 cannot have any, and browsers offer them over
// https alone, save on localhost (Level 3, 4: "Relying Party Identifier", and 5.1.3).
func NewRelyingParty(baseURL, name string) (*RelyingParty, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Hostname() == "" {
		return nil, errs.Invalidf("base_url", "%q is not a URL with a host name", baseURL)
	}
	host := strings.ToLower(u.Hostname())
	if err := checkHost(u.Scheme, host, u.Port()); err != nil {
		return nil, err
	}
	origin := u.Scheme + "://" + host
	if p := u.Port(); p != "" && (u.Scheme != "https" || p != "443") && (u.Scheme != "http" || p != "80") {
		origin += ":" + p
	}
	rp := &RelyingParty{ID: host, Origin: origin, Name: name}
	rp.web, err = webauthn.New(&webauthn.Config{
		RPID:          host,
		RPDisplayName: name,
		RPOrigins:     []string{origin},
		// Which make of authenticator a person uses is their own affair.
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			// Discoverable, so that nobody types a name to sign in.
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			// The only factor, so it takes more than having the device.
			UserVerification: protocol.VerificationRequired,
		},
		// We ask for no extension and read none; some password managers send
		// outputs all the same.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, errs.Invalidf("base_url", "Passkeys cannot be used at %q.", host).
			WithHint("use a plain host name; write one with letters beyond ASCII in its xn-- form").WithCause(err)
	}
	return rp, nil
}

func checkHost(scheme, host, port string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		e := errs.Invalidf("base_url", "Passkeys need a host name, and %s is an address.", host)
		if ip := netip.MustParseAddr(host); ip.IsLoopback() {
			if port != "" {
				port = ":" + port
			}
			return e.WithHint("write %s://localhost%s", scheme, port)
		}
		return e.WithHint("give the machine a name and write that")
	}
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if scheme != "https" && (scheme != "http" || !local) {
		return errs.Invalidf("base_url", "Browsers offer passkeys over https only, and over http on localhost.").
			WithHint("put a proxy with a certificate before Steward and write https://%s", host)
	}
	return nil
}

// needed is the answer where passkeys are not set up.
func (rp *RelyingParty) needed() error {
	if rp != nil {
		return nil
	}
	return errs.Conflictf("Passkeys are not set up at this address.").
		WithHint("an operator must set base_url to the https address of Steward, or to http://localhost with its port")
}

// WrongOrigin explains to a person why their browser's answer was refused.
func (rp *RelyingParty) wrongOrigin(seen string) error {
	return errs.Invalidf("passkey", "Passkeys of this Steward work at %s only.", rp.Origin).
		WithHint("open that address; if it is this page's own, an operator must correct base_url").
		WithCause(fmt.Errorf("the browser's answer is from origin %.200q", seen))
}
