package advisory

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// noon is when the tests happen.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 123456789, time.UTC)

// sample is an advisory without fault, as a case hands it over for release.
func sample(id string) Advisory {
	return Advisory{
		ID:       id,
		Aliases:  []string{"CVE-2026-12345"},
		Title:    "libquill: overflow in the header parser",
		Overview: "A header of more than *64* bytes overflows `buf`.",
		Impact:   "Whoever sends the header runs code.",
		Severity: Severity{Level: Critical, CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		CWE:      []string{"CWE-787"},
		Affected: []Affected{{
			Product: "libquill", Ecosystem: "Go", Package: "example.org/quill", PURL: "pkg:golang/example.org/quill",
			Ranges: []Range{{Introduced: "1.0.0", Fixed: "1.4.2"}},
		}},
		Remedy:     "Upgrade to 1.4.2.",
		Workaround: "Refuse long headers.",
		References: []Reference{{Kind: "release", URL: "https://example.org/1.4.2"}},
		Credits:    []Credit{{Name: "Ada Example", Role: "finder"}},
		Timeline:   []Event{{At: noon.AddDate(0, 0, -9), What: "Reported."}},
		Publisher: Publisher{Name: "Quill security", Namespace: "https://example.org", Contact: "security@example.org",
			Terms: "Share freely.", Audience: "All users."},
	}
}

// write runs f in a transaction and fails the test on an error.
func write(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestReleaseAndHistory(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		ctx := t.Context()
		var first, second, withdrawn Advisory
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			id, err := s.NextID(ctx, tx, "SEC", 2026)
			if err != nil {
				return err
			}
			first, err = s.Release(ctx, tx, sample(id), " First\nrelease. ", noon)
			return err
		})
		at := noon.Truncate(time.Microsecond)
		if first.ID != "SEC-2026-0001" || !first.Published.Equal(at) || !first.Updated.Equal(at) ||
			!reflect.DeepEqual(first.Revisions, []Revision{{1, at, "First release."}}) {
			t.Fatalf("first release: %+v", first)
		}
		later := at.Add(time.Hour)
		write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			a := sample(first.ID) // as a draft comes: without dates and revisions
			a.Workaround = "Another."
			second, err = s.Release(ctx, tx, a, "Another workaround.", later)
			return err
		})
		if !second.Published.Equal(at) || !second.Updated.Equal(later) || len(second.Revisions) != 2 || second.Revisions[1].Number != 2 {
			t.Fatalf("second release: %+v", second)
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			withdrawn, err = s.Withdraw(ctx, tx, first.ID, "It was no fault.", later.Add(time.Hour))
			return err
		})
		if withdrawn.Withdrawn == nil || withdrawn.Withdrawn.Reason != "It was no fault." || len(withdrawn.Revisions) != 3 {
			t.Fatalf("withdrawn: %+v", withdrawn)
		}
		got, err := s.Get(ctx, first.ID)
		if err != nil || !reflect.DeepEqual(got, withdrawn) {
			t.Errorf("Get gives\n%+v, %v\nwant\n%+v", got, err, withdrawn)
		}
		history, err := s.History(ctx, first.ID)
		if err != nil || !reflect.DeepEqual(history, []Advisory{first, second, withdrawn}) {
			t.Errorf("History gives %+v, %v", history, err)
		}
		changes, err := s.Changes(ctx, 0, 10)
		if err != nil || !reflect.DeepEqual(changes, []Record{{Seq: 3, Advisory: withdrawn}}) {
			t.Errorf("Changes gives %+v, %v", changes, err)
		}
		if changes, err = s.Changes(ctx, 3, 10); err != nil || len(changes) != 0 {
			t.Errorf("Changes after the head gives %+v, %v", changes, err)
		}
		entries, err := s.Entries(ctx, 1, 10)
		if err != nil || len(entries) != 2 || entries[0].Seq != 2 || !reflect.DeepEqual(*entries[0].Advisory, second) || !entries[1].At.Equal(withdrawn.Updated) {
			t.Errorf("Entries gives %+v, %v", entries, err)
		}
		if head, err := s.Head(ctx); head != 3 || err != nil {
			t.Errorf("Head gives %d, %v", head, err)
		}
		// The text of a withdrawn advisory may be mended; it stays withdrawn.
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			a, err := s.Release(ctx, tx, sample(first.ID), "A word mended.", later.Add(2*time.Hour))
			if err == nil && (a.Withdrawn == nil || !a.Withdrawn.At.Equal(withdrawn.Updated)) {
				return fmt.Errorf("the withdrawal is gone: %+v", a)
			}
			return err
		})
	})
}

func TestReleaseRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := s.Release(ctx, tx, sample("SEC-2026-0007"), "First.", noon)
			return err
		})
		withdrawn := sample("SEC-2026-0008")
		withdrawn.Withdrawn = &Withdrawal{At: noon, Reason: "x"}
		spoiled := sample("SEC-2026-0009")
		spoiled.Title, spoiled.Severity.Level = "", "grave"
		for _, tt := range []struct {
			name string
			do   func(ctx context.Context, tx *db.Tx) error
			kind errs.Kind
			want string
		}{
			{"every problem at once", func(ctx context.Context, tx *db.Tx) error {
				_, err := s.Release(ctx, tx, spoiled, "", noon)
				return err
			}, errs.Invalid, "title: is missing (product and kind of fault, as: libquill: overflow in the header parser)\n" +
				"severity.level: \"grave\" is not a level (low, moderate, high or critical)\n" +
				"revisions[0].summary: is missing (one sentence: what changed)"},
			{"no identifier", func(ctx context.Context, tx *db.Tx) error {
				_, err := s.Release(ctx, tx, sample(""), "First.", noon)
				return err
			}, errs.Invalid, "id: is missing"},
			{"withdrawn before it was published", func(ctx context.Context, tx *db.Tx) error {
				_, err := s.Release(ctx, tx, withdrawn, "First.", noon)
				return err
			}, errs.Conflict, "This advisory was never published."},
			{"withdraw what is not there", func(ctx context.Context, tx *db.Tx) error {
				_, err := s.Withdraw(ctx, tx, "SEC-2026-0099", "x", noon)
				return err
			}, errs.NotFound, errs.Missing().Error()},
			{"withdraw without a reason", func(ctx context.Context, tx *db.Tx) error {
				_, err := s.Withdraw(ctx, tx, "SEC-2026-0007", " ", noon.Add(time.Hour))
				return err
			}, errs.Invalid, "withdrawn.reason: is missing (one sentence: why the advisory no longer holds)"},
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { return tt.do(t.Context(), tx) })
			if !errs.Is(err, tt.kind) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("%s: got %v, want %s: %s", tt.name, err, tt.kind, tt.want)
			}
		}
		if head, err := s.Head(t.Context()); head != 1 || err != nil {
			t.Errorf("what was refused left a trace: head %d, %v", head, err)
		}
		for _, id := range []string{"", "SEC-2026-0008", "x' OR 1=1"} {
			if _, err := s.Get(t.Context(), id); !errs.Is(err, errs.NotFound) {
				t.Errorf("Get(%q): %v", id, err)
			}
			if _, err := s.History(t.Context(), id); !errs.Is(err, errs.NotFound) {
				t.Errorf("History(%q): %v", id, err)
			}
		}
	})
}

func TestNextID(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		next := func(prefix string, year int) (id string) {
			write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				id, err = s.NextID(ctx, tx, prefix, year)
				return err
			})
			return id
		}
		got := []string{next("SEC", 2026), next("SEC", 2026), next("SEC", 2027), next("PRE", 2026)}
		// An identifier from elsewhere is not given out again.
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := s.Release(ctx, tx, sample("SEC-2026-0041"), "First.", noon); err != nil {
				return err
			}
			_, err := s.Release(ctx, tx, sample("SEC-2026-0005"), "First.", noon)
			return err
		})
		got = append(got, next("SEC", 2026))
		want := []string{"SEC-2026-0001", "SEC-2026-0002", "SEC-2027-0001", "PRE-2026-0001", "SEC-2026-0042"}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for _, prefix := range []string{"", "sec", "S", "A-B", "ABCDEFGHIJKLMNOPQ"} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := s.NextID(t.Context(), tx, prefix, 2026)
				return err
			})
			if !errs.Is(err, errs.Invalid) {
				t.Errorf("prefix %q: %v", prefix, err)
			}
		}
	})
}

func TestListPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		const count = 2*PageSize + 3
		var want []string
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			for i := range count {
				a := sample(fmt.Sprintf("SEC-%d-%04d", 2025+i%2, 1+i/2))
				if _, err := s.Release(ctx, tx, a, "First.", noon.Add(time.Duration(i)*time.Minute)); err != nil {
					return err
				}
				want = append(want, a.ID)
			}
			// A later revision does not change the order of first publication.
			_, err := s.Release(ctx, tx, sample(want[0]), "Second.", noon.AddDate(0, 0, 1))
			return err
		})
		slices.Reverse(want)
		var got []string
		for after := ""; ; {
			page, err := s.List(t.Context(), after)
			if err != nil || page.Total != count {
				t.Fatalf("total %d, %v", page.Total, err)
			}
			for _, a := range page.Advisories {
				got = append(got, a.ID)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages give %v\nwant %v", got, want)
		}
		if _, err := s.List(t.Context(), "SEC-1999-0001"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a page after nothing: %v", err)
		}
		years, err := s.Years(t.Context())
		if err != nil || !slices.Equal(years, []Year{{2026, 101}, {2025, 102}}) {
			t.Errorf("Years gives %v, %v", years, err)
		}
		some, err := s.Numbered(t.Context(), 2026, 99, 200)
		if err != nil || len(some) != 3 || some[0].ID != "SEC-2026-0101" || some[2].ID != "SEC-2026-0099" {
			t.Errorf("Numbered gives %d advisories, %v", len(some), err)
		}
	})
}

func TestEmptyStore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		ctx := t.Context()
		page, err := s.List(ctx, "")
		if err != nil || page.Advisories == nil || len(page.Advisories) != 0 || page.Next != "" || page.Total != 0 {
			t.Errorf("List gives %+v, %v", page, err)
		}
		if head, err := s.Head(ctx); head != 0 || err != nil {
			t.Errorf("Head gives %d, %v", head, err)
		}
		if u, err := s.Upcoming(ctx); len(u) != 0 || err != nil {
			t.Errorf("Upcoming gives %v, %v", u, err)
		}
		if y, err := s.Years(ctx); len(y) != 0 || err != nil {
			t.Errorf("Years gives %v, %v", y, err)
		}
		if e, err := s.Entries(ctx, -5, -1); len(e) != 0 || err != nil {
			t.Errorf("Entries gives %v, %v", e, err)
		}
	})
}

