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

	"golang.org/x/sync/errgroup"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// File is one file to publish.
type File struct {
	Path  string // from the tree's root, with slashes, none in front
	Data  []byte
	Group string // files of one group are listed together; "": in no group, as what changes often should be
	Fixed bool   // these bytes are for ever
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
	unlock, err := t.takeLock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := t.Refresh(); err != nil {
		return err
	}
	if err := t.settle(); err != nil {
		return fmt.Errorf("publishing: %w", err)
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
	b := &build{tree: t, old: old, signer: signer, at: u.At, placed: map[string]int{}, bundles: map[string][]*made{}}
	next, err := b.run(ctx, files, u.State)
	if err == nil {
		err = checkSuccessor(old, next)
	}
	if err == nil {
		err = b.write(next)
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
		t.unsure = true
		return fmt.Errorf("publishing: the disk does not keep what is written: %w", err)
	}
	t.sweep()
	return nil
}

// settle brings the pointer to the disk if that failed when it was replaced.
// It is written anew: what was written before a sync that failed may never get
// to the disk, whatever a later sync says. Until then the bundles of the tree
// before stay, since it may be the one that is found after a crash.
func (t *Tree) settle() error {
	if !t.unsure {
		return nil
	}
	t.swap.Lock()
	defer t.swap.Unlock()
	if err := writeSynced(t.dir, []file{{t.coming(), []byte(t.current + "\n")}}); err != nil {
		return err
	}
	if err := errors.Join(os.Rename(t.coming(), t.pointer()), syncFolder(t.dir)); err != nil {
		return err
	}
	t.unsure = false
	return nil
}

// changed checks the files of an update and leaves out those that are in the
// tree as they are.
func (t *Tree) changed(old *snapshot, signer *sign.Signer, u Update) ([]hashed, error) {
	if old.key != "" && old.key != signer.Fingerprint() {
		return nil, errs.Conflictf("The tree in %s is signed with key %s, not with %s.", t.dir, old.key, signer.Fingerprint()).
			WithHint("to sign all anew, move that directory away and publish again")
	}
	for name, value := range u.State {
		if !safeName(name) || strings.ContainsAny(value, "\r\n") || len(value) > maxPath {
			return nil, fmt.Errorf("publishing: the state %q cannot be kept", name)
		}
	}
	files := hash(append(slices.Clone(u.Files), File{Path: KeyPath, Data: signer.PublicKey(), Fixed: true})...)
	var out []hashed
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
		if e != nil && e.sums[plain] == f.sum {
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

// hashed is a file with its hash.
type hashed struct {
	File
	sum sum
}

func hash(files ...File) []hashed {
	all := make([]hashed, len(files))
	var wait sync.WaitGroup
	for i, f := range files {
		wait.Go(func() { all[i] = hashed{f, sha256.Sum256(f.Data)} })
	}
	wait.Wait()
	return all
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
	placed  map[string]int     // group → part, of groups that are new
	bundles map[string][]*made // what is to be written
}

func (b *build) run(ctx context.Context, files []hashed, state map[string]string) (*snapshot, error) {
	for i, f := range files {
		if n, ok := b.tree.where[f.Path]; ok {
			files[i].Group = b.old.parts[n].files[f.Path].group // a file stays where it is
		}
	}
	entries, err := b.make(ctx, files)
	if err != nil {
		return nil, err
	}
	next := &snapshot{parts: slices.Clone(b.old.parts)}
	if len(next.parts) == 0 {
		next.parts = []*part{newPart(nil, nil)}
	}
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
	return next, b.list(ctx, next, touched)
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

// list makes the lists of the parts that changed, and the root.
func (b *build) list(ctx context.Context, next *snapshot, touched map[int]bool) error {
	var lists []File
	for n := range touched {
		text := listText(slices.Collect(maps.Values(next.parts[n].files)))
		lists = append(lists, File{Path: partPath(n), Data: text})
	}
	entries, err := b.make(ctx, hash(lists...))
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
	self, err := b.make(ctx, hash(File{Path: RootPath, Data: next.root.text()}))
	if err != nil {
		return err
	}
	next.self = self[0]
	return nil
}

// make makes files ready to be written in their bundles.
func (b *build) make(ctx context.Context, files []hashed) ([]*entry, error) {
	ready := make([]*made, len(files))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range files {
		g.Go(func() (err error) {
			if err = ctx.Err(); err == nil {
				ready[i], err = newMade(b.signer, f, b.at, b.old.sequence+1)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fmt.Errorf("publishing: %w", err)
	}
	entries := make([]*entry, len(files))
	for i, m := range ready {
		entries[i] = m.entry
		b.bundles[m.entry.bundle()] = append(b.bundles[m.entry.bundle()], m)
	}
	return entries, nil
}

// write brings the bundles to the disk, and beside the pointer what it is to
// say.
func (b *build) write(next *snapshot) error {
	files := []file{{b.tree.coming(), []byte(next.pointer().String() + "\n")}}
	for name, made := range b.bundles {
		files = append(files, file{filepath.Join(b.tree.bundles(), name), bundleOf(made)})
	}
	for some := range slices.Chunk(files, syncsAtOnce) {
		if err := writeSynced(b.tree.bundles(), some); err != nil {
			return fmt.Errorf("publishing: %w", err)
		}
	}
	return nil
}

// discard removes what was written for a tree that did not come to be.
func (b *build) discard() {
	// What cannot be removed now goes at the next Open.
	_ = os.Remove(b.tree.coming())
	for name := range b.bundles {
		_ = os.Remove(filepath.Join(b.tree.bundles(), name))
	}
}

// replace makes the next snapshot the published one, on disk by one rename,
// then for readers. It tells whether that was done; an error after it means
// that the disk failed.
func (t *Tree) replace(next *snapshot) (switched bool, err error) {
	t.swap.Lock()
	defer t.swap.Unlock()
	if err := os.Rename(t.coming(), t.pointer()); err != nil {
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
	next.hot.inherit(&old.hot, func(path string, e *entry) bool {
		file, _ := splitPath(path)
		return next.entry(file, t.where) == e
	})
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
