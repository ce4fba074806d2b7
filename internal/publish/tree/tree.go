package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Tree is a tree on disk. It may be read from many goroutines while one of
// them publishes, and several processes may have it open: each publication
// holds a lock on the directory, and what another process has published is
// noticed by Refresh and by whoever misses a file.
type Tree struct {
	dir     string
	publish sync.Mutex // held by the one who publishes
	unsure  bool       // the disk failed when the pointer was replaced: it may hold the one before

	swap    sync.Mutex // held while the pointer is read or written and now follows it
	current string     // what the pointer said

	mu      sync.RWMutex // of all below
	now     *snapshot
	where   map[string]int  // file → number of its part; parts never lose a file
	groups  map[string]int  // group → number of its part
	folders map[string]bool // that files lie in
	uses    map[string]int  // bundle → how many files of the snapshot are in it
	pins    int             // exports under way: no bundle may go
	dead    map[string]bool // bundles that were no longer used when they were noted
}

// Open opens the tree in a directory, and makes it if there is none. What a
// crash left behind is removed.
func Open(dir string) (*Tree, error) {
	if err := os.MkdirAll(filepath.Join(dir, "bundles"), 0o755); err != nil {
		return nil, fmt.Errorf("opening the tree: %w", err)
	}
	t := &Tree{dir: dir}
	unlock, err := t.tryLock()
	if errors.Is(err, errLocked) {
		return t, t.Refresh() // another process is publishing: nothing is left behind
	}
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := errors.Join(t.Refresh(), syncFolder(dir)); err != nil {
		return nil, err
	}
	if err := t.sweepAll(); err != nil {
		return nil, fmt.Errorf("removing what a crash left behind: %w", err)
	}
	return t, nil
}

var errLocked = errors.New("another process is publishing")

// tryLock takes the directory's lock, which goes with the process at the
// latest.
func (t *Tree) tryLock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(t.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the tree: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { _ = f.Close() }, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errLocked
	}
	return nil, errors.Join(err, f.Close())
}

// takeLock waits for the directory's lock.
func (t *Tree) takeLock(ctx context.Context) (unlock func(), err error) {
	const again = 10 * time.Millisecond
	for {
		unlock, err := t.tryLock()
		if !errors.Is(err, errLocked) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("publishing: %w: %w", err, ctx.Err())
		case <-time.After(again):
		}
	}
}

func (t *Tree) bundles() string { return filepath.Join(t.dir, "bundles") }
func (t *Tree) pointer() string { return filepath.Join(t.dir, "current") }
func (t *Tree) coming() string  { return filepath.Join(t.dir, temporary+"current") }

// Refresh takes over what another process has published since.
func (t *Tree) Refresh() error {
	t.swap.Lock()
	defer t.swap.Unlock()
	for {
		named, err := t.named()
		if err != nil {
			return err
		}
		if t.now != nil && t.current == named {
			return nil
		}
		s, err := t.load(named)
		if errors.Is(err, fs.ErrNotExist) {
			if later, lerr := t.named(); lerr == nil && later != named {
				continue // published again while we read
			}
		}
		if err != nil {
			return fmt.Errorf("opening the tree: %w", err)
		}
		t.install(named, s)
		return nil
	}
}

// named reads the pointer; empty: nothing was published yet.
func (t *Tree) named() (string, error) {
	raw, err := os.ReadFile(t.pointer())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("opening the tree: %w", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

func (t *Tree) load(named string) (*snapshot, error) {
	if named == "" {
		return &snapshot{}, nil
	}
	p, err := parsePointer(named)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.pointer(), err)
	}
	s, err := load(t.bundles(), p)
	if err != nil {
		return nil, fmt.Errorf("what %s names: %w", t.pointer(), err)
	}
	return s, nil
}