func TestPrenotices(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		put := func(p Prenotice, at time.Time) (out Prenotice, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) error {
				out, err = s.PutPrenotice(t.Context(), tx, p, at)
				return err
			})
			return out, err
		}
		p := Prenotice{ID: "PRE-2026-0001", Product: "libquill", Versions: "1.4.2", Severity: High,
			Release: noon.AddDate(0, 0, 7), Zone: "Europe/Stockholm"}
		posted, err := put(p, noon)
		if err != nil || !posted.Posted.Equal(noon.Truncate(time.Microsecond)) {
			t.Fatalf("posting: %+v, %v", posted, err)
		}
		if _, err := put(posted, noon.Add(time.Hour)); err != nil {
			t.Errorf("posting the same again: %v", err)
		}
		sooner := p
		sooner.ID, sooner.Release = "PRE-2026-0002", noon.AddDate(0, 0, 2)
		if _, err := put(sooner, noon.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		up, err := s.Upcoming(t.Context())
		if err != nil || len(up) != 2 || up[0].ID != "PRE-2026-0002" || !reflect.DeepEqual(up[1], posted) {
			t.Errorf("Upcoming gives %+v, %v", up, err)
		}
		done := posted
		done.Advisory = "SEC-2026-0001"
		if _, err := put(done, noon.AddDate(0, 0, 8)); err != nil {
			t.Errorf("linking the advisory: %v", err)
		}
		if got, err := s.Prenotice(t.Context(), p.ID); err != nil || got.Advisory != "SEC-2026-0001" || !got.Posted.Equal(posted.Posted) {
			t.Errorf("Prenotice gives %+v, %v", got, err)
		}
		if up, err = s.Upcoming(t.Context()); err != nil || len(up) != 1 {
			t.Errorf("Upcoming gives %+v, %v", up, err)
		}
		if came, err := s.Came(t.Context(), 10); err != nil || len(came) != 1 || came[0].ID != p.ID {
			t.Errorf("Came gives %+v, %v", came, err)
		}
		if came, err := s.Came(t.Context(), 0); err != nil || len(came) != 0 {
			t.Errorf("Came gives %+v of none asked for, %v", came, err)
		}
		entries, err := s.Entries(t.Context(), 0, 10)
		if err != nil || len(entries) != 3 || entries[2].Prenotice == nil || entries[2].Prenotice.Advisory == "" || entries[0].Prenotice.Advisory != "" {
			t.Errorf("Entries gives %+v, %v", entries, err)
		}
		if _, err := put(posted, noon.AddDate(0, 0, 9)); !errs.Is(err, errs.Conflict) {
			t.Errorf("changing what has come: %v", err)
		}
		past := p
		past.ID, past.Release = "PRE-2026-0003", noon
		if _, err := put(past, noon.Add(time.Hour)); !errs.Is(err, errs.Invalid) {
			t.Errorf("announcing the past: %v", err)
		}
		_, err = put(Prenotice{ID: "SEC-2026-0001", Product: "a\nb", Severity: "x", Zone: "Mars/North", Advisory: "?"}, noon)
		for _, field := range []string{"id", "product", "versions", "severity", "zone", "release", "advisory"} {
			if !strings.Contains(fmt.Sprint(err), field+": ") {
				t.Errorf("no word on %s in: %v", field, err)
			}
		}
		if _, err := s.Prenotice(t.Context(), "PRE-2026-0009"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a prenotice that is not there: %v", err)
		}
	})
}

// Every event in every state does what the table says, and nothing else.
func TestMoves(t *testing.T) {
	t.Parallel()
	want := map[State]map[event]State{
		"":        {eventRelease: Published, eventWithdraw: ""},
		Published: {eventRelease: Published, eventWithdraw: Withdrawn},
		Withdrawn: {eventRelease: Withdrawn, eventWithdraw: ""},
	}
	for from, byEvent := range want {
		for e, to := range byEvent {
			got, err := from.step(e)
			if got != to || (err == nil) != (to != "") || (err != nil && !errs.Is(err, errs.Conflict)) {
				t.Errorf("%q, %s: got %q, %v; want %q", from, e, got, err, to)
			}
		}
	}
}

// TestClockSetBack: times in public do not go back though the clock does.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	noon := noon.Truncate(time.Microsecond) // as it is kept
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Store{DB: d}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := s.Release(t.Context(), tx, sample("SEC-2026-0007"), "First.", noon); err != nil {
				return err
			}
			if _, err := s.Release(t.Context(), tx, sample("SEC-2026-0007"), "Second.", noon.Add(-time.Hour)); err != nil {
				return err
			}
			a, err := s.Withdraw(t.Context(), tx, "SEC-2026-0007", "It was no fault.", noon.Add(-2*time.Hour))
			for i, r := range a.Revisions {
				if want := noon.Add(time.Duration(i) * time.Microsecond); !r.At.Equal(want) {
					t.Errorf("revision %d is of %s, want %s", i+1, r.At, want)
				}
			}
			if len(a.Revisions) != 3 || !a.Published.Equal(noon) || !a.Withdrawn.At.After(noon) {
				t.Errorf("%d revisions, published %s, withdrawn %v", len(a.Revisions), a.Published, a.Withdrawn)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
