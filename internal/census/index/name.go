package index

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Named tells which release an index is of, by the name of its file alone: that
// of bookworm.Sources.xz, bookworm/Packages or apt's
// …_dists_bookworm_main_binary-amd64_Packages is bookworm. Empty: it does not say.
func Named(path string) string {
	base := filepath.Base(path)
	if _, rest, ok := strings.Cut(base, "_dists_"); ok {
		name, _, _ := strings.Cut(rest, "_")
		return name
	}
	for _, kind := range []string{"Packages", "Sources"} {
		if before, after, ok := strings.Cut(base, kind); ok && (after == "" || after[0] == '.') {
			if name := strings.TrimSuffix(before, "."); name != "" {
				return name
			}
			if name := filepath.Base(filepath.Dir(path)); name != "." && name != string(filepath.Separator) {
				return name
			}
		}
	}
	return ""
}

// Contents finds the lists of files of a release as Release finds its indexes: of
// "bookworm" bookworm.Contents-amd64.gz and the like, or those in a folder of that
// name. Nil: there are none.
func Contents(name string) (paths []string) {
	dir, begins := filepath.Dir(name), filepath.Base(name)+".Contents"
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		dir, begins = name, "Contents"
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), begins) && e.Type().IsRegular() && !strings.HasSuffix(e.Name(), ".diff") {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(paths)
	return paths
}
