package advisory

import (
	"strings"
	"testing"

	"steward/internal/base/errs"
)

// The scores are those of the examples that FIRST publishes for each version.
func TestCVSS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		vector string
		base   float64
		value  float64
		level  Level
		rating string
	}{
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, 9.8, Critical, "critical"},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5, 7.5, High, "high"},
		{"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, 3.1, Low, "low"},
		{"CVSS:3.1/S:C/C:L/I:L/A:N/AV:N/AC:L/PR:N/UI:R", 6.1, 6.1, Moderate, "medium"},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", 9.8, 7.8, High, "high"},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P", 9.8, 6.8, Moderate, "medium"},
		{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H/E:X/MAV:X", 9.9, 9.9, Critical, "critical"},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, 0, "", "none"},
		{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10, 10, Critical, "critical"},
		{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7, 7.7, High, "high"},
		{"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3, 7.3, High, "high"},
		{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/U:Clear", 5.2, 5.2, Moderate, "medium"},
		{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0, 0, "", "none"},
	} {
		s := Severity{CVSS31: tt.vector}
		if strings.HasPrefix(tt.vector, "CVSS:4.0") {
			s = Severity{CVSS4: tt.vector}
		}
		scores, err := s.Scores()
		if err != nil || len(scores) != 1 {
			t.Errorf("%s: %v, %v", tt.vector, scores, err)
			continue
		}
		got := scores[0]
		if got.Base != tt.base || got.Value != tt.value || got.Level != tt.level || got.Rating() != tt.rating {
			t.Errorf("%s: base %v, value %v, level %q, rating %q; want %v, %v, %q, %q", tt.vector,
				got.Base, got.Value, got.Level, got.Rating(), tt.base, tt.value, tt.level, tt.rating)
		}
	}
}

func TestCVSSErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ vector, want string }{
		{"", "cvss4: a CVSS 4.0 vector begins with CVSS:4.0/"},
		{"AV:N/AC:L", "cvss4: a CVSS 4.0 vector begins with CVSS:4.0/"},
		{"CVSS:3.0/AV:N", "cvss31: a CVSS 3.1 vector begins with CVSS:3.1/"},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "cvss31: A (availability) is missing (one of H, L, N)"},
		{"CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", `cvss31: AV (attack vector) cannot be "Z" (one of N, A, L, P)`},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:L", "cvss31: A is there twice"},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "cvss31: there is an empty place between two slashes or at the end"},
		{"CVSS:3.1/AV:N/AC:L/AT:N/PR:N/UI:N/S:U/C:H/I:H/A:H", `cvss31: CVSS 3.1 has no metric "AT"`},
		{"CVSS:3.1/av:N", `cvss31: CVSS 3.1 has no metric "av"`},
		{"CVSS:4.0/AV:N/AC:L/PR:N/AT:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "cvss4: AT must stand before PR (CVSS 4.0 has a fixed order of metrics)"},
		{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:R/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", `cvss4: UI (user interaction) cannot be "R" (one of N, P, A)`},
		{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H", "cvss4: SA (availability of later systems) is missing (one of H, L, N)"},
		{"CVSS:4.0/AV:N\u202e", `cvss4: AV (attack vector) cannot be "N" (one of N, A, L, P)`},
		{"CVSS:4.0/" + strings.Repeat("AV:N/", 100), "cvss4: the vector is longer than any CVSS 4.0 vector can be"},
	} {
		parse := ParseCVSS4
		if strings.HasPrefix(tt.vector, "CVSS:3") {
			parse = ParseCVSS31
		}
		_, err := parse(tt.vector)
		if err == nil || err.Error() != tt.want || !errs.Is(err, errs.Invalid) {
			t.Errorf("%q:\n got %v\nwant %s", tt.vector, err, tt.want)
		}
	}
}

// The longest vectors that the standards allow are within the limit and pass.
func TestCVSSLongest(t *testing.T) {
	t.Parallel()
	for _, s := range []scheme{scheme31, scheme40} {
		vector := "CVSS:" + s.version
		for _, m := range s.metrics {
			vector += "/" + m.short + ":" + m.values[len(m.values)-1]
		}
		parse := ParseCVSS4
		if s.version == "3.1" {
			parse = ParseCVSS31
		}
		if got, err := parse(vector); err != nil {
			t.Errorf("%s: %v", vector, err)
		} else if got.Value < 0 || got.Value > 10 {
			t.Errorf("%s: %v", vector, got.Value)
		}
	}
}
