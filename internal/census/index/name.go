package index

import (
	"path/filepath"
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
