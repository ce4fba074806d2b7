package people

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds of a repository's folder.
const (
	maxRefs    = 1 << 20   // references
	maxPacked  = 256 << 20 // bytes of packed-refs
	maxRef     = 1 << 10   // bytes of a reference's file
	maxRefName = 1 << 10
	maxDepth   = 16      // folders of references in each other
	maxPacks   = 4096    // packs
	maxLoose   = 1 << 20 // objects that are in no pack
)

var (
	errShallow  = errors.New("the end of the history only")
	errBorrowed = errors.New("it borrows objects")
	errBroken   = errors.New("broken, or no repository")
)

// repository is what we have read ourselves of a repository's folder. Git never
// sees the folder: it sees objects, by their ids.
type repository struct {
	objects string
	head    string            // id of the commit at the tip of the default branch; empty: there is none
	tags    map[string]string // id of each tag, by its name without refs/tags/
	digest  string            // of all of these
	brought time.Time         // when Collect brought it last; zero: it did not
}

// open reads a folder that is a bare repository, or has one as .git.
func open(dir string) (*repository, error) {
	gitDir := dir
	if !isDir(filepath.Join(dir, "objects")) {
		gitDir = filepath.Join(dir, ".git")
	}
	r := &repository{objects: filepath.Join(gitDir, "objects"), tags: map[string]string{}}
	// A link could lead to any repository of this machine, and so could a file
	// that names another folder.
	if !isDir(gitDir) || !isDir(r.objects) || isDir(filepath.Join(gitDir, "reftable")) {
		return nil, errBroken
	}
	switch info, err := os.Lstat(filepath.Join(gitDir, "shallow")); {
	case err == nil && (!info.Mode().IsRegular() || info.Size() > 0):
		return nil, errShallow
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, errBroken
	}
	for _, name := range []string{"alternates", "http-alternates"} {
		if info, err := os.Lstat(filepath.Join(r.objects, "info", name)); err == nil && info.Size() > 0 {
			return nil, errBorrowed
		}
	}
	all, err := references(gitDir)
	if err != nil {
		return nil, err
	}
	r.head = headOf(gitDir, all)
	for name, id := range all {
		if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
			r.tags[tag] = id
		}
	}
	r.digest = r.sum()
	r.brought = broughtAt(gitDir)
	return r, nil
}

// broughtFile is a file of a repository in which Collect says when it was there.
const broughtFile = "brought"

func broughtAt(gitDir string) time.Time {
	b, err := readRegular(filepath.Join(gitDir, broughtFile), maxRef)
	if err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(string(b)))
	if err != nil {
		return time.Time{}
	}
	return t
}

// asOf is the day that a copy can tell of, if a day is asked for: what has not
// been brought yet is not silence.
func (r *repository) asOf(day time.Time) time.Time {
	if r.brought.IsZero() || day.UTC().Format(time.DateOnly) <= r.brought.UTC().Format(time.DateOnly) {
		return day
	}
	return r.brought
}

