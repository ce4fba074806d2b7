package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"steward/internal/base/audit"
)

func TestEntries(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("ab", 32)
	late := time.Date(2026, 3, 3, 23, 59, 0, 0, time.UTC)
	days := byDay([]entry{
		entryOf(audit.Entry{At: late, ActorName: "reporter", Role: "reporter"}),
		entryOf(audit.Entry{At: late.Add(2 * time.Minute), ActorName: "Ada", Role: "lead", Detail: map[string]string{
			"ref": "2026-0001", "empty": "", "reason": "It leaked.", "draft": hash, "ok": "false", "until": "2026-03-09 14:00 UTC",
		}}),
		entryOf(audit.Entry{At: late.Add(3 * time.Minute)}),
	})
	if len(days) != 2 || len(days[0].Entries) != 1 || len(days[1].Entries) != 2 {
		t.Fatalf("days %+v", days)
	}
	if e := days[0].Entries[0]; e.Who != "Reporter" || e.Role != "" {
		t.Errorf("one whose name is their role is %q, %q", e.Who, e.Role)
	}
	e := days[1].Entries[0]
	if e.Why != "It leaked." {
		t.Errorf("the reason is %q", e.Why)
	}
	want := fmt.Sprint([]fact{{"draft", hash[:shownOf], hash}, {"ok", "no, changes are asked for", ""}, {"until", "2026-03-09 14:00 UTC", ""}})
	if got := fmt.Sprint(e.Facts); got != want {
		t.Errorf("facts %s; want %s", got, want)
	}
}
