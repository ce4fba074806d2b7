package app

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"steward/internal/base/checkup"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
	"steward/internal/config"
)

// exam is one look at a data directory and all that works on it.
type exam struct {
	ctx    context.Context
	dir    Dir
	now    time.Time
	config config.Config
	signer *sign.Signer // nil if the key cannot be read
	app    *App         // nil if it cannot be opened
	inside bool         // the server itself looks, at the wish of a page
	lines  []checkup.Line
}

func (e *exam) add(lines ...checkup.Line) { e.lines = append(e.lines, lines...) }

// Doctor looks at a data directory, whether a server runs on it or not, and
// tells as much as can be told when something in it is broken.
func Doctor(ctx context.Context, dir Dir, now time.Time) []checkup.Line {
	e := &exam{ctx: ctx, dir: dir, now: now}
	var err error
	if e.config, err = config.Load(string(dir)); err != nil {
		way := "Mend " + dir.Settings() + "."
		if f, ok := errors.AsType[*errs.Error](err); ok && f.Hint != "" {
			way = strings.ToUpper(f.Hint[:1]) + f.Hint[1:] + "."
		}
		e.add(checkup.Bad("settings", way, "%s", brief(err)))
		return e.lines
	}
	e.settings()
	e.mail()
	e.census()
	e.keys()
	e.disk()
	e.server()
	e.open()
	if e.app != nil {
		defer e.app.Close() // what it did not write cannot be lost
	}
	e.clock()
	e.backups()
	e.records()
	return e.lines
}

// Checkup is the same for the running server, within the time that a page has.
func (a *App) Checkup(ctx context.Context) []checkup.Line {
	e := &exam{ctx: ctx, dir: a.Dir, now: a.clock(), config: a.Config, signer: a.Signer, app: a, inside: true}
	e.settings()
	e.mail()
	e.census()
	e.keys()
	e.disk()
	for _, sick := range a.Sick(ctx) {
		e.add(checkup.Bad("server", "Look at the log for the cause.", "%s.", strings.ToUpper(sick[:1])+sick[1:]))
	}
	e.clock()
	e.backups()
	e.records()
	return e.lines
}

