package advisory

import (
	"strings"

	"steward/internal/base/pattern"
)

// ecosystem is what we need to know of a package ecosystem that OSV names.
type ecosystem struct {
	purl   []string // types of package URL for its packages; empty: any
	semver bool     // its versions are semantic versions
}

// ecosystems are the names that OSV schema 1.7.5 knows. A name may be followed
// by a colon and a release, as in Debian:13.
// osv:affected.package
var ecosystems = map[string]ecosystem{
	"AlmaLinux":                    {purl: []string{"rpm"}},
	"Alpaquita":                    {purl: []string{"apk"}},
	"Alpine":                       {purl: []string{"apk"}},
	"Android":                      {},
	"Azure Linux":                  {purl: []string{"rpm"}},
	"BellSoft Hardened Containers": {purl: []string{"apk"}},
	"Bioconductor":                 {},
	"Bitnami":                      {purl: []string{"bitnami"}, semver: true},
	"Chainguard":                   {purl: []string{"apk"}},
	"CleanStart":                   {},
	"ConanCenter":                  {purl: []string{"conan"}},
	"CRAN":                         {purl: []string{"cran"}},
	"crates.io":                    {purl: []string{"cargo"}, semver: true},
	"Debian":                       {purl: []string{"deb"}},
	"Docker Hardened Images":       {},
	"Echo":                         {},
	"FreeBSD":                      {},
	"GHC":                          {},
	"GitHub Actions":               {purl: []string{"github", "githubactions"}},
	"Go":                           {purl: []string{"golang"}, semver: true},
	"Hackage":                      {purl: []string{"hackage"}},
	"Hex":                          {purl: []string{"hex"}, semver: true},
	"Julia":                        {purl: []string{"julia"}, semver: true},
	"Kubernetes":                   {},
	"Linux":                        {},
	"Mageia":                       {purl: []string{"rpm"}},
	"Maven":                        {purl: []string{"maven"}},
	"MinimOS":                      {purl: []string{"apk"}},
	"npm":                          {purl: []string{"npm"}, semver: true},
	"NuGet":                        {purl: []string{"nuget"}},
	"opam":                         {purl: []string{"opam"}},
	"openEuler":                    {purl: []string{"rpm"}},
	"openSUSE":                     {purl: []string{"rpm"}},
	"OSS-Fuzz":                     {},
	"Packagist":                    {purl: []string{"composer"}},
	"Photon OS":                    {purl: []string{"rpm"}},
	"Pub":                          {purl: []string{"pub"}, semver: true},
	"PyPI":                         {purl: []string{"pypi"}},
	"Red Hat":                      {purl: []string{"rpm"}},
	"Rocky Linux":                  {purl: []string{"rpm"}},
	"Root":                         {},
	"RubyGems":                     {purl: []string{"gem"}},
	"SUSE":                         {purl: []string{"rpm"}},
	"SwiftURL":                     {purl: []string{"swift"}, semver: true},
	"TuxCare":                      {},
	"Ubuntu":                       {purl: []string{"deb"}},
	"VSCode":                       {},
	"Wolfi":                        {purl: []string{"apk"}},
}

// lookupEcosystem finds an ecosystem by its name, with or without a release.
func lookupEcosystem(name string) (ecosystem, bool) {
	base, release, scoped := strings.Cut(name, ":")
	e, ok := ecosystems[base]
	return e, ok && (!scoped || release != "")
}

// SemanticEcosystem tells whether versions in an ecosystem are semantic
// versions and are ordered as such. A product in no ecosystem is not.
func SemanticEcosystem(name string) bool {
	e, ok := lookupEcosystem(name)
	return ok && e.semver
}

// commitHash is a full git commit hash, SHA-1 or SHA-256.
var commitHash = pattern.Late(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
