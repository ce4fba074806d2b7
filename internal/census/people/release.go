package people

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds of tags.
const (
	maxTag     = 1 << 20 // bytes of a tag's object; a longer one is no release
	maxNesting = 5       // tags of tags
)

// release is a tag that is named like a version.
type release struct {
	commit string // what it points to
	when   int64  // seconds since 1970: its tagger's word, or that of the commit
	tagger string // name and address as they stand there; empty: a plain tag
	signed bool
}

// looksReleased tells whether a tag is named like a version: it has a number,
// after a beginning such as v, curl- or release/, and none of the words for what
// is no release. Release candidates count: who makes them may release.
func looksReleased(tag string) bool {
	low := strings.ToLower(tag)
	for _, of := range []string{"debian/", "ubuntu/", "upstream/", "archive/", "backup/", "fedora/", "nightly/", "archlinux/"} {
		if strings.HasPrefix(low, of) {
			return false
		}
	}
	digits := false
	for word := range strings.FieldsFuncSeq(low, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		switch strings.TrimRight(word, "0123456789") {
		case "nightly", "snapshot", "daily", "weekly", "latest", "backup", "bak", "merge", "merged", "before", "after", "pre", "start", "branchpoint",
			"base", "import", "tmp", "temp", "wip", "old", "eol", "fork", "pr", "bp", "broken", "svn", "cvs", "unstable", "master", "main", "trunk":
			return false
		}
		digits = digits || strings.ContainsAny(word, "0123456789")
	}
	return digits && !isHash(low)
}

// isHash tells whether a tag is named after a commit.
func isHash(s string) bool {
	return len(s) >= 12 && strings.Trim(s, "0123456789abcdef") == "" && strings.Trim(s, "0123456789") != ""
}

// releases reads the tags that are named like a version. A plain tag has no
// time yet: the commit has it.
func (r *repository) releases(ctx context.Context, g *git) ([]release, error) {
	type open struct {
		at  int
		id  string
		end bool // it is followed no further
	}
	var out []release
	var todo []open
	for _, name := range sorted(r.tags) {
		if looksReleased(name) {
			todo = append(todo, open{at: len(out), id: r.tags[name]})
			out = append(out, release{})
		}
	}
	for depth := 0; len(todo) > 0 && depth <= maxNesting; depth++ {
		ids := make([]string, len(todo))
		for i := range todo {
			ids[i] = todo[i].id
		}
		types, err := g.types(ctx, ids)
		if err != nil {
			return nil, err
		}
		var tags []open
		for _, o := range todo {
			switch t := types[o.id]; {
			case t.kind == "commit":
				out[o.at].commit = o.id
			case t.kind == "tag" && t.size <= maxTag:
				tags = append(tags, o)
			}
		}
		ids = ids[:0]
		for i := range tags {
			ids = append(ids, tags[i].id)
		}
		todo = todo[:0]
		err = g.objects(ctx, ids, func(i int, body []byte) {
			to, rel := parseTag(body)
			if depth == 0 {
				rel.commit = ""
				out[tags[i].at] = rel
			}
			if isID(to) {
				todo = append(todo, open{at: tags[i].at, id: to})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	kept := out[:0]
	for _, rel := range out {
		if rel.commit != "" {
			kept = append(kept, rel)
		}
	}
	return kept, nil
}

// parseTag reads a tag's object: what it points to, who made it and when, and
// whether it has a signature.
func parseTag(body []byte) (to string, r release) {
	head, text, _ := bytes.Cut(body, []byte("\n\n"))
	for line := range bytes.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
		switch key {
		case "object":
			to = value
		case "tagger":
			end := strings.LastIndexByte(value, '>')
			if end < 0 {
				continue
			}
			r.tagger = value[:end+1]
			if at := strings.Fields(value[end+1:]); len(at) > 0 {
				r.when, _ = strconv.ParseInt(at[0], 10, 64)
			}
		case "gpgsig", "gpgsig-sha256":
			r.signed = true
		}
	}
	for line := range bytes.Lines(text) {
		for _, begin := range []string{"PGP SIGNATURE", "PGP MESSAGE", "SSH SIGNATURE", "SIGNED MESSAGE"} {
			r.signed = r.signed || bytes.HasPrefix(line, []byte("-----BEGIN "+begin+"-----"))
		}
	}
	return to, r
}

type kind struct {
	kind string
	size int64
}

// types asks for the type and size of objects. One that is not there has none.
func (g *git) types(ctx context.Context, ids []string) (map[string]kind, error) {
	out := map[string]kind{}
	if len(ids) == 0 {
		return out, nil
	}
	err := g.run(ctx, lines(ids), func(r io.Reader) error {
		s := bufio.NewScanner(r)
		for s.Scan() {
			f := strings.Fields(s.Text())
			if len(f) != 3 {
				continue // it says "missing"
			}
			size, err := strconv.ParseInt(f[2], 10, 64)
			if err != nil {
				return fmt.Errorf("reading a size of git's: %w", err)
			}
			out[f[0]] = kind{f[1], size}
		}
		return s.Err()
	}, "cat-file", "--batch-check")
	return out, err
}

// objects reads objects of which types has said that they are there.
func (g *git) objects(ctx context.Context, ids []string, each func(i int, body []byte)) error {
	if len(ids) == 0 {
		return nil
	}
	return g.run(ctx, lines(ids), func(r io.Reader) error {
		b := bufio.NewReader(r)
		for i := range ids {
			line, err := b.ReadString('\n')
			if err != nil {
				return io.ErrUnexpectedEOF
			}
			f := strings.Fields(line)
			if len(f) != 3 {
				return errBroken
			}
			size, err := strconv.ParseInt(f[2], 10, 64)
			if err != nil || size < 0 || size > maxTag {
				return errTooLarge
			}
			body := make([]byte, size+1) // and a line's end
			if _, err := io.ReadFull(b, body); err != nil {
				return io.ErrUnexpectedEOF
			}
			each(i, body[:size])
		}
		return nil
	}, "cat-file", "--batch")
}

func lines(ids []string) []byte { return []byte(strings.Join(ids, "\n") + "\n") }
