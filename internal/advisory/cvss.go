package advisory

import (
	"strings"

	"steward/internal/base/errs"
)

// group is a part of the metrics of CVSS 3.1; a later one outweighs an
// earlier one.
type group int

const (
	base group = iota
	temporal
	environmental
)

// metric is one metric of a vector: its short name, its name, the values that
// it may take.
type metric struct {
	short, name string
	values      []string
	group       group
}

// scheme is one version of CVSS: enough of it to say what is wrong with a
// vector. The score itself is the library's.
type scheme struct {
	version string
	metrics []metric
	ordered bool // the metrics stand in the order of the list
}

// vectorLimit is more than the longest vector that either version allows.
const vectorLimit = 300

// check names the first fault of a vector.
func (s scheme) check(field, vector string) error {
	if len(vector) > vectorLimit {
		return errs.Invalidf(field, "the vector is longer than any CVSS %s vector can be", s.version)
	}
	rest, ok := strings.CutPrefix(vector, "CVSS:"+s.version+"/")
	if !ok {
		return errs.Invalidf(field, "a CVSS %s vector begins with CVSS:%s/", s.version, s.version)
	}
	seen := make([]bool, len(s.metrics))
	last := -1
	for part := range strings.SplitSeq(rest, "/") {
		i, err := s.part(field, part)
		if err != nil {
			return err
		}
		if seen[i] {
			return errs.Invalidf(field, "%s is there twice", s.metrics[i].short)
		}
		if s.ordered && i < last {
			return errs.Invalidf(field, "%s must stand before %s", s.metrics[i].short, s.metrics[last].short).
				WithHint("CVSS %s has a fixed order of metrics", s.version)
		}
		seen[i], last = true, i
	}
	for i, m := range s.metrics {
		if m.group == base && !seen[i] {
			return errs.Invalidf(field, "%s (%s) is missing", m.short, m.name).
				WithHint("one of %s", strings.Join(m.values, ", "))
		}
	}
	return nil
}

// part checks "AV:N" alone and gives the metric's place in the list.
func (s scheme) part(field, part string) (int, error) {
	short, value, _ := strings.Cut(part, ":")
	for i, m := range s.metrics {
		if m.short != short {
			continue
		}
		for _, v := range m.values {
			if v == value {
				return i, nil
			}
		}
		return 0, errs.Invalidf(field, "%s (%s) cannot be %q", m.short, m.name, OneLine(value)).
			WithHint("one of %s", strings.Join(m.values, ", "))
	}
	if part == "" {
		return 0, errs.Invalidf(field, "there is an empty place between two slashes or at the end")
	}
	return 0, errs.Invalidf(field, "CVSS %s has no metric %q", s.version, OneLine(short))
}

// groupOf is the most specific group of which a valid vector has a metric
// that is set.
func (s scheme) groupOf(vector string) group {
	out := base
	for part := range strings.SplitSeq(vector, "/") {
		short, value, _ := strings.Cut(part, ":")
		for _, m := range s.metrics {
			if m.short == short && value != "X" {
				out = max(out, m.group)
			}
		}
	}
	return out
}

func letters(s string) []string { return strings.Split(s, "") }

// scheme31 is CVSS 3.1.
// cvss31:6
var scheme31 = scheme{version: "3.1", metrics: []metric{
	{"AV", "attack vector", letters("NALP"), base},
	{"AC", "attack complexity", letters("LH"), base},
	{"PR", "privileges required", letters("NLH"), base},
	{"UI", "user interaction", letters("NR"), base},
	{"S", "scope", letters("UC"), base},
	{"C", "confidentiality", letters("HLN"), base},
	{"I", "integrity", letters("HLN"), base},
	{"A", "availability", letters("HLN"), base},
	{"E", "exploit code maturity", letters("XHFPU"), temporal},
	{"RL", "remediation level", letters("XUWTO"), temporal},
	{"RC", "report confidence", letters("XCRU"), temporal},
	{"CR", "confidentiality requirement", letters("XHML"), environmental},
	{"IR", "integrity requirement", letters("XHML"), environmental},
	{"AR", "availability requirement", letters("XHML"), environmental},
	{"MAV", "modified attack vector", letters("XNALP"), environmental},
	{"MAC", "modified attack complexity", letters("XLH"), environmental},
	{"MPR", "modified privileges required", letters("XNLH"), environmental},
	{"MUI", "modified user interaction", letters("XNR"), environmental},
	{"MS", "modified scope", letters("XUC"), environmental},
	{"MC", "modified confidentiality", letters("XNLH"), environmental},
	{"MI", "modified integrity", letters("XNLH"), environmental},
	{"MA", "modified availability", letters("XNLH"), environmental},
}}

// scheme40 is CVSS 4.0. Groups other than base are not told apart: its score
// is one.
// cvss40:7
var scheme40 = scheme{version: "4.0", ordered: true, metrics: []metric{
	{"AV", "attack vector", letters("NALP"), base},
	{"AC", "attack complexity", letters("LH"), base},
	{"AT", "attack requirements", letters("NP"), base},
	{"PR", "privileges required", letters("NLH"), base},
	{"UI", "user interaction", letters("NPA"), base},
	{"VC", "confidentiality of the vulnerable system", letters("HLN"), base},
	{"VI", "integrity of the vulnerable system", letters("HLN"), base},
	{"VA", "availability of the vulnerable system", letters("HLN"), base},
	{"SC", "confidentiality of later systems", letters("HLN"), base},
	{"SI", "integrity of later systems", letters("HLN"), base},
	{"SA", "availability of later systems", letters("HLN"), base},
	{"E", "exploit maturity", letters("XAPU"), temporal},
	{"CR", "confidentiality requirement", letters("XHML"), environmental},
	{"IR", "integrity requirement", letters("XHML"), environmental},
	{"AR", "availability requirement", letters("XHML"), environmental},
	{"MAV", "modified attack vector", letters("XNALP"), environmental},
	{"MAC", "modified attack complexity", letters("XLH"), environmental},
	{"MAT", "modified attack requirements", letters("XNP"), environmental},
	{"MPR", "modified privileges required", letters("XNLH"), environmental},
	{"MUI", "modified user interaction", letters("XNPA"), environmental},
	{"MVC", "modified confidentiality of the vulnerable system", letters("XHLN"), environmental},
	{"MVI", "modified integrity of the vulnerable system", letters("XHLN"), environmental},
	{"MVA", "modified availability of the vulnerable system", letters("XHLN"), environmental},
	{"MSC", "modified confidentiality of later systems", letters("XHLN"), environmental},
	{"MSI", "modified integrity of later systems", letters("XSHLN"), environmental},
	{"MSA", "modified availability of later systems", letters("XSHLN"), environmental},
	{"S", "safety", letters("XNP"), environmental},
	{"AU", "automatable", letters("XNY"), environmental},
	{"R", "recovery", letters("XAUI"), environmental},
	{"V", "value density", letters("XDC"), environmental},
	{"RE", "vulnerability response effort", letters("XLMH"), environmental},
	{"U", "provider urgency", []string{"X", "Clear", "Green", "Amber", "Red"}, environmental},
}}
