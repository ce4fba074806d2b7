package cvd

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/watermark"
	"steward/internal/intake"
)

// PatchFile is a patch as it is given to distributors before the release. Who
// gets a marked copy is told neither who added it nor what the original is like.
type PatchFile struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`             // cleaned: no path, no hidden characters
	Size   int64     `json:"size,omitempty"`   // bytes, of the original
	SHA256 string    `json:"sha256,omitempty"` // likewise
	At     time.Time `json:"at"`
	By     Person    `json:"by"`
}

const (
	maxPatch   = 1 << 20 // bytes of one patch
	maxPatches = 20      // given at one time
)

// checkDiff takes a unified diff, in a mail or not: at least one file with one
// hunk, and each hunk with the lines that it says it has.
func checkDiff(diff []byte) error {
	bad := func(line int, what string) error {
		return errs.Invalidf("diff", "This is not a unified diff: line %d %s.", line, what).
			WithHint("make it by git format-patch, git diff or diff -u")
	}
	switch {
	case len(diff) > maxPatch:
		return errs.Invalidf("diff", "The patch has %d bytes; at most %d can be kept.", len(diff), maxPatch)
	case bytes.IndexByte(diff, 0) >= 0:
		return errs.Invalidf("diff", "The patch holds bytes that are no text.").WithHint("send binary files by other means")
	}
	lines := strings.Split(strings.TrimSuffix(string(diff), "\n"), "\n")
	hunks, named := 0, false
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		switch {
		case strings.HasPrefix(l, "+++ ") && i > 0 && strings.HasPrefix(lines[i-1], "--- "):
			named = true
		case strings.HasPrefix(l, "@@ -"):
			before, after, ok := hunkSize(l)
			if !ok {
				return bad(i+1, "is no head of a hunk")
			}
			if !named {
				return bad(i+1, "begins a hunk, and no file is named before it")
			}
			n, whole := hunkLines(lines[i+1:], before, after)
			if !whole {
				return bad(i+1, "begins a hunk that has other lines than it says")
			}
			i += n
			hunks++
		}
	}
	if hunks == 0 {
		return errs.Invalidf("diff", "This is not a unified diff: there is no hunk in it.").
			WithHint("make it by git format-patch, git diff or diff -u")
	}
	return nil
}

// hunkSize reads “@@ -1,2 +3,4 @@”: how many lines there are before and after.
func hunkSize(l string) (before, after int, ok bool) {
	inner, _, closed := strings.Cut(strings.TrimPrefix(l, "@@ "), " @@")
	a, b, two := strings.Cut(inner, " ")
	if !closed || !two || !strings.HasPrefix(a, "-") || !strings.HasPrefix(b, "+") {
		return 0, 0, false
	}
	count := func(s string) int {
		_, n, given := strings.Cut(s[1:], ",")
		if !given {
			return 1
		}
		k, err := strconv.Atoi(n)
		if err != nil || k < 0 || k > maxPatch {
			return -1
		}
		return k
	}
	before, after = count(a), count(b)
	return before, after, before >= 0 && after >= 0
}

// hunkLines counts the lines of a hunk, and tells whether all are there.
func hunkLines(lines []string, before, after int) (n int, whole bool) {
	for n < len(lines) && (before > 0 || after > 0) {
		kind := byte(' ')
		if lines[n] != "" && lines[n] != "\r" {
			kind = lines[n][0]
		}
		switch kind {
		case ' ':
			before, after = before-1, after-1
		case '-':
			before--
		case '+':
			after--
		case '\\':
		default:
			return n, false
		}
		n++
	}
	return n, before == 0 && after == 0
}

func newPatchFile(id, name string, diff []byte, by Person, now time.Time) (PatchFile, error) {
	if len(name) > intake.MaxLine || !isLine(name) || strings.TrimSpace(name) == "" {
		return PatchFile{}, errs.Invalidf("name", "Give the patch a name of one line.").WithHint("write it as fix-parser.patch")
	}
	if err := checkDiff(diff); err != nil {
		return PatchFile{}, err
	}
	sum := sha256.Sum256(diff)
	return PatchFile{
		ID: id, Name: intake.DisplayName(name), Size: int64(len(diff)), SHA256: hex.EncodeToString(sum[:]), At: now, By: by,
	}, nil
}

// ownPatch is a holder's copy of a patch: it says whose it is in a line before
// the diff, which programs that apply patches skip.
func ownPatch(diff []byte, visible string, m watermark.Mark) ([]byte, error) {
	return append([]byte(visible+"\n"+patchCopy(m)+"\n\n"), diff...), nil
}

// patchCopy names a copy of a patch.
func patchCopy(m watermark.Mark) string {
	sum := sha256.Sum256(append([]byte("copy of a patch"), m[:]...))
	return "Copy: " + hex.EncodeToString(sum[:12])
}

// tracePatch tells whose copy of a patch a leak is.
func tracePatch(_, leak []byte, candidates []watermark.Candidate) watermark.Report {
	var first, rest []watermark.Verdict
	for _, c := range candidates {
		v := watermark.Verdict{ID: c.ID, Chance: 1, Line: bytes.Contains(leak, []byte(c.Line))}
		if bytes.Contains(leak, []byte(patchCopy(c.Mark))) {
			v.Bits, v.Fit, v.Chance, v.Traced = 96, 1, 1.0/(1<<62), true
			first = append(first, v)
			continue
		}
		rest = append(rest, v)
	}
	return watermark.Report{Places: len(first), Verdicts: append(first, rest...)}
}
