package lib

import (
	"fmt"
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

func errorText(n int32) string {
	if t, ok := errorTexts[n]; ok {
		return t
	}
	return fmt.Sprintf("Unknown error %d", n)
}

// signalTexts are the messages of strsignal.
var signalTexts = map[int32]string{1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 5: "Trace/breakpoint trap", 6: "Aborted",
	7: "Bus error", 8: "Floating point exception", 9: "Killed", 10: "User defined signal 1", 11: "Segmentation fault", 12: "User defined signal 2",
	13: "Broken pipe", 14: "Alarm clock", 15: "Terminated", 17: "Child exited", 18: "Continued", 19: "Stopped (signal)", 20: "Stopped"}

// errors is strerror, perror and BSD's err family.
var errors = map[string]run.LibFunc{
	"strerror": func(c *call) (slot, bool) { return fixed(c, "message of an error", errorText(i32(c, 0))) },
	"strerror_r": func(c *call) (slot, bool) {
		t := errorText(i32(c, 0))
		if arg(c, 2).N <= uint64(len(t)) {
			return slot{N: 34}, true
		}
		return slot{}, put(c, arg(c, 1), append([]byte(t), 0))
	},
	"strsignal": func(c *call) (slot, bool) {
		t, ok := signalTexts[i32(c, 0)]
		if !ok {
			t = fmt.Sprintf("Unknown signal %d", i32(c, 0))
		}
		return fixed(c, "name of a signal", t)
	},
	"perror": func(c *call) (slot, bool) {
		p := ""
		if arg(c, 0).N != 0 {
			b, ok := str(c, arg(c, 0))
			if !ok {
				return slot{}, false
			}
			if len(b) > 0 {
				p = string(b) + ": "
			}
		}
		n, ok := errnoNow(c)
		if !ok {
			return slot{}, false
		}
		return complain(c, p+errorText(n)+"\n")
	},
	"warn":   warning(0, false, true, false),
	"warnx":  warning(0, false, false, false),
	"vwarn":  warning(0, false, true, true),
	"vwarnx": warning(0, false, false, true),
	"err":    warning(1, true, true, false),
	"errx":   warning(1, true, false, false),
	"verr":   warning(1, true, true, true),
	"verrx":  warning(1, true, false, true),
}

func errnoNow(c *call) (int32, bool) {
	p, ok := errnoPlace(c)
	if !ok {
		return 0, false
	}
	v, ok := c.VM.Load(p, code.I32)
	return int32(v.N), ok
}

// complain writes to standard error, wherever that goes.
func complain(c *call, t string) (slot, bool) {
	s, ok := std(c, "stderr")
	if !ok {
		return slot{}, false
	}
	_, ok = s.put1(c, []byte(t))
	return slot{}, ok
}

// warning makes a function of the err family; its format is argument at.
func warning(at int, ends, number, list2 bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		n, ok := errnoNow(c)
		if !ok {
			return slot{}, false
		}
		prog := state(c).Program
		t := prog[strings.LastIndexByte(prog, '/')+1:] + ": "
		if f := arg(c, at); f.N != 0 {
			l := direct(c, at+1)
			if list2 {
				l = &list{c: c, va: arg(c, at+1)}
			}
			b, ok := format(c, f, l)
			if !ok {
				return slot{}, false
			}
			t += string(b)
			if number {
				t += ": "
			}
		}
		if number {
			t += errorText(n)
		}
		if _, ok := complain(c, t+"\n"); !ok || !ends {
			return slot{}, ok
		}
		return exit(c)
	}
}
