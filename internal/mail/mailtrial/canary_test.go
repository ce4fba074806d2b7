package mailtrial

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/cvd"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
	"steward/internal/predisclosure"
)

// canary makes a word that cannot be there by chance and says where it was put.
func canary(where string) string { return "canary-" + where + "-x7Qz" }

const mark = "-x7Qz"

// told is who must hear of what, and nobody else. A new occasion fails until
// its readers stand here.
var told = map[cvd.Occasion][]string{
	cvd.OnReceipt:     {"dana"},
	cvd.OnReport:      {"lena", "hugo"},
	cvd.OnAcknowledge: {"dana"},
	cvd.OnMessage:     {"dana"},
	cvd.OnReply:       {"lena", "hugo"},
	cvd.OnInvitation:  {"dist1", "dist2", "dist3"},
	cvd.OnEmbargo:     {"dist1", "dist2", "dist3", "dana"},
	cvd.OnDraft:       {"dana"},
	cvd.OnPublic:      {"dist1", "mate1", "dist2", "mate2", "dist3", "dana"},
	cvd.OnUnanswered:  {"lena", "hugo"},
	cvd.OnDeadline:    {"lena", "hugo"},
	cvd.OnNotice:      {"dist1", "mate1", "dist2", "mate2"},
	cvd.OnAnswer:      {"lena", "hugo"},
	cvd.OnBurn:        {"dist1", "mate1", "dist2", "mate2", "dist3", "dana"},
}

// kept is what a reader must not even find inside of a letter to them.
var kept = map[string][]string{
	"dana":  {"note", "patch", "review", "approve", "branch", "helper", "override", "burn", "notice", "told", "applied", "answer"},
	"dist1": {"note", "reply", "message", "what", "name", "review", "approve", "file", "override", "burn", "applied", "answer"},
}

// TestCanaries does every deed that posts a letter, with canaries in every
// private field, and looks at each letter that goes out: outside there is
// nothing of the case, and of all the keys of the trial that of its reader
// alone opens it. Then the same with people who have no key.
func TestCanaries(t *testing.T) {
	t.Parallel()
	for i, name := range []string{"keys", "no keys"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dbtest.Engines[i], i == 0)
			s.play()
			s.settle()
			s.kill()
			s.lookAtAll(t)
			s.lookAtLog()
		})
	}
}

// stage is an office with everyone who plays a part.
type stage struct {
	*office
	keyed         bool
	sink          *mailtest.Server
	people        map[string]*mailtest.Person
	users         map[string]account.User
	case_, report string
	ref           string
}

func newStage(t *testing.T, engine string, keyed bool) *stage {
	s := &stage{sink: mailtest.Sink(t, mailtest.SinkOptions{}), keyed: keyed, people: map[string]*mailtest.Person{}, users: map[string]account.User{}}
	s.office = newOffice(t, plan{engine: engine, relay: s.sink.Addr})
	s.users["lena"] = s.lead
	s.users["hugo"] = s.hire("Hugo", "hugo@people.test", acl.Handler)
	s.users["rosa"] = s.hire("Rosa", "rosa@people.test", acl.ReleaseManager)
	for i := range 3 {
		name := fmt.Sprintf("dist%d", i+1)
		s.users[name] = s.hire(strings.ToUpper(name), name+"@people.test", "")
	}
	for _, name := range []string{"dana", "lena", "hugo", "rosa", "dist1", "dist2", "dist3", "stranger", "mate1", "mate2"} {
		if contact := slices.Contains(told[cvd.OnNotice], name); !keyed && !contact { // nobody is on a list without one
			continue
		}
		s.people[name] = mailtest.NewPerson(t, name, name+"@people.test", mailtest.CV25519)
		s.people[name].Knows(s.Signer.PublicKey())
		if u, ok := s.users[name]; ok && keyed {
			s.office.keyed(u, s.people[name])
		}
	}
	s.start()
	return s
}

func (s *stage) as(name string) acl.Caller {
	s.t.Helper()
	c, err := s.Accounts.Caller(s.t.Context(), s.users[name].ID)
	s.must(err)
	return c
}

