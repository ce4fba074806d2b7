package advisory

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// A workaround may be added to a prenotice later, changed, and kept when the
// advisory comes.
func TestMitigation(t *testing.T) {
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
		p := Prenotice{ID: "PRE-2026-0001", Product: "libquill", Versions: "1.4.2", Severity: High, Release: noon.AddDate(0, 0, 7), Zone: "UTC", Branches: []string{}}
		p, err := put(p, noon)
		if err != nil {
			t.Fatal(err)
		}
		with := p
		with.Mitigation, with.Branches = "Set `a`.\n\n- one\n", []string{"1.4", "1.3"}
		for i := range 2 { // the second is no news
			if with, err = put(with, noon.Add(time.Duration(i+1)*time.Hour)); err != nil || !with.Posted.Equal(p.Posted) {
				t.Fatalf("adding a workaround: %+v, %v", with, err)
			}
		}
		for name, edit := range map[string]func(p *Prenotice){
			"mitigation":   func(p *Prenotice) { p.Mitigation = "a\u202eb" },
			"mitigation ":  func(p *Prenotice) { p.Mitigation = strings.Repeat("a", maxMitigation+1) },
			"mitigation\t": func(p *Prenotice) { p.Mitigation = "TBD" },
			"mitigation\n": func(p *Prenotice) { p.Mitigation = " \n" },
			"branches":     func(p *Prenotice) { p.Branches = make([]string, maxBranches+1) },
			"branches[1]":  func(p *Prenotice) { p.Branches = []string{"1", "1"} },
			"branches[0]":  func(p *Prenotice) { p.Branches = []string{"a\nb"} },
		} {
			bad := with
			edit(&bad)
			if _, err := put(bad, noon.Add(3*time.Hour)); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(name)) || errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q: %v", name, err)
			}
		}
		done := with
		done.Advisory = "SEC-2026-0001"
		if _, err := put(done, noon.AddDate(0, 0, 7)); err != nil {
			t.Fatal(err)
		}
		entries, err := s.Entries(t.Context(), 0, 10)
		if err != nil || len(entries) != 3 || !reflect.DeepEqual(*entries[1].Prenotice, with) || entries[2].Prenotice.Mitigation != with.Mitigation {
			t.Errorf("%+v, %v", entries, err)
		}
	})
}

// A record from before there were workarounds reads as it did, and is written
// as it was.
func TestOldPrenotice(t *testing.T) {
	t.Parallel()
	const old = `{"id":"PRE-2026-0001","product":"libquill","versions":"1.4.2","severity":"high","release":"2026-03-10T12:00:00Z","zone":"UTC","posted":"2026-03-03T12:00:00Z"}`
	p, err := decode[Prenotice]("PRE-2026-0001", old)
	if err != nil || p.Mitigation != "" || p.Branches != nil || p.check() != nil {
		t.Errorf("%+v, %v, %v", p, err, p.check())
	}
	if again, err := json.Marshal(p); err != nil || string(again) != old {
		t.Errorf("%s, %v", again, err)
	}
}
