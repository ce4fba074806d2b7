package tree

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// File is one file to publish.
type File struct {
	Path  string // from the tree's root, with slashes, none in front
	Data  []byte
	Group string // files of one group are listed together; "": in no group, as what changes often should be
	Fixed bool   // these bytes are for ever
	Raw   bool   // not compressed: for what is large, for programs, and changes at each publication
}

// Update is one publication.
type Update struct {
	After int64             // the sequence of the tree that the update was made for
	Files []File            // new ones and those that changed; all others stay
	State map[string]string // what State gives afterwards: single words and short lines, public
	At    time.Time         // now
}

// ErrMoved says that someone else has published meanwhile.
var ErrMoved = errors.New("the tree has moved on")

// Apply publishes an update, all of it or nothing. When it returns without an
// error the update is on disk, synced, and readers see it. Files that are in
// the tree already, byte for byte, are left as they are; if nothing else is
// handed in and the state is the same, nothing is published.
//
// If the tree is not the one that the update was made for, the error is
// ErrMoved, and Sequence and State give what it is now.
//
// Its cost grows with the update, and with the 64th part of the number of
// groups.
func (t *Tree) Apply(ctx context.Context, signer *sign.Signer, u Update) error {
	t.publish.Lock()
	defer t.publish.Unlock()
	if t.broken != nil {
		return t.broken
	}
	unlock, err := t.takeLock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := t.Refresh(); err != nil {
		return err
	}
	if t.Sequence() != u.After {
		return fmt.Errorf("publishing after %d: %w: it is at %d", u.After, ErrMoved, t.Sequence())
	}
	u.At = u.At.UTC().Truncate(time.Second)
	old := t.snapshot()
	files, err := t.changed(old, signer, u)
	if err != nil {
		return err
	}
	if len(files) == 0 && maps.Equal(old.state, u.State) {
		return nil
	}
	b := &build{tree: t, old: old, signer: signer, at: u.At}
	next, err := b.run(ctx, files, u.State)
	if err == nil {
		err = checkSuccessor(old, next)
	}
	if err != nil {
		b.discard()
		return err
	}
	switched, err := t.replace(next)
	if !switched {
		b.discard()
		return fmt.Errorf("publishing: %w", err)
	}
	if err != nil {
		t.broken = fmt.Errorf("publishing: the disk does not keep what is written: %w", err)
		return t.broken
	}
	t.sweep()
	return nil
}

// changed checks the files of an update and leaves out those that are in the
// tree as they are.
func (t *Tree) changed(old *snapshot, signer *sign.Signer, u Update) ([]File, error) {
	if old.key != "" && old.key != signer.Fingerprint() {
		return nil, errs.Conflictf("The tree in %s is signed with key %s, not with %s.", t.dir, old.key, signer.Fingerprint()).
			WithHint("to sign all anew, move that directory away and publish again")
	}
	for name, value := range u.State {
		if !safeName(name) || strings.ContainsAny(value, "\r\n") || len(value) > maxPath {
			return nil, fmt.Errorf("publishing: the state %q cannot be kept", name)
		}
	}
	files := append(slices.Clone(u.Files), File{Path: KeyPath, Data: signer.PublicKey(), Fixed: true})
	var out []File
	paths, folders := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		switch {
		case !safePath(f.Path) || (f.Group != "" && !safeName(f.Group)):
			return nil, errs.Invalidf(f.Path, "This path or its group %q cannot be published.", f.Group).
				WithHint("use letters, digits and . _ - + ~ @")
		case paths[f.Path]:
			return nil, errs.Invalidf(f.Path, "This path is there twice.")
		case strings.HasPrefix(f.Path, listFolder) || kindOf(f.Path) != plain:
			return nil, errs.Invalidf(f.Path, "This path is one that the tree fills itself.")
		}
		paths[f.Path] = true
		for _, folder := range parents(f.Path) {
			folders[folder] = true
		}
		e := old.entry(f.Path, t.where)
		if e != nil && e.sums[plain] == sha256.Sum256(f.Data) {
			continue
		}
		if e != nil && e.fixed {
			return nil, errs.Conflictf("%s is fixed and would change.", f.Path)
		}
		out = append(out, f)
	}
	for _, f := range out {
		above := slices.ContainsFunc(parents(f.Path), func(p string) bool { _, ok := t.where[p]; return ok || paths[p] })
		if above || folders[f.Path] || t.folders[f.Path] {
			return nil, errs.Invalidf(f.Path, "This would be both a file and a folder.")
		}
	}
	return out, nil
}

func kindOf(path string) int {
	_, kind := splitPath(path)
	return kind
}

// build makes the next snapshot beside the old one.
type build struct {
	tree    *Tree
	old     *snapshot
	signer  *sign.Signer
	at      time.Time
	placed  map[string]int // group → part, of groups that are new
	written []string       // bundles
}

func (b *build) run(ctx context.Context, files []File, state map[string]string) (*snapshot, error) {
	for i, f := range files {
		if n, ok := b.tree.where[f.Path]; ok {
			files[i].Group = b.old.parts[n].files[f.Path].group // a file stays where it is
		}
	}
	entries, err := b.store(ctx, files)
	if err != nil {
		return nil, err
	}
	next := &snapshot{parts: slices.Clone(b.old.parts)}
	if len(next.parts) == 0 {
		next.parts = []*part{newPart(nil, nil)}
	}
	b.placed = map[string]int{}
	touched := map[int]bool{}
	for _, e := range entries {
		n := b.place(next, e)
		if n == len(next.parts) {
			next.parts = append(next.parts, newPart(nil, nil))
		}
		if !touched[n] {
			touched[n] = true
			next.parts[n] = next.parts[n].clone()
		}
		next.parts[n].add(e)
	}
	next.root = root{sequence: b.old.sequence + 1, at: b.at, key: b.signer.Fingerprint(), state: maps.Clone(state)}
	if err := b.list(ctx, next, touched); err != nil {
		return nil, err
	}
	if err := syncFolder(b.tree.bundles()); err != nil {
		return nil, fmt.Errorf("publishing: %w", err)
	}
	return next, nil
}

