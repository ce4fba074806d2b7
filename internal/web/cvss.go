package web

import (
	"net/url"
	"strings"
)

// metricSet is the base metrics of one version of CVSS, as a form that builds
// the vector. The lint and the score are those of package advisory.
type metricSet struct {
	Field   string // the input that holds the vector
	Version string // as shown
	Head    string // how the vector begins
	Metrics []metric
}

// metric is one question and its answers.
type metric struct {
	Code    string
	Name    string
	Answers []answer
}

type answer struct{ Code, Name string }

// metricSets cites cvss40:2 (base metrics) and cvss31:2 (base metrics).
var metricSets = []metricSet{
	{"severity.cvss4", "4.0", "CVSS:4.0", []metric{
		{"AV", "From where", []answer{{"N", "network"}, {"A", "same network"}, {"L", "same machine"}, {"P", "by hand on the device"}}},
		{"AC", "Defences to get past", []answer{{"L", "none"}, {"H", "some"}}},
		{"AT", "Special conditions", []answer{{"N", "none"}, {"P", "present"}}},
		{"PR", "Privileges needed", []answer{{"N", "none"}, {"L", "a user's"}, {"H", "an administrator's"}}},
		{"UI", "Someone else must act", []answer{{"N", "no"}, {"P", "as they usually do"}, {"A", "in a way of its own"}}},
		{"VC", "Data read there", []answer{{"N", "none"}, {"L", "some"}, {"H", "all or the worst"}}},
		{"VI", "Data changed there", []answer{{"N", "none"}, {"L", "some"}, {"H", "all or the worst"}}},
		{"VA", "Service lost there", []answer{{"N", "no"}, {"L", "in part"}, {"H", "wholly"}}},
		{"SC", "Data read beyond it", []answer{{"N", "none"}, {"L", "some"}, {"H", "all or the worst"}}},
		{"SI", "Data changed beyond it", []answer{{"N", "none"}, {"L", "some"}, {"H", "all or the worst"}}},
		{"SA", "Service lost beyond it", []answer{{"N", "no"}, {"L", "in part"}, {"H", "wholly"}}},
	}},
	{"severity.cvss31", "3.1", "CVSS:3.1", []metric{
		{"AV", "From where", []answer{{"N", "network"}, {"A", "same network"}, {"L", "same machine"}, {"P", "by hand on the device"}}},
		{"AC", "How hard", []answer{{"L", "easy"}, {"H", "hard"}}},
		{"PR", "Privileges needed", []answer{{"N", "none"}, {"L", "a user's"}, {"H", "an administrator's"}}},
		{"UI", "Someone else must act", []answer{{"N", "no"}, {"R", "yes"}}},
		{"S", "Reaches beyond the component", []answer{{"U", "no"}, {"C", "yes"}}},
		{"C", "Data read", []answer{{"N", "none"}, {"L", "some"}, {"H", "all or the worst"}}},
		{"I", "Data changed", []answer{{"N", "none"}, {"L", "some"}, {"H", "all or the worst"}}},
		{"A", "Service lost", []answer{{"N", "no"}, {"L", "in part"}, {"H", "wholly"}}},
	}},
}

// Input is the name of the metric's input.
func (s metricSet) Input(m metric) string { return s.Field + "." + m.Code }

// chooseVectors writes the vectors that were put together from choices. A set
// in which nothing was chosen leaves its vector as typed.
func chooseVectors(form url.Values) {
	for _, set := range metricSets {
		parts := []string{set.Head}
		for _, m := range set.Metrics {
			if chosen := form.Get(set.Input(m)); chosen != "" {
				parts = append(parts, m.Code+":"+chosen)
			}
		}
		if len(parts) > 1 {
			form.Set(set.Field, strings.Join(parts, "/"))
		}
	}
}
