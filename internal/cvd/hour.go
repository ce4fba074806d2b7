package cvd

import (
	"strings"
	"time"

	"steward/internal/base/calendar"
)

// LocalHour gives the instant at which the clocks of a zone show an hour,
// written as 2026-12-01T08:00, by calendar.Local: an hour that never comes and
// one that comes twice are refused.
func LocalHour(hour, zone string) (time.Time, error) {
	date, clock, _ := strings.Cut(hour, "T")
	return calendar.Local(date, clock, zone)
}
