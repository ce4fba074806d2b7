package index_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
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

func TestContents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	err := os.Mkdir(path("sid"), 0o755)
	for _, name := range []string{"old.Contents-amd64.gz", "old.Contents-all", "older.Contents-amd64", "old.Packages", "sid/Contents-amd64.xz", "sid/Packages"} {
		err = errors.Join(err, os.WriteFile(path(name), nil, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"old": {path("old.Contents-all"), path("old.Contents-amd64.gz")}, "sid": {path("sid/Contents-amd64.xz")}, "none": nil, "none/none": nil,
	} {
		if got := index.Contents(path(name)); !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
