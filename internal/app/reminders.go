package app

import (
	"context"
	"fmt"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/mail"
	"steward/internal/predisclosure"
)

// remind writes to the members of lists of what falls due: an attestation, or a
// new agreement. Each letter has a key by which it is sent once, so it does no
// harm to ask every hour.
func (a *App) remind(ctx context.Context) error {
	due, err := a.Lists.Reminders(ctx, acl.Myself(), a.clock())
	if err != nil || len(due) == 0 {
		return err
	}
	names := map[string]string{}
	for _, r := range due {
		l, err := a.Lists.List(ctx, acl.Myself(), r.List)
		if err != nil {
			return fmt.Errorf("reading the list of a reminder: %w", err)
		}
		names[l.ID] = l.Name
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		for _, r := range due {
			for _, to := range r.To {
				if err := a.Mail.PostMemo(ctx, tx, a.reminder(r, names[r.List], to)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// reminder is the letter to one contact. It names the organisation and the list,
// which the contact knows, and nothing of any case.
func (a *App) reminder(r predisclosure.Reminder, list string, to predisclosure.Reach) mail.Memo {
	day := r.By.UTC().Format("2 January 2006")
	what, when := "confirm that your membership is right", "by "+day
	subject := "Please " + what
	switch r.About {
	case predisclosure.AttestOverdue:
		when = "which was due on " + day
	case predisclosure.AgreementDue:
		what = "accept the new agreement"
		subject = "Please " + what
	case predisclosure.AgreementOutdated:
		what, when = "accept the new agreement", "which was due on "+day
		subject = "Please " + what
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Hello %s,\n\n%s is on the list “%s” of %s.\n", to.Name, r.Organisation, list, a.Config.Team.Name)
	if r.Days > 0 {
		fmt.Fprintf(&b, "Please %s %s. After that day we send no notices until you do.\n", what, when)
	} else {
		fmt.Fprintf(&b, "Please %s, %s. Until you do, we send you no notices.\n", what, when)
	}
	if to.CanSignIn {
		fmt.Fprintf(&b, "\nSign in and do it here:\n%s/team/membership\n", strings.TrimSuffix(a.Config.BaseURL, "/"))
	} else {
		b.WriteString("\nA contact of yours who can sign in does it there. If nobody can, write to us.\n")
	}
	return mail.Memo{Key: "list/" + r.Key + "/" + to.Contact, To: to.Email, Name: to.Name, Subject: subject, Text: b.String(), PGPKey: to.Key}
}
