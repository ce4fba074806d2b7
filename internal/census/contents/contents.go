// Package contents reads the lists of files that a distribution keeps of its
// packages (Contents indexes), for what tells how a package can be attacked: what
// it runs in the background, and which doors to higher rights it brings.
//
// Modes of files are not in these lists, so that a program with setuid does not
// show.
package contents

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// Kinds is a set of kinds of files.
type Kinds uint16

// The kinds of files.
const (
	Unit    Kinds = 1 << iota // a service or socket of systemd's, for the whole system
	Script                    // a script in init.d
	CGI                       // a program that a web server runs
	PAM                       // a module of PAM's, or how it is asked
	Polkit                    // an action that polkit may allow
	DBus                      // a service that the system's bus starts
	Sudoers                   // a rule of sudo's
	Udev                      // a rule of udev's

	Daemon     = Unit | Script | CGI
	Privileged = PAM | Polkit | DBus | Sudoers | Udev
)

// Count gives how many kinds there are in a set.
func (k Kinds) Count() int { return bits.OnesCount16(uint16(k)) }

// Found holds which kinds of files a package has; a package with none is not in
// it.
type Found map[string]Kinds

const (
	maxLine     = 1 << 20 // bytes; a longer line is left out
	maxPackages = 1 << 20 // that are kept
)

// Read adds what a list has to found, and tells how many of its lines could not
// be read. Each line is a path, blanks, and the packages that have it, with their
// sections (DebianRepository/Format, "Contents" indices).
func Read(ctx context.Context, r io.Reader, found Found) (broken int, err error) {
	b := bufio.NewReaderSize(r, maxLine)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return broken, ctx.Err()
		}
		line, err := b.ReadSlice('\n')
		long := false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			_, err = b.ReadSlice('\n')
		}
		if long || !read(line, found) {
			broken++
		}
		if errors.Is(err, io.EOF) {
			return broken, nil
		}
		if err != nil {
			return broken, fmt.Errorf("reading a list of files: %w", err)
		}
	}
}

// read takes one line; false: it is none.
func read(line []byte, found Found) bool {
	line = bytes.TrimRight(line, " \t\r\n")
	kind := Of(line) // a path may hold blanks, but none of those that are looked for ends in one
	if kind == 0 {
		return true
	}
	at := bytes.LastIndexAny(line, " \t")
	if at < 0 {
		return false
	}
	if kind = Of(bytes.TrimRight(line[:at], " \t")); kind == 0 {
		return true
	}
	for name := range bytes.SplitSeq(line[at+1:], []byte{','}) {
		name = name[bytes.LastIndexByte(name, '/')+1:]
		if known := found[string(name)]; len(name) > 0 && known&kind == 0 && (known != 0 || len(found) < maxPackages) {
			found[string(name)] = known | kind
		}
	}
	return true
}

// place is a folder, and what a path in it tells.
type place struct {
	folder string
	kind   Kinds
	deep   bool // also of what lies in folders within
}

// places are given without usr/, where the same folders may be.
var places = []place{
	{"lib/systemd/system/", Unit, false},
	{"etc/init.d/", Script, false},
	{"lib/cgi-bin/", CGI, true},
	{"etc/pam.d/", PAM, false},
	{"lib/pam.d/", PAM, false},
	{"share/pam-configs/", PAM, false},
	{"share/polkit-1/actions/", Polkit, false},
	{"share/dbus-1/system-services/", DBus, false},
	{"etc/sudoers.d/", Sudoers, false},
	{"lib/udev/rules.d/", Udev, false},
}

// Of tells what a path is, which may have more behind it. What a path tells is
// only certain once nothing stands behind it.
func Of(path []byte) Kinds {
	path = bytes.TrimPrefix(path, []byte("usr/"))
	if len(path) < 8 || path[0] != 'l' && path[0] != 'e' && path[0] != 's' {
		return 0
	}
	for _, p := range places {
		name, ok := bytes.CutPrefix(path, []byte(p.folder))
		switch {
		case !ok || len(name) == 0:
		case !p.deep && bytes.IndexByte(name, '/') >= 0 && bytes.IndexAny(name, " \t") < 0:
			return 0
		case p.kind == Unit && !bytes.Contains(name, []byte(".service")) && !bytes.Contains(name, []byte(".socket")):
			return 0
		default:
			return p.kind
		}
	}
	if bytes.HasPrefix(path, []byte("lib/")) && bytes.Contains(path, []byte("/security/pam_")) {
		return PAM
	}
	return 0
}
