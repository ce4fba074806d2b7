package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/jobs"
	"steward/internal/base/wkd"
	"steward/internal/mail"
	"steward/internal/mail/relay"
	"steward/internal/rota"
)

// post makes the office for mail, and what tells it whom to write to.
func (a *App) post(log *audit.Log) error {
	a.Jobs = &jobs.Queue{DB: a.DB, Keys: a.Keys, Clock: a.clock, Rand: rand.Reader}
	a.Rota = &rota.Store{DB: a.DB, Keys: a.Keys, Audit: log, Clock: a.clock}
	set := a.Config.Mail
	a.Mail = &mail.Office{
		DB: a.DB, Keys: a.Keys, Blobs: a.Blobs, Audit: log, Jobs: a.Jobs, Signer: a.Signer, Cases: a.Cases, Accounts: a.Accounts,
		Linter: a.Linter, Log: a.log, Clock: a.clock, Rand: rand.Reader,
		Address: a.Config.Team.Email, Team: a.Config.Team.Name, Host: set.Host, BaseURL: a.Config.BaseURL, MaxBytes: set.MaxBytes,
	}
	if set.LookUpKeys {
		finder := wkd.Client{HTTP: wkd.NewHTTP(), Now: a.clock}
		a.Mail.LookUp = func(ctx context.Context, address string) ([]byte, error) {
			key, err := finder.Lookup(ctx, address)
			return []byte(key.Armored), err
		}
	}
	if set.Relay != "" {
		r := relay.Relay{
			Address: set.Relay, TLS: relay.TLS(set.RelayTLS), Username: set.RelayUser, PasswordFile: set.RelayPasswordFile, Helo: set.Host,
		}
		if set.RelayTLS == "tls" {
			r.TLS = relay.Implicit
		}
		if err := r.Check(); err != nil {
			return err
		}
		lines := &relay.Pool{Relay: r}
		a.closer = append(a.closer, lines.Close)
		a.Mail.Send = sender(lines)
	}
	a.Cases.Post, a.Cases.OnCall, a.Cases.Reach = a.Mail.Post, a.onCall, func(ctx context.Context, q db.Queryer, user string) (account.Reach, error) {
		return a.Accounts.Reach(ctx, acl.Myself(), q, user)
	}
	a.Cases.Holders = a.holders
	if set.Relay == "" { // nobody can be told by mail
		a.Cases.Post = nil
	}
	workers := append(append(a.Mail.Workers(), a.notices(log)...), a.proving())
	a.runner = &jobs.Runner{Queue: a.Jobs, Workers: workers, Failed: func(kind string, err error) {
		a.log.Warn("an attempt failed", "kind", kind, "error", err)
	}}
	return nil
}

// sender tells the queue whether a message that did not go out may go later.
func sender(r *relay.Pool) mail.Sender {
	return func(ctx context.Context, from, to string, msg []byte, last func() error) error {
		err := r.Send(ctx, from, to, msg, last)
		if _, ours := errors.AsType[*jobs.Failure](err); err == nil || ours { // of last
			return err
		}
		words := "the relay cannot be reached"
		if e, ok := errors.AsType[*relay.Error](err); ok {
			words = fmt.Sprintf("%s at %s", e.Kind, e.Step)
			if e.Code != 0 {
				words += fmt.Sprintf(": %d %s", e.Code, e.Enhanced)
			}
		}
		switch relay.KindOf(err) {
		case relay.Permanent:
			return jobs.Permanent(words, err)
		case relay.Unknown:
			return jobs.Unknown("the relay took it and no answer came: it may have arrived", err)
		}
		return jobs.Temporary(words, err)
	}
}

// onCall gives who is told of what waits for someone: who is on call, or else
// everyone who handles.
func (a *App) onCall(ctx context.Context, q db.Queryer) ([]string, error) {
	users, err := a.Accounts.Holding(ctx, acl.Myself(), q, acl.Handler, acl.Lead)
	if err != nil {
		return nil, err
	}
	able := map[rota.Member]bool{}
	var all []string
	for _, u := range users {
		able[rota.Member(u.ID)] = true
		all = append(all, u.ID)
	}
	v, err := a.Rota.Within(ctx, acl.Myself(), q)
	if err != nil {
		return nil, err
	}
	who, _ := v.OnCall(a.clock(), func(m rota.Member) bool { return able[m] })
	if who != rota.Nobody {
		return []string{string(who)}, nil
	}
	return all, nil
}

// holders gives the users who hold one of the roles.
func (a *App) holders(ctx context.Context, q db.Queryer, roles ...acl.Role) (ids []string, err error) {
	users, err := a.Accounts.Holding(ctx, acl.Myself(), q, roles...)
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	return ids, err
}
