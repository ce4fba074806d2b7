package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/checkup"
	"steward/internal/base/db"
	"steward/internal/base/look"
	"steward/internal/base/sign"
	"steward/internal/publish/tree"
)

// records looks at everything that is kept, if it can be opened at all.
func (e *exam) records() {
	if e.app == nil {
		return
	}
	e.database()
	e.public()
	e.team()
	e.due()
	if !e.inside { // it takes as long as there is much
		e.bytes()
	}
}

// lastRecord is when the newest entry of the audit record was made; zero:
// there is none.
func (a *App) lastRecord(ctx context.Context) (at time.Time, err error) {
	err = a.DB.Read(ctx, func(q db.Queryer) error {
		list, err := audit.Page(ctx, q, 0, 1)
		if err == nil && len(list) > 0 {
			at = list[0].At
		}
		return err
	})
	return at, err
}

func (e *exam) database() {
	const about = "database"
	a := e.app
	version, err := a.DB.Version(e.ctx)
	size, serr := a.DB.Size(e.ctx)
	if err != nil || serr != nil {
		e.add(checkup.Bad(about, "Look at the log of the database.", "It cannot be read: %s", brief(cmp.Or(err, serr))))
		return
	}
	e.add(checkup.Fine(about, "%s, %s.", version, look.Size(size)))
	if err := a.DB.Read(e.ctx, func(q db.Queryer) error { return a.Keys.Check(e.ctx, q) }); err != nil {
		e.add(checkup.Bad("keys", "Find the keys that belong to this database.", "%s", brief(err)))
	}
	if a.DB.Engine() == "postgres" {
		e.checksums(e.ctx)
	} else if e.inside { // it takes as long as there is much
		e.add(checkup.Fine(about, "Each page of the file is checked as it is read, and all of them once a day."))
	} else if err := a.DB.IntegrityCheck(e.ctx); err != nil {
		e.add(checkup.Bad(about, "Stop the server, and restore the last backup into a new directory.", "%s", brief(err)).
			By("steward restore FILE --data DIR --keys %s", e.dir.Keys()))
	} else {
		e.add(checkup.Fine(about, "Every page of the file is whole."))
	}
}

// checksums asks PostgreSQL whether it would notice a bad disk.
func (e *exam) checksums(ctx context.Context) {
	const about = "database"
	var on string
	err := e.app.DB.Read(ctx, func(q db.Queryer) error {
		return q.QueryRow(ctx, "SELECT current_setting('data_checksums')").Scan(&on)
	})
	switch {
	case err != nil:
		e.add(checkup.Look(about, "Look at the log of the database.", "It does not tell whether it has checksums: %s", brief(err)))
	case on == "on":
		e.add(checkup.Fine(about, "The server checks every page that it reads."))
	default:
		e.add(checkup.Look(about, "Stop PostgreSQL and switch them on.", "Its pages have no checksums, so that a bad disk goes unnoticed.").By("pg_checksums --enable"))
	}
}

// public looks at the published tree: that it is ours, whole at its root, and
// says what the records say.
func (e *exam) public() {
	const about = "public pages"
	p := e.app.Publisher
	if p.Tree.Sequence() == 0 {
		e.add(checkup.Look(about, "Start the server: it publishes by itself.", "Nothing was ever published.").By("steward publish --data %s", e.dir))
		return
	}
	root, err := p.Tree.Read(tree.RootPath)
	signature, serr := p.Tree.Read(tree.RootPath + ".asc")
	key, kerr := p.Tree.Read(tree.KeyPath)
	switch {
	case err != nil || serr != nil || kerr != nil:
		e.add(checkup.Bad(about, "Move it away; the server makes it again from the records.", "It cannot be read: %s", brief(cmp.Or(err, serr, kerr))).
			By("mv %s %s.broken", e.dir.Public(), e.dir.Public()))
		return
	case !bytes.Equal(key, e.app.Signer.PublicKey()):
		e.add(checkup.Bad(about, "Copy the signing key back that belongs to it, or move the pages away to sign all anew.", "They are signed with another key than %s.", e.dir.Signing()))
		return
	case sign.Verify(key, root, signature, time.Time{}) != nil:
		e.add(checkup.Bad(about, "Move them away; the server makes them again from the records.", "The signature of their root is not good.").
			By("mv %s %s.broken", e.dir.Public(), e.dir.Public()))
		return
	}
	switch waiting, err := p.Waiting(e.ctx); {
	case err != nil:
		e.add(checkup.Bad(about, "Look at the log.", "%s", brief(err)))
	case waiting > 0:
		e.add(checkup.Bad(about, "Look at the log for the cause; if no server runs, publish.", "%s of the public record %s not in them.",
			look.Plural(int(waiting), "entry", "entries"), map[bool]string{true: "is", false: "are"}[waiting == 1]).By("steward publish --data %s", e.dir))
	default:
		e.add(checkup.Fine(about, "They say what the records say, last signed on %s.", p.Tree.Published().Format("2 January 2006, 15:04 UTC")))
	}
	switch until := p.SecurityExpires(); {
	case until.Before(e.now):
		e.add(checkup.Bad("security.txt", "Start the server: it renews the file by itself.", "It has expired, so that reporters may not trust it."))
	case until.Before(e.now.AddDate(0, 1, 0)):
		e.add(checkup.Look("security.txt", "Start the server: it renews the file by itself.", "It expires on %s.", until.Format(time.DateOnly)))
	default:
		e.add(checkup.Fine("security.txt", "It holds until %s and is renewed long before.", until.Format("2 January 2006")))
	}
}

