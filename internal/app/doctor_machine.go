package app

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"steward/internal/base/checkup"
	"steward/internal/base/clock"
	"steward/internal/base/look"
)

// What is little for a disk.
const (
	littleSpace = 1 << 30               // bytes
	slowSync    = 50 * time.Millisecond // each report waits for one at least
	triedSyncs  = 7
)

// disk looks at the room on it, and measures how long it takes to keep
// something.
func (e *exam) disk() {
	const about = "disk"
	seen := map[uint64]bool{}
	for _, dir := range []string{string(e.dir), e.dir.Blobs(), e.dir.Public()} {
		var at unix.Stat_t
		if err := unix.Stat(dir, &at); err != nil || seen[at.Dev] {
			continue // not made yet, or looked at
		}
		seen[at.Dev] = true
		free, err := diskFree(dir)
		switch {
		case err != nil:
			e.add(checkup.Bad(about, "Look at the disk.", "%s", brief(err)))
		case free < diskLeast:
			e.add(checkup.Bad(about, "Make room now: no report can be kept.", "%s is free where %s lies.", room(free), dir))
		case free < littleSpace:
			e.add(checkup.Look(about, "Make room before it is full.", "%s is free where %s lies.", room(free), dir))
		default:
			e.add(checkup.Fine(about, "%s is free where %s lies.", room(free), dir))
		}
		if volatile(dir) {
			e.add(checkup.Look(about, "Move the data directory to a real disk, unless this is a trial.", "%s is in memory: it is gone when the machine stops.", dir))
		}
	}
	took, err := syncTime(string(e.dir))
	switch {
	case errors.Is(err, unix.ENOSPC): // said above
	case err != nil:
		e.add(checkup.Bad(about, "Run this as the user that the server runs as, and look at the disk.", "It cannot be written: %s", brief(err)))
	case took > slowSync:
		e.add(checkup.Look(about, "Use a faster disk: each report waits for this.", "One sync takes %s.", milliseconds(took)))
	default:
		e.add(checkup.Fine(about, "One sync takes %s.", milliseconds(took)))
	}
}

// room is a size of disks.
func room(n uint64) string {
	if n < 1e9 {
		return look.Size(int64(n))
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// volatile tells a file system that lies in memory.
func volatile(dir string) bool {
	var s unix.Statfs_t
	return unix.Statfs(dir, &s) == nil && (s.Type == unix.TMPFS_MAGIC || s.Type == unix.RAMFS_MAGIC)
}

// syncTime is how long the disk takes to keep a page that was written: the
// middle one of a few tries.
func syncTime(dir string) (_ time.Duration, err error) {
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	var took []time.Duration
	for range triedSyncs {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// clock looks at what every timed release hangs on.
func (e *exam) clock() {
	const about = "clock"
	if e.app != nil {
		if held := e.app.heldBack(); held > 0 {
			e.add(checkup.Bad(about, "Set the clock right; if it is right now, restart Steward.",
				"It has jumped ahead by %s and no time server vouches for it: Steward goes on by the time from before.", held.Round(time.Second)))
		}
		if last, err := e.app.lastRecord(e.ctx); err == nil && e.now.Before(last.Add(-clock.Small)) {
			e.add(checkup.Bad(about, "Set it right. What was done meanwhile stands in the record with the wrong time.",
				"It is %s behind the newest record, of %s.", last.Sub(e.now).Round(time.Second), last.UTC().Format("2 January 2006, 15:04 UTC")))
		}
	}
	s, err := clock.Kernel()
	switch {
	case err != nil:
		e.add(checkup.Look(about, "See to it that a time server keeps it, or releases come at the wrong hour.", "This machine does not tell whether its clock is right."))
	case !s.Synced:
		e.add(checkup.Look(about, "Run chrony or systemd-timesyncd, or releases come at the wrong hour.", "No time server vouches for it."))
	default:
		e.add(checkup.Fine(about, "A time server keeps it right, to within %s.", milliseconds(s.MaxError)))
	}
}
