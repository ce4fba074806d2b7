package cvd

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/intake"
)

// The team, and people who are only invited.
var (
	lead     = acl.Caller{ID: "u-lead", Name: "Lena Lead", Role: acl.Lead}
	handler  = acl.Caller{ID: "u-handler", Name: "Hana Handler", Role: acl.Handler}
	second   = acl.Caller{ID: "u-second", Name: "Sami Second", Role: acl.Handler}
	manager  = acl.Caller{ID: "u-manager", Name: "Rita Release", Role: acl.ReleaseManager}
	system   = acl.Myself()
	stranger = acl.Caller{ID: "u-stranger", Name: "Stefan Stranger"}
)

// signer is one key for all tests: to make one takes longer than to use it.
var signer = sync.OnceValue(func() *sign.Signer {
	s, err := sign.Generate(rand.Reader, "Example security", "security@example.org", day0.AddDate(-1, 0, 0))
	if err != nil {
		panic(err)
	}
	return s
})

// kit is a store on a database of its own, with a clock that tests set.
type kit struct {
	*Store
	t   testing.TB
	mu  sync.Mutex
	at  time.Time
	ctx context.Context

	proofs []string // that were asked for
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	k := &kit{t: t, at: day0, ctx: t.Context()}
	clock := func() time.Time {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.at = k.at.Add(time.Millisecond) // no two deeds at the same instant
		return k.at
	}
	keys, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	k.Store = &Store{
		DB: d, Keys: keys, Blobs: &blob.Store{Dir: t.TempDir()}, Audit: &audit.Log{Clock: clock},
		Advisories: &advisory.Store{DB: d},
		Desk: &intake.Desk{
			Keys: keys, Signer: signer(), Team: "Example security", AnswerWithin: 72 * time.Hour, Clock: clock, Rand: rand.Reader,
		},
		Settings: Settings{
			Prefix: "SEC", Countries: []string{"SE"}, Attachments: 4, AttachBytes: 1 << 20,
			Publisher: advisory.Publisher{
				Name: "Example security", Namespace: "https://example.org", Contact: "security@example.org",
				Terms: "Share freely.", Audience: "All users.",
			},
		},
		Prove:     func(_ context.Context, _ *db.Tx, _, id string) error { k.proofs = append(k.proofs, id); return nil },
		Interpret: interpret,
		Clock:     clock, Rand: rand.Reader,
	}
	return k
}

func (k *kit) pass(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at = k.at.Add(d)
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) refused(err error, kind errs.Kind) {
	k.t.Helper()
	if !errs.Is(err, kind) {
		k.t.Errorf("%v; want a refusal of kind %q", err, kind)
	}
}

func newToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// submission is a report that the intake lint would like.
func submission() intake.Submission {
	return intake.Submission{
		Token: newToken(), Channel: intake.Web, Product: "libquill", Versions: "1.4.1",
		Summary: "Overflow in the header parser", What: "It crashes.", Reproduce: "Run it.", Impact: "Code runs.",
		Reporter: intake.Reporter{Name: "Dana Ray", Contact: "dana@example.net"},
		Credit:   intake.Credit{Want: intake.CreditYes},
	}
}

// arrival is a report that came in.
type arrival struct {
	caseID  string
	report  string
	caller  acl.Caller // its reporter
	receipt intake.Receipt
}

func (k *kit) report(edit ...func(*intake.Submission)) arrival {
	k.t.Helper()
	sub := submission()
	for _, f := range edit {
		f(&sub)
	}
	r, err := k.Receive(k.ctx, acl.Nobody(), nil, sub, nil)
	k.must(err)
	return k.arrived(r)
}

func (k *kit) arrived(r intake.Receipt) arrival {
	k.t.Helper()
	var f intake.Filed
	k.must(k.DB.Read(k.ctx, func(q db.Queryer) (err error) {
		f, err = intake.Find(k.ctx, q, r.ReportID)
		return err
	}))
	return arrival{caseID: f.CaseID, report: r.ReportID, caller: acl.HolderOf(r.ReportID), receipt: r}
}

