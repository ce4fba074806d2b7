package publish

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/sign"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// world is a database with advisories, a publisher, and a clock that each
// deed moves on by a minute.
type world struct {
	testing.TB
	db  *db.DB
	now time.Time
	dir string
	*Publisher
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	signer, err := sign.Generate(nil, "Example Security Team", "security@example.org", noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, db: d, now: noon, dir: t.TempDir()}
	w.Publisher = w.another(w.dir, signer)
	return w
}

// another is a publisher of the same database, as another process or a later
// one would be.
func (w *world) another(dir string, signer *sign.Signer) *Publisher {
	w.Helper()
	tr, err := tree.Open(dir)
	if err != nil {
		w.Fatal(err)
	}
	return &Publisher{
		Store: &advisory.Store{DB: w.db}, Tree: tr, Signer: signer, Languages: []string{"en", "sv"},
		Clock: func() time.Time { return w.now },
	}
}

func eachEngine(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

func site() render.Site {
	return render.Site{
		TeamName: "Example Security Team", BaseURL: "https://security.example.org",
		Publisher: draft(1).Publisher, Policy: "We answer.", ContactEmail: "security@example.org",
		ReportURL: "https://security.example.org/report", MailboxURL: "/mailbox",
	}
}

// draft is an advisory without fault, as a case hands it over for release.
func draft(n int) advisory.Advisory {
	return advisory.Advisory{
		Title:    fmt.Sprintf("libquill: overflow number %d", n),
		Overview: "A header of more than *64* bytes overflows `buf`.",
		Impact:   "Whoever sends the header runs code.",
		Severity: advisory.Severity{Level: advisory.Critical, CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		CWE:      []string{"CWE-787"},
		Affected: []advisory.Affected{{
			Product: "libquill", Ecosystem: "Go", Package: "example.org/quill", PURL: "pkg:golang/example.org/quill",
			Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}},
		}},
		Remedy:     "Upgrade to 1.4.2.",
		References: []advisory.Reference{{Kind: "release", URL: "https://example.org/1.4.2"}},
		Credits:    []advisory.Credit{{Name: "Ada Example", Role: "finder"}},
		Timeline:   []advisory.Event{{At: noon.AddDate(0, 0, -9), What: "Reported."}},
		Publisher: advisory.Publisher{Name: "Example Security Team", Namespace: "https://example.org", Contact: "security@example.org",
			Terms: "Share freely.", Audience: "All users."},
	}
}

func (w *world) write(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.now = w.now.Add(time.Minute)
	if err := w.db.Write(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) }); err != nil {
		w.Fatal(err)
	}
}

// release makes count new advisories public and gives their identifiers.
func (w *world) release(count int) []string {
	w.Helper()
	var ids []string
	w.write(func(ctx context.Context, tx *db.Tx) error {
		for range count {
			id, err := w.Store.NextID(ctx, tx, "SEC", w.now.Year())
			if err != nil {
				return err
			}
			a := draft(len(ids) + 1)
			a.ID = id
			if _, err := w.Store.Release(ctx, tx, a, "First release.", w.now); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

// revise makes another revision public.
func (w *world) revise(id string) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		a := draft(1)
		a.ID, a.Workaround = id, "Refuse long headers."
		_, err := w.Store.Release(ctx, tx, a, "A workaround.", w.now)
		return err
	})
}

func (w *world) withdraw(id string) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Store.Withdraw(ctx, tx, id, "It was a mistake.", w.now)
		return err
	})
}

func (w *world) announce(id string) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Store.PutPrenotice(ctx, tx, advisory.Prenotice{
			ID: id, Product: "libquill", Versions: "1.5.0", Severity: advisory.High, Release: w.now.AddDate(0, 0, 7), Zone: "Europe/Stockholm",
		}, w.now)
		return err
	})
}

func (w *world) update(s render.Site) {
	w.Helper()
	w.now = w.now.Add(time.Minute)
	if err := w.Update(w.Context(), s); err != nil {
		w.Fatal(err)
	}
}

func (w *world) read(path string) string {
	w.Helper()
	data, err := w.Tree.Read(path)
	if err != nil {
		w.Fatalf("reading %s: %v", path, err)
	}
	return string(data)
}

func (w *world) contains(path string, words ...string) {
	w.Helper()
	text := w.read(path)
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.Errorf("%s does not hold %q:\n%s", path, word, text)
		}
	}
}

// contents gives every file of the tree but the companions, the tree's own
// lists, and security.txt, whose date is that of its first making.
func contents(t testing.TB, p *Publisher) map[string]string {
	t.Helper()
	out := map[string]string{}
	var walk func(list string)
	walk = func(list string) {
		text, err := p.Tree.Read(list)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			_, path, ok := strings.Cut(strings.TrimSpace(line), "  ")
			switch ext := filepath.Ext(path); {
			case !ok || ext == ".asc" || ext == ".sha256" || ext == ".sha512" || path == securityPath:
			case strings.HasPrefix(path, "index/"):
				walk(path)
			default:
				data, err := p.Tree.Read(path)
				if err != nil {
					t.Fatal(err)
				}
				out[path] = string(data)
			}
		}
	}
	walk(tree.RootPath)
	return out
}
