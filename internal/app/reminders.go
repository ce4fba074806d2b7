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

// decided writes to an organisation what the team has decided about it. A reason
// is between the two: it goes only where it can be encrypted.
func (a *App) decided(ctx context.Context, tx *db.Tx, d predisclosure.Decision) error {
	what, subject := "", "Your membership"
	switch d.Event {
	case predisclosure.EventVet:
		what, subject = "is on the list “%s” of %s now.", "Your application"
	case predisclosure.EventDecline:
		what, subject = "is not taken onto the list “%s” of %s.", "Your application"
	case predisclosure.EventSuspend:
		what = "is suspended from the list “%s” of %s, and gets no notices until that is taken back."
	case predisclosure.EventRestore:
		what = "is again a member of the list “%s” of %s."
	case predisclosure.EventRemove:
		what = "is no longer on the list “%s” of %s. What you were told under embargo stays so until it is public."
	}
	for _, to := range d.To {
		var b strings.Builder
		fmt.Fprintf(&b, "Hello %s,\n\n%s "+what+"\n", to.Name, d.Organisation, d.List, a.Config.Team.Name)
		switch {
		case d.Reason != "" && to.Key != "":
			fmt.Fprintf(&b, "\nThe reason:\n\n%s\n", d.Reason)
		case d.Reason != "":
			b.WriteString("\nPlease ask us for the reason: we have no key of yours to encrypt it to.\n")
		case !to.CanSignIn:
			b.WriteString("\nWe tell you of vulnerabilities before they are public, in letters that are\nencrypted to your keys. One of you needs to sign in to read the rest: we send\nyou a link for it.\n")
		}
		m := mail.Memo{Key: "list/" + d.Key + "/" + to.Contact, To: to.Email, Name: to.Name, Subject: subject, Text: b.String(), PGPKey: to.Key}
		if err := a.Mail.PostMemo(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
