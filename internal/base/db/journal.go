package db

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/ncruces/go-sqlite3/vfs"
)

// journalFile is the write-ahead log of a database
// (https://sqlite.org/fileformat2.html#the_write_ahead_log). SQLite sums its
// frames up, each with all that come before it, but looks at the sums only
// after a crash, and takes the first that is wrong for the end of what was
// written. Here they are looked at whenever a page is read, and a wrong one is
// taken for the end only if a write that was cut off could look like it.
type journalFile struct {
	vfs.File
	path string
	// loose is where, from this offset on, this connection wrote pages of its
	// open transaction over older ones and has not yet put their sums right;
	// 0: nowhere. That is done at the commit, head by head, before the sync,
	// and takes this to where the next frame will be.
	loose int64
	head  int64 // offset of the frame's head that was written last
	size  int64 // of a frame, once one was written
	held  frame // a head that was written, but not to the file yet: its page is next
}

const (
	logHeader   = 32
	frameHeader = 24
)

// frame is one frame as it lies in the file: page, size of the database if
// the transaction ends here, two salts, sum; then the page.
type frame []byte

func (f frame) ends() bool   { return binary.BigEndian.Uint32(f[4:]) != 0 }
func (f frame) salt() []byte { return f[8:16] }
func (f frame) sum() []byte  { return f[16:frameHeader] }

// follow computes the sum of the frame from the sum before it.
func (f frame) follow(before []byte) []byte {
	a, b := binary.BigEndian.Uint32(before), binary.BigEndian.Uint32(before[4:])
	a, b = sumOn(a, b, f[:8])
	a, b = sumOn(a, b, f[frameHeader:])
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, a), b)
}

// number is that of the frame at off, from 1.
func (f *journalFile) number(off int64, size int) int64 { return (off-logHeader)/int64(size) + 1 }

func isPage(n int) bool { return n >= smallestPage && n&(n-1) == 0 }

// WriteAt notes which frames have no right sum yet. SQLite writes a frame in two
// pieces, its head and then its page; they go to the file as one. No page is
// held back: what a transaction that was undone left here could later be
// written over what another process has committed.
func (f *journalFile) WriteAt(p []byte, off int64) (int, error) {
	switch {
	case len(p) == frameHeader:
		switch {
		case off == f.loose && f.size > 0:
			f.loose = off + f.size
		case off < f.loose:
			f.loose = 0
		}
		if err := f.flush(); err != nil {
			return 0, err
		}
		f.head, f.held = off, append(f.held, p...)
		return len(p), nil
	case isPage(len(p)):
		f.size = int64(frameHeader + len(p))
		at := off - frameHeader
		if at != f.head && (f.loose == 0 || at < f.loose) {
			f.loose = at
		}
		if at == f.head && len(f.held) > 0 {
			f.held = append(f.held, p...)
			if err := f.flush(); err != nil {
				return 0, err
			}
			return len(p), nil
		}
	}
	if err := f.flush(); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, off)
}

// flush writes what was held back. If that fails it is never written: SQLite
// undoes the transaction.
func (f *journalFile) flush() error {
	if len(f.held) == 0 {
		return nil
	}
	_, err := f.File.WriteAt(f.held, f.head)
	f.held = f.held[:0]
	return err
}

// Sync, Size, Truncate and Close see what was held back.

func (f *journalFile) Sync(flags vfs.SyncFlag) error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.File.Sync(flags)
}

func (f *journalFile) Size() (int64, error) {
	if err := f.flush(); err != nil {
		return 0, err
	}
	return f.File.Size()
}

func (f *journalFile) Truncate(size int64) error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *journalFile) Close() error { return errors.Join(f.flush(), f.File.Close()) }

// ReadAt checks the page of a frame; and what SQLite reads after a crash: the
// header of the file, then frame by frame.
func (f *journalFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.flush(); err != nil {
		return 0, err
	}
	n, err := f.File.ReadAt(p, off)
	if n < len(p) || f.loose > 0 && off >= f.loose {
		return n, err
	}
	switch {
	case isPage(n) && (off-logHeader)%int64(n+frameHeader) == frameHeader:
		err = f.checkPage(p, off-frameHeader)
	case off == 0 && n == logHeader:
		err = f.checkHeader(p)
	case isPage(n-frameHeader) && (off-logHeader)%int64(n) == 0:
		err = f.checkFound(p, off)
	}
	if err != nil {
		return 0, err
	}
	return n, nil
}

// checkPage checks a page that was read from the frame at off.
func (f *journalFile) checkPage(page []byte, off int64) error {
	fr := make(frame, frameHeader+len(page))
	if _, err := f.File.ReadAt(fr[:frameHeader], off); err != nil {
		return err
	}
	copy(fr[frameHeader:], page)
	before, err := f.before(off, len(fr))
	if err != nil {
		return err
	}
	if !bytes.Equal(fr.follow(before), fr.sum()) {
		return damaged(f.path, "frame %d with page %d", f.number(off, len(fr)), binary.BigEndian.Uint32(fr))
	}
	return nil
}

