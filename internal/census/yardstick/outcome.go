// Package yardstick says how far a ranking can be trusted: it holds the ranking
// of a release, by what was known of it, against which of its sources needed a
// security upload later.
package yardstick

import (
	"regexp"

	"steward/internal/census/control"
)

// Outcome is what came to pass: which sources needed a security upload.
type Outcome struct {
	Hit      map[string]bool
	Uploads  int // stanzas that were looked at
	Extra    int // left out: kept for others' sake (Extra-Source-Only)
	Rebuilds int // left out: versions without the mark of a stable update
	Data     int // left out: data that were brought up to date
}

// update is how the version of an update to a stable release ends or goes on
// (Developer's Reference 5.8.5.4).
var update = regexp.MustCompile(`[+~]deb[0-9]+u[0-9]+`)

// fresh are sources that hold data which go stale: time zones, certificates,
// names. An upload of them mends no fault.
var fresh = map[string]bool{
	"tzdata": true, "ca-certificates": true, "publicsuffix": true, "distro-info-data": true, "debian-archive-keyring": true,
	"debian-security-support": true, "mobile-broadband-provider-info": true, "geoip-database": true, "iana-data": true,
	"usb.ids": true, "pci.ids": true, "hwdata": true, "clamav-data": true, "ieee-data": true, "python-certifi": true,
}

// ReadOutcome reads the index of the sources of a security archive.
func ReadOutcome(files ...[]byte) *Outcome {
	o := &Outcome{Hit: map[string]bool{}}
	for _, f := range files {
		for st := range control.Stanzas(f, 0) {
			var name, version string
			extra := false
			for field, value := range st.Fields(nil) {
				switch string(field) {
				case "Package":
					name = string(value)
				case "Version":
					version = string(value)
				case "Extra-Source-Only":
					extra = string(value) == "yes"
				}
			}
			o.Uploads++
			switch {
			case extra:
				o.Extra++
			case fresh[name]:
				o.Data++
			case name == "linux" || update.MatchString(version): // the kernel follows upstream's own stable versions
				o.Hit[name] = true
			default:
				o.Rebuilds++
			}
		}
	}
	return o
}
