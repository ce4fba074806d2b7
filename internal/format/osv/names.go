package osv

import (
	"slices"
	"strings"
)

// Prefixes are the registered first parts of identifiers, each followed by a
// dash in an identifier. Source: $defs/prefix of the JSON schema, 1.7.5.
var Prefixes = []string{
	"ASB-A", "PUB-A", "ALPINE", "ALSA", "ALBA", "ALEA", "AZL", "BELL", "BIT", "CGA", "CLEANSTART", "CLSA", "CURL", "CVE",
	"DEBIAN", "DHI", "DRUPAL", "DSA", "DLA", "ELA", "DTSA", "ECHO", "EEF", "FreeBSD", "GHSA", "GO", "GSD", "HSEC", "JLSEC",
	"KUBE", "LBSEC", "LSN", "MAL", "MINI", "MGASA", "OESA", "OSEC", "OSV", "openSUSE-SU", "PHSA", "PSF", "PYSEC", "RHBA",
	"RHEA", "RHSA", "RLSA", "RXSA", "RSEC", "ROOT", "RUSTSEC", "SUSE-SU", "SUSE-RU", "SUSE-FU", "SUSE-OU", "UBUNTU", "USN", "V8",
}

// Ecosystems are the names that a package's ecosystem can have, alone or with
// a colon and a release. Source: $defs/ecosystemWithSuffix of the JSON schema,
// 1.7.5.
var Ecosystems = []string{
	"AlmaLinux", "Alpaquita", "Alpine", "Android", "Azure Linux", "BellSoft Hardened Containers", "Bioconductor", "Bitnami",
	"Chainguard", "CleanStart", "ConanCenter", "CRAN", "crates.io", "Debian", "Docker Hardened Images", "Echo", "FreeBSD",
	"GHC", "GitHub Actions", "Go", "Hackage", "Hex", "Julia", "Kubernetes", "Linux", "Mageia", "Maven", "MinimOS", "npm",
	"NuGet", "opam", "openEuler", "openSUSE", "OSS-Fuzz", "Packagist", "Photon OS", "Pub", "PyPI", "Red Hat", "Rocky Linux",
	"Root", "RubyGems", "SUSE", "SwiftURL", "TuxCare", "Ubuntu", "VSCode", "Wolfi", "GIT",
}

// localPrefix marks identifiers of databases that have registered none.
// osv:id, modified
const localPrefix = "x_"

// Registered tells whether the identifier starts with a registered prefix or
// is marked as local.
func Registered(id string) bool {
	return strings.HasPrefix(id, localPrefix) || slices.ContainsFunc(Prefixes, func(p string) bool {
		return strings.HasPrefix(id, p+"-")
	})
}

// LocalID gives the identifier as an entry must write it to be valid: as it
// is if its prefix is registered, else marked as local. osv:id, modified
func LocalID(id string) string {
	if Registered(id) {
		return id
	}
	return localPrefix + id
}

// knownEcosystem tells whether the ecosystem is on the list; a release behind
// a colon may follow. osv:affected[].package
func knownEcosystem(s string) bool {
	name, release, scoped := strings.Cut(s, ":")
	return slices.Contains(Ecosystems, name) && (!scoped || release != "")
}
