package csaf

import (
	"fmt"
	"reflect"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
)

// CVSS2 is a score in CVSS version 2.0, as FIRST's JSON schema for it has it;
// the tag cvss names the vector's metric that a field repeats. csaf:3.2.3.13
type CVSS2 struct {
	AccessComplexity           string     `json:"accessComplexity,omitempty" cvss:"AC"`
	AccessVector               string     `json:"accessVector,omitempty" cvss:"AV"`
	Authentication             string     `json:"authentication,omitempty" cvss:"Au"`
	AvailabilityImpact         string     `json:"availabilityImpact,omitempty" cvss:"A"`
	AvailabilityRequirement    string     `json:"availabilityRequirement,omitempty" cvss:"AR"`
	BaseScore                  Points     `json:"baseScore"`
	CollateralDamagePotential  string     `json:"collateralDamagePotential,omitempty" cvss:"CDP"`
	ConfidentialityImpact      string     `json:"confidentialityImpact,omitempty" cvss:"C"`
	ConfidentialityRequirement string     `json:"confidentialityRequirement,omitempty" cvss:"CR"`
	EnvironmentalScore         *Points    `json:"environmentalScore,omitempty"`
	Exploitability             string     `json:"exploitability,omitempty" cvss:"E"`
	IntegrityImpact            string     `json:"integrityImpact,omitempty" cvss:"I"`
	IntegrityRequirement       string     `json:"integrityRequirement,omitempty" cvss:"IR"`
	RemediationLevel           string     `json:"remediationLevel,omitempty" cvss:"RL"`
	ReportConfidence           string     `json:"reportConfidence,omitempty" cvss:"RC"`
	TargetDistribution         string     `json:"targetDistribution,omitempty" cvss:"TD"`
	TemporalScore              *Points    `json:"temporalScore,omitempty"`
	VectorString               CVSSVector `json:"vectorString"`
	Version                    string     `json:"version"` // 2.0
}

// CVSS3 is a score in CVSS version 3.0 or 3.1, as FIRST's JSON schemas for
// them have it; the tag cvss names the vector's metric that a field repeats.
// csaf:3.2.3.13
type CVSS3 struct {
	AttackComplexity              string     `json:"attackComplexity,omitempty" cvss:"AC"`
	AttackVector                  string     `json:"attackVector,omitempty" cvss:"AV"`
	AvailabilityImpact            string     `json:"availabilityImpact,omitempty" cvss:"A"`
	AvailabilityRequirement       string     `json:"availabilityRequirement,omitempty" cvss:"AR"`
	BaseScore                     Points     `json:"baseScore"`
	BaseSeverity                  Rating     `json:"baseSeverity"`
	ConfidentialityImpact         string     `json:"confidentialityImpact,omitempty" cvss:"C"`
	ConfidentialityRequirement    string     `json:"confidentialityRequirement,omitempty" cvss:"CR"`
	EnvironmentalScore            *Points    `json:"environmentalScore,omitempty"`
	EnvironmentalSeverity         Rating     `json:"environmentalSeverity,omitempty"`
	ExploitCodeMaturity           string     `json:"exploitCodeMaturity,omitempty" cvss:"E"`
	IntegrityImpact               string     `json:"integrityImpact,omitempty" cvss:"I"`
	IntegrityRequirement          string     `json:"integrityRequirement,omitempty" cvss:"IR"`
	ModifiedAttackComplexity      string     `json:"modifiedAttackComplexity,omitempty" cvss:"MAC"`
	ModifiedAttackVector          string     `json:"modifiedAttackVector,omitempty" cvss:"MAV"`
	ModifiedAvailabilityImpact    string     `json:"modifiedAvailabilityImpact,omitempty" cvss:"MA"`
	ModifiedConfidentialityImpact string     `json:"modifiedConfidentialityImpact,omitempty" cvss:"MC"`
	ModifiedIntegrityImpact       string     `json:"modifiedIntegrityImpact,omitempty" cvss:"MI"`
	ModifiedPrivilegesRequired    string     `json:"modifiedPrivilegesRequired,omitempty" cvss:"MPR"`
	ModifiedScope                 string     `json:"modifiedScope,omitempty" cvss:"MS"`
	ModifiedUserInteraction       string     `json:"modifiedUserInteraction,omitempty" cvss:"MUI"`
	PrivilegesRequired            string     `json:"privilegesRequired,omitempty" cvss:"PR"`
	RemediationLevel              string     `json:"remediationLevel,omitempty" cvss:"RL"`
	ReportConfidence              string     `json:"reportConfidence,omitempty" cvss:"RC"`
	Scope                         string     `json:"scope,omitempty" cvss:"S"`
	TemporalScore                 *Points    `json:"temporalScore,omitempty"`
	TemporalSeverity              Rating     `json:"temporalSeverity,omitempty"`
	UserInteraction               string     `json:"userInteraction,omitempty" cvss:"UI"`
	VectorString                  CVSSVector `json:"vectorString"`
	Version                       string     `json:"version"` // 3.0 or 3.1
}

