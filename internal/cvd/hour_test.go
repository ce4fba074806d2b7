package cvd

import (
	"testing"
	"time"
)

// TestHourIsNotEarly: a part of a second is not cut off, since what is due at
// the second would be out before the hour that was asked for.
func TestHourIsNotEarly(t *testing.T) {
	t.Parallel()
	hour := time.Date(2026, 3, 24, 15, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]time.Duration{0: 0, 1: time.Second, 400 * time.Millisecond: time.Second, time.Second: time.Second} {
		got, err := checkHour("at", hour.Add(after), "UTC", hour.Add(-time.Hour))
		if err != nil || !got.Equal(hour.Add(want)) {
			t.Errorf("%s after the hour: %s, %v; want %s after it", after, got, err, want)
		}
	}
}
