package tree

import (
	"path"
	"strings"
)

// Paths that the tree itself fills.
const (
	// RootPath is the list of lists.
	RootPath = "index/tree.txt"
	// KeyPath is the public key that verifies every .asc in the tree. It is
	// not called .asc itself: every .asc is a signature.
	KeyPath = "openpgp-public-key.txt"

	listFolder = "index/"
)

// The companions of a file, in the order in which lists name them.
const (
	plain = iota
	signature
	hash256
	hash512
	companions
)

var suffixes = [companions]string{"", ".asc", ".sha256", ".sha512"}

// splitPath tells which file a path belongs to, and which companion of it.
func splitPath(p string) (file string, kind int) {
	for k := signature; k < companions; k++ {
		if base, ok := strings.CutSuffix(p, suffixes[k]); ok {
			return base, k
		}
	}
	return p, plain
}

const (
	maxPath    = 200 // bytes
	maxSegment = 100 // bytes, companions' suffix not counted
)

// safePath tells whether a path may be in a tree: segments of letters,
// digits and a few marks that mean the same in URLs, file systems, shells and
// lists. Hidden names are not among them, but for .well-known (RFC 8615).
func safePath(p string) bool {
	if p == "" || len(p) > maxPath || path.Clean(p) != p || strings.HasPrefix(p, "/") {
		return false
	}
	for i, seg := range strings.Split(p, "/") {
		if len(seg) > maxSegment || seg == ".." {
			return false
		}
		if strings.HasPrefix(seg, ".") && (i != 0 || seg != ".well-known") {
			return false
		}
		if strings.HasPrefix(seg, "-") || strings.Trim(seg, segmentLetters) != "" {
			return false
		}
	}
	return true
}

const segmentLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+~@"

// safeName tells whether a word may stand in a list: a group or a state.
func safeName(s string) bool {
	return s != "" && len(s) <= maxSegment && strings.Trim(s, segmentLetters+":") == ""
}

// parents gives the folders above a path: for a/b/c those are a and a/b.
func parents(p string) []string {
	var out []string
	for i := range len(p) {
		if p[i] == '/' {
			out = append(out, p[:i])
		}
	}
	return out
}