// team looks for people: at least two who can handle a case, since nobody
// reviews or approves their own words, and nobody who cannot come in.
func (e *exam) team() {
	const about = "team"
	users, err := e.app.Accounts.Users(e.ctx, account.Operator())
	if err != nil {
		e.add(checkup.Bad(about, "Look at the database.", "%s", brief(err)))
		return
	}
	handlers, leads := 0, 0
	var out, old []string
	for _, u := range users {
		if !u.Active() || u.Role == "" {
			continue
		}
		in, copied, err := e.wayIn(u)
		if err != nil {
			e.add(checkup.Bad(about, "Look at the database.", "%s", brief(err)))
			return
		}
		if !in {
			out = append(out, u.Name)
		}
		if copied {
			old = append(old, u.Name)
		}
		if in && acl.Allow(acl.CaseDispose, u.Role) {
			handlers++
		}
		if in && acl.Allow(acl.UserAdmin, u.Role) {
			leads++
		}
	}
	switch {
	case leads == 0:
		e.add(checkup.Bad(about, "Make a link for a lead.", "Nobody who leads the team can sign in.").By("steward user link NAME --data %s", e.dir))
	case handlers < 2:
		e.add(checkup.Look(about, "Add a second person: nobody reviews what they wrote themselves.", "Only one person can handle reports.").
			By("steward user add NAME --role handler --as NAME-OF-A-LEAD --data %s", e.dir))
	default:
		e.add(checkup.Fine(about, "%d people can handle reports.", handlers))
	}
	if len(out) > 0 {
		e.add(checkup.Look(about, "Make a link for each, or disable those who have left.", "Without a passkey for %s: %s.", host(e.config.BaseURL), some(out)).
			By("steward user link NAME --data %s", e.dir))
	}
	if len(old) > 0 {
		e.add(checkup.Bad(about, "Ask them, remove that passkey and make a link for another.", "A passkey was used as if there were two of it: %s.", some(old)))
	}
}

// some names a few, and tells how many more there are.
func some(names []string) string {
	const few = 10
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// wayIn tells whether a person has a passkey that opens the door, or a link
// that makes one; and whether one of theirs is refused as a copy.
func (e *exam) wayIn(u account.User) (in, copied bool, err error) {
	keys, err := e.app.Accounts.Passkeys(e.ctx, account.Operator(), u.ID)
	if err != nil {
		return false, false, err
	}
	for _, k := range keys {
		in = in || k.Host == host(e.config.BaseURL) && !k.Copied
		copied = copied || k.Copied
	}
	if in {
		return in, copied, nil
	}
	links, err := e.app.Accounts.Links(e.ctx, account.Operator(), u.ID)
	return slices.ContainsFunc(links, func(l account.Link) bool { return l.Purpose == account.Enrol }), copied, err
}

func host(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	name, _, _ := strings.Cut(rest, ":")
	return name
}

// due looks at what should have been done by now.
func (e *exam) due() {
	const about = "due"
	p, err := e.app.Cases.Pulse(e.ctx, acl.Myself())
	if err != nil {
		e.add(checkup.Bad(about, "Look at the database.", "%s", brief(err)))
		return
	}
	late := 0
	if p.Overdue > 0 {
		late++
		e.add(checkup.Bad(about, "Look at the queue: the case says why.", "%s not out at the hour.", count(p.Overdue, "timed release is", "timed releases are")))
	}
	if p.Unacknowledged > 0 {
		late++
		e.add(checkup.Look(about, "Look at the queue and answer.", "%s not answered by the hour that the receipt promised.", count(p.Unacknowledged, "report was", "reports were")))
	}
	if late == 0 {
		e.add(checkup.Fine(about, "Nothing is overdue. Timed releases that are set: %d.", p.Scheduled))
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "One " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
