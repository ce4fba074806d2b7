package torture

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// faults says which of the operations that change the disk fails.
type faults struct {
	mu     sync.Mutex
	seen   int // since plan
	first  int // the operation that fails; 0: none
	sticky bool
	errno  syscall.Errno
	hit    string // what failed first
}

// plan lets the operation with that number fail, and all after it if sticky.
func (f *faults) plan(first int, sticky bool, errno syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen, f.first, f.sticky, f.errno, f.hit = 0, first, sticky, errno, ""
}

// mend lets everything succeed again, and tells what failed first and how many
// operations there were.
func (f *faults) mend() (hit string, seen int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.first = 0
	return f.hit, f.seen
}

// next counts an operation and tells how it ends. What SQLite shares between
// processes in memory is no part of the disk: nothing of it is ever synced.
func (f *faults) next(what, name string) syscall.Errno {
	if strings.HasSuffix(name, "-shm") {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	if f.first == 0 || f.seen < f.first || f.seen > f.first && !f.sticky {
		return 0
	}
	if f.hit == "" {
		f.hit = fmt.Sprintf("operation %d, %s %s", f.seen, what, name)
	}
	return f.errno
}

// newFaultyDisk mounts a file system that passes everything on to a folder,
// but for what the faults say. It is for other processes alone: this one
// answers for it, and would wait for itself.
func newFaultyDisk(t *testing.T, folder string) (string, *faults) {
	t.Helper()
	f := &faults{}
	var st syscall.Stat_t
	if err := syscall.Stat(folder, &st); err != nil {
		t.Fatal(err)
	}
	root := &fs.LoopbackRoot{Path: folder, Dev: uint64(st.Dev)}
	root.NewNode = func(r *fs.LoopbackRoot, _ *fs.Inode, _ string, _ *syscall.Stat_t) fs.InodeEmbedder {
		return &node{LoopbackNode: fs.LoopbackNode{RootData: r}, faults: f}
	}
	top := root.NewNode(root, nil, "", &st)
	root.RootNode = top
	dir := t.TempDir()
	srv, err := fs.Mount(dir, top, &fs.Options{MountOptions: fuse.MountOptions{DirectMount: true, FsName: "torture"}})
	if err != nil {
		t.Fatalf("mounting: %v (the trials of disks need root and /dev/fuse)", err)
	}
	t.Cleanup(func() {
		if err := srv.Unmount(); err != nil {
			_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
	return dir, f
}

// node is a file or folder whose changes may fail.
type node struct {
	fs.LoopbackNode
	faults *faults
}

func (n *node) name() string { return n.Path(n.Root()) }

func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	if e := n.faults.next("create", name); e != 0 {
		return nil, nil, 0, e
	}
	ch, f, fl, e := n.LoopbackNode.Create(ctx, name, flags, mode, out)
	return ch, asked(f), fl, e
}

func (n *node) Open(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&syscall.O_ACCMODE != syscall.O_RDONLY {
		if e := n.faults.next("open", n.name()); e != 0 {
			return nil, 0, e
		}
	}
	f, fl, e := n.LoopbackNode.Open(ctx, flags)
	return asked(f), fl, e
}

// asked lets the kernel ask for each write, where it could write to the file
// below by itself.
func asked(f fs.FileHandle) fs.FileHandle {
	if f, ok := f.(*fs.LoopbackFile); ok {
		return slowFile{f}
	}
	return f
}

type slowFile struct{ *fs.LoopbackFile }

func (slowFile) PassthroughFd() (int, bool) { return 0, false }

func (n *node) Write(ctx context.Context, f fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if e := n.faults.next("write", n.name()); e != 0 {
		return 0, e
	}
	return f.(fs.FileWriter).Write(ctx, data, off)
}

func (n *node) Fsync(ctx context.Context, f fs.FileHandle, flags uint32) syscall.Errno {
	if e := n.faults.next("sync", n.name()); e != 0 {
		return e
	}
	return f.(fs.FileFsyncer).Fsync(ctx, flags)
}

func (n *node) Setattr(ctx context.Context, f fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if e := n.faults.next("change", n.name()); e != 0 {
		return e
	}
	return n.LoopbackNode.Setattr(ctx, f, in, out)
}

func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if e := n.faults.next("mkdir", name); e != 0 {
		return nil, e
	}
	return n.LoopbackNode.Mkdir(ctx, name, mode, out)
}

func (n *node) Rename(ctx context.Context, name string, to fs.InodeEmbedder, as string, flags uint32) syscall.Errno {
	if e := n.faults.next("rename", name+" to "+as); e != 0 {
		return e
	}
	return n.LoopbackNode.Rename(ctx, name, to, as, flags)
}

func (n *node) Unlink(ctx context.Context, name string) syscall.Errno {
	if e := n.faults.next("remove", name); e != 0 {
		return e
	}
	return n.LoopbackNode.Unlink(ctx, name)
}

// OpendirHandle gives a folder whose sync is counted, too.
func (n *node) OpendirHandle(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	h, fl, e := n.LoopbackNode.OpendirHandle(ctx, flags)
	if e != 0 {
		return nil, 0, e
	}
	return &folder{h.(handle), n}, fl, 0
}

// handle is what the kernel asks of an open folder.
type handle interface {
	fs.FileReaddirenter
	fs.FileSeekdirer
	fs.FileReleasedirer
	fs.FileFsyncdirer
}

type folder struct {
	handle
	n *node
}

func (f *folder) Fsyncdir(ctx context.Context, flags uint32) syscall.Errno {
	if e := f.n.faults.next("sync folder", f.n.name()); e != 0 {
		return e
	}
	return f.handle.Fsyncdir(ctx, flags)
}
