package lib

import (
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
