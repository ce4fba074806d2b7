package lib

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// There is no network: a socket cannot be made, as on a machine that knows no
// family of addresses, and no name of a host is known. What only computes is
// there.

const (
	noFamily  = vfs.Errno(97) // EAFNOSUPPORT
	noSocket  = vfs.Errno(88) // ENOTSOCK
	badFile   = vfs.Errno(9)  // EBADF
	tryAgain  = -3            // EAI_AGAIN
	inet4     = 2             // AF_INET
	inetBytes = 16            // INET_ADDRSTRLEN
)

// network is POSIX's sockets.
var network = networkFunctions()

func networkFunctions() map[string]run.LibFunc {
	m := map[string]run.LibFunc{
		"socket":       func(c *call) (slot, bool) { return minus(c, noFamily) },
		"socketpair":   func(c *call) (slot, bool) { return minus(c, noFamily) },
		"inet_addr":    inetAddr,
		"inet_ntoa":    func(c *call) (slot, bool) { return inetText(c) },
		"inet_pton":    inetPton,
		"inet_ntop":    inetNtop,
		"freeaddrinfo": func(*call) (slot, bool) { return slot{}, true },
		"gai_strerror": func(c *call) (slot, bool) {
			return fixed(c, "message of an error", "Temporary failure in name resolution")
		},
		"getaddrinfo":   constant(tryAgain),
		"gethostbyname": constant(0),
	}
	for _, n := range []string{"accept", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recv", "recvfrom", "send", "sendto",
		"setsockopt", "shutdown"} {
		m[n] = func(c *call) (slot, bool) {
			if ext(c).at(i32(c, 0)) == nil {
				return minus(c, badFile)
			}
			return minus(c, noSocket)
		}
	}
	for _, n := range []string{"htonl", "ntohl"} {
		m[n] = func(c *call) (slot, bool) {
			return slot{N: uint64(netOrder(c, 4))}, true
		}
	}
	for _, n := range []string{"htons", "ntohs"} {
		m[n] = func(c *call) (slot, bool) {
			return slot{N: uint64(netOrder(c, 2))}, true
		}
	}
	return m
}

// netOrder turns argument 0 from the machine's order of bytes to the network's.
func netOrder(c *call, size int) uint32 {
	n := uint32(arg(c, 0).N)
	switch {
	case c.VM.P.Big:
		return n
	case size == 2:
		return uint32(uint16(n)>>8 | uint16(n)<<8)
	}
	return n>>24 | n>>8&0xff00 | n<<8&0xff0000 | n<<24
}

// address4 reads dotted numbers.
func address4(b []byte) ([]byte, bool) {
	a, err := netip.ParseAddr(string(b))
	if err != nil || !a.Is4() {
		return nil, false
	}
	return a.AsSlice(), true
}

func inetAddr(c *call) (slot, bool) {
	b, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	a, good := address4(b)
	if !good {
		return slot{N: 0xffffffff}, true
	}
	if c.VM.P.Big {
		return slot{N: uint64(binary.BigEndian.Uint32(a))}, true
	}
	return slot{N: uint64(binary.LittleEndian.Uint32(a))}, true
}

func inetPton(c *call) (slot, bool) {
	b, ok := str(c, arg(c, 1))
	if !ok {
		return slot{}, false
	}
	if i32(c, 0) != inet4 {
		return minus(c, noFamily)
	}
	a, good := address4(b)
	if !good {
		return slot{}, true
	}
	return slot{N: 1}, put(c, arg(c, 2), a)
}

func dotted(b []byte) string { return fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3]) }

func inetNtop(c *call) (slot, bool) {
	if i32(c, 0) != inet4 {
		return null(c, noFamily)
	}
	b, ok := bytesOf(c, arg(c, 1), 4)
	if !ok {
		return slot{}, false
	}
	if t := dotted(b); uint64(len(t)) < arg(c, 3).N {
		return arg(c, 2), put(c, arg(c, 2), append([]byte(t), 0))
	}
	return null(c, 28) // ENOSPC
}

// inetText is inet_ntoa, whose argument is a structure with the four bytes.
func inetText(c *call) (slot, bool) {
	v, ok := c.VM.Load(arg(c, 0), code.U32)
	if !ok {
		return slot{}, false
	}
	var b [inetBytes]byte
	if c.VM.P.Big {
		binary.BigEndian.PutUint32(b[:], uint32(v.N))
	} else {
		binary.LittleEndian.PutUint32(b[:], uint32(v.N))
	}
	return kept(c, "text of an address", dotted(b[:]), true)
}
