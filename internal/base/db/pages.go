package db

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// checkedVFS names the way to the disk on which every page that is read is
// held against the sum that it was written with.
const checkedVFS = "steward"

func init() { vfs.Register(checkedVFS, checked{}) }

// checked opens files as SQLite does by default and checks what is read from
// them. The sums of the pages themselves are written by the driver.
type checked struct{}

func (checked) disk() vfs.VFSFilename { return vfs.Find("").(vfs.VFSFilename) }

func (c checked) Delete(name string, syncDir bool) error { return c.disk().Delete(name, syncDir) }
func (c checked) FullPathname(name string) (string, error) {
	return c.disk().FullPathname(name)
}
func (c checked) Access(name string, flags vfs.AccessFlag) (bool, error) {
	return c.disk().Access(name, flags)
}
func (c checked) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return c.disk().Open(name, flags)
}

// OpenFilename opens a database or its journal for its owner alone.
func (c checked) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	path := name.String()
	if flags&(vfs.OPEN_MAIN_DB|vfs.OPEN_WAL) == 0 {
		return c.disk().OpenFilename(name, flags)
	}
	own := path // what the driver would make for everybody
	if flags&vfs.OPEN_MAIN_DB != 0 {
		own += "-shm"
	}
	if err := makePrivate(own); err != nil {
		return nil, 0, err
	}
	f, out, err := c.disk().OpenFilename(name, flags)
	switch {
	case err != nil:
		return nil, out, err
	case flags&vfs.OPEN_WAL != 0:
		return &journalFile{File: f, path: path}, out, nil
	}
	return &pageFile{File: f, path: path}, out, nil
}

// makePrivate makes an empty file for its owner alone, if there is none.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// pageFile is a database whose pages all end in their sum.
type pageFile struct {
	vfs.File
	path string
}

// The header of the first page says how many bytes at the end of each page
// are for the sum. The driver looks for sums only if they are sumBytes, so a
// change of that one byte must not pass.
const (
	fileHeader   = 100
	reservedAt   = 20
	sumBytes     = 8
	smallestPage = 512
)

var magic = []byte("SQLite format 3\x00")

// ReadAt checks whole pages, and what is read before them of the first one.
func (f *pageFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	switch {
	case n < len(p): // the end of the file
	case off == 0 && n >= fileHeader && (!bytes.HasPrefix(p, magic) || p[reservedAt] != sumBytes):
		return 0, damaged(f.path, "page 1")
	case n >= smallestPage && !sumHolds(p):
		return 0, damaged(f.path, "page %d", off/int64(n)+1)
	}
	return n, err
}

// sumHolds tells whether a page ends in the sum of what is before it
// (https://sqlite.org/cksumvfs.html). A change within eight bytes never goes
// unseen: each step of the sum can be undone.
func sumHolds(page []byte) bool {
	body, sum := page[:len(page)-sumBytes], page[len(page)-sumBytes:]
	var a, b uint32
	a, b = sumOn(a, b, body)
	return binary.LittleEndian.Uint32(sum) == a && binary.LittleEndian.Uint32(sum[4:]) == b
}

// sumOn goes on with a sum, the one of pages and of the journal alike. The
// length of p is a multiple of eight.
func sumOn(a, b uint32, p []byte) (uint32, uint32) {
	for ; len(p) >= 8; p = p[8:] {
		a += binary.LittleEndian.Uint32(p) + b
		b += binary.LittleEndian.Uint32(p[4:]) + a
	}
	return a, b
}

// What SQLite asks of a file beyond reading and writing goes to the disk.

func (f *pageFile) Unwrap() vfs.File               { return f.File }
func (f *pageFile) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }
func (f *pageFile) LockState() vfs.LockLevel       { return vfsutil.WrapLockState(f.File) }
func (f *pageFile) PersistWAL() bool               { return vfsutil.WrapPersistWAL(f.File) }
func (f *pageFile) SetPersistWAL(keep bool)        { vfsutil.WrapSetPersistWAL(f.File, keep) }
func (f *pageFile) HasMoved() (bool, error)        { return vfsutil.WrapHasMoved(f.File) }
func (f *pageFile) SizeHint(size int64) error      { return vfsutil.WrapSizeHint(f.File, size) }
func (f *pageFile) PowersafeOverwrite() bool       { return vfsutil.WrapPowersafeOverwrite(f.File) }
func (f *pageFile) SetPowersafeOverwrite(on bool)  { vfsutil.WrapSetPowersafeOverwrite(f.File, on) }

// DeviceCharacteristics: part of a page has no sum.
func (f *pageFile) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return f.File.DeviceCharacteristics() &^ vfs.IOCAP_SUBPAGE_READ
}
