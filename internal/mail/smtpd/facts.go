package smtpd

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"

	"steward/internal/mail/read"
)

// Limits of a mail whose DKIM signatures are checked: the library looks through
// all fields for each that a signature names.
const (
	maxSignatures  = 5
	maxHeaderBytes = 128 << 10
	maxFields      = 500
)

// Result is what a check gave, in the words of RFC 8601.
type Result string

// The results.
const (
	ResultNone      Result = "none"
	ResultPass      Result = "pass"
	ResultFail      Result = "fail"
	ResultSoftFail  Result = "softfail"
	ResultNeutral   Result = "neutral"
	ResultTempError Result = "temperror"
	ResultPermError Result = "permerror"
)

// Facts is what DNS says of a sender. It is for people to see; nothing is
// decided by it, for it says who sent a mail and not who wrote it.
type Facts struct {
	SPF        Result // of the envelope's sender, or of Helo (rfc7208)
	SPFDomain  string
	DKIM       []DKIM // in the order of the mail, at most five
	FromDomain string // of the address in the mail's From
	DMARC      Result // whether From is aligned with what passed (rfc7489); none: it has no policy
	Policy     string // none, quarantine or reject; "" if there is none
}

// DKIM is the verdict on one signature (rfc6376).
type DKIM struct {
	Domain string
	Result Result
}

// facts asks DNS. A server before us that speaks LMTP knows the client; we do
// not, so SPF says nothing then.
func (s *Server) facts(ctx context.Context, e Envelope, mail []byte) (f Facts) {
	f = Facts{SPF: ResultNone, DMARC: ResultNone}
	defer func() { _ = recover() }() // a mail is worth more than what is known of its sender
	if _, host, ok := strings.Cut(read.From(mail).Addr, "@"); ok {
		f.FromDomain = strings.ToLower(host)
	}
	if s.c.Resolver == nil {
		return f
	}
	ctx, stop := context.WithTimeout(ctx, factsTimeout)
	defer stop()
	txt := func(name string) ([]string, error) { return s.c.Resolver.LookupTXT(ctx, name) }
	if !s.c.LMTP && e.RemoteAddr.IsValid() {
		f.SPFDomain = e.Helo
		if i := strings.LastIndexByte(e.From, '@'); i >= 0 {
			f.SPFDomain = strings.ToLower(e.From[i+1:])
		}
		got, _ := spf.CheckHostWithSender(net.IP(e.RemoteAddr.AsSlice()), e.Helo, e.From, spf.WithContext(ctx), spf.WithResolver(s.c.Resolver))
		f.SPF = Result(got)
	}
	f.DKIM = signatures(mail, txt)
	f.align(txt)
	return f
}

// signatures checks those of a mail whose header is of ordinary size.
func signatures(mail []byte, txt func(string) ([]string, error)) []DKIM {
	head, _, ok := bytes.Cut(mail, []byte("\r\n\r\n"))
	if !ok || len(head) > maxHeaderBytes || bytes.Count(head, []byte("\n")) > 4*maxFields || fields(head) > maxFields {
		return nil
	}
	all, _ := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{LookupTXT: txt, MaxVerifications: maxSignatures})
	var out []DKIM
	for _, v := range all {
		d := DKIM{Domain: strings.ToLower(v.Domain), Result: ResultPass}
		switch {
		case v.Err == nil:
		case dkim.IsTempFail(v.Err):
			d.Result = ResultTempError
		case dkim.IsPermFail(v.Err):
			d.Result = ResultPermError
		default:
			d.Result = ResultFail
		}
		out = append(out, d)
	}
	return out
}

func fields(head []byte) int {
	n := 0
	for l := range bytes.Lines(head) {
		if l[0] != ' ' && l[0] != '\t' {
			n++
		}
	}
	return n
}

// align compares the domain in From with those that passed.
func (f *Facts) align(txt func(string) ([]string, error)) {
	if f.FromDomain == "" {
		return
	}
	opts := &dmarc.LookupOptions{LookupTXT: txt}
	rec, err := dmarc.LookupWithOptions(f.FromDomain, opts)
	inherited := false
	if org := organisation(f.FromDomain); errors.Is(err, dmarc.ErrNoPolicy) && org != f.FromDomain {
		rec, err = dmarc.LookupWithOptions(org, opts)
		inherited = true
	}
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return
	case err != nil && dmarc.IsTempFail(err):
		f.DMARC = ResultTempError
		return
	case err != nil:
		f.DMARC = ResultPermError
		return
	}
	f.Policy = string(rec.Policy)
	if inherited && rec.SubdomainPolicy != "" {
		f.Policy = string(rec.SubdomainPolicy)
	}
	f.DMARC = ResultFail
	if f.SPF == ResultPass && aligned(f.FromDomain, f.SPFDomain, rec.SPFAlignment) {
		f.DMARC = ResultPass
	}
	for _, d := range f.DKIM {
		if d.Result == ResultPass && aligned(f.FromDomain, d.Domain, rec.DKIMAlignment) {
			f.DMARC = ResultPass
		}
	}
}

// aligned compares domains as RFC 7489 section 3.1 has it.
func aligned(from, other string, mode dmarc.AlignmentMode) bool {
	if mode == dmarc.AlignmentStrict {
		return strings.EqualFold(from, other)
	}
	return strings.EqualFold(organisation(from), organisation(other))
}

// organisation is the domain that someone has registered.
func organisation(domain string) string {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}