// arrives sends the report by mail.
func (s *stage) arrives() {
	s.t.Helper()
	body := canary("what") + "\n" + canary("body") + "\n"
	raw := []byte("From: " + canary("name") + " <dana@people.test>\r\nTo: security@example.org\r\nSubject: " + canary("subject") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n"))
	if p := s.people["dana"]; p != nil {
		var err error
		raw, err = p.WritePGPMIME(mailtest.Letter{To: s.email, Subject: canary("subject"), Body: body, Attachments: []mailtest.Attachment{
			{Name: canary("filename") + ".txt", Type: "text/plain", Content: []byte(canary("file"))},
			{Name: "key.asc", Type: "application/pgp-keys", Content: p.PublicKey()},
		}}, s.Signer.PublicKey())
		s.must(err)
	}
	if a := send(s.smtp, "127.0.0.1", "EHLO", s.email, raw); a.code != 250 {
		s.t.Fatalf("the report: %d %s", a.code, a.text)
	}
	s.await("the report is filed", func() bool {
		list, _, err := s.Mail.List(s.t.Context(), s.as("lena"), mail.Filed, "")
		s.must(err)
		if len(list) == 1 {
			s.case_ = list[0].Case
		}
		return s.case_ != ""
	})
	v, err := s.Cases.View(s.t.Context(), s.as("lena"), s.case_)
	s.must(err)
	s.report, s.ref = v.Reports[0].ID, v.Ref
}

// play does all that posts a letter.
func (s *stage) play() {
	s.t.Helper()
	ctx, c := s.t.Context(), s.Cases
	s.arrives()
	s.wakes(3 * 24 * time.Hour)
	hugo, lena, rosa := s.as("hugo"), s.as("lena"), s.as("rosa")
	s.must(c.Acknowledge(ctx, hugo, s.case_, cvd.Letter{}))
	s.must(c.Dispose(ctx, hugo, s.case_, cvd.Decision{Disposition: cvd.Valid, Reason: canary("reason")}))
	_, err := c.Note(ctx, hugo, s.case_, canary("note"))
	s.must(err)
	env, err := c.NewLetter(ctx, hugo, s.case_, "")
	s.must(err)
	_, err = env.Attach(ctx, canary("letter-filename")+".txt", "text/plain", strings.NewReader(canary("letter-file")))
	s.must(err)
	_, err = c.Message(ctx, hugo, s.case_, "", cvd.Letter{Body: canary("message"), Files: env.Files()})
	s.must(err)
	_, err = c.Reply(ctx, acl.HolderOf(s.report), cvd.Reply{Body: canary("reply")})
	s.must(err)
	for _, name := range []string{"dist1", "dist2", "dist3"} {
		s.must(c.Invite(ctx, hugo, s.case_, cvd.Person{ID: s.users[name].ID, Name: s.users[name].Name}, acl.Distributor))
	}
	s.must(c.Edit(ctx, hugo, s.case_, s.version(), cvd.Fields{
		Title: canary("title"), Severity: advisory.Severity{Level: advisory.High}, CWE: []string{"CWE-120"},
		Affected: []advisory.Affected{{Product: "example", Versions: []string{"1.0"}, Ranges: []advisory.Range{{Introduced: "1.0", Fixed: "1.1"}}}},
	}))
	s.must(c.Embargo(ctx, rosa, s.case_, cvd.EmbargoPropose, cvd.Terms{Until: s.clock.now().Add(7 * 24 * time.Hour), Zone: "UTC", Reason: canary("embargo")}))
	s.must(c.Embargo(ctx, lena, s.case_, cvd.EmbargoAccept, cvd.Terms{}))
	s.must(c.EditPatch(ctx, hugo, s.case_, s.version(), cvd.PatchFields{
		Branches: []cvd.Branch{{Name: canary("branch"), URL: "ssh://git@" + canary("host") + "/x.git"}},
		Author:   cvd.Person{Name: canary("author")}, Reviewer: cvd.Person{Name: canary("reviewer")}, Tester: cvd.Person{Name: canary("tester")},
	}))
	s.writes(hugo)
	s.notify(hugo, lena)
	s.wakes(6*24*time.Hour + 12*time.Hour)
	for _, e := range []cvd.PatchEvent{cvd.PatchStart, cvd.PatchSubmit, cvd.PatchApprove, cvd.PatchPass, cvd.PatchSettle} {
		s.must(c.MovePatch(ctx, hugo, s.case_, e, canary("patch")))
	}
	s.must(c.Move(ctx, hugo, s.case_, cvd.EventFixReady, canary("move")))
	s.release(ctx, hugo, lena, rosa)
	s.must(s.DB.Write(ctx, func(tx *db.Tx) error {
		m := mail.Memo{Key: "memo", To: "dist1@people.test", Subject: "A memo", Text: "Please read."}
		if p := s.people["dist1"]; p != nil {
			m.PGPKey = string(p.PublicKey())
		}
		return s.Mail.PostMemo(ctx, tx, m)
	}))
}

// wakes does what the clock will bring in a while.
func (s *stage) wakes(in time.Duration) {
	s.t.Helper()
	later := *s.Cases
	later.Clock = func() time.Time { return s.clock.now().Add(in) }
	n, err := later.Wake(s.t.Context(), acl.Myself())
	s.must(err)
	if n != 1 {
		s.t.Fatalf("the clock brings something to %d cases", n)
	}
}

func (s *stage) writes(hugo acl.Caller) {
	s.must(s.Cases.EditDraft(s.t.Context(), hugo, s.case_, s.draft(), cvd.Text{
		Overview: canary("overview"), Impact: "Public impact.", Remedy: "Upgrade to 1.1.", Workaround: "None is known.",
		References: []advisory.Reference{{Kind: "fix", URL: "https://example.org/fix"}},
		Credits:    []cvd.Helper{{Credit: advisory.Credit{Name: canary("helper"), Role: "finder"}}},
	}))
}

// notify takes two organisations of two contacts each onto a list and tells
// them; the third distributor is of none.
func (s *stage) notify(hugo, lena acl.Caller) {
	s.t.Helper()
	ctx := s.t.Context()
	l := predisclosure.DefaultList()
	l.Open = true
	l, err := s.Lists.CreateList(ctx, lena, l)
	s.must(err)
	send := cvd.Send{List: l.ID, Message: canary("told"), Override: canary("override")}
	for _, n := range []string{"1", "2"} {
		var applicants []predisclosure.Applicant
		for _, name := range []string{"dist" + n, "mate" + n} {
			applicants = append(applicants, predisclosure.Applicant{Name: strings.ToUpper(name), Email: name + "@people.test", Key: string(s.people[name].PublicKey())})
		}
		ack, err := s.Lists.Apply(ctx, acl.Nobody(), l.ID, predisclosure.Application{
			Token: "a-token-of-one-wish-" + n, Organisation: "Organisation " + n, Product: "Linux " + n, Available: "https://distro.example",
			Why: canary("applied"), Users: "Many.", Ships: "In two days.", SecurityPage: "https://distro.example/security",
			Contacts: applicants, Zone: "Europe/Berlin", Agreement: l.Agreement.Version, AcceptedBy: "DIST" + n,
		})
		s.must(err)
		s.must(s.Lists.Vet(ctx, hugo, ack.Reference, ""))
		s.must(s.Lists.Vet(ctx, lena, ack.Reference, ""))
		v, err := s.Lists.Member(ctx, lena, ack.Reference)
		s.must(err)
		s.must(s.Lists.LinkContact(ctx, lena, v.ID, v.Contacts[0].ID, s.users["dist"+n].ID))
		send.Members = append(send.Members, ack.Reference)
	}
	s.must(s.Cases.Distribute(ctx, hugo, s.case_, s.version(), send))
	s.settle() // a notice is not sent when the embargo is over
	s.answers("mate1")
}

// answers is how a contact without a login answers the notice.
func (s *stage) answers(name string) {
	s.t.Helper()
	to := ""
	for _, m := range s.sink.Messages() {
		// A letter about the list may come after the notice, and names no thread.
		if _, at, ok := strings.Cut(strings.TrimSuffix(m.Header("Reply-To"), ">"), "<"); ok && strings.HasPrefix(m.To[0], name+"@") {
			to = at
		}
	}
	raw, err := s.people[name].WritePGPMIME(mailtest.Letter{To: to, Subject: "Re: x", Body: canary("answer")}, s.Signer.PublicKey())
	s.must(err)
	if a := send(s.smtp, "127.0.0.1", "EHLO", to, raw); a.code != 250 {
		s.t.Fatalf("the answer: %d %s", a.code, a.text)
	}
	s.await("the answer is noted", func() bool {
		list, _, err := s.Mail.List(s.t.Context(), s.as("lena"), mail.Noted, "")
		s.must(err)
		return len(list) == 1
	})
}

func (s *stage) release(ctx context.Context, hugo, lena, rosa acl.Caller) {
	c := s.Cases
	s.must(c.ShareDraft(ctx, hugo, s.case_, s.report))
	s.must(c.ConfirmCredit(ctx, acl.HolderOf(s.report), cvd.CreditWish{Agree: true, Name: "Rae Public", Comment: canary("comment")}))
	s.must(c.ReviewDraft(ctx, lena, s.case_, s.draft(), true, canary("review")))
	s.must(c.ApproveDraft(ctx, rosa, s.case_, s.draft(), true, canary("approve")))
	burned, err := c.Burn(ctx, lena, s.case_, canary("burn")+" is in the news", true)
	s.must(err)
	if burned.Advisory == "" {
		s.t.Fatalf("what was ready is not public: %+v", burned)
	}
}

func (s *stage) version() int64 {
	s.t.Helper()
	v, err := s.Cases.View(s.t.Context(), s.as("hugo"), s.case_)
	s.must(err)
	return v.Version
}

func (s *stage) draft() int64 {
	s.t.Helper()
	d, err := s.Cases.Draft(s.t.Context(), s.as("hugo"), s.case_)
	s.must(err)
	return d.Version
}

// occasion tells what a message is, by the job that it has its name from.
func (s *stage) occasion(m mailtest.Message) (on cvd.Occasion) {
	s.t.Helper()
	id, _, _ := strings.Cut(strings.TrimPrefix(m.Header("Message-Id"), "<"), "@")
	s.must(s.DB.Read(s.t.Context(), func(q db.Queryer) error {
		body, err := s.Jobs.Body(s.t.Context(), q, id)
		if err != nil {
			return err
		}
		var p cvd.Posting
		err = json.Unmarshal(body, &p)
		on = p.On
		return err
	}))
	return on
}

// lookAtAll looks at every message, and that each occasion had its readers.
func (s *stage) lookAtAll(t *testing.T) {
	s.t.Helper()
	got := map[cvd.Occasion]map[string]bool{}
	for _, m := range s.sink.Messages() {
		reader, _, _ := strings.Cut(m.To[0], "@")
		on := s.occasion(m)
		if got[on] == nil {
			got[on] = map[string]bool{}
		}
		got[on][reader] = true
		t.Run(fmt.Sprintf("%s to %s", on, reader), func(t *testing.T) { s.look(t, m, reader, on) })
	}
	delete(got, "") // the memo
	for _, on := range cvd.Occasions {
		want, ok := told[on]
		if !ok {
			s.t.Errorf("nobody knows who is told on the occasion %q", on)
		}
		if have := slices.Sorted(maps.Keys(got[on])); !slices.Equal(have, slices.Sorted(slices.Values(want))) {
			s.t.Errorf("on %q the letters went to %v, want %v", on, have, want)
		}
		delete(got, on)
	}
	if len(got) > 0 {
		s.t.Errorf("letters on occasions that are not listed: %v", got)
	}
}

// A short word may come up by chance in what is random: the key in a header, and
// the tokens of addresses and of Message-IDs.
const short = 6

var random = regexp.MustCompile(`(?m)^Autocrypt: .*(\r?\n[ \t].*)*|[a-z0-9]{20,}`)

// look looks at one message from outside, and opens it with every key.
func (s *stage) look(t *testing.T, m mailtest.Message, reader string, on cvd.Occasion) {
	outside, sealed, encrypted := strings.Cut(string(m.Raw), "-----BEGIN PGP MESSAGE-----")
	secret, after, _ := strings.Cut(sealed, "-----END PGP MESSAGE-----")
	outside += after
	plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(outside)))
	if err != nil {
		plain = nil // it is not in this encoding
	}
	never := []string{mark, s.case_, s.report, s.ref, "CWE", "Embargo", "embargo", "distributor", "Rae"}
	for name := range s.users {
		if name != reader {
			never = append(never, name+"@", s.users[name].Name)
		}
	}
	if reader != "dana" {
		never = append(never, "dana")
	}
	for _, w := range never {
		if where := outside + string(plain); strings.Contains(where, w) && (len(w) > short || strings.Contains(random.ReplaceAllString(where, ""), w)) {
			t.Errorf("outside of the letter stands %q:\n%s", w, outside)
		}
	}
	if len(m.To) != 1 || m.From != s.email {
		t.Errorf("from %q to %q", m.From, m.To)
	}
	subject := m.Header("Subject")
	if s.people[reader] == nil || !s.keyed && !slices.Contains([]cvd.Occasion{"", cvd.OnNotice, cvd.OnBurn, cvd.OnPublic}, on) {
		ok := subject == "[The Example team] There is something for you to read" || on == cvd.OnReceipt && subject == "[The Example team] We have your mail" || on == ""
		if encrypted || !ok {
			t.Errorf("a letter to someone without a key: %v, %q", encrypted, subject)
		}
		return
	}
	if !encrypted || subject != "..." {
		t.Fatalf("a letter to someone with a key: %v, %q", encrypted, subject)
	}
	s.opens(t, m, "-----BEGIN PGP MESSAGE-----"+secret+"-----END PGP MESSAGE-----\r\n", reader, on)
}

