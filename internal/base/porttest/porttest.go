// Package porttest holds ports for tests.
//
// A server that is a process of its own is told its port before it starts, and
// one that is killed has it again. A port that was only found free may be given
// to any other test of the machine in between.
package porttest

import (
	"fmt"
	"syscall"
	"testing"
)

// Hold gives an address on 127.0.0.1 that nobody else is given until the test
// ends: the port belongs to a socket that does not listen, so connections are
// refused. Who asks for just this port, with SO_REUSEADDR as servers do, may
// listen on it meanwhile, again and again (bind(2), socket(7)).
func Hold(t testing.TB) string {
	t.Helper()
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Close(s) })
	if err := syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	at, err := syscall.Getsockname(s)
	if err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*syscall.SockaddrInet4).Port)
}
