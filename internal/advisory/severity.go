package advisory

import (
	"fmt"

	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"

	"steward/internal/base/errs"
)

// Levels lists the four levels, the least first.
var Levels = []Level{Low, Moderate, High, Critical}

// Valid tells whether l is one of the four levels.
func (l Level) Valid() bool { return l.Rank() > 0 }

// Rank orders the levels: 1 for low up to 4 for critical, 0 for none.
func (l Level) Rank() int {
	for i, v := range Levels {
		if v == l {
			return i + 1
		}
	}
	return 0
}

// Score is what a CVSS vector says.
type Score struct {
	Version string  // "4.0" or "3.1"
	Vector  string  // as typed
	Base    float64 // of the base metrics alone; for 4.0 the same as Value
	Value   float64 // of all metrics that the vector holds, 0.0 to 10.0
	Level   Level   // of Value in our words; empty for 0.0
}

// Rating is the standard's own word for Value: none, low, medium, high or
// critical. It differs from Level in one word.
func (s Score) Rating() string { return Rating(s.Value) }

// String gives "8.6 high (CVSS 4.0)".
func (s Score) String() string {
	return fmt.Sprintf("%.1f %s (CVSS %s)", s.Value, s.Rating(), s.Version)
}

// Rating is the word that CVSS gives to a score.
// cvss31:5 and cvss40:6 have the same scale.
func Rating(score float64) string {
	switch l := LevelOf(score); l {
	case "":
		return "none"
	case Moderate:
		return "medium"
	default:
		return string(l)
	}
}

// LevelOf is the level that goes with a CVSS score; empty for 0.0.
func LevelOf(score float64) Level {
	switch {
	case score >= 9:
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Moderate
	case score > 0:
		return Low
	}
	return ""
}

// Scores reads the vectors that the severity holds, 4.0 first. The error is
// errs.Invalid with the field and the metric at fault.
func (s Severity) Scores() ([]Score, error) {
	var out []Score
	if s.CVSS4 != "" {
		score, err := ParseCVSS4(s.CVSS4)
		if err != nil {
			return nil, err
		}
		out = append(out, score)
	}
	if s.CVSS31 != "" {
		score, err := ParseCVSS31(s.CVSS31)
		if err != nil {
			return nil, err
		}
		out = append(out, score)
	}
	return out, nil
}

// ParseCVSS4 reads a CVSS 4.0 vector.
func ParseCVSS4(vector string) (Score, error) {
	if err := scheme40.check("cvss4", vector); err != nil {
		return Score{}, err
	}
	v, err := cvss40.ParseVector(vector)
	if err != nil {
		return Score{}, errs.Invalidf("cvss4", "this is not a CVSS 4.0 vector").WithCause(err)
	}
	value := v.Score()
	return Score{Version: "4.0", Vector: vector, Base: value, Value: value, Level: LevelOf(value)}, nil
}

// ParseCVSS31 reads a CVSS 3.1 vector. Its value is the environmental score
// where the vector has environmental metrics, else the temporal score where it
// has temporal ones, else the base score.
func ParseCVSS31(vector string) (Score, error) {
	if err := scheme31.check("cvss31", vector); err != nil {
		return Score{}, err
	}
	v, err := cvss31.ParseVector(vector)
	if err != nil {
		return Score{}, errs.Invalidf("cvss31", "this is not a CVSS 3.1 vector").WithCause(err)
	}
	s := Score{Version: "3.1", Vector: vector, Base: v.BaseScore()}
	s.Value = s.Base
	switch scheme31.groupOf(vector) {
	case environmental:
		s.Value = v.EnvironmentalScore()
	case temporal:
		s.Value = v.TemporalScore()
	}
	s.Level = LevelOf(s.Value)
	return s, nil
}
