package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// wideScanning is the wide side of scanf, C17 7.29.2, as far as formats and
// input are ASCII.
var wideScanning = map[string]run.LibFunc{
	"wscanf": onStd("stdin", func(c *call, s *strm) (slot, bool) { return wideScan(c, s, arg(c, 0), direct(c, 1)) }),
	"vwscanf": onStd("stdin", func(c *call, s *strm) (slot, bool) {
		return wideScan(c, s, arg(c, 0), &list{c: c, va: arg(c, 1)})
	}),
	"fwscanf": onStream(0, func(c *call, s *strm) (slot, bool) { return wideScan(c, s, arg(c, 1), direct(c, 2)) }),
	"vfwscanf": onStream(0, func(c *call, s *strm) (slot, bool) {
		return wideScan(c, s, arg(c, 1), &list{c: c, va: arg(c, 2)})
	}),
	"swscanf":  func(c *call) (slot, bool) { return wideScanText(c, direct(c, 2)) },
	"vswscanf": func(c *call) (slot, bool) { return wideScanText(c, &list{c: c, va: arg(c, 2)}) },
	"wcsftime": func(c *call) (slot, bool) {
		f, end, ok := asciiOf(c, arg(c, 2))
		if !ok {
			return slot{}, false
		}
		defer end()
		size := min(arg(c, 1).N, 1<<16)
		to, end2, ok := temporaryText(c, make([]byte, size))
		if !ok {
			return slot{}, false
		}
		defer end2()
		d := *c
		d.Args = []slot{to, {N: size}, f, arg(c, 3)}
		n, ok := strftime(&d)
		if !ok || n.N == 0 {
			return n, ok
		}
		b, ok := bytesOf(c, to, n.N+1)
		return n, ok && putWide(c, arg(c, 0), widened(b))
	},
}

// asciiOf gives a wide string as bytes in an object of their own, until end is
// called.
func asciiOf(c *call, p slot) (text slot, end func(), ok bool) {
	w, ok := wideN(c, p, ^uint64(0))
	if !ok {
		return slot{}, nil, false
	}
	for _, x := range w {
		if x > 127 {
			return slot{}, nil, c.VM.Cannot("%s with characters that are not ASCII is not supported", c.Name)
		}
	}
	return temporaryText(c, narrow(w))
}

func wideScan(c *call, s *strm, f slot, l *list) (slot, bool) {
	can, ok := s.input(c)
	if !can {
		return slot{N: eof}, ok
	}
	p, end, ok := asciiOf(c, f)
	if !ok {
		return slot{}, false
	}
	defer end()
	return scanAll(c, &source{c: c, s: s, ok: true}, p, l)
}

func wideScanText(c *call, l *list) (slot, bool) {
	text, end, ok := asciiOf(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	defer end()
	b, ok := str(c, text)
	if !ok {
		return slot{}, false
	}
	f, end2, ok := asciiOf(c, arg(c, 1))
	if !ok {
		return slot{}, false
	}
	defer end2()
	return scanAll(c, &source{c: c, text: append([]byte(nil), b...), ok: true}, f, l)
}

// atomics is the functions of C17 7.17 that are no macros. One thread runs at
// a time, so that what they order is in order.
var atomics = map[string]run.LibFunc{
	"atomic_thread_fence":      func(c *call) (slot, bool) { return slot{}, orders(c, 0, 0, 1, 2, 3, 4, 5) },
	"atomic_signal_fence":      func(c *call) (slot, bool) { return slot{}, orders(c, 0, 0, 1, 2, 3, 4, 5) },
	"atomic_flag_test_and_set": testAndSet,
	"atomic_flag_test_and_set_explicit": func(c *call) (slot, bool) {
		if !orders(c, 1, 0, 1, 2, 3, 4, 5) {
			return slot{}, false
		}
		return testAndSet(c)
	},
	"atomic_flag_clear": func(c *call) (slot, bool) { return slot{}, c.VM.Store(arg(c, 0), code.TBool, slot{}) },
	"atomic_flag_clear_explicit": func(c *call) (slot, bool) {
		// 7.17.8.2p2: neither acquire nor acquire and release.
		return slot{}, orders(c, 1, 0, 1, 3, 5) && c.VM.Store(arg(c, 0), code.TBool, slot{})
	},
}

func testAndSet(c *call) (slot, bool) {
	v, ok := c.VM.Load(arg(c, 0), code.TBool)
	return v, ok && c.VM.Store(arg(c, 0), code.TBool, slot{N: 1})
}

// orders checks that argument i is one of the memory orders that are allowed.
func orders(c *call, i int, allowed ...int32) bool {
	n := i32(c, i)
	for _, a := range allowed {
		if n == a {
			return true
		}
	}
	return c.VM.Find("atomic-order", nil, 0, "%s is given the memory order %d, which it may not have", c.Name, n)
}