func (k *kit) view(c acl.Caller, caseID string) *View {
	k.t.Helper()
	v, err := k.View(k.ctx, c, caseID)
	k.must(err)
	return v
}

func (k *kit) version(caseID string) int64 {
	k.t.Helper()
	return k.view(lead, caseID).Version
}

func (k *kit) box(a arrival) *Mailbox {
	k.t.Helper()
	box, err := k.Mailbox(k.ctx, a.caller)
	k.must(err)
	return box
}

// invited lets a new person into a case.
func (k *kit) invited(caseID string, role acl.Role) acl.Caller {
	k.t.Helper()
	c := acl.Caller{ID: "u-" + string(role) + "-" + newToken()[:6], Name: "Some " + string(role)}
	k.must(k.Invite(k.ctx, lead, caseID, Person{ID: c.ID, Name: c.Name}, role))
	return c
}

// facts and prose make a draft that the lint lets pass.
func facts() Fields {
	return Fields{
		Title:    "libquill: overflow in the header parser",
		Severity: advisory.Severity{Level: advisory.Critical},
		CWE:      []string{"CWE-787"}, CVE: "CVE-2026-12345",
		Affected: []advisory.Affected{{Product: "libquill", Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}}}},
	}
}

func prose() Text {
	return Text{
		Overview: "A long header overflows a buffer.", Impact: "Whoever sends it runs code.", Remedy: "Upgrade to 1.4.2.",
		References: []advisory.Reference{{Kind: "release", URL: "https://example.org/1.4.2"}},
	}
}

// written brings a new case to a draft that waits for its review.
func (k *kit) written(a arrival) {
	k.t.Helper()
	k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid, Reason: "We see it too."}))
	k.must(k.Edit(k.ctx, handler, a.caseID, k.version(a.caseID), facts()))
	k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), prose()))
}

// signed brings a written draft to its approval.
func (k *kit) signed(a arrival) {
	k.t.Helper()
	k.must(k.ReviewDraft(k.ctx, second, a.caseID, k.version(a.caseID), true, ""))
	k.must(k.ApproveDraft(k.ctx, lead, a.caseID, k.version(a.caseID), true, ""))
}

// entries counts the audit record.
func (k *kit) entries() int {
	k.t.Helper()
	var n int
	k.must(k.DB.Read(k.ctx, func(q db.Queryer) error {
		return q.QueryRow(k.ctx, `SELECT COUNT(*) FROM audit`).Scan(&n)
	}))
	return n
}

var base64Word = regexp.MustCompile(`[A-Za-z0-9+/]{8,}=*`)

// everything is all that is stored: the database and the blobs.
func (k *kit) everything() string {
	k.t.Helper()
	var b bytes.Buffer
	k.must(k.DB.Dump(k.ctx, &b))
	for _, word := range base64Word.FindAll(b.Bytes(), -1) { // how a dump writes bytes
		if plain, err := base64.StdEncoding.DecodeString(string(word)); err == nil {
			b.Write(plain)
		}
	}
	for item, err := range k.Blobs.List() {
		k.must(err)
		f, err := k.Blobs.OpenSealed(item.ID)
		k.must(err)
		_, err = io.Copy(&b, f)
		k.must(err)
		k.must(f.Close())
	}
	return b.String()
}

func attach(k *kit, env *Envelope, name, content string) intake.Attachment {
	k.t.Helper()
	a, err := env.Attach(k.ctx, name, "text/plain", strings.NewReader(content))
	k.must(err)
	return a
}

func readAll(k *kit, r io.ReadCloser, err error) string {
	k.t.Helper()
	k.must(err)
	b, err := io.ReadAll(r)
	k.must(err)
	k.must(r.Close())
	return string(b)
}
