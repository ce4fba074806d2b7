package index_test

import (
	"testing"

	"steward/internal/census/index"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/x/bookworm.Packages": "bookworm", "sid.Sources.xz": "sid", "/x/trixie/Packages.gz": "trixie", "Packages": "", "/Sources": "", "": "",
		"/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4":             "bookworm",
		"/var/lib/apt/lists/deb.debian.org_debian-security_dists_trixie-security_main_binary-amd64_Packages": "trixie-security",
		"notes.txt": "", "Packagesome": "", "trixie-security.Sources": "trixie-security",
	} {
		if got := index.Named(path); got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}
