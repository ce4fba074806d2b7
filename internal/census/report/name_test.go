package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestStem: no two names become one file, whatever the file system makes of
// capitals, and no name leads out of its folder.
func TestStem(t *testing.T) {
	t.Parallel()
	name := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9+._-]{0,199}`), rapid.StringMatching(`[aA~2+b.]{1,6}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		a, b := name.Draw(t, "a"), name.Draw(t, "b")
		x, whole := stem(a)
		y, _ := stem(b)
		if (a == b) != strings.EqualFold(x, y) {
			t.Fatalf("%q and %q become %q and %q", a, b, x, y)
		}
		if strings.Trim(x, "abcdefghijklmnopqrstuvwxyz0123456789._~-") != "" || len(x) > maxStem || strings.HasPrefix(x, ".") || strings.Contains(x, "/") {
			t.Fatalf("%q becomes %q", a, x)
		}
		if whole && strings.Contains(x, "~~") {
			t.Fatalf("%q became %q, which looks as if it were cut", a, x)
		}
	})
}
