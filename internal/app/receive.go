package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"

	"steward/internal/base/errs"
	"steward/internal/mail"
	"steward/internal/mail/smtpd"
)

// receiveMail listens for mail, at the addresses of the settings, until the
// context ends.
func (a *App) receiveMail(ctx context.Context, working *sync.WaitGroup) error {
	for _, at := range []struct {
		field, address string
		lmtp           bool
	}{{"mail.listen", a.Config.Mail.Listen, false}, {"mail.lmtp_listen", a.Config.Mail.LMTPListen, true}} {
		if at.address == "" {
			continue
		}
		ln, err := net.Listen("tcp", at.address)
		if err != nil {
			return errs.Invalidf(at.field, "cannot be bound: %v", err).WithHint("is another mail server there?")
		}
		if err := a.receiveOn(ctx, ln, at.lmtp, working); err != nil {
			return err
		}
	}
	return nil
}

// receiveOn takes mail in on a listener until the context ends; mails that are
// coming in then are taken to their end.
func (a *App) receiveOn(ctx context.Context, ln net.Listener, lmtp bool, working *sync.WaitGroup) error {
	srv, err := a.mailServer(lmtp)
	if err != nil {
		return err
	}
	working.Go(func() {
		if err := srv.Serve(ln); err != nil && ctx.Err() == nil {
			a.log.Error("mail is not received any more", "error", err)
		}
	})
	working.Go(func() {
		<-ctx.Done()
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbyeTime)
		defer cancel()
		_ = srv.Shutdown(bye) // who is cut off has no 250 and sends again
	})
	a.log.Info("receiving mail", "listen", ln.Addr().String(), "lmtp", lmtp)
	return nil
}

func (a *App) mailServer(lmtp bool) (*smtpd.Server, error) {
	local, domain, _ := strings.Cut(a.Config.Team.Email, "@")
	set := a.Config.Mail
	c := smtpd.Config{
		Host: set.Host, Domains: []string{domain}, Locals: []string{local}, LMTP: lmtp,
		MaxBytes: set.MaxBytes, Resolver: net.DefaultResolver, Clock: a.clock, Random: rand.Reader,
		Keep: func(ctx context.Context, e smtpd.Envelope, raw []byte) error {
			by := "smtp"
			if lmtp {
				by = "lmtp"
			}
			return a.Mail.Keep(ctx, mail.Envelope{By: by, Sender: e.From, To: e.To, Delivery: delivery(e.Facts), Trace: e.Trace}, raw)
		},
	}
	if set.Certificate != "" && !lmtp {
		pair, err := tls.LoadX509KeyPair(set.Certificate, set.Key)
		if err != nil {
			return nil, errs.Invalidf("mail.certificate", "cannot be read: %v", err)
		}
		c.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	if a.demo || lmtp { // nobody outside sends here: there is nothing to find out
		c.Resolver = nil
	}
	return smtpd.New(c)
}

// delivery says in a line what DNS says of a sender.
func delivery(f smtpd.Facts) string {
	var parts []string
	add := func(what string, r smtpd.Result, about string) {
		if r == "" || r == smtpd.ResultNone {
			return
		}
		if about != "" {
			about = " (" + about + ")"
		}
		parts = append(parts, fmt.Sprintf("%s %s%s", what, r, about))
	}
	add("SPF", f.SPF, f.SPFDomain)
	for _, d := range f.DKIM {
		add("DKIM", d.Result, d.Domain)
	}
	add("DMARC", f.DMARC, f.FromDomain)
	return strings.Join(parts, ", ")
}