// Points is a CVSS score from 0 to 10 with one decimal.
type Points float64

// Rating is the word for a CVSS 3 score: NONE, LOW, MEDIUM, HIGH or CRITICAL.
type Rating string

// CVSSVector is a vector of CVSS 2.0 (without a prefix), 3.0 or 3.1.
type CVSSVector string

// NewCVSS3 makes the object for a vector of CVSS 3.0 or 3.1: the required
// fields, with the base score and rating computed from the vector.
func NewCVSS3(vector string) (*CVSS3, error) {
	v := CVSSVector(vector)
	if fault := v.fault(); fault != "" || !strings.HasPrefix(vector, cvss3Prefix) {
		return nil, fmt.Errorf("%q is not a CVSS 3 vector", clip(vector))
	}
	computed, err := v.compute()
	if err != nil {
		return nil, fmt.Errorf("reading the CVSS vector %q: %w", clip(vector), err)
	}
	base := Points(computed.BaseScore())
	return &CVSS3{
		BaseScore:    base,
		BaseSeverity: rate(base),
		VectorString: v,
		Version:      v.version(),
	}, nil
}

// scorer is a vector read by the library, of whichever version.
type scorer interface {
	BaseScore() float64
	TemporalScore() float64
	EnvironmentalScore() float64
	Get(metric string) (string, error)
}

const cvss3Prefix = "CVSS:3."

// version tells the version of CVSS that the vector is in.
func (v CVSSVector) version() string {
	if rest, ok := strings.CutPrefix(string(v), "CVSS:"); ok {
		version, _, _ := strings.Cut(rest, "/")
		return version
	}
	return "2.0"
}

// compute reads a vector that has no fault.
func (v CVSSVector) compute() (scorer, error) {
	switch v.version() {
	case "2.0":
		return v.compute2()
	case "3.0":
		return gocvss30.ParseVector(string(v))
	default:
		return gocvss31.ParseVector(string(v))
	}
}

// compute2 reads a vector of CVSS 2.0. The library wants metrics in one order
// and groups whole, the schema does not: they are put so.
func (v CVSSVector) compute2() (scorer, error) {
	given := map[string]string{}
	for part := range strings.SplitSeq(string(v), "/") {
		name, value, _ := strings.Cut(part, ":")
		if _, twice := given[name]; twice {
			return nil, fmt.Errorf("%s is given twice", name)
		}
		given[name] = value
	}
	var parts []string
	for _, name := range []string{"AV", "AC", "Au", "C", "I", "A", "E", "RL", "RC", "CDP", "TD", "CR", "IR", "AR"} {
		value, ok := given[name]
		if !ok {
			value = "ND" // which the base metrics do not have, so that the library refuses it
		}
		parts = append(parts, name+":"+value)
	}
	return gocvss20.ParseVector(strings.Join(parts, "/"))
}

// names tells whether the vector gives the metric.
func (v CVSSVector) names(metric string) bool {
	return strings.Contains("/"+string(v), "/"+metric+":")
}

// rate gives the word for a score in CVSS 3.
func rate(p Points) Rating {
	switch {
	case p == 0:
		return "NONE"
	case p < 4:
		return "LOW"
	case p < 7:
		return "MEDIUM"
	case p < 9:
		return "HIGH"
	default:
		return "CRITICAL"
	}
}

// metric is one field of a CVSS object that repeats a metric of the vector.
type metric struct {
	name     string // in the vector: AV
	property string // in JSON: attackVector
	word     string // as given: NETWORK
}

// metrics lists the metrics that a CVSS2 or CVSS3 repeats, without the absent.
func metrics(object any) []metric {
	v := reflect.Indirect(reflect.ValueOf(object))
	var list []metric
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if name := field.Tag.Get("cvss"); name != "" && v.Field(i).String() != "" {
			list = append(list, metric{name, jsonName(field), v.Field(i).String()})
		}
	}
	return list
}

