package mailtest

import (
	"os/exec"
	"testing"
)

// Swaks runs swaks against a server at an address as 127.0.0.1:2525 and gives
// its transcript. The error is that of the program: it ends badly if the
// server refuses anything. It says ada@people.test and localhost unless told
// otherwise by args, such as "--to", "team@project.test", "--tls",
// "--tls-verify", "--tls-ca-path", ca.File, "--data", path.
func Swaks(t testing.TB, addr string, args ...string) (transcript string, err error) {
	t.Helper()
	cmd := exec.Command(program(t, "swaks"), append([]string{
		"--server", addr, "--helo", "localhost", "--from", "ada@people.test", "--timeout", "60"}, args...)...)
	cmd.Env = environ("HOME="+t.TempDir(), "SWAKS_HOME=/nonexistent")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
