package mail

import (
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/cvd"
)

// TestLettersOfLongAgo: once it is forgotten what a letter that went out was
// for, the letters of its case can be listed all the same.
func TestLettersOfLongAgo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.get(plain("Ada <ada@people.example>", "A hole", "It overflows.\n", "Message-ID: <one@people.example>"))
		page, err := k.Cases.Queue(t.Context(), k.lead.Caller(), cvd.Filter{})
		k.must(err)
		before, err := k.Deliveries(t.Context(), k.lead.Caller(), page.Cases[0].ID)
		k.must(err)
		_, err = k.Jobs.Sweep(t.Context(), time.Now().Add(time.Hour))
		k.must(err)
		after, err := k.Deliveries(t.Context(), k.lead.Caller(), page.Cases[0].ID)
		if err != nil || len(before) == 0 || len(after) > len(before) {
			t.Errorf("%d letters before and %d after: %v", len(before), len(after), err)
		}
	})
}
