package csaf

import (
	_ "embed"
	"strings"
	"sync"
)

// CWEVersion is the version of the list of weaknesses that WeaknessName knows.
const CWEVersion = "4.17"

//go:embed cwe.tsv
var cweTable string

// weaknesses maps the identifiers of the table to their names.
var weaknesses = sync.OnceValue(func() map[CWEID]string {
	names := map[CWEID]string{}
	for line := range strings.Lines(cweTable) {
		number, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ok {
			names[CWEID("CWE-"+number)] = name
		}
	}
	return names
})

// WeaknessName gives the name that goes with an identifier ("CWE-79"), and
// whether there is such a weakness: categories and views are none.
// csaf:3.2.3.3
func WeaknessName(id CWEID) (string, bool) {
	name, ok := weaknesses()[id]
	return name, ok
}
