package archive

import "testing"

// TestCompare has the cases of deb-version(7), and those of dpkg's own tests
// that programs get wrong.
func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a    string
		want int
		b    string
	}{
		{"1.0", 0, "1.0"}, {"1.0", 0, "1.00"}, {"0:1.0", 0, "1.0"}, {"1.0-0", 0, "1.0"},
		{"1.9", -1, "1.10"}, {"2", 1, "1.99"}, {"1:0.1", 1, "9.9"}, {"1.0-2", 1, "1.0-1"},
		{"1.0~rc1", -1, "1.0"}, {"1.0~~", -1, "1.0~"}, {"1.0~~a", -1, "1.0~"}, {"1.0", -1, "1.0a"},
		{"1.0a", -1, "1.0+"}, {"1.0+deb12u1", 1, "1.0"}, {"1.0-1~deb12u1", -1, "1.0-1"},
		{"1-2-3", 1, "1-2-1"}, {"a", -1, "b"}, {"10000000000000000000000001", 1, "10000000000000000000000000"},
	} {
		if got := Compare(c.a, c.b); got != c.want {
			t.Errorf("%s against %s: %d", c.a, c.b, got)
		}
		if got := Compare(c.b, c.a); got != -c.want {
			t.Errorf("%s against %s: %d", c.b, c.a, got)
		}
	}
}
