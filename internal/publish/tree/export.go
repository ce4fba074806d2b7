package tree

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"steward/internal/base/errs"
)

// exporting is a file that says that an export into a directory has begun. It
// is gone when the export is whole.
const exporting = ".exporting"

// Export writes the tree as ordinary files into a directory that is empty or
// holds an earlier export of the same tree. A file that is there already is
// left untouched. Files of the earlier export that are no longer in the tree
// are removed, others never. The root comes last: with it, the export is
// whole, and Check finds nothing wrong with it.
func (t *Tree) Export(ctx context.Context, dir string) error {
	for {
		sequence := t.Sequence()
		err := t.exportOnce(ctx, dir)
		if !errors.Is(err, errGone) {
			return err
		}
		// Another process has published: go on with what is there now.
		if rerr := t.Refresh(); rerr != nil || t.Sequence() == sequence {
			return errors.Join(err, rerr)
		}
	}
}

func (t *Tree) exportOnce(ctx context.Context, dir string) error {
	s := t.pin()
	defer t.unpin()
	if s.self == nil {
		return errs.Conflictf("Nothing has been published yet.")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	to, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	defer to.Close()
	x := &export{tree: t, to: to, next: s, made: map[string]bool{}}
	if x.old, err = earlier(to, s, dir); err != nil {
		return err
	}
	if err := x.run(ctx); err != nil {
		return fmt.Errorf("exporting to %s: %w", dir, err)
	}
	return nil
}

// pin takes the present snapshot and keeps its bundles until unpin.
func (t *Tree) pin() *snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pins++
	return t.now
}

func (t *Tree) unpin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pins--
}

// earlier reads what an earlier export into the directory listed: path →
// entry, the lists and the root included. It refuses a directory that is in
// use for something else.
func earlier(to *os.Root, s *snapshot, dir string) (map[string]*entry, error) {
	text, err := to.ReadFile(RootPath)
	if errors.Is(err, fs.ErrNotExist) {
		names, err := fs.ReadDir(to.FS(), ".")
		if err != nil {
			return nil, fmt.Errorf("exporting: %w", err)
		}
		begun := slices.ContainsFunc(names, func(d fs.DirEntry) bool { return d.Name() == exporting })
		if len(names) > 0 && !begun {
			return nil, errs.Conflictf("%s is not empty and holds no earlier export.", dir).WithHint("choose an empty directory")
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("exporting: %w", err)
	}
	r, err := readRoot(text)
	switch {
	case err != nil:
		return nil, errs.Conflictf("The earlier export in %s is damaged.", dir).WithHint("choose an empty directory").WithCause(err)
	case r.key != s.key:
		return nil, errs.Conflictf("The earlier export in %s is signed with another key, %s.", dir, r.key).WithHint("choose an empty directory")
	case r.at.After(s.at):
		return nil, errs.Conflictf("The earlier export in %s is of %s, later than this tree of %s.", dir, stamp(r.at), stamp(s.at))
	}
	self := &entry{path: RootPath}
	for kind, suffix := range suffixes {
		// A companion that cannot be read has no hash in common with ours.
		if data, err := to.ReadFile(RootPath + suffix); err == nil {
			self.sums[kind] = sha256.Sum256(data)
		}
	}
	old := map[string]*entry{RootPath: self}
	for _, list := range r.lists {
		old[list.path] = list
		// A list that cannot be read names nothing: its files are written anew.
		text, err := to.ReadFile(list.path)
		if err != nil || sha256.Sum256(text) != list.sums[plain] {
			continue
		}
		files, err := readList(text)
		if err != nil {
			continue
		}
		for _, e := range files {
			old[e.path] = e
		}
	}
	return old, nil
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// export is one run of Export.
type export struct {
	tree *Tree
	to   *os.Root
	next *snapshot
	old  map[string]*entry
	made map[string]bool // folders
}

func (x *export) run(ctx context.Context) error {
	if err := x.to.WriteFile(exporting, nil, 0o644); err != nil {
		return err
	}
	kept := map[string]bool{RootPath: true}
	var files, lists []*entry
	for _, p := range x.next.parts {
		for _, e := range p.files {
			files = append(files, e)
		}
		lists = append(lists, p.list)
	}
	slices.SortFunc(files, func(a, b *entry) int { return strings.Compare(a.path, b.path) })
	for _, e := range append(files, lists...) {
		kept[e.path] = true
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.file(e); err != nil {
			return err
		}
	}
	if err := x.removeStale(kept); err != nil {
		return err
	}
	if err := x.file(x.next.self); err != nil {
		return err
	}
	return x.to.Remove(exporting)
}

// file writes a file after its companions, unless they are there.
func (x *export) file(e *entry) error {
	o, err := x.tree.openStored(e)
	if err != nil {
		return err
	}
	defer o.Close()
	was := x.old[e.path]
	for kind := companions - 1; kind >= plain; kind-- {
		body := o.companion(e, kind)
		name := e.path + suffixes[kind]
		if was != nil && was.sums[kind] == e.sums[kind] && x.there(name, body.Size(), e.modified) {
			continue
		}
		data, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		if sha256.Sum256(data) != e.sums[kind] {
			return fmt.Errorf("%s is damaged in the published tree: bundle %s", name, e.bundle())
		}
		if err := x.put(name, data, e.modified); err != nil {
			return err
		}
	}
	return nil
}

// there tells whether a file of an earlier export looks untouched, by size
// and time: as exactly as may be without reading it.
func (x *export) there(name string, size int64, modified time.Time) bool {
	info, err := x.to.Lstat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() == size && info.ModTime().Equal(modified)
}

// put writes one file whole or not at all.
func (x *export) put(name string, data []byte, modified time.Time) error {
	if folder := path.Dir(name); !x.made[folder] {
		if err := x.to.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		x.made[folder] = true
	}
	half := exporting + "-file"
	f, err := x.to.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(data))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := x.to.Chtimes(half, modified, modified); err != nil {
		return err
	}
	return x.to.Rename(half, name)
}

// removeStale removes what the earlier export listed and the tree has no more.
func (x *export) removeStale(kept map[string]bool) error {
	for p := range x.old {
		if kept[p] {
			continue
		}
		for _, suffix := range suffixes {
			if err := x.to.Remove(p + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