// brief is an error in one line, for an operator: with its cause, and without
// a hint, since the line has its own.
func brief(err error) string {
	text := err.Error()
	if e, ok := errors.AsType[*errs.Error](err); ok {
		text = e.Message
		if e.Field != "" && !strings.HasPrefix(e.Field, "-") {
			text = e.Field + ": " + text
		}
		if e.Cause != nil {
			text += ": " + e.Cause.Error()
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

// settings looks at what an operator can get wrong without an error at start.
func (e *exam) settings() {
	const about = "settings"
	c := e.config
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil: // config.Load has refused it
	case base.Scheme == "https":
		e.add(checkup.Fine(about, "People reach Steward at %s.", c.BaseURL))
	case loopback(base.Hostname()):
		e.add(checkup.Look(about, "Set base_url in steward.toml to the https address, before anyone makes a passkey.", "Only this machine reaches %s.", c.BaseURL))
	default:
		e.add(checkup.Bad(about, "Put a TLS proxy before it, and set base_url to its https address.", "What people send to %s can be read on its way.", c.BaseURL))
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err == nil && len(c.Proxies) == 0 && base != nil && base.Scheme == "https" {
		e.add(checkup.Look(about, `If a proxy passes requests on, name it: proxies = ["127.0.0.1"].`,
			"No proxy is named, so the limits count all who come through one as a single network."))
	}
	if host, _, err := net.SplitHostPort(c.MetricsListen); err == nil && !private(host) {
		e.add(checkup.Bad(about, "Set metrics_listen to an address that only the monitoring reaches, as 127.0.0.1:9464.",
			"Metrics are served on %s, perhaps to everyone.", c.MetricsListen))
	}
	if err == nil && base != nil && base.Scheme == "http" && !loopback(base.Hostname()) && !loopback(host) {
		e.add(checkup.Bad(about, "Set listen to 127.0.0.1:8080 and let the proxy alone be reached.", "The server listens on %s without TLS.", c.Listen))
	}
	if c.Team.Email == "" {
		e.add(checkup.Look("mail", "Set team.email in steward.toml.", "security.txt names no mail address; reports come by the form alone."))
	} else {
		e.add(checkup.Fine("mail", "security.txt names %s.", c.Team.Email))
	}
}

// mail looks whether mail comes in and goes out.
func (e *exam) mail() {
	const about = "mail"
	m := e.config.Mail
	if m.Relay == "" {
		e.add(checkup.Look(about, "Name the relay in [mail] of steward.toml.", "Steward sends no mail: the queue and the mailboxes alone say what is new."))
	} else {
		e.add(checkup.Fine(about, "Letters go out through %s.", m.Relay))
	}
	if m.Listen == "" && m.LMTPListen == "" && e.config.Team.Email != "" {
		e.add(checkup.Look(about, "Set listen or lmtp_listen in [mail], or import mail from time to time.", "Nothing here receives what is sent to %s.", e.config.Team.Email).
			By("steward mail import FILE --data %s", e.dir))
	}
	if m.Listen != "" && m.Certificate == "" {
		e.add(checkup.Look(about, "Set certificate and key in [mail].", "Mail comes in without TLS, and can be read on its way."))
	}
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// private tells an address that the internet does not reach.
func private(host string) bool {
	addr, err := netip.ParseAddr(host)
	return loopback(host) || err == nil && (addr.IsPrivate() || addr.IsLinkLocalUnicast())
}

// keys looks at the files without which nothing private can be read again.
func (e *exam) keys() {
	const about = "keys"
	good := true
	for _, path := range []string{e.dir.Keys(), e.dir.Master(), e.dir.Signing(), e.dir.Settings()} {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			good = false
			e.add(checkup.Bad(about, "Copy it back from where you keep the keys.", "%s is missing: without it nothing private can be read, or nothing signed.", path))
		case err != nil:
			good = false
			e.add(checkup.Bad(about, "Run this as the user that the server runs as.", "%s", brief(err)))
		case info.Mode().Perm()&0o077 != 0:
			good = false
			mode := "600"
			if info.IsDir() {
				mode = "700"
			}
			e.add(checkup.Bad(about, "Let nobody else read it; whoever did may have copied it.", "%s has the mode %#o.", path, info.Mode().Perm()).
				By("chmod %s %s", mode, path))
		}
	}
	if _, err := readMaster(e.dir.Master()); err != nil && !errs.Is(err, errs.Invalid) || err != nil && exists(e.dir.Master()) {
		good = false
		e.add(checkup.Bad(about, "Copy it back from where you keep the keys.", "%s", brief(err)))
	}
	if e.signer == nil && exists(e.dir.Signing()) {
		raw, err := os.ReadFile(e.dir.Signing())
		if err == nil {
			e.signer, err = sign.Load(raw)
		}
		if err != nil {
			good = false
			e.add(checkup.Bad(about, "Copy it back from where you keep the keys.", "%s: %s", e.dir.Signing(), brief(err)))
		}
	}
	if e.signer != nil {
		if until := e.signer.Expires(); !until.IsZero() && until.Before(e.now.AddDate(0, 2, 0)) {
			good = false
			e.add(checkup.Bad(about, "Prolong it with gpg, and put the new public key where people know the old one.", "The signing key expires on %s.", until.Format(time.DateOnly)))
		}
	}
	if good && e.signer != nil {
		e.add(checkup.Fine(about, "Both are there, for their owner alone. %s signs and does not expire soon.", e.signer.Fingerprint()))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// server asks the server whether it is well, as monitoring does.
func (e *exam) server() {
	const about = "server"
	ctx, cancel := context.WithTimeout(e.ctx, 5*time.Second)
	defer cancel()
	at := "http://" + e.config.Listen + "/healthz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	var res *http.Response
	if err == nil {
		res, err = (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req) // through no proxy
	}
	if err != nil {
		e.add(checkup.Look(about, "Start it, if it is meant to run.", "Nobody answers on %s, so nothing is received and nothing released.", e.config.Listen).
			By("steward serve --data %s", e.dir))
		return
	}
	defer res.Body.Close()
	var words [1 << 10]byte
	n, _ := res.Body.Read(words[:])
	if res.StatusCode != http.StatusOK || string(words[:n]) != "ok\n" {
		e.add(checkup.Bad(about, "Look at its log for the cause.", "It answers on %s: %s.", e.config.Listen, strings.Join(strings.Fields(string(words[:n])), " ")))
		return
	}
	e.add(checkup.Fine(about, "It answers on %s and does its work.", e.config.Listen))
}

// open opens the data directory, if nothing would be made that is missing.
func (e *exam) open() {
	const about = "database"
	if e.config.Database == "" && !exists(e.dir.Database()) {
		e.add(checkup.Bad(about, "Restore it from the last backup.", "%s is missing.", e.dir.Database()).
			By("steward restore FILE --data DIR --keys %s", e.dir.Keys()))
		return
	}
	a, err := Open(e.ctx, e.dir, Options{Clock: func() time.Time { return e.now }})
	f, known := errors.AsType[*errs.Error](err)
	switch {
	case err == nil:
		e.app = a
	case known && f.Field == "keys" && !slices.ContainsFunc(e.lines, func(l checkup.Line) bool { return l.About == "keys" && l.State == checkup.Wrong }):
		e.add(checkup.Bad("keys", "Find the keys that were copied from this very Steward.", "%s", f.Message))
	case checkup.Count(e.lines)[checkup.Wrong] > 0:
		e.add(checkup.Bad(about, "Mend what is said above first.", "The records cannot be opened: %s", brief(err)))
	default:
		e.add(checkup.Bad(about, "Look at the cause; restore the last backup if the file is damaged.", "The records cannot be opened: %s", brief(err)).
			By("steward restore FILE --data DIR --keys %s", e.dir.Keys()))
	}
}
