package cii

import (
	"strings"

	"steward/internal/base/errs"
)

// Models gives the models of the census, oldest first. The caller may change
// what it gets.
func Models() []Model {
	return []Model{asRun(), intended(), mended(), last()}
}

// Find gives the model of that name. Error: of kind errs.Invalid on the field
// model, if there is none.
func Find(name string) (Model, error) {
	var names []string
	for _, m := range Models() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Model{}, errs.Invalidf("model", "The census of 2015 has no model %q.", name).
		WithHint("choose one of %s", strings.Join(names, ", "))
}

// intended is version 1.0 as chapter 5.B of the paper describes it.
func intended() Model {
	return Model{
		Name:           "census-2015-v1.0-intended",
		Source:         "Wheeler and Khakimov 2015, chapter 5.B",
		NoHomepage:     1,
		Unsafe:         []string{"C", "C++"},
		UnsafeLanguage: 2,
		CVEs:           Lookup{Points: []int{0, 1, 2, 2}, Otherwise: 3},
		Contributors:   Lookup{Points: []int{5, 4, 4, 4}, Otherwise: 0, Unknown: 2},
		// "more than the tenth percentile", says the paper; at it is enough for
		// the program.
		Population: Listed,
		Popular:    []Share{{Percent: 10, Above: true, Points: 1}},
		Exposure:   Exposure{Network: 2, NetworkData: 1, Privilege: 1, Sum: true},
		NotCode:    []Role{Data},
		DataOnly:   -3,
	}
}

// asRun is version 1.0 as its program computed it: get_risk_index in
// oss_package_analysis.py at 56954cb.
func asRun() Model {
	m := intended()
	m.Name = "census-2015-v1.0"
	m.Source = "linuxfoundation/cii-census at 56954cb, oss_package_analysis.py and results.csv of 2015-03-17"
	m.CVEs.Missed = true
	m.Contributors.Missed = true
	return m
}

// mended is version 1.1: commit 3e74649 of 2015-07-23 and the tag 1.1.0 (83b1290),
// whose table is that of 5d64e9f.
func mended() Model {
	m := intended()
	m.Name = "census-2015-v1.1"
	m.Source = "linuxfoundation/cii-census at its tag 1.1.0, oss_package_analysis.py and results.csv of 2015-07-28"
	m.Exposure.Sum = false
	m.NotCode = []Role{Data, Documentation}
	m.Floor = true
	return m
}

// last is version 1.2: commits 04e7906 to 47dfad4, 2015-08-07. It was not
// changed until the last table of 2016-07-21.
func last() Model {
	m := mended()
	m.Name = "census-2015-v1.2"
	m.Source = "linuxfoundation/cii-census at 47dfad4, oss_package_analysis.py and results.csv of 2015-08-07"
	m.Population = Archive
	m.Popular = []Share{{Percent: 1, Points: 2}, {Percent: 5, Points: 1}}
	return m
}