// opens wants the reader's key, and no other, to open a letter.
func (s *stage) opens(t *testing.T, m mailtest.Message, secret, reader string, on cvd.Occasion) {
	for name, p := range s.people {
		plain, err := p.Decrypt([]byte(secret))
		if (err == nil) != (name == reader) || name == reader && !plain.Verified {
			t.Errorf("%s opens it: %v, with a good signature: %v", name, err == nil, plain.Verified)
		}
	}
	if _, err := s.Signer.Open([]byte(secret), 1<<24, nil, s.clock.now()); err == nil {
		t.Error("the team's key opens it")
	}
	read, err := s.people[reader].ReadPGPMIME(m.Raw)
	if err != nil {
		t.Fatal(err)
	}
	inside := read.Subject + "\n" + read.Body
	for _, a := range read.Attachments {
		inside += a.Name + "\n" + string(a.Content)
	}
	if on != "" && !strings.Contains(inside, s.ref) && on != cvd.OnInvitation {
		t.Errorf("inside nothing says which case it is: %q", inside)
	}
	kind := reader
	if strings.HasPrefix(reader, "dist") || strings.HasPrefix(reader, "mate") {
		kind = "dist1"
	}
	for _, w := range kept[kind] {
		if strings.Contains(inside, "canary-"+w) {
			t.Errorf("%s reads %q: %s", reader, w, inside)
		}
	}
	if w := canary("what"); on == cvd.OnReport && !strings.Contains(inside, w) {
		t.Errorf("%q is not in it: the trial tried nothing: %q", w, inside)
	}
}

// lookAtLog looks for the case and for people in what the server has logged.
func (s *stage) lookAtLog() {
	s.t.Helper()
	log := s.out.String()
	if len(log) < 100 {
		s.t.Error("nothing was logged: nothing was looked at")
	}
	for _, w := range []string{mark, s.case_, s.report, s.ref, "people.test", "Hugo", "dana"} {
		if strings.Contains(log, w) {
			s.t.Errorf("the log holds %q:\n%s", w, tail(log))
		}
	}
}
