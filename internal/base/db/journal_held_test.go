package db

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"
)

// journal is a journal of our own on the disk, written as SQLite writes one.
type journal struct {
	*testing.T
	*journalFile
	sum []byte // that the next frame goes on from
	end int64
}

const testPage = 512

func newJournal(t *testing.T) *journal {
	t.Helper()
	f, _, err := vfs.Find("").Open("", vfs.OPEN_TEMP_DB|vfs.OPEN_CREATE|vfs.OPEN_READWRITE|vfs.OPEN_DELETEONCLOSE)
	if err != nil {
		t.Fatal(err)
	}
	j := &journal{T: t, journalFile: &journalFile{File: f, path: "test"}}
	t.Cleanup(func() { _ = j.Close() })
	head := make([]byte, logHeader)
	binary.BigEndian.PutUint32(head, 0x377f0682)
	binary.BigEndian.PutUint32(head[8:], testPage)
	a, b := sumOn(0, 0, head[:24])
	binary.BigEndian.PutUint32(head[24:], a)
	binary.BigEndian.PutUint32(head[28:], b)
	j.put(head, 0)
	j.sum, j.end = head[24:], logHeader
	return j
}

func (j *journal) put(p []byte, off int64) {
	j.Helper()
	if n, err := j.WriteAt(p, off); n != len(p) || err != nil {
		j.Fatal(n, err)
	}
}

// frame adds a frame with a page full of one letter, and tells where it is.
func (j *journal) frame(letter byte, ends bool) (off int64) {
	j.Helper()
	fr := j.framed(letter, ends)
	off = j.end
	j.put(fr[:frameHeader], off)
	j.put(fr[frameHeader:], off+frameHeader)
	j.end += int64(len(fr))
	return off
}

// framed is the frame that goes on from the one before.
func (j *journal) framed(letter byte, ends bool) frame {
	fr := frame(append(make([]byte, frameHeader), bytes.Repeat([]byte{letter}, testPage)...))
	if ends {
		fr[7] = 1
	}
	j.sum = fr.follow(j.sum)
	copy(fr[16:], j.sum)
	return fr
}

func (j *journal) inFile() []byte {
	j.Helper()
	size, err := j.File.Size()
	if err != nil {
		j.Fatal(err)
	}
	raw := make([]byte, size)
	if _, err := j.File.ReadAt(raw, 0); err != nil {
		j.Fatal(err)
	}
	return raw
}

// TestJournalHoldsNoPageBack: a frame goes to the file when its page is written,
// before the transaction ends. What is undone can so never be written later,
// over what another process has committed; and who asks before the page came
// sees the head.
func TestJournalHoldsNoPageBack(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	for _, letter := range []byte("abc") {
		at := j.frame(letter, false)
		if raw := j.inFile(); int64(len(raw)) != j.end || raw[at+frameHeader] != letter || raw[j.end-1] != letter {
			t.Errorf("%d bytes of %d were written with page %c", len(raw), j.end, letter)
		}
	}
	theirs := bytes.Repeat([]byte{'z'}, testPage)
	if _, err := j.File.WriteAt(theirs, logHeader+frameHeader); err != nil { // another process
		t.Fatal(err)
	}
	page := make([]byte, testPage)
	_, _ = j.ReadAt(page, j.end-testPage) // and we go on
	j.frame('d', true)
	if err := j.Sync(vfs.SYNC_NORMAL); err != nil {
		t.Fatal(err)
	}
	if raw := j.inFile(); !bytes.Equal(raw[logHeader+frameHeader:][:testPage], theirs) {
		t.Error("what another process wrote was overwritten")
	}
	j.put(j.framed('e', false)[:frameHeader], j.end)
	if size, err := j.Size(); err != nil || size != j.end+frameHeader {
		t.Errorf("the size is %d, not %d: %v", size, j.end+frameHeader, err)
	}
}

// TestPageWrittenOverIsCheckedAfterTheCommit: a page that was written over
// before the commit has no right sum until the commit mends the heads behind
// it. From then on it is checked as any other.
func TestPageWrittenOverIsCheckedAfterTheCommit(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	j.frame('a', false)
	before := j.sum
	second := j.frame('b', false)
	j.frame('c', false)
	page := bytes.Repeat([]byte{'B'}, testPage)
	j.put(page, second+frameHeader)
	if _, err := j.ReadAt(page, second+frameHeader); err != nil || page[0] != 'B' {
		t.Fatalf("before the commit: %q, %v", page[0], err)
	}
	j.frame('d', true)
	j.sum = before // as SQLite does at the end of such a transaction
	for i, letter := range []byte{'B', 'c', 'd'} {
		j.put(j.framed(letter, letter == 'd')[:frameHeader], second+int64(i)*(frameHeader+testPage))
	}
	if err := j.Sync(vfs.SYNC_NORMAL); err != nil {
		t.Fatal(err)
	}
	if _, err := j.ReadAt(page, second+frameHeader); err != nil || page[0] != 'B' {
		t.Fatalf("after the commit: %q, %v", page[0], err)
	}
	if _, err := j.File.WriteAt([]byte{'x'}, second+frameHeader+7); err != nil {
		t.Fatal(err)
	}
	_, err := j.ReadAt(page, second+frameHeader)
	if err == nil {
		t.Error("a page that was altered on the disk was read")
	}
}
