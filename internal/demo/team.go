package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
)

// member is one of the team with an API token: what a command with --server
// would send, sent here.
type member struct {
	acl.Caller
	*person
	base, token string
}

// join adds a person with their OpenPGP key, and makes a token for them.
func (r *replay) join(ctx context.Context, name, email string, role acl.Role) (*member, error) {
	p, err := r.person(ctx, name, email)
	if err != nil {
		return nil, err
	}
	a := r.app
	u, err := a.Accounts.AddUser(ctx, acl.Myself(), account.Profile{Name: name, Email: email, Role: role})
	if err != nil {
		return nil, err
	}
	c, err := a.Accounts.Caller(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	if _, err := a.Accounts.SetKey(ctx, c, u.ID, string(p.key)); err != nil {
		return nil, err
	}
	_, secret, err := a.Accounts.CreateToken(ctx, c, "replay", 30*24*time.Hour)
	return &member{Caller: c, person: p, base: r.base, token: secret}, err
}

// refusal is what the API answers when it does not do what it was asked.
type refusal struct {
	Error struct {
		Message string `json:"message"`
		Hint    string `json:"hint"`
	} `json:"error"`
}

// post makes a deed; a refusal is an error with the API's own words.
func (m *member) post(ctx context.Context, path string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return m.do(ctx, "POST", path, bytes.NewReader(raw), out)
}

func (m *member) get(ctx context.Context, path string, out any) error {
	return m.do(ctx, "GET", path, nil, out)
}

func (m *member) do(ctx context.Context, method, path string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, m.base+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+m.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		var r refusal
		if json.Unmarshal(raw, &r) != nil || r.Error.Message == "" {
			return fmt.Errorf("%s %s: %s", method, path, res.Status)
		}
		return fmt.Errorf("%s", r.Error.Message)
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, out)
}
