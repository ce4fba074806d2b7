package intake

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"

	"steward/internal/base/seal"
	"steward/internal/base/sign"
)

// Desk files reports and writes receipts.
type Desk struct {
	Keys         *seal.Keyring
	Signer       *sign.Signer
	Team         string                    // who receives, as a receipt says it: one line
	AnswerWithin time.Duration             // the promise: a human answers within this time
	AnswerDue    func(time.Time) time.Time // the promise, where it is no fixed time: three business days; nil: AnswerWithin
	Clock        func() time.Time          //
	Rand         io.Reader                 // for identifiers
}

// AnswerBy gives when a human answers what came at a time, as it is promised.
func (d *Desk) AnswerBy(came time.Time) time.Time {
	if d.AnswerDue != nil {
		return d.AnswerDue(came)
	}
	return came.Add(d.AnswerWithin)
}

// Receipt is what the reporter holds once the report is kept. It is as private
// as the phrase in it; Statement alone may be shown to anyone.
type Receipt struct {
	ReportID   string
	ReceivedAt time.Time // UTC
	AnswerBy   time.Time // UTC: the team's promise to acknowledge
	SHA256     string    // of the kept bytes, hexadecimal
	Phrase     Phrase    // opens the mailbox of this report
	Statement  []byte    // clearsigned: that a report with this hash was here at this time
}

// Receipt writes the receipt of a filed report. Call it after the transaction
// of File has ended well: what it states must be true. The same filed report
// gives the same receipt each time.
func (d *Desk) Receipt(f Filed, o Original) (Receipt, error) {
	statement, err := d.Statement(f, o.SHA256())
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{
		ReportID: f.ID, ReceivedAt: f.ReceivedAt, AnswerBy: f.AnswerBy,
		SHA256: o.SHA256(), Phrase: d.phrase(o), Statement: statement,
	}, nil
}

// ReceiptAgain writes the receipt of a kept report anew, for whoever still has
// the token that it was sent with; with another token the phrase opens nothing.
func (d *Desk) ReceiptAgain(r Report, token string) (Receipt, error) {
	sub := r.Submission
	sub.Token = token
	return d.Receipt(r.Filed, Original{submission: sub, bytes: r.Original, sum: sha256.Sum256(r.Original)})
}

// Statement signs the sentence of the receipt for a filed report whose kept
// bytes have the hash (hexadecimal). A mailbox shows it again by this.
func (d *Desk) Statement(f Filed, sha256Hex string) ([]byte, error) {
	text := statementText(d.Team, f, sha256Hex)
	signed, err := d.Signer.Clearsign([]byte(text), f.ReceivedAt)
	if err != nil {
		return nil, fmt.Errorf("signing the receipt of report %s: %w", f.ID, err)
	}
	return signed, nil
}

// statementText is the text that is signed: nothing in it is private.
func statementText(team string, f Filed, sha256Hex string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Receipt of a vulnerability report\n\n")
	if team = strings.Join(strings.Fields(team), " "); team != "" {
		fmt.Fprintf(&b, "Received by:  %s\n", team)
	}
	fmt.Fprintf(&b, "Report:       %s\n", f.ID)
	fmt.Fprintf(&b, "Received at:  %s\n", f.ReceivedAt.UTC().Format("2006-01-02T15:04:05.000000Z"))
	fmt.Fprintf(&b, "Answer by:    %s\n", f.AnswerBy.UTC().Format("2006-01-02T15:04:05Z"))
	fmt.Fprintf(&b, "SHA-256:      %s\n\n", sha256Hex)
	b.WriteString("The hash is that of the report as it was kept. It says when the report\n")
	b.WriteString("was here, not whether what it says is right.\n")
	return b.String()
}

// Labels of the keys that are derived from the master key. A change of one
// makes every older phrase or token unknown.
const (
	labelPhrase = "intake phrase"
	labelLookup = "intake phrase lookup"
	labelToken  = "intake token"
	labelClaim  = "intake claim"
)

func (d *Desk) phrase(o Original) Phrase {
	return derivePhrase(d.Keys.Derive(labelPhrase), o.submission.Token, o.sum)
}

func (d *Desk) lookupHash(p Phrase) string { return p.lookup(d.Keys.Derive(labelLookup)) }

func (d *Desk) tokenHash(token string) string {
	return keyedHash(d.Keys.Derive(labelToken), []byte(token))
}
