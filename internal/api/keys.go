package api

import (
	"context"
	"net/http"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/sign"
)

type (
	// Key is the OpenPGP key of a person.
	Key struct {
		Fingerprint string    `json:"fingerprint"`
		UserIDs     []string  `json:"userIds,omitempty"`
		Expires     time.Time `json:"expires,omitzero"`
		AddedBy     string    `json:"addedBy"`
		Added       time.Time `json:"added"`
		Armored     string    `json:"armored"`
	}
	// NewKey is a key that takes the place of the one before.
	NewKey struct {
		Armored string `json:"armored"`
	}
)

func keyOf(k account.PGPKey) Key {
	out := Key{Fingerprint: k.Fingerprint, AddedBy: k.AddedBy, Added: k.Added, Armored: k.Armored}
	if f, err := sign.PeekKey([]byte(k.Armored)); err == nil {
		out.UserIDs, out.Expires = f.UserIDs, f.Expires
	}
	return out
}

// keyRoutes are about OpenPGP keys: one's own, and those of others.
func (s *Server) keyRoutes() []Route {
	type ctx = context.Context
	self := func(_ ctx, c acl.Caller, _ string) (string, error) { return c.ID, nil }
	named := func(x ctx, c acl.Caller, name string) (string, error) {
		u, err := s.Accounts.UserNamed(x, c, name)
		return u.ID, err
	}
	var out []Route
	for _, of := range []struct {
		path, whose string
		who         func(ctx, acl.Caller, string) (string, error)
	}{{"/key", "one's own", self}, {"/users/{id}/key", "a person's", named}} {
		out = append(out,
			Route{http.MethodGet, of.path, of.whose + " OpenPGP key", deed(func(x ctx, c acl.Caller, name string, _ none) (Key, error) {
				id, err := of.who(x, c, name)
				if err != nil {
					return Key{}, err
				}
				k, err := s.Accounts.Key(x, c, id)
				return keyOf(k), err
			})},
			Route{http.MethodPost, of.path, "set " + of.whose + " OpenPGP key", deed(func(x ctx, c acl.Caller, name string, in NewKey) (Key, error) {
				id, err := of.who(x, c, name)
				if err != nil {
					return Key{}, err
				}
				k, err := s.Accounts.SetKey(x, c, id, in.Armored)
				return keyOf(k), err
			})},
			Route{http.MethodPost, of.path + "/remove", "remove " + of.whose + " OpenPGP key", act(func(x ctx, c acl.Caller, name string, _ none) error {
				id, err := of.who(x, c, name)
				if err != nil {
					return err
				}
				return s.Accounts.RemoveKey(x, c, id)
			})})
	}
	return out
}
