package render

import (
	"fmt"

	"steward/internal/advisory"
	"steward/internal/format/csaf"
	"steward/internal/format/osv"
)

// CSAFFolder is the folder of all CSAF documents; below it is one for each
// year. csaf:7.1.11
const CSAFFolder = ".well-known/csaf/white/"

// CSAFPath is where an advisory's CSAF document lies: in the folder of the
// year of its first release, under the name that the standard demands.
// csaf:5.1, csaf:7.1.11
func CSAFPath(a advisory.Advisory) string {
	return fmt.Sprintf("%s%d/%s", CSAFFolder, a.Published.UTC().Year(), csaf.Filename(csaf.TrackingID(a.ID)))
}

// OSVPath is where an advisory's OSV entry lies: under its OSV identifier.
func OSVPath(id string) string { return "osv/" + osv.LocalID(id) + ".json" }

// TextPath is where an advisory as plain text lies.
func TextPath(id string) string { return AdvisoryPath(id) + id + ".txt" }