// place tells which part a file goes to: that of its group or, for a new
// group, the last one that has room. It may be one more than there are.
func (b *build) place(next *snapshot, e *entry) int {
	if e.group == "" {
		return 0
	}
	if n, ok := b.tree.groups[e.group]; ok {
		return n
	}
	if n, ok := b.placed[e.group]; ok {
		return n
	}
	n := len(next.parts) - 1
	if n == 0 || len(next.parts[n].groups) >= groupsPerPart {
		n++
	}
	b.placed[e.group] = n
	return n
}

// list writes the lists of the parts that changed, and the root.
func (b *build) list(ctx context.Context, next *snapshot, touched map[int]bool) error {
	var lists []File
	for n := range touched {
		text := listText(slices.Collect(maps.Values(next.parts[n].files)))
		lists = append(lists, File{Path: partPath(n), Data: text, Raw: true})
	}
	entries, err := b.store(ctx, lists)
	if err != nil {
		return err
	}
	byPath := map[string]*entry{}
	for _, e := range entries {
		byPath[e.path] = e
	}
	for n, p := range next.parts {
		if e := byPath[partPath(n)]; e != nil {
			p.list = e
		}
		next.lists = append(next.lists, p.list)
	}
	self, err := b.store(ctx, []File{{Path: RootPath, Data: next.root.text(), Raw: true}})
	if err != nil {
		return err
	}
	next.self = self[0]
	return nil
}

// store makes files ready and writes them in their bundles.
func (b *build) store(ctx context.Context, files []File) ([]*entry, error) {
	ready := make([]*made, len(files))
	err := each(ctx, runtime.GOMAXPROCS(0), len(files), func(i int) (err error) {
		ready[i], err = newMade(b.signer, files[i], b.at, b.old.sequence+1)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("publishing: %w", err)
	}
	entries := make([]*entry, len(files))
	bundles := map[string][]*made{}
	for i, m := range ready {
		entries[i] = m.entry
		bundles[m.entry.bundle()] = append(bundles[m.entry.bundle()], m)
	}
	names := slices.Collect(maps.Keys(bundles))
	b.written = append(b.written, names...)
	// Syncing is mostly waiting, and the disk does many at once.
	const syncs = 16
	err = each(ctx, syncs, len(names), func(i int) error {
		return writeBundle(b.tree.bundles(), names[i], bundles[names[i]])
	})
	if err != nil {
		return nil, fmt.Errorf("publishing: %w", err)
	}
	return entries, nil
}

// each calls f with 0 to n-1, some at the same time, and gives the first error
// in that order.
func each(ctx context.Context, atOnce, n int, f func(i int) error) error {
	failed := make([]error, n)
	var wait sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i := range n {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			if failed[i] = ctx.Err(); failed[i] == nil {
				failed[i] = f(i)
			}
		})
	}
	wait.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// discard removes what was written for a tree that did not come to be.
func (b *build) discard() {
	for _, name := range b.written {
		// What cannot be removed now goes at the next Open.
		_ = os.Remove(filepath.Join(b.tree.bundles(), name))
	}
}

// replace makes the next snapshot the published one, on disk by one rename,
// then for readers. It tells whether that was done; an error after it means
// that the disk failed.
func (t *Tree) replace(next *snapshot) (switched bool, err error) {
	t.swap.Lock()
	defer t.swap.Unlock()
	if err := writeSynced(t.pointer(), []byte(next.pointer().String()+"\n")); err != nil {
		return false, err
	}
	err = syncFolder(t.dir)
	t.adopt(next)
	return true, err
}

// adopt makes the next snapshot the one that readers see, and notes which
// bundles are of no use any more.
func (t *Tree) adopt(next *snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.now
	t.current, t.now = next.pointer().String(), next
	swap := func(was, is *entry) {
		t.uses[is.bundle()]++
		if was == nil {
			return
		}
		if t.uses[was.bundle()]--; t.uses[was.bundle()] == 0 {
			delete(t.uses, was.bundle())
			t.dead[was.bundle()] = true
		}
	}
	swap(old.self, next.self)
	for n, after := range next.parts {
		before := newPart(nil, nil)
		if n < len(old.parts) {
			before = old.parts[n]
		}
		if after == before {
			continue
		}
		swap(before.list, after.list)
		for path, e := range after.files {
			if was := before.files[path]; was != e {
				swap(was, e)
			}
			t.know(n, e)
		}
	}
}

// sweep removes the bundles that nobody can ask for any more.
func (t *Tree) sweep() {
	t.mu.Lock()
	var gone []string
	if t.pins == 0 {
		gone = slices.Collect(maps.Keys(t.dead))
		clear(t.dead)
	}
	t.mu.Unlock()
	for _, name := range gone {
		// What cannot be removed now goes at the next Open.
		_ = os.Remove(filepath.Join(t.bundles(), name))
	}
}