// sum is the digest of the tip and the tags.
func (r *repository) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00", r.head)
	for _, name := range sorted(r.tags) {
		fmt.Fprintf(h, "%s\x00%s\x00", name, r.tags[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// references reads the branches and tags: those in packed-refs, and over them
// those in files of their own.
func references(gitDir string) (map[string]string, error) {
	all := map[string]string{}
	packed, err := readRegular(filepath.Join(gitDir, "packed-refs"), maxPacked)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := parsePacked(packed, all); err != nil {
		return nil, err
	}
	for _, below := range []string{"refs/heads", "refs/tags"} {
		if err := loose(gitDir, below, 0, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parsePacked reads packed-refs (gitrepository-layout): an id and a name a line.
func parsePacked(b []byte, into map[string]string) error {
	for line := range bytes.Lines(b) {
		id, name, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
		if !ok || !isID(id) || !wanted(name) {
			continue // a comment, what a tag above points to, or references of others
		}
		if into[name] = id; len(into) > maxRefs {
			return errTooLarge
		}
	}
	return nil
}

func wanted(name string) bool {
	return len(name) <= maxRefName && (strings.HasPrefix(name, "refs/heads/") || strings.HasPrefix(name, "refs/tags/"))
}

// loose reads references that have files of their own.
func loose(gitDir, below string, depth int, into map[string]string) error {
	folder := filepath.Join(gitDir, filepath.FromSlash(below))
	if !isDir(folder) {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return errBroken
	}
	for _, e := range entries {
		name := below + "/" + e.Name()
		switch {
		case e.IsDir() && depth < maxDepth:
			if err := loose(gitDir, name, depth+1, into); err != nil {
				return err
			}
		case e.Type().IsRegular() && wanted(name):
			b, err := readRegular(filepath.Join(folder, e.Name()), maxRef)
			if err != nil {
				return err
			}
			if id := strings.TrimSpace(string(b)); isID(id) {
				into[name] = id
			}
		}
		if len(into) > maxRefs {
			return errTooLarge
		}
	}
	return nil
}

// headOf is the commit that HEAD names, directly or as a branch.
func headOf(gitDir string, all map[string]string) string {
	b, err := readRegular(filepath.Join(gitDir, "HEAD"), maxRef)
	if err != nil {
		return ""
	}
	line := strings.TrimSpace(string(b))
	if name, ok := strings.CutPrefix(line, "ref:"); ok {
		return all[strings.TrimSpace(name)]
	}
	if isID(line) {
		return line
	}
	return ""
}

// isID tells whether it is the id of an object, by SHA-1 or SHA-256.
func isID(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == "" && strings.Trim(s, "0") != ""
}

func isDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// readRegular reads a file that is no link, pipe or device.
func readRegular(path string, most int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errBroken
	}
	if info.Size() > most {
		return nil, errTooLarge
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errBroken
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// behind makes an empty repository in a folder of ours, through which git sees
// the objects of this one and nothing else of it.
func (r *repository) behind(home string) (dir string, err error) {
	dir = filepath.Join(home, "git")
	for _, d := range []string{"objects/pack", "objects/info", "refs"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o700); err != nil {
			return "", fmt.Errorf("making a folder to read by: %w", err)
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if len(r.head) == 64 {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
	}
	for name, text := range map[string]string{"HEAD": "ref: refs/heads/none\n", "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("making a folder to read by: %w", err)
		}
	}
	return dir, r.link(filepath.Join(dir, "objects"))
}

// link puts links to packs and folders of objects into a folder. What is not a
// plain file in there is no work of git's.
func (r *repository) link(into string) error {
	from, err := filepath.Abs(r.objects)
	if err != nil {
		return errBroken
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return errBroken
	}
	objects := 0
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || len(name) != 2 || strings.Trim(name, "0123456789abcdef") != "" {
			continue
		}
		files, err := os.ReadDir(filepath.Join(from, name))
		if err != nil {
			return errBroken
		}
		if objects += len(files); objects > maxLoose {
			return errTooLarge
		}
		if slices.ContainsFunc(files, func(f fs.DirEntry) bool { return !f.Type().IsRegular() }) {
			return errBroken
		}
		if err := os.Symlink(filepath.Join(from, name), filepath.Join(into, name)); err != nil {
			return fmt.Errorf("making a folder to read by: %w", err)
		}
	}
	if !isDir(filepath.Join(from, "pack")) {
		return nil
	}
	packs, err := os.ReadDir(filepath.Join(from, "pack"))
	if err != nil || len(packs) > 8*maxPacks {
		return errBroken
	}
	for _, e := range packs {
		name := e.Name()
		if !strings.HasPrefix(name, "pack-") || (!strings.HasSuffix(name, ".pack") && !strings.HasSuffix(name, ".idx")) {
			continue
		}
		if !e.Type().IsRegular() {
			return errBroken
		}
		if err := os.Symlink(filepath.Join(from, "pack", name), filepath.Join(into, "pack", name)); err != nil {
			return fmt.Errorf("making a folder to read by: %w", err)
		}
	}
	return nil
}
