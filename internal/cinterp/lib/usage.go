package lib

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// usage is what POSIX tells of the resources of a process. Time is that of the
// steps, as clock has it.
var usage = map[string]run.LibFunc{
	"times": func(c *call) (slot, bool) {
		t := uint64(c.VM.Steps / 1e7)
		if p := arg(c, 0); p.N != 0 {
			for _, n := range []string{"tms_utime", "tms_stime", "tms_cutime", "tms_cstime"} {
				v := slot{}
				if n == "tms_utime" {
					v.N = t
				}
				if !setMember(c, pointee(c, 0), p, n, v) {
					return slot{}, false
				}
			}
		}
		return slot{N: t}, true
	},
	"getrusage": func(c *call) (slot, bool) {
		s, p := pointee(c, 1), arg(c, 1)
		if who := i32(c, 0); who != 0 && who != -1 {
			return minus(c, vfs.EINVAL)
		}
		if s == nil {
			return slot{}, c.VM.Cannot("getrusage is called in a way that hides the type of its structure")
		}
		f := s.FieldByName("ru_utime")
		if f == nil || !fill(c, p, 0, uint64(s.Size())) {
			return slot{}, c.VM.Cannot("getrusage: a struct rusage without ru_utime")
		}
		p.N += uint64(f.Offset())
		tv, ok := f.Type().(*cc.StructType)
		if !ok || i32(c, 0) != 0 {
			return slot{}, ok
		}
		us := c.VM.Steps / 1000
		return slot{}, setMember(c, tv, p, "tv_sec", slot{N: uint64(us / 1e6)}) && setMember(c, tv, p, "tv_usec", slot{N: uint64(us % 1e6)})
	},
}
