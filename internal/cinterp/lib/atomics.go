package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// atomics is the functions of C17 7.17 that the compiler does not know.
var atomics = map[string]run.LibFunc{
	"atomic_thread_fence": func(c *call) (slot, bool) {
		if !orders(c, 0, 0, 1, 2, 3, 4, 5) || !c.VM.Point() {
			return slot{}, false
		}
		c.VM.Fence(i32(c, 0))
		return slot{}, true
	},
	"__steward_fence": func(c *call) (slot, bool) {
		if !c.VM.Point() {
			return slot{}, false
		}
		c.VM.Fence(i32(c, 0))
		return slot{}, true
	},
	"atomic_signal_fence":      func(c *call) (slot, bool) { return slot{}, orders(c, 0, 0, 1, 2, 3, 4, 5) },
	"atomic_flag_test_and_set": func(c *call) (slot, bool) { return testAndSet(c, 5) },
	"atomic_flag_test_and_set_explicit": func(c *call) (slot, bool) {
		if !orders(c, 1, 0, 1, 2, 3, 4, 5) {
			return slot{}, false
		}
		return testAndSet(c, i32(c, 1))
	},
	"atomic_flag_clear": func(c *call) (slot, bool) {
		return slot{}, c.VM.AtomicStore(arg(c, 0), code.U8, slot{}, 5)
	},
	"atomic_flag_clear_explicit": func(c *call) (slot, bool) {
		// 7.17.8.2p2: neither acquire nor acquire and release.
		return slot{}, orders(c, 1, 0, 1, 3, 5) && c.VM.AtomicStore(arg(c, 0), code.U8, slot{}, int(i32(c, 1)))
	},
	"__steward_atomic_is_lock_free": func(c *call) (slot, bool) { return yes(arg(c, 0).N <= 8) },
}

func testAndSet(c *call, order int32) (slot, bool) {
	return c.VM.AtomicExchange(arg(c, 0), code.U8, slot{N: 1}, int(order))
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
