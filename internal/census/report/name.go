package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// maxStem is how long a file's name may be before its ending, in bytes. File
// systems end at 255.
const maxStem = 180

// stem makes a name of a file of the name of a source: small letters, digits,
// dash, dot and underscore stand for themselves, any other byte is a tilde and
// its two hexadecimal digits. So no two names become one, also where a file
// system takes capitals for small letters, and no link needs an escape. What
// would be too long ends in its hash, and whole tells that it does not.
func stem(name string) (file string, whole bool) {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', i > 0 && (c == '-' || c == '.' || c == '_'):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "~%02x", c)
		}
	}
	if b.Len() <= maxStem {
		return b.String(), true
	}
	sum := sha256.Sum256([]byte(name))
	return b.String()[:maxStem-35] + "~~" + hex.EncodeToString(sum[:16]), false
}

// rankingPage is the file of a page of the ranking, from 0.
func rankingPage(n int) string {
	if n == 0 {
		return "ranking.html"
	}
	return fmt.Sprintf("ranking-%d.html", n+1)
}
