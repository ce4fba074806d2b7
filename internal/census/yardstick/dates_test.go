package yardstick_test

import (
	"os"
	"testing"
	"time"

	"steward/internal/census/yardstick"
)

func TestUntil(t *testing.T) {
	t.Parallel()
	d, err := yardstick.ReadDates([]byte("# remark\na,2025-08-08,why\nb,2025-08-09\nc,\na,2026-01-01\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := &yardstick.Outcome{Hit: map[string]bool{"a": true, "b": true, "c": true, "d": true}}
	hit, skip := o.Until(time.Date(2025, 8, 9, 0, 0, 0, 0, time.UTC), d)
	if len(hit) != 1 || !hit["a"] || len(skip) != 2 || !skip["c"] || !skip["d"] {
		t.Errorf("hit %v, skip %v", hit, skip)
	}
	for _, bad := range []string{"a", "a,yesterday", "\"", "a,2025-02-30"} {
		if _, err := yardstick.ReadDates([]byte(bad)); err == nil {
			t.Errorf("%q is a table of dates", bad)
		}
	}
}

// TestShipped: the table that the shipped weights were made with can be read.
func TestShipped(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../train/testdata/dates.csv")
	if err != nil {
		t.Fatal(err)
	}
	if d, err := yardstick.ReadDates(raw); err != nil || len(d) < 500 || d["linux"].Year() != 2023 {
		t.Errorf("%d dates, %v", len(d), err)
	}
}

func FuzzReadDates(f *testing.F) {
	f.Add([]byte("a,2025-08-08\n#\nb,\n"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = yardstick.ReadDates(raw) })
}
