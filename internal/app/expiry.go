package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/look"
	"steward/internal/base/sign"
)

// warnDays are how long before its end someone is told that a key, a
// certificate or security.txt expires.
var warnDays = []int{60, 30, 7, 1}

// expiring is something that ends one day, and then people cannot reach or
// believe the team any more.
type expiring struct {
	what  string // "The signing key"
	name  string // fingerprint or address: which one
	until time.Time
	owner *account.User // who is told beside those who look after the team; nil: nobody
	way   string        // out
}

// warning gives the smallest of warnDays that has come; 0: none yet.
func (e expiring) warning(now time.Time) int {
	due := 0
	for _, d := range warnDays {
		if !e.until.After(now.AddDate(0, 0, d)) {
			due = d
		}
	}
	return due
}

// watchExpiry tells of everything that Steward shows or uses and that expires,
// once at each of warnDays.
func (a *App) watchExpiry(ctx context.Context) error {
	list, err := a.expiring(ctx)
	if err != nil {
		return err
	}
	now := a.clock()
	for _, e := range list {
		d := e.warning(now)
		if e.until.IsZero() || d == 0 {
			continue
		}
		key := fmt.Sprintf("expiry/%s/%s/%d/%d", e.what, e.name, e.until.Unix(), d)
		subject := fmt.Sprintf("%s expires on %s", e.what, e.until.UTC().Format("2 January 2006"))
		if !e.until.After(now) {
			subject = fmt.Sprintf("%s has expired", e.what)
		}
		text := fmt.Sprintf("%s (%s) ends on %s, in %s or less.\n\n%s\n", e.what, e.name, e.until.UTC().Format("2 January 2006, 15:04 UTC"), look.Plural(d, "day", "days"), e.way)
		if err := a.alarm(ctx, key, subject, text); err != nil {
			return err
		}
		if e.owner == nil {
			continue
		}
		if err := a.DB.Write(ctx, func(tx *db.Tx) error { return a.memoTo(ctx, tx, *e.owner, key, subject, text) }); err != nil {
			return err
		}
	}
	return nil
}

// expiring lists what expires.
func (a *App) expiring(ctx context.Context) ([]expiring, error) {
	list := []expiring{
		{what: "The team's OpenPGP key", name: a.Signer.Fingerprint(), until: a.Signer.Expires(),
			way: "Prolong it with gpg, and put the new public key where people know the old one."},
		{what: "security.txt", name: a.Config.BaseURL, until: a.Publisher.SecurityExpires(),
			way: "The server renews it by itself: look at its log for why it has not."},
	}
	keys, err := a.Accounts.Keys(ctx, acl.Myself())
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		facts, err := sign.PeekKey([]byte(k.Armored))
		if err != nil {
			continue // it was looked at when it was given
		}
		u, err := a.Accounts.User(ctx, acl.Myself(), k.User)
		if err != nil {
			return nil, err
		}
		list = append(list, expiring{what: "The OpenPGP key of " + u.Name, name: k.Fingerprint, until: facts.Expires, owner: &u,
			way: "Prolong it, and give Steward the new public key on the page “You”. Once it has expired, letters to it say no more than that there is something to read."})
	}
	if file := a.Config.Mail.Certificate; file != "" {
		if until, err := certificateEnds(file); err == nil {
			list = append(list, expiring{what: "The certificate of the mail server", name: file, until: until, way: "Renew it and restart Steward."})
		}
	}
	if until, err := a.siteEnds(ctx); err == nil {
		list = append(list, expiring{what: "The certificate of the pages", name: a.Config.BaseURL, until: until, way: "Renew it at the proxy before Steward."})
	}
	return list, nil
}

// certificateEnds reads when the first certificate of a PEM file ends.
func certificateEnds(file string) (time.Time, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return time.Time{}, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return time.Time{}, fmt.Errorf("%s holds no certificate", file)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}, err
	}
	return c.NotAfter, nil
}

// siteEnds asks the address of the pages for its certificate, as a browser
// does; an error where there is none.
func (a *App) siteEnds(ctx context.Context) (time.Time, error) {
	u, err := url.Parse(a.Config.BaseURL)
	if err != nil || u.Scheme != "https" {
		return time.Time{}, fmt.Errorf("the pages have no certificate")
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// Only its dates are read, also where nobody would trust it: that is told to
	// people by their browsers.
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return time.Time{}, err
	}
	defer conn.Close()
	chain := conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(chain) == 0 {
		return time.Time{}, fmt.Errorf("the pages show no certificate")
	}
	return chain[0].NotAfter, nil
}
