package subscribe

import (
	"context"
	"fmt"
	"strings"
	"time"

	"steward/internal/advisory"
)

// Site is what letters and webhooks say of who sends them, and where things
// are found.
type Site struct {
	Name     string                          // of the team
	Contact  string                          // how to reach it, in a line; may be empty
	Products []string                        // that can be chosen
	Token    func(token string) string       // the URL of the page for a token: opened by GET, POST for one click
	Links    func(a advisory.Advisory) Links // where an advisory is found
	Overview string                          // URL of the page of all advisories
}

// Links is where an advisory is found; what there is not is empty.
type Links struct {
	Page string `json:"page"`
	Text string `json:"text,omitempty"`
	CSAF string `json:"csaf,omitempty"`
	OSV  string `json:"osv,omitempty"`
}

// Mail is a letter, to be made a message of. Equal input gives equal mails.
type Mail struct {
	To      string
	Subject string // one line of at most maxSubject characters
	Text    string // lines end in \n; at most about 76 characters, but for URLs
	// UnsubscribeURL is for List-Unsubscribe (RFC 2369), and by POST of
	// List-Unsubscribe=One-Click for RFC 8058. A letter that asks to confirm
	// has none: it is no list mail.
	UnsubscribeURL string
	// Job is the identifier of what sends it: the left side of the Message-ID,
	// by which a bounce finds the subscription (Store.Returned).
	Job  string
	Date time.Time // when it was put into the queue, the same at each attempt
	// Subscription is its id.
	Subscription string
}

// Deliver sends a mail, or hands it to who does. A *jobs.Failure that is
// permanent counts as a bounce; every other error is tried again.
type Deliver func(ctx context.Context, m Mail) error

const (
	lineWidth  = 72
	maxSubject = 150 // characters
)

// subject makes a line that fits a header.
func subject(s string) string {
	r := []rune(advisory.OneLine(s))
	if len(r) > maxSubject {
		r = append(r[:maxSubject-1], '…')
	}
	return string(r)
}

// wishWords says in a sentence what a subscription is told of.
func wishWords(sub Subscription) string {
	what := "all our products"
	if len(sub.Products) > 0 {
		what = strings.Join(sub.Products, ", ")
	}
	words := "security advisories for " + what
	if sub.Least.Rank() > advisory.Low.Rank() {
		words += fmt.Sprintf(" of severity %s or above", sub.Least)
	}
	if sub.Prenotices {
		words += ", and announcements of security releases before they come"
	}
	return words
}

func paragraphs(parts ...string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString("\n")
		}
		for _, line := range advisory.Wrap(p, lineWidth) {
			b.WriteString(line + "\n")
		}
	}
	return advisory.CleanText(b.String())
}

// ConfirmationText is the letter that asks to confirm. It holds no word of
// whoever asked for it. link is the URL of the token.
func ConfirmationText(sub Subscription, site Site, link string) (subj, text string) {
	subj = subject("Please confirm: security notices of " + site.Name)
	return subj, paragraphs(
		"Someone, probably you, asked "+site.Name+" to send this address "+wishWords(sub)+".",
		"To confirm, open this page and press the button. The link works for 7 days:",
		link,
		"If it was not you, do nothing: nothing more will be sent. The same page ends the matter at once.",
		signature(site))
}

// KnownText is the letter to an address that has its subscription already.
func KnownText(sub Subscription, site Site, link string) (subj, text string) {
	subj = subject("You are subscribed already: security notices of " + site.Name)
	return subj, paragraphs(
		"Someone, probably you, asked "+site.Name+" for security notices to this address. It gets them already, and nothing was changed: "+wishWords(sub)+".",
		"To change or end this, open this page:",
		link,
		signature(site))
}

// footer says why a letter came and how to end it.
func footer(sub Subscription, site Site, link string) string {
	return "\n" + strings.Repeat("-", lineWidth) + "\n" + paragraphs(
		"You asked "+site.Name+" for "+wishWords(sub)+". To change or end this:", link)
}

func signature(site Site) string {
	if site.Contact == "" {
		return site.Name
	}
	return site.Name + ", " + site.Contact
}
