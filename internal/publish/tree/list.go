package tree

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sum is a SHA-256 hash.
type sum = [sha256.Size]byte

// entry is one published file as a list names it.
type entry struct {
	path     string
	group    string
	sums     [companions]sum
	modified time.Time // when these bytes were published, in whole seconds
	sequence int64     // the tree's when they were
	fixed    bool
}

// hash256Text and hash512Text write the companions that hold hashes. They
// name the file without its folder, so that sha256sum -c works beside it.
func hash256Text(p string, s sum) []byte {
	return fmt.Appendf(nil, "%x  %s\n", s, path.Base(p))
}

func hash512Text(p string, s [sha512.Size]byte) []byte {
	return fmt.Appendf(nil, "%x  %s\n", s, path.Base(p))
}

// A list is text that sha256sum -c reads from the tree's root: it passes over
// lines that start with #. Those hold what else there is to know, a word and
// its value each:
//
//	# steward list 1           what this is, and its version
//	# group NAME               the files after it are of that group
//	# at TIME SEQUENCE         the file after it was published then
//	# fixed TIME SEQUENCE      the same, and it never changes
//	HASH  PATH                 a file and, right after it, its companions
//
// and in the root
//
//	# steward tree 1
//	# sequence NUMBER          how many times the tree was published
//	# time TIME                when it was last
//	# key FINGERPRINT          who signs
//	# state NAME VALUE         what the publisher wants to remember
const (
	listHead = "# steward list 1\n"
	rootHead = "# steward tree 1\n"
)

// writeEntries writes files, sorted by group and path.
func writeEntries(b *bytes.Buffer, entries []*entry) {
	slices.SortFunc(entries, func(a, b *entry) int {
		if c := strings.Compare(a.group, b.group); c != 0 {
			return c
		}
		return strings.Compare(a.path, b.path)
	})
	group := ""
	for _, e := range entries {
		if e.group != group {
			group = e.group
			b.WriteString("# group " + group + "\n")
		}
		word := "at"
		if e.fixed {
			word = "fixed"
		}
		b.WriteString("# " + word + " " + e.modified.Format(time.RFC3339) + " " + strconv.FormatInt(e.sequence, 10) + "\n")
		for k, s := range e.sums {
			b.WriteString(hex.EncodeToString(s[:]) + "  " + e.path + suffixes[k] + "\n")
		}
	}
}

// root is what index/tree.txt says.
type root struct {
	sequence int64
	at       time.Time
	key      string // fingerprint
	state    map[string]string
	lists    []*entry // of the parts, in their order
}

func (r *root) text() []byte {
	var b bytes.Buffer
	b.WriteString(rootHead)
	fmt.Fprintf(&b, "# sequence %d\n# time %s\n# key %s\n", r.sequence, r.at.Format(time.RFC3339), r.key)
	for _, name := range slices.Sorted(maps.Keys(r.state)) {
		fmt.Fprintf(&b, "# state %s %s\n", name, r.state[name])
	}
	writeEntries(&b, slices.Clone(r.lists))
	return b.Bytes()
}

func listText(entries []*entry) []byte {
	var b bytes.Buffer
	b.WriteString(listHead)
	writeEntries(&b, entries)
	return b.Bytes()
}

// reader reads the lines of a list.
type reader struct {
	*bufio.Scanner
	line int
	root root // what the # lines of a root say
	next entry
	kind int // which companion the next line must name
	out  []*entry
}

// readList reads a list of files.
func readList(text []byte) ([]*entry, error) {
	r, err := read(text, listHead)
	if err != nil {
		return nil, err
	}
	return r.out, nil
}

// readRoot reads index/tree.txt.
func readRoot(text []byte) (*root, error) {
	r, err := read(text, rootHead)
	if err != nil {
		return nil, err
	}
	if r.root.sequence < 1 || r.root.at.IsZero() || r.root.key == "" {
		return nil, fmt.Errorf("the root lacks its sequence, time or key")
	}
	r.root.lists = r.out
	for i, e := range r.root.lists {
		if e.path != partPath(i) {
			return nil, fmt.Errorf("part %d is called %s, want %s", i, e.path, partPath(i))
		}
	}
	return &r.root, nil
}

// partPath names the list of a part. The digits make names sort by number.
func partPath(n int) string { return fmt.Sprintf("%s%06d.txt", listFolder, n) }

func read(text []byte, head string) (*reader, error) {
	if !bytes.HasPrefix(text, []byte(head)) {
		return nil, fmt.Errorf("the list does not start with %q", strings.TrimSpace(head))
	}
	r := &reader{Scanner: bufio.NewScanner(bytes.NewReader(text))}
	r.root.state = map[string]string{}
	seen := map[string]bool{}
	for r.Scan() {
		r.line++
		if err := r.one(r.Text(), seen); err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, err)
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if r.kind != plain {
		return nil, fmt.Errorf("the list ends within %s and its companions", r.next.path)
	}
	return r, nil
}

// one reads one line.
func (r *reader) one(line string, seen map[string]bool) error {
	if note, ok := strings.CutPrefix(line, "# "); ok {
		if r.kind != plain {
			return fmt.Errorf("the companions of %s are not complete", r.next.path)
		}
		return r.note(note)
	}
	digits, name, ok := strings.Cut(line, "  ")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != sha256.Size {
		return fmt.Errorf("%q is not a hash and a path", line)
	}
	if r.kind == plain {
		if !safePath(name) || seen[name] || r.next.modified.IsZero() {
			return fmt.Errorf("%q is not a path, is there twice or has no date", name)
		}
		seen[name] = true
		r.next.path = name
	}
	if name != r.next.path+suffixes[r.kind] {
		return fmt.Errorf("%q stands where %s was due", name, r.next.path+suffixes[r.kind])
	}
	r.next.sums[r.kind] = sum(raw)
	if r.kind++; r.kind < companions {
		return nil
	}
	done := r.next
	r.out = append(r.out, &done)
	r.next = entry{group: done.group}
	r.kind = plain
	return nil
}

// note reads the line "# word value".
func (r *reader) note(note string) (err error) {
	word, value, _ := strings.Cut(note, " ")
	switch word {
	case "steward":
	case "sequence":
		r.root.sequence, err = strconv.ParseInt(value, 10, 64)
	case "time":
		r.root.at, err = time.Parse(time.RFC3339, value)
	case "key":
		r.root.key = value
	case "state":
		name, v, _ := strings.Cut(value, " ")
		r.root.state[name] = v
	case "group":
		r.next.group = value
	case "at", "fixed":
		r.next.fixed = word == "fixed"
		at, sequence, _ := strings.Cut(value, " ")
		if r.next.modified, err = time.Parse(time.RFC3339, at); err == nil {
			r.next.sequence, err = strconv.ParseInt(sequence, 10, 64)
		}
	default:
		return fmt.Errorf("%q is not known", word)
	}
	return err
}
