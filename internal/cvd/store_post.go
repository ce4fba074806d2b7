package cvd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// maxEnclosed is the most bytes of files that go with one letter; what is more
// waits where the letter says.
const maxEnclosed = 12 << 20

// post puts letters of the deed into the queue.
func (d *deed) post(ps ...Posting) error { return d.s.post(d.ctx, d.tx, ps...) }

func (s *Store) post(ctx context.Context, tx *db.Tx, ps ...Posting) error {
	if s.Post == nil {
		return nil
	}
	for _, p := range ps {
		if err := s.Post(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// postReporter writes to the reporter of a report, if they gave an address.
func (d *deed) postReporter(on Occasion, th *thread, message string) error {
	if th.address == "" {
		return nil
	}
	return d.post(Posting{On: on, Case: th.caseID, Report: th.report, Message: message, What: d.what(message)})
}

// what names a deed that has no name of its own by its time.
func (d *deed) what(name string) string {
	if name != "" {
		return ""
	}
	return fmt.Sprint(db.Micros(d.now))
}

// postTeam writes to whoever is on call.
func (d *deed) postTeam(on Occasion, caseID, report, message string) error {
	return d.s.postOnCall(d.ctx, d.tx, Posting{On: on, Case: caseID, Report: report, Message: message})
}

func (s *Store) postOnCall(ctx context.Context, tx *db.Tx, p Posting) error {
	if s.Post == nil || s.OnCall == nil {
		return nil
	}
	users, err := s.OnCall(ctx, tx)
	if err != nil {
		return err
	}
	for _, u := range users {
		p.User = u
		if err := s.post(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// postInvited writes to all who are invited to the case in one of the roles.
func (d *deed) postInvited(on Occasion, roles ...acl.Role) error {
	if d.s.Post == nil {
		return nil
	}
	list, err := people(d.ctx, d.tx, d.opened)
	if err != nil {
		return err
	}
	var told []string
	for _, p := range list {
		if !p.Removed.IsZero() || !slices.Contains(roles, p.Role) || slices.Contains(told, p.User) {
			continue
		}
		if d.s.Lists != nil && d.recipientOf(p.User) != nil {
			continue // as a contact, at the address and with the key that the list has
		}
		told = append(told, p.User)
		if err := d.post(Posting{On: on, Case: d.ID, User: p.User, What: d.what("")}); err != nil {
			return err
		}
	}
	return d.postContacts(on)
}

// postReporters writes to every reporter of the case.
func (d *deed) postReporters(on Occasion) error {
	if d.s.Post == nil {
		return nil
	}
	parts, err := d.s.parts(d.ctx, d.tx, d.opened)
	if err != nil {
		return err
	}
	for _, p := range parts {
		th, err := d.s.threadOf(d.ctx, d.tx, p)
		if err != nil {
			return err
		}
		if err := d.postReporter(on, th, ""); err != nil {
			return err
		}
	}
	return nil
}

// Parcel puts together what a posting is to bring. errs.NotFound: there is
// nobody to bring it to, or no longer. c is acl.Myself(); what the letter says
// was recorded with the deed that it belongs to.
func (s *Store) Parcel(ctx context.Context, c acl.Caller, p Posting) (*Parcel, error) {
	if err := acl.Check(acl.MailSend, acl.MailSend, ownRoles(c)...); err != nil {
		return nil, err
	}
	var out *Parcel
	var files []found
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		o, err := s.load(ctx, q, p.Case)
		if err != nil {
			return err
		}
		switch {
		case p.Address != "":
			out = &Parcel{On: p.On, To: p.Address, Name: p.Name, Thread: Correspondence{Case: o.ID}}
			return nil
		case p.Contact != "":
			out, err = s.parcelToContact(ctx, q, o, p)
			return err
		case p.User != "":
			out, err = s.parcelToUser(ctx, q, o, p)
			return err
		}
		out, files, err = s.parcelToReporter(ctx, q, o, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	if out.Private != nil && len(files) > 0 {
		out.Private.Files, err = s.encloseFiles(ctx, files)
	}
	return out, err
}

// parcelToUser is for someone with an account: what their roles in the case
// let them read.
func (s *Store) parcelToUser(ctx context.Context, q db.Queryer, o *opened, p Posting) (*Parcel, error) {
	if s.Reach == nil {
		return nil, errs.Missing()
	}
	to, err := s.Reach(ctx, q, p.User)
	if err != nil {
		return nil, err
	}
	roles, err := rolesIn(ctx, q, to.Caller(), o.Case)
	if err != nil {
		return nil, err
	}
	if to.Email == "" || !acl.Allow(acl.CaseRead, roles...) {
		return nil, errs.Missing()
	}
	out := &Parcel{
		On: p.On, To: to.Email, Name: to.Name, Key: to.Key.Armored, KeyAt: s.now(),
		Thread: Correspondence{Case: o.ID, User: to.ID}, Link: "/team/cases/" + o.ID,
		About: cmp.Or(p.Report, o.Report),
	}
	if out.Key != "" {
		out.Private, err = s.privateToUser(ctx, q, o, p, roles)
	}
	return out, err
}

func (s *Store) privateToUser(ctx context.Context, q db.Queryer, o *opened, p Posting, roles []acl.Role) (*Private, error) {
	may := func(a acl.Action) bool { return acl.Allow(a, roles...) }
	name := o.Ref
	if may(acl.ReportRead) || may(acl.DraftRead) {
		name += " " + advisory.OneLine(o.summary(o.policy, roles, nil).Title)
	}
	var b strings.Builder
	switch p.On {
	case OnReport:
		b.WriteString("A report waits for a person to answer it")
		if !o.AcknowledgeBy.IsZero() {
			fmt.Fprintf(&b, " by %s", inZone(o.AcknowledgeBy, "UTC"))
		}
		b.WriteString(".\n\n")
		if may(acl.ReportRead) {
			r, err := intake.Read(ctx, q, o.key, o.Report)
			if err != nil {
				return nil, err
			}
			b.WriteString(reportText(reportView(o.Case, r, o.credit(o.Report), may(acl.MessageRead))))
		}
	case OnUnanswered:
		fmt.Fprintf(&b, "A report of %s still waits for a person to answer it. The reporter was promised an answer by %s.\n",
			inZone(o.Received, "UTC"), inZone(o.AcknowledgeBy, "UTC"))
	case OnDeadline:
		if p.Due == nil {
			return nil, fmt.Errorf("a reminder of no deadline")
		}
		fmt.Fprintf(&b, "Due: %s, %s.\n", p.Due.What, inZone(p.Due.At, "UTC"))
		if p.Due.Basis != "" {
			fmt.Fprintf(&b, "Basis: %s.\n", p.Due.Basis)
		}
	case OnReply:
		b.WriteString("A reporter has written to the team.\n\n")
		if may(acl.MessageRead) {
			m, err := s.message(ctx, q, o, p.Report, p.Message)
			if err != nil {
				return nil, err
			}
			b.WriteString(m.Body + "\n")
		}
	case OnAnswer:
		b.WriteString("An organisation that was told of this case has written to the team.\n\n")
		if may(acl.NoteRead) {
			text, err := answerText(ctx, q, o, p.Message)
			if err != nil {
				return nil, err
			}
			b.WriteString(text)
		}
	case OnInvitation:
		fmt.Fprintf(&b, "You are invited to this case as %s. Please say nothing of it to anyone who is not.\n", joinRoles(roles))
	case OnEmbargo:
		if may(acl.DraftRead) {
			b.WriteString(embargoText(&o.Embargo))
		}
	case OnPublic:
		b.WriteString(publicText(o.Case))
	case OnBurn:
		b.WriteString(o.burnText())
	default:
		return nil, fmt.Errorf("a posting on %q to a user", p.On)
	}
	return &Private{Subject: name, Text: b.String()}, nil
}

// parcelToReporter is for the reporter of one report, of whom the address that
// they gave is known.
func (s *Store) parcelToReporter(ctx context.Context, q db.Queryer, o *opened, p Posting) (*Parcel, []found, error) {
	th, err := s.threadOf(ctx, q, o)
	if err != nil {
		return nil, nil, err
	}
	if th.report != p.Report || th.address == "" {
		return nil, nil, errs.Missing()
	}
	out := &Parcel{
		On: p.On, To: th.address, Key: th.recipient, KeyAt: th.received,
		Thread: Correspondence{Case: o.ID, Report: p.Report}, Link: "/mailbox",
	}
	if p.On == OnReceipt && out.Key == "" {
		out.Claim, err = s.Desk.ClaimCode(p.Report)
		return out, nil, err
	}
	if out.Key == "" {
		return out, nil, nil
	}
	var files []found
	out.Private, files, err = s.privateToReporter(ctx, q, o, p)
	return out, files, err
}

func (s *Store) privateToReporter(ctx context.Context, q db.Queryer, o *opened, p Posting) (*Private, []found, error) {
	root := o
	if o.State == Merged {
		into, err := s.load(ctx, q, o.MergedInto)
		if err != nil {
			return nil, nil, err
		}
		root = into
	}
	out := &Private{Subject: "Your report " + o.Ref + ": " + o.Subject}
	switch p.On {
	case OnReceipt:
		text, err := s.receiptText(ctx, q, o, p.Token)
		out.Text = text
		return out, nil, err
	case OnMessage:
		m, err := s.message(ctx, q, o, p.Report, p.Message)
		if err != nil {
			return nil, nil, err
		}
		out.Text = m.Body + "\n"
		var files []found
		for _, f := range m.Files {
			one, err := findInThread(ctx, q, o, f.ID)
			if err != nil {
				return nil, nil, err
			}
			files = append(files, one)
		}
		return out, files, nil
	case OnDraft:
		sh, shown := root.shared(p.Report)
		if !shown {
			return nil, nil, errs.Missing()
		}
		out.Text = "This is the draft of the advisory. Please tell us what is wrong or missing, and whether and how you wish to be named.\n\n"
		if sh.Draft != nil {
			out.Text += draftText(*sh.Draft)
		} else {
			out.Text += sh.Armored
		}
	case OnEmbargo:
		out.Text = embargoText(&root.Embargo)
	case OnPublic:
		out.Text = fmt.Sprintf("The advisory %s is public. Thank you for telling us first.\n", root.Advisory)
	case OnBurn:
		out.Text = root.burnText()
	case OnAcknowledge:
		out.Text = root.status() + "\n"
	default:
		return nil, nil, fmt.Errorf("a posting on %q to a reporter", p.On)
	}
	return out, nil, nil
}

// receiptText is the receipt as the form shows it.
func (s *Store) receiptText(ctx context.Context, q db.Queryer, o *opened, token string) (string, error) {
	r, err := intake.Read(ctx, q, o.key, o.Report)
	if err != nil {
		return "", err
	}
	receipt, err := s.Desk.ReceiptAgain(r, token)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "We have your report. A person answers by %s.\n\n", inZone(receipt.AnswerBy, "UTC"))
	b.WriteString("These twelve words open your mailbox here, where you can follow the case and write to us. Whoever has them can do so; keep them to yourself.\n\n")
	fmt.Fprintf(&b, "    %s\n\n", receipt.Phrase.Words())
	if len(r.Findings) > 0 {
		b.WriteString("What would help us to see it sooner:\n\n")
		for _, f := range r.Findings {
			fmt.Fprintf(&b, "  - %s\n", f.Message)
		}
		b.WriteString("\nYou can answer this letter.\n\n")
	}
	b.Write(receipt.Statement)
	return b.String(), nil
}

// message reads one letter of a report's thread, with what is known of its
// files.
func (s *Store) message(ctx context.Context, q db.Queryer, o *opened, report, id string) (Message, error) {
	th, err := s.thread(ctx, q, o, report)
	if err != nil {
		return Message{}, err
	}
	of := o
	if th.caseID != o.ID {
		if of, err = s.load(ctx, q, th.caseID); err != nil {
			return Message{}, err
		}
	}
	list, err := messages(ctx, q, of, false)
	if err != nil {
		return Message{}, err
	}
	i := slices.IndexFunc(list, func(m Message) bool { return m.ID == id })
	if i < 0 {
		return Message{}, errs.Missing()
	}
	return list[i], nil
}

// encloseFiles reads files that go with a letter. What is too large stays
// where the page has it.
func (s *Store) encloseFiles(ctx context.Context, files []found) ([]Enclosed, error) {
	var out []Enclosed
	left := int64(maxEnclosed)
	for _, f := range files {
		if f.Size > left {
			continue
		}
		left -= f.Size
		r, _, err := s.open(ctx, f)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		_, err = io.Copy(&b, r)
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("enclosing a file: %w", err)
		}
		out = append(out, Enclosed{Name: f.Name, Type: f.Type, Data: b.Bytes()})
	}
	return out, nil
}

// reportText writes a report as plain text.
func reportText(r ReportView) string {
	var b strings.Builder
	sub := r.Submission
	line := func(head, text string) {
		if strings.TrimSpace(text) != "" {
			fmt.Fprintf(&b, "%s: %s\n", head, advisory.OneLine(text))
		}
	}
	part := func(head, text string) {
		if strings.TrimSpace(text) != "" {
			fmt.Fprintf(&b, "\n%s\n\n%s\n", head, strings.TrimSpace(text))
		}
	}
	line("Title", sub.Summary)
	line("Product", sub.Product)
	line("Versions", sub.Versions)
	line("From", sub.Reporter.Name)
	line("Means to go public", sub.PublicPlan)
	part("What happens", sub.What)
	part("How to see it", sub.Reproduce)
	part("Impact", sub.Impact)
	for _, f := range r.Findings {
		part("The check remarks", f.Message)
	}
	for _, f := range r.Files {
		line("File", f.Name)
	}
	return b.String()
}

// embargoText says how the embargo stands.
func embargoText(e *Embargo) string {
	var b strings.Builder
	switch {
	case e.Active != nil:
		fmt.Fprintf(&b, "The embargo holds until %s.\n", e.Active.When())
	case e.State == EmbargoExited:
		b.WriteString("The embargo has ended.\n")
	default:
		b.WriteString("No embargo is agreed on.\n")
	}
	if p := e.Proposal; p != nil {
		fmt.Fprintf(&b, "Proposed: until %s.\n", p.When())
	}
	return b.String()
}

func joinRoles(roles []acl.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}
