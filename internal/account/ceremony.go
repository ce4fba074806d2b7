package account

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"steward/internal/base/errs"
)

// Ceremony is one question to a browser about a passkey: to make one, or to
// show one. It is answered once and soon.
type Ceremony struct {
	// ID is a secret that the browser gives back with its answer. It belongs
	// in a cookie or the page's memory, never in a URL.
	ID string
	// Options go to navigator.credentials.create or get: a JSON object whose
	// member publicKey is in the form that parseCreationOptionsFromJSON and
	// parseRequestOptionsFromJSON take.
	Options json.RawMessage
	Expires time.Time
}

const (
	ceremonyLife = 5 * time.Minute
	maxResponse  = 64 << 10 // bytes of a browser's answer
	handleBytes  = 32       // of the handle by which authenticators know a user
	maxPasskeys  = 20       // of one user
)

// Passkey is a key pair of which the person's device holds the private half.
type Passkey struct {
	ID      string
	UserID  string
	Name    string
	Host    string // the host name that it works at: the relying party's ID
	AddedBy string // name of who made the link it was enrolled with; "" if the person added it when signed in
	Synced  bool   // the person's devices share it, as they say
	Copied  bool   // its counter went back: someone may have a copy. It opens nothing any more
	Created time.Time
	Used    time.Time // zero: never
}

// holder is a user as the library wants one.
type holder struct {
	user   User
	handle []byte
	keys   []webauthn.Credential
}

func (h *holder) WebAuthnID() []byte                         { return h.handle }
func (h *holder) WebAuthnName() string                       { return h.user.Name }
func (h *holder) WebAuthnDisplayName() string                { return h.user.Name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// askToMake gives the options to make a passkey, and the state to check the
// answer by. The passkeys that the holder has are excluded, so that a device
// does not make a second one.
func (rp *RelyingParty) askToMake(h *holder, challenge []byte) (options, state []byte, err error) {
	ask, session, err := rp.web.BeginRegistration(h,
		webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()),
		func(o *protocol.PublicKeyCredentialCreationOptions) error {
			o.Challenge = challenge
			o.Timeout = int(ceremonyLife.Milliseconds())
			return nil
		})
	if err != nil {
		return nil, nil, fmt.Errorf("asking for a new passkey: %w", err)
	}
	return both(ask, session)
}

// askToShow gives the options to show a passkey, whosever it is.
func (rp *RelyingParty) askToShow(challenge []byte) (options, state []byte, err error) {
	ask, session, err := rp.web.BeginDiscoverableLogin(
		webauthn.WithChallenge(challenge),
		func(o *protocol.PublicKeyCredentialRequestOptions) error {
			o.Timeout = int(ceremonyLife.Milliseconds())
			return nil
		})
	if err != nil {
		return nil, nil, fmt.Errorf("asking for a passkey: %w", err)
	}
	return both(ask, session)
}

func both(ask, session any) (options, state []byte, err error) {
	if options, err = json.Marshal(ask); err != nil {
		return nil, nil, fmt.Errorf("writing the options: %w", err)
	}
	if state, err = json.Marshal(session); err != nil {
		return nil, nil, fmt.Errorf("writing the state: %w", err)
	}
	return options, state, nil
}

// readMade reads a browser's answer to askToMake.
func readMade(response []byte) (*protocol.ParsedCredentialCreationData, error) {
	if len(response) > maxResponse {
		return nil, badAnswer(errors.New("the answer is too long"))
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return nil, badAnswer(err)
	}
	return parsed, nil
}

// readShown reads a browser's answer to askToShow.
func readShown(response []byte) (*protocol.ParsedCredentialAssertionData, error) {
	if len(response) > maxResponse {
		return nil, badAnswer(errors.New("the answer is too long"))
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return nil, badAnswer(err)
	}
	return parsed, nil
}

// checkMade verifies a new passkey (Level 3, 7.1).
func (rp *RelyingParty) checkMade(h *holder, state []byte, answer *protocol.ParsedCredentialCreationData) (*webauthn.Credential, error) {
	session, err := readState(state)
	if err != nil {
		return nil, err
	}
	if err := rp.checkOrigin(answer.Response.CollectedClientData); err != nil {
		return nil, err
	}
	key, err := rp.web.CreateCredential(h, session, answer)
	if err != nil {
		return nil, badAnswer(err)
	}
	return key, nil
}

// checkShown verifies a passkey that was shown (Level 3, 7.2), and gives it
// with its counter moved on. Its CloneWarning is set if the counter did not
// move: the caller decides what that means.
func (rp *RelyingParty) checkShown(h *holder, state []byte, answer *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, error) {
	session, err := readState(state)
	if err != nil {
		return nil, err
	}
	if err := rp.checkOrigin(answer.Response.CollectedClientData); err != nil {
		return nil, err
	}
	_, key, err := rp.web.ValidatePasskeyLogin(
		func(_, _ []byte) (webauthn.User, error) { return h, nil }, session, answer)
	if err != nil {
		return nil, badAnswer(err)
	}
	return key, nil
}

// checkOrigin is the library's check made first, to tell the person what is
// wrong: it is what an operator's mistake in base_url looks like.
func (rp *RelyingParty) checkOrigin(c protocol.CollectedClientData) error {
	if protocol.IsOriginInHaystack(c.Origin, []string{rp.Origin}) {
		return nil
	}
	return rp.wrongOrigin(c.Origin)
}

func readState(state []byte) (webauthn.SessionData, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return session, fmt.Errorf("reading the state of a ceremony: %w", err)
	}
	return session, nil
}

// badAnswer is what a person is told of any answer that does not verify: which
// check failed is for the operator.
func badAnswer(cause error) error {
	if e, ok := errors.AsType[*protocol.Error](cause); ok && e.DevInfo != "" {
		cause = fmt.Errorf("%w: %s", cause, strings.TrimSpace(e.DevInfo))
	}
	return errs.Invalidf("passkey", "This passkey could not be verified.").WithHint("try again").WithCause(cause)
}

// errCeremony is the answer for a ceremony that was answered, has expired or
// never was.
func errCeremony() error {
	return errs.Conflictf("This took too long, or was answered before.").WithHint("try again")
}

func errCopied() error {
	return errs.Deniedf("This passkey may have been copied, so it opens nothing any more.").
		WithHint("use another passkey, or ask a lead for a link to enrol a new one")
}

func credentialID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
