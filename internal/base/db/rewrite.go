package db

import "strings"

// numbered rewrites the parameters $1, $2 … to ?1, ?2 …, which SQLite binds
// by number. (It reads $1 as a name, bound by order of appearance.) Text in
// quotes, quoted names and comments stay as they are.
func numbered(query string) string {
	if !strings.Contains(query, "$") {
		return query
	}
	var b strings.Builder
	b.Grow(len(query))
	for i := 0; i < len(query); {
		n := skip(query[i:])
		if n == 0 {
			n = 1
			if query[i] == '$' && startsParameter(query, i) {
				b.WriteByte('?')
				i++
				continue
			}
		}
		b.WriteString(query[i : i+n])
		i += n
	}
	return b.String()
}

// skip gives the length of the quoted text or comment that s begins with, and
// 0 if it begins with neither. What is not closed reaches to the end; the
// database will complain of it.
func skip(s string) int {
	switch {
	case s[0] == '\'' || s[0] == '"':
		// A doubled quote within closes one text and opens the next at once,
		// which comes to the same.
		return through(s, 1, s[:1])
	case strings.HasPrefix(s, "--"):
		return through(s, 2, "\n")
	case strings.HasPrefix(s, "/*"):
		return through(s, 2, "*/")
	}
	return 0
}

// through gives the length of s up to the end of the first mark at or after from.
func through(s string, from int, mark string) int {
	i := strings.Index(s[from:], mark)
	if i < 0 {
		return len(s)
	}
	return from + i + len(mark)
}

// startsParameter tells whether the $ at i stands before a digit and is not
// part of a name.
func startsParameter(s string, i int) bool {
	if i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9' {
		return false
	}
	return i == 0 || !nameByte(s[i-1])
}

func nameByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 ||
		'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
