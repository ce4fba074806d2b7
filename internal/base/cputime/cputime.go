// Package cputime tells how long a processor worked, which unlike the time of
// the clock says the same on a machine that is busy with other things.
package cputime

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Of runs f and gives how long the thread that ran it was at work. What f
// starts in other goroutines is not counted.
func Of(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := spent()
	f()
	return spent() - began
}

func spent() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		panic("cputime: " + err.Error()) // only for a wrong address
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
