package e2e

import "github.com/chromedp/cdproto/webauthn"

// device gives the person a device that makes and keeps passkeys, and says yes
// to whoever asks for one: a finger on the sensor. It takes the place of the
// one before.
func (b *tab) device() *tab {
	b.t.Helper()
	if b.authenticator == "" {
		call(b, webauthn.Enable, webauthn.EnableParams{})
	} else {
		call(b, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: b.authenticator})
	}
	b.authenticator = call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}).AuthenticatorID
	return b
}
