package torture

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// disk is an ext4 file system in an image: what is in the image is what has
// reached the disk, and what the kernel holds back is not.
type disk struct {
	image, dir string
}

// imageFolder is where images lie: in memory if there is such a place, since
// a trial writes many of them.
func imageFolder(t *testing.T) string {
	t.Helper()
	parent := "/dev/shm"
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(parent, "steward-torture-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// newDisk makes an empty disk of that many MiB and mounts it.
func newDisk(t *testing.T, folder string, size int64) *disk {
	t.Helper()
	d := &disk{image: filepath.Join(folder, mark("disk")), dir: filepath.Join(t.TempDir(), mark("mounted"))}
	f, err := os.OpenFile(d.image, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(size << 20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	// No block is kept for root: the server of a trial runs as root.
	run(t, "mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", d.image)
	d.mount(t)
	return d
}

// mount mounts the image until release or the end of the test.
func (d *disk) mount(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, "mount", "-o", "loop", d.image, d.dir)
	t.Cleanup(func() { d.release() })
}

// release unmounts and removes the disk. It may be called twice.
func (d *disk) release() {
	for range 100 {
		if err := syscall.Unmount(d.dir, 0); err != syscall.EBUSY {
			break
		}
		time.Sleep(10 * time.Millisecond) // a process that was killed is going
	}
	_ = syscall.Unmount(d.dir, syscall.MNT_DETACH)
	_ = os.Remove(d.image)
}

// sync lets all that the file system holds back reach the disk.
func (d *disk) sync(t *testing.T) {
	t.Helper()
	run(t, "sync", "-f", d.dir)
}

// cut copies what has reached the disk by now, as if the power had gone. The
// kernel may write to the disk at any moment, on its own account; a copy made
// while it did is of no moment at all, and made again.
func (d *disk) cut(t *testing.T) *disk {
	t.Helper()
	c := &disk{image: d.image + "-cut", dir: d.dir + "-cut"}
	for range 100 {
		before := d.written(t)
		run(t, "cp", "--sparse=always", d.image, c.image)
		if before != "" && before == d.written(t) {
			return c
		}
	}
	t.Fatal("the disk is never at rest")
	return nil
}

// written tells what the block device has been asked to write so far; empty
// while it is still at it.
func (d *disk) written(t *testing.T) string {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(d.dir, &st); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(fmt.Sprintf("/sys/dev/block/%d:%d/stat", st.Dev>>8&0xfff, st.Dev&0xff|st.Dev>>12&0xfff00))
	if err != nil {
		t.Fatal(err)
	}
	// https://docs.kernel.org/block/stat.html: writes are fields 5 to 8, those
	// in flight field 9, discards 12 to 15, flushes 16.
	f := strings.Fields(string(raw))
	if len(f) < 16 {
		t.Fatalf("the kernel does not count writes: %q", raw)
	}
	if f[8] != "0" {
		return ""
	}
	return strings.Join(append(f[4:7], f[11:]...), " ")
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		name = filepath.Join("/usr/sbin", name) // which is not in everyone's path
	}
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s (the trials of disks need root, and what scripts/install-disks.sh installs)", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
}