// before reads the sum that the frame at off goes on from.
func (f *journalFile) before(off int64, size int) ([]byte, error) {
	at := int64(logHeader - 8)
	if off > logHeader {
		at = off - int64(size) + frameHeader - 8
	}
	sum := make([]byte, 8)
	_, err := f.File.ReadAt(sum, at)
	return sum, err
}

// checkFound looks, after a crash, at a frame that SQLite would take for the
// end of the journal, because its sum is wrong or it is not of this journal.
// Frames end so where the power failed. They were damaged later if one byte
// explains it, or if a transaction after it was written whole and others
// behind it: those were begun when all before them was safe on the disk.
func (f *journalFile) checkFound(p []byte, off int64) error {
	fr := frame(p)
	header := make([]byte, logHeader)
	if _, err := f.File.ReadAt(header, 0); err != nil {
		return err
	}
	salt := header[16:24]
	before, err := f.before(off, len(p))
	if err != nil {
		return err
	}
	sum := fr.follow(before)
	whole, ours := bytes.Equal(sum, fr.sum()), bytes.Equal(fr.salt(), salt)
	switch {
	case whole && ours:
		return nil
	case whole && oneByte(fr.salt(), salt), ours && (oneByte(fr.sum(), sum) || fr.oneByte(sum)):
	case f.goesOn(fr, off, salt):
	default:
		return nil
	}
	return damaged(f.path, "frame %d", f.number(off, len(p)))
}

// oneByte tells whether a and b, of one length, differ in one byte.
func oneByte(a, b []byte) bool {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n == 1
}

// oneByte tells whether a change of one byte would give the frame the sum that
// stands in it, where sum is the one it has. A step of the sum turns (a, b)
// into (a+b, a+2b), so the difference of the two sums is followed back step by
// step to where one word could have made it.
func (f frame) oneByte(sum []byte) bool {
	a := binary.BigEndian.Uint32(f.sum()) - binary.BigEndian.Uint32(sum)
	b := binary.BigEndian.Uint32(f.sum()[4:]) - binary.BigEndian.Uint32(sum[4:])
	words := append(f[:8:8], f[frameHeader:]...)
	for i := len(words) - 8; i >= 0; i -= 8 {
		if a == b && byteOf(words[i:], a) || a == 0 && byteOf(words[i+4:], b) {
			return true
		}
		a, b = 2*a-b, b-a
	}
	return false
}

// byteOf tells whether adding d to the word changes one byte of it.
func byteOf(word []byte, d uint32) bool {
	w := binary.LittleEndian.Uint32(word)
	x := w ^ (w + d)
	return x != 0 && bits.TrailingZeros32(x)/8 == (31-bits.LeadingZeros32(x))/8
}

// goesOn tells whether behind the frame at off there is the end of a
// transaction, whole, and a whole frame after it.
func (f *journalFile) goesOn(last frame, off int64, salt []byte) bool {
	size := int64(len(last))
	sum, ended := bytes.Clone(last.sum()), false
	next := make(frame, size)
	for off += size; ; off += size {
		if _, err := f.File.ReadAt(next, off); err != nil {
			return false
		}
		whole := bytes.Equal(next.salt(), salt) && bytes.Equal(next.follow(sum), next.sum())
		if whole && ended {
			return true
		}
		ended = whole && next.ends()
		copy(sum, next.sum())
	}
}

// checkHeader looks at the header, which SQLite, if it is wrong, takes for
// that of an empty journal. It was damaged if with one byte changed back it
// would be right and the first frame go on from it.
func (f *journalFile) checkHeader(p []byte) error {
	if headerHolds(p) {
		return nil
	}
	h := bytes.Clone(p)
	for i := range h {
		for d := range 255 {
			h[i] = p[i] ^ byte(d+1)
			if headerHolds(h) && f.begins(h) {
				return damaged(f.path, "the header")
			}
		}
		h[i] = p[i]
	}
	return nil
}

func headerHolds(h []byte) bool {
	a, b := sumOn(0, 0, h[:24])
	return binary.BigEndian.Uint32(h) == 0x377f0682 && isPage(int(binary.BigEndian.Uint32(h[8:]))) &&
		binary.BigEndian.Uint32(h[24:]) == a && binary.BigEndian.Uint32(h[28:]) == b
}

// begins tells whether the first frame goes on from a header.
func (f *journalFile) begins(h []byte) bool {
	first := make(frame, frameHeader+int(binary.BigEndian.Uint32(h[8:])))
	_, err := f.File.ReadAt(first, logHeader)
	return err == nil && bytes.Equal(first.salt(), h[16:24]) && bytes.Equal(first.follow(h[24:]), first.sum())
}