// install takes a snapshot over that was read from disk.
func (t *Tree) install(named string, s *snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.now = named, s
	t.where, t.groups = map[string]int{}, map[string]int{}
	t.folders, t.uses, t.dead = map[string]bool{}, map[string]int{}, map[string]bool{}
	for n, p := range s.parts {
		for _, e := range p.files {
			t.know(n, e)
		}
	}
	for e := range s.all {
		t.uses[e.bundle()]++
	}
}

// know notes that a file is in a part.
func (t *Tree) know(n int, e *entry) {
	t.where[e.path] = n
	t.groups[e.group] = n
	for _, folder := range parents(e.path) {
		t.folders[folder] = true
	}
}

// sweepAll removes every bundle that the tree does not use, and what was not
// written to its end.
func (t *Tree) sweepAll() error {
	for _, folder := range []string{t.bundles(), t.dir} {
		names, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, d := range names {
			half := strings.HasPrefix(d.Name(), temporary)
			unused := folder == t.bundles() && t.uses[d.Name()] == 0
			if !half && !unused {
				continue
			}
			if err := os.Remove(filepath.Join(folder, d.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sequence tells how many times the tree was published; 0: never.
func (t *Tree) Sequence() int64 { return t.snapshot().sequence }

// Published tells when the tree was last published; zero: never.
func (t *Tree) Published() time.Time { return t.snapshot().at }

// State gives what the publisher handed in with the last Update.
func (t *Tree) State() map[string]string { return maps.Clone(t.snapshot().state) }

func (t *Tree) snapshot() *snapshot {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.now
}

// found is a file or companion, opened.
type found struct {
	*stored
	entry *entry
	kind  int
}

// find opens what is published at a path, in one snapshot. The error is
// fs.ErrNotExist when nothing is.
func (t *Tree) find(path string) (*found, error) {
	for {
		before := t.snapshot()
		f, err := t.lookUp(path)
		if !errors.Is(err, errGone) {
			return f, err
		}
		if err := t.Refresh(); err != nil {
			return nil, err
		}
		if t.snapshot() == before {
			return nil, err // nobody has published: it is missing
		}
	}
}

func (t *Tree) lookUp(path string) (*found, error) {
	file, kind := splitPath(path)
	t.mu.RLock()
	defer t.mu.RUnlock() // not before the bundle is open: after that it may be removed
	e := t.now.entry(file, t.where)
	if e == nil {
		return nil, fs.ErrNotExist
	}
	o, err := t.openStored(e)
	if err != nil {
		return nil, err
	}
	return &found{o, e, kind}, nil
}

// errGone says that a bundle is not there: another process has published and
// removed it.
var errGone = errors.New("the published tree has moved on")

// openStored opens a file in its bundle. That this is missing is not
// fs.ErrNotExist, which is for paths at which nothing is published.
func (t *Tree) openStored(e *entry) (*stored, error) {
	o, err := openStored(t.bundles(), e.bundle(), e.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening %s: %w: bundle %s", e.path, errGone, e.bundle())
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", e.path, err)
	}
	return o, nil
}

// entry looks a file up. where may know more than the snapshot has.
func (s *snapshot) entry(file string, where map[string]int) *entry {
	if s.self == nil {
		return nil
	}
	if file == RootPath {
		return s.self
	}
	if rest, ok := strings.CutPrefix(file, listFolder); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(rest, ".txt"))
		if err != nil || n < 0 || n >= len(s.parts) || partPath(n) != file {
			return nil
		}
		return s.parts[n].list
	}
	n, ok := where[file]
	if !ok || n >= len(s.parts) {
		return nil
	}
	return s.parts[n].files[file]
}

// Read gives the bytes published at a path, companions too. The error is
// fs.ErrNotExist when nothing is.
func (t *Tree) Read(path string) ([]byte, error) {
	f, err := t.find(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.all()
}

// all reads the file or companion.
func (f *found) all() ([]byte, error) {
	in := f.companion(f.entry, f.kind)
	var b bytes.Buffer
	b.Grow(int(min(in.Size(), maxChecked)) + bytes.MinRead) // the length may be damaged
	_, err := b.ReadFrom(in)
	return b.Bytes(), err
}
