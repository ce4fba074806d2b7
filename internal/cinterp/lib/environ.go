package lib

import (
	"strings"

	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// env is a variable of the environment.
type env struct {
	name, value string
	at          slot // what getenv gave for it
}

func (x *extra) addEnv(e string) {
	if n, v, ok := strings.Cut(e, "="); ok && n != "" {
		x.setEnv(n, v)
	}
}

func (x *extra) setEnv(n, v string) {
	for _, e := range x.env {
		if e.name == n {
			e.value, e.at = v, slot{}
			return
		}
	}
	x.env = append(x.env, &env{name: n, value: v})
}

func (x *extra) lookEnv(n string) (*env, bool) {
	for _, e := range x.env {
		if e.name == n {
			return e, true
		}
	}
	return nil, false
}

func getenv(c *call) (slot, bool) {
	n, ok := name(c, 0)
	if !ok {
		return slot{}, false
	}
	e, has := ext(c).lookEnv(n)
	if !has {
		return slot{}, true
	}
	if e.at.N == 0 {
		if e.at, ok = own(c, "environment", uint64(len(e.value))+1); !ok || !put(c, e.at, append([]byte(e.value), 0)) {
			return slot{}, false
		}
		c.VM.M.Objs[e.at.Obj].Freeze() // 7.22.4.6p4
	}
	return e.at, true
}

// environment is C17 7.22.4.6, and POSIX's ways to change it and to learn
// about the process.
var environment = map[string]run.LibFunc{
	"getenv": getenv, "secure_getenv": getenv,
	"setenv": func(c *call) (slot, bool) {
		n, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		v, ok := name(c, 1)
		if !ok {
			return slot{}, false
		}
		if n == "" || strings.Contains(n, "=") {
			return minus(c, vfs.EINVAL)
		}
		x := ext(c)
		if _, has := x.lookEnv(n); !has || i32(c, 2) != 0 {
			x.envBytes += len(n) + len(v)
			if len(x.env) >= 10_000 || x.envBytes > 16<<20 {
				return minus(c, 12)
			}
			x.setEnv(n, v)
		}
		return slot{}, true
	},
	"unsetenv": func(c *call) (slot, bool) {
		n, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		if n == "" || strings.Contains(n, "=") {
			return minus(c, vfs.EINVAL)
		}
		x := ext(c)
		for i, e := range x.env {
			if e.name == n {
				x.env = append(x.env[:i:i], x.env[i+1:]...)
				break
			}
		}
		return slot{}, true
	},
	"putenv": func(c *call) (slot, bool) {
		p, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		n, v, has := strings.Cut(p, "=")
		if !has {
			return slot{}, c.VM.Cannot("putenv without = is not supported")
		}
		x := ext(c)
		if x.envBytes += len(p); len(x.env) >= 10_000 || x.envBytes > 16<<20 {
			return minus(c, 12)
		}
		x.setEnv(n, v)
		e, _ := x.lookEnv(n)
		e.at = arg(c, 0) // the caller's own text becomes the environment's
		e.at.N += uint64(len(n)) + 1
		return slot{}, true
	},
	"clearenv": func(c *call) (slot, bool) { ext(c).env = nil; return slot{}, true },
	"system": func(c *call) (slot, bool) {
		if arg(c, 0).N == 0 {
			return slot{}, true // there is no command processor, 7.22.4.8p3
		}
		return slot{}, c.VM.Cannot("system is not supported: nothing of the host is run")
	},
	"getpid": constant(4242), "getppid": constant(1), "getuid": constant(1000), "geteuid": constant(1000), "getgid": constant(1000), "getegid": constant(1000),
	"getpagesize": constant(4096),
	"sysconf": func(c *call) (slot, bool) {
		v, ok := map[int32]int64{2: 100, 4: fdMax, 30: 4096, 83: 1, 84: 1}[i32(c, 0)]
		if !ok {
			return minus(c, vfs.EINVAL)
		}
		return num(v)
	},
	"gethostname": func(c *call) (slot, bool) {
		const host = "localhost"
		if arg(c, 1).N <= uint64(len(host)) {
			return minus(c, vfs.ENAMETOOLONG)
		}
		return slot{}, put(c, arg(c, 0), []byte(host+"\x00"))
	},
	"getentropy": func(c *call) (slot, bool) {
		n := arg(c, 1).N
		if n > 256 {
			return minus(c, vfs.EIO)
		}
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(state(c).rand.next() >> 8)
		}
		return slot{}, put(c, arg(c, 0), b)
	},
	"__steward_mb_cur_max": constant(1),
}

func constant(n int64) run.LibFunc { return func(*call) (slot, bool) { return num(n) } }

// ending is what ends a program, C17 7.22.4.
var ending = map[string]run.LibFunc{
	"exit": func(c *call) (slot, bool) {
		if ext(c).ending {
			return slot{}, c.VM.Find("exit-twice", nil, 0, "exit is called while the program is already ending")
		}
		ext(c).ending, ext(c).endDepth = true, c.VM.Depth()
		return exit(c)
	},
	"at_quick_exit": func(c *call) (slot, bool) {
		x := ext(c)
		if len(x.quick) >= 100_000 {
			return slot{N: 1}, true
		}
		x.quick = append(x.quick, arg(c, 0))
		return slot{}, true
	},
	"quick_exit": func(c *call) (slot, bool) {
		x := ext(c)
		if x.ending {
			return slot{}, c.VM.Find("exit-twice", nil, 0, "quick_exit is called while the program is already ending")
		}
		x.ending, x.quickly, x.endDepth = true, true, c.VM.Depth()
		for len(x.quick) > 0 {
			f := x.quick[len(x.quick)-1]
			x.quick = x.quick[:len(x.quick)-1]
			if _, ok := c.VM.CallPointer(f, nil); !ok {
				return slot{}, false
			}
		}
		return slot{}, c.VM.Exit(int(i32(c, 0)))
	},
	"abort": func(c *call) (slot, bool) {
		// A handler of SIGABRT runs first, 7.22.4.1p2.
		if h := ext(c).signals[6]; h.N > 1 {
			delete(ext(c).signals, 6)
			ext(c).handling++
			_, ok := c.VM.CallPointer(h, []slot{{N: 6}})
			if ext(c).handling--; !ok {
				return slot{}, false
			}
		}
		return slot{}, c.VM.Exit(134)
	},
}
