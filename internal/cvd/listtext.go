package cvd

import (
	"context"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/policy"
)

// ListTextKind is a text for a list elsewhere, for a person to send.
type ListTextKind string

// The kinds.
const (
	LinuxDistros ListTextKind = "linux-distros"
	OssSecurity  ListTextKind = "oss-security"
)

// ListTextKinds lists them all.
var ListTextKinds = []ListTextKind{LinuxDistros, OssSecurity}

// linuxDistrosText is a notice under embargo to linux-distros or distros as
// their policy wants it (oss-security.openwall.org/wiki/mailing-lists/distros):
// the tag in the subject, the proposed date and hour of publication with its
// zone first, whether it is public anywhere, and what is asked for. The subject
// is not encrypted on its way, so that it names the product and no more.
// errs.Conflict: no embargo is agreed on.
func linuxDistrosText(a advisory.Advisory, e Embargo, l policy.List) (string, error) {
	if e.Active == nil {
		return "", errs.Conflictf("There is no agreed hour to propose to the list.").WithHint("agree on an embargo first")
	}
	var s sheet
	s.WriteString("To: " + l.Address + "\n")
	s.WriteString("Subject: " + clip("[vs] "+strings.Join(products(a), ", "), columns-len("Subject: ")) + "\n\n")
	s.line("Proposed public disclosure: %s.", inZone(e.Active.Until, "UTC"))
	s.gap()
	s.line("This is not public yet: neither the fix nor any discussion of it is where everyone can see it. Please keep it so until the hour above.")
	if a.Exploited {
		s.gap()
		s.line("It is known to be exploited.")
	}
	s.gap()
	s.line("We ask you to prepare and test updates, and to publish nothing before the hour. If the date does not suit you, or if you learn that it is known elsewhere, please answer at once.")
	s.gap()
	if len(a.Aliases) > 0 {
		s.line("A CVE id is assigned: %s.", strings.Join(a.Aliases, ", "))
	} else {
		s.line("No CVE id is assigned yet.")
	}
	if l.PostTo != "" {
		s.line("We will post to %s when it is public.", l.PostTo)
	}
	s.gap()
	s.WriteString(copyText(a))
	return s.String(), nil
}

// ossSecurityText is the post to oss-security on what is public: what, affected,
// fixed, references, credit, timeline and the id. Give it the advisory as it was
// released.
func ossSecurityText(a advisory.Advisory) string {
	var s sheet
	subject := a.Title
	if len(a.Aliases) > 0 {
		subject = strings.Join(a.Aliases, ", ") + ": " + subject
	}
	s.WriteString("To: oss-security@lists.openwall.com\n")
	s.WriteString("Subject: " + clip(subject, columns-len("Subject: ")) + "\n\n")
	s.line("%s", a.Title)
	s.gap()
	if a.ID != "" {
		s.line("Advisory: %s", a.ID)
	}
	if !a.Published.IsZero() {
		s.line("Published: %s", inZone(a.Published, "UTC"))
	}
	s.facts(a)
	s.part("Overview", a.Overview)
	s.part("Impact", a.Impact)
	s.list("Affected", affectedLines(a))
	s.list("Fixed", fixedLines(a))
	s.part("Remedy", a.Remedy)
	s.part("Workaround", a.Workaround)
	s.list("References", referenceLines(a))
	s.list("Credits", creditLines(a))
	s.list("Timeline", timelineLines(a))
	return strings.TrimRight(s.String(), "\n") + "\n"
}

// products are what the draft says is affected, by name.
func products(a advisory.Advisory) (out []string) {
	for _, p := range a.Affected {
		out = append(out, advisory.OneLine(p.Product))
	}
	if len(out) == 0 {
		out = []string{"vulnerability report"}
	}
	return unique(out)
}

// clip shortens a line to a width in characters.
func clip(s string, width int) string {
	r := []rune(advisory.OneLine(s))
	if len(r) <= width {
		return string(r)
	}
	return strings.TrimRight(string(r[:width-1]), " ,") + "…"
}

// ListText gives a text for a list elsewhere, for a person to send. That for
// oss-security is there once the advisory is public, and says what is.
func (s *Store) ListText(ctx context.Context, c acl.Caller, caseID string, kind ListTextKind) (string, error) {
	var text string
	public := ""
	err := s.look(ctx, c, caseID, acl.Distribute, "text for a list", func(_ db.Queryer, o *opened, _ []acl.Role) (err error) {
		switch {
		case !slices.Contains(ListTextKinds, kind):
			return errs.Invalidf("kind", "There is no text of this kind.").WithHint("one of: %s", join(ListTextKinds))
		case kind == OssSecurity && !o.Public():
			return errs.Conflictf("The advisory is not public yet.").WithHint("release it first")
		case kind == OssSecurity:
			public = o.Advisory
			return nil
		case o.Public():
			return errs.Conflictf("The advisory is public: those lists take nothing that is.").WithHint("post it to oss-security")
		}
		l, _ := s.rules(string(LinuxDistros))
		text, err = linuxDistrosText(o.Draft(), o.Embargo, l)
		return err
	})
	if err != nil || public == "" {
		return text, err
	}
	a, err := s.Advisories.Get(ctx, public)
	if err != nil {
		return "", err
	}
	return ossSecurityText(a), nil
}
