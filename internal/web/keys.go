package web

import (
	"fmt"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// shownKey is an OpenPGP key as pages show it.
type shownKey struct {
	Fingerprint string
	UserIDs     []string
	Expires     time.Time // zero: never
	AddedBy     string
	Added       time.Time
	Wrong       string // why nothing can be encrypted to it; empty: it can
	Soon        bool   // it expires in the next days
}

// soonExpires is how long before its end a key is spoken of.
const soonExpires = 30 * 24 * time.Hour

// lookAt reads an armored key; nil if there is none.
func lookAt(armored string, now time.Time) *shownKey {
	if strings.TrimSpace(armored) == "" {
		return nil
	}
	r, err := sign.ParseAnyRecipient([]byte(armored))
	if err != nil {
		return &shownKey{Wrong: errs.Public(err)}
	}
	k := &shownKey{Fingerprint: r.Fingerprint(), UserIDs: r.UserIDs(), Expires: r.Expires()}
	if err := r.UsableAt(now); err != nil {
		k.Wrong = errs.Public(err)
	}
	k.Soon = k.Wrong == "" && !k.Expires.IsZero() && k.Expires.Sub(now) < soonExpires
	return k
}

// keyWarning is said before a letter is written to someone whose key is no
// good, or not for long.
type keyWarning struct{ Title, Text string }

// warn says what becomes of a letter to the owner of a key; nil: all is well.
// whose begins the sentence: "Dana's key", "The reporter's key".
func (k *shownKey) warn(whose string) *keyWarning {
	switch {
	case k == nil:
		return nil
	case k.Wrong != "" && !k.Expires.IsZero():
		return &keyWarning{
			fmt.Sprintf("%s cannot be used (it ended on %s).", whose, k.Expires.UTC().Format("2 January 2006")),
			"A letter will tell them only that there is something to read.",
		}
	case k.Wrong != "":
		return &keyWarning{whose + " cannot be used.", k.Wrong + " A letter will tell them only that there is something to read."}
	case k.Soon:
		return &keyWarning{
			fmt.Sprintf("%s expires on %s.", whose, k.Expires.UTC().Format("2 January 2006")),
			"From then on a letter will tell them only that there is something to read. Ask them for a new one while you can.",
		}
	}
	return nil
}

// keyOf reads a person's key for a page; nil if they have none, or the visitor
// may not see it.
func (s *server) keyOf(v *visit, user string) (*shownKey, error) {
	k, err := s.Accounts.Key(v.ctx(), v.c, user)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return keptKey(k, s.now()), nil
}

func keptKey(k account.PGPKey, now time.Time) *shownKey {
	out := lookAt(k.Armored, now)
	if out != nil {
		out.Fingerprint, out.AddedBy, out.Added = k.Fingerprint, k.AddedBy, k.Added
	}
	return out
}

func (s *server) setKey(v *visit, user string) error {
	_, err := s.Accounts.SetKey(v.ctx(), v.c, user, strings.TrimSpace(lineBreaks(v.field("key"))))
	return err
}

// removeKey takes a key away; one that is not there is away already.
func (s *server) removeKey(v *visit, user string) error {
	err := s.Accounts.RemoveKey(v.ctx(), v.c, user)
	if errs.Is(err, errs.NotFound) {
		if _, missing := s.Accounts.User(v.ctx(), v.c, user); missing == nil {
			return nil
		}
	}
	return err
}

func (s *server) setOwnKey(v *visit) error { return s.meDeed(v, "key", s.setKey(v, v.c.ID)) }

func (s *server) removeOwnKey(v *visit) error { return s.meDeed(v, "removed", s.removeKey(v, v.c.ID)) }

func (s *server) setPersonKey(v *visit) error {
	return s.personDeed(v, "key", s.setKey(v, v.r.PathValue("id")))
}

func (s *server) removePersonKey(v *visit) error {
	return s.personDeed(v, "removed", s.removeKey(v, v.r.PathValue("id")))
}