// cvss2Words and cvss3Words spell out each metric's values.
var (
	cvss2Words = map[string]map[string]string{
		"AV":  {"N": "NETWORK", "A": "ADJACENT_NETWORK", "L": "LOCAL"},
		"AC":  {"H": "HIGH", "M": "MEDIUM", "L": "LOW"},
		"Au":  {"M": "MULTIPLE", "S": "SINGLE", "N": "NONE"},
		"C":   {"N": "NONE", "P": "PARTIAL", "C": "COMPLETE"},
		"I":   {"N": "NONE", "P": "PARTIAL", "C": "COMPLETE"},
		"A":   {"N": "NONE", "P": "PARTIAL", "C": "COMPLETE"},
		"E":   {"U": "UNPROVEN", "POC": "PROOF_OF_CONCEPT", "F": "FUNCTIONAL", "H": "HIGH", "ND": "NOT_DEFINED"},
		"RL":  {"OF": "OFFICIAL_FIX", "TF": "TEMPORARY_FIX", "W": "WORKAROUND", "U": "UNAVAILABLE", "ND": "NOT_DEFINED"},
		"RC":  {"UC": "UNCONFIRMED", "UR": "UNCORROBORATED", "C": "CONFIRMED", "ND": "NOT_DEFINED"},
		"CDP": {"N": "NONE", "L": "LOW", "LM": "LOW_MEDIUM", "MH": "MEDIUM_HIGH", "H": "HIGH", "ND": "NOT_DEFINED"},
		"TD":  {"N": "NONE", "L": "LOW", "M": "MEDIUM", "H": "HIGH", "ND": "NOT_DEFINED"},
		"CR":  {"L": "LOW", "M": "MEDIUM", "H": "HIGH", "ND": "NOT_DEFINED"},
		"IR":  {"L": "LOW", "M": "MEDIUM", "H": "HIGH", "ND": "NOT_DEFINED"},
		"AR":  {"L": "LOW", "M": "MEDIUM", "H": "HIGH", "ND": "NOT_DEFINED"},
	}
	cvss3Words = map[string]map[string]string{
		"AV":  {"N": "NETWORK", "A": "ADJACENT_NETWORK", "L": "LOCAL", "P": "PHYSICAL"},
		"AC":  {"H": "HIGH", "L": "LOW"},
		"PR":  {"H": "HIGH", "L": "LOW", "N": "NONE"},
		"UI":  {"N": "NONE", "R": "REQUIRED"},
		"S":   {"U": "UNCHANGED", "C": "CHANGED"},
		"C":   {"N": "NONE", "L": "LOW", "H": "HIGH"},
		"I":   {"N": "NONE", "L": "LOW", "H": "HIGH"},
		"A":   {"N": "NONE", "L": "LOW", "H": "HIGH"},
		"E":   {"U": "UNPROVEN", "P": "PROOF_OF_CONCEPT", "F": "FUNCTIONAL", "H": "HIGH", "X": "NOT_DEFINED"},
		"RL":  {"O": "OFFICIAL_FIX", "T": "TEMPORARY_FIX", "W": "WORKAROUND", "U": "UNAVAILABLE", "X": "NOT_DEFINED"},
		"RC":  {"U": "UNKNOWN", "R": "REASONABLE", "C": "CONFIRMED", "X": "NOT_DEFINED"},
		"CR":  {"L": "LOW", "M": "MEDIUM", "H": "HIGH", "X": "NOT_DEFINED"},
		"IR":  {"L": "LOW", "M": "MEDIUM", "H": "HIGH", "X": "NOT_DEFINED"},
		"AR":  {"L": "LOW", "M": "MEDIUM", "H": "HIGH", "X": "NOT_DEFINED"},
		"MAV": {"N": "NETWORK", "A": "ADJACENT_NETWORK", "L": "LOCAL", "P": "PHYSICAL", "X": "NOT_DEFINED"},
		"MAC": {"H": "HIGH", "L": "LOW", "X": "NOT_DEFINED"},
		"MPR": {"H": "HIGH", "L": "LOW", "N": "NONE", "X": "NOT_DEFINED"},
		"MUI": {"N": "NONE", "R": "REQUIRED", "X": "NOT_DEFINED"},
		"MS":  {"U": "UNCHANGED", "C": "CHANGED", "X": "NOT_DEFINED"},
		"MC":  {"N": "NONE", "L": "LOW", "H": "HIGH", "X": "NOT_DEFINED"},
		"MI":  {"N": "NONE", "L": "LOW", "H": "HIGH", "X": "NOT_DEFINED"},
		"MA":  {"N": "NONE", "L": "LOW", "H": "HIGH", "X": "NOT_DEFINED"},
	}
)
