package mail

import (
	"fmt"
	"strings"

	"steward/internal/cvd"
)

// notice is a letter that anyone may read: that there is something to read, and
// where. It is the same for every case and every occasion but the receipt, so
// that it tells nothing. trouble says why the reader's key could not be used;
// empty: none is known.
func (o *Office) notice(p *cvd.Parcel, trouble string) (subject, text string) {
	var b strings.Builder
	b.WriteString("Hello.\n\n")
	switch {
	case p.On == cvd.OnReceipt:
		subject = "We have your mail"
		b.WriteString("We have your mail and keep it. A person will answer.\n\n")
		if p.Claim != "" {
			fmt.Fprintf(&b, "You can follow what becomes of it, and write to us, in a mailbox of your own. This code gives you the words that open it. It works once, for two weeks:\n\n    %s\n\nShow it at %s/mailbox/claim\n\n", grouped(p.Claim), o.BaseURL)
		}
	case p.Thread.User == "" && p.Thread.Report == "" && p.Thread.Contact == "":
		// Someone outside, whom the policy names: told that, and nothing else.
		fmt.Fprintf(&b, "%s has had a report for some time that nobody there has answered. Its published policy names you as the coordinator who can help. Please find a person there.\n\n%s\n", o.Team, o.BaseURL)
		return fmt.Sprintf("[%s] Please help to reach this team", o.Team), b.String()
	case p.Thread.Report != "":
		subject = "There is something for you to read"
		fmt.Fprintf(&b, "There is something for you to read. Your case phrase opens it at\n%s/mailbox\n\n", o.BaseURL)
	default:
		subject = "There is something for you to read"
		fmt.Fprintf(&b, "There is something for you to read. Sign in at\n%s/team\n\n", o.BaseURL)
	}
	if trouble == "" {
		b.WriteString("We put no more into this letter, since anyone on its way can read it and we know no OpenPGP key of yours.")
	} else {
		b.WriteString("We put no more into this letter, since anyone on its way can read it. Your OpenPGP key could not be used: " + trouble)
	}
	if p.Thread.Report != "" {
		b.WriteString(" Attach your public key to your next mail, and our letters to you will be encrypted.\n")
	} else {
		b.WriteString(" Add your key on the page “You”, and our letters to you will say what it is.\n")
	}
	return fmt.Sprintf("[%s] %s", o.Team, subject), b.String()
}

// grouped writes a code so that people can copy it.
func grouped(code string) string {
	var parts []string
	for len(code) > 6 {
		parts, code = append(parts, code[:6]), code[6:]
	}
	return strings.Join(append(parts, code), "-")
}
