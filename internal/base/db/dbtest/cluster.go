package dbtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// cluster is a PostgreSQL server in a temporary folder, reached by a socket
// in it. A shell watches over it: it obeys the words written to its input,
// and when that closes, which the kernel sees to however this process ends,
// it ends the server and removes the folder.
type cluster struct {
	dir    string
	mu     sync.Mutex
	words  io.WriteCloser
	answer *bufio.Reader
	shell  *exec.Cmd
}

// keeper is what the shell runs. Its parameters are the folder of the
// programs, the folder of the cluster and the settings of the server. The
// answer to each word is one line: "ok", or what went wrong. It must not die of
// a signal, nor of an answer that nobody reads any more.
const keeper = `
bin=$1 dir=$2; shift 2
trap '' INT HUP TERM PIPE
cd "$dir" || exit 1
"$bin/initdb" -D data -U steward -A trust -E UTF8 --locale=C --data-checksums --no-sync >log 2>&1 </dev/null ||
	echo "initdb failed: $(tail -n 3 log | tr '\n' ' ')"
while read -r word; do
	case $word in
	start)
		"$bin/postgres" -D data -k "$dir" "$@" >>log 2>&1 </dev/null &
		pid=$!
		for i in $(seq 600); do
			"$bin/pg_isready" -q -h "$dir" && break
			kill -0 $pid 2>/dev/null || break
			sleep 0.05
		done
		if "$bin/pg_isready" -q -h "$dir"; then echo ok
		else echo "postgres did not start: $(tail -n 3 log | tr '\n' ' ')"; fi ;;
	crash)
		kill -QUIT $pid; wait $pid; echo ok ;;
	stop)
		kill -INT $pid; wait $pid; pid=; echo ok ;;
	esac
done
[ -n "$pid" ] && kill -QUIT $pid 2>/dev/null && wait $pid
cd / && rm -rf "$dir"
`

func startCluster(durable bool) (*cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, owner, err := folder()
	if err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	args := []string{"-c", keeper, "keeper", bin, dir,
		"-c", "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "max_connections=200",
		"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "autovacuum=off"}
	if !durable {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	c := &cluster{dir: dir, shell: exec.Command("/bin/sh", args...)}
	// A session of its own: an interrupt typed at the terminal must not reach
	// the shell before it has cleaned up.
	c.shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner}
	c.shell.Env = append(os.Environ(), "LC_ALL=C", "HOME="+dir)
	c.shell.Dir = dir
	if err := c.start(); err != nil {
		c.remove()
		return nil, fmt.Errorf("starting PostgreSQL for tests: %w", err)
	}
	return c, nil
}

func (c *cluster) start() error {
	words, err := c.shell.StdinPipe()
	if err != nil {
		return err
	}
	answer, err := c.shell.StdoutPipe()
	if err != nil {
		return err
	}
	c.words, c.answer = words, bufio.NewReader(answer)
	if err := c.shell.Start(); err != nil {
		return err
	}
	return c.order("start")
}

// order gives the shell a word and waits until it is done.
func (c *cluster) order(word string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.words, word+"\n"); err != nil {
		return err
	}
	line, err := c.answer.ReadString('\n')
	if err != nil {
		return err
	}
	if line != "ok\n" {
		return errors.New(strings.TrimSpace(line))
	}
	return nil
}

// remove ends the server and waits until its folder is gone.
func (c *cluster) remove() {
	if c.shell.Process == nil {
		_ = os.RemoveAll(c.dir)
		return
	}
	_ = c.words.Close()
	_ = c.shell.Wait()
}

// address is that of the database postgres, which every server has.
func (c *cluster) address() string {
	return "postgres://steward@/postgres?" + url.Values{"host": {c.dir}}.Encode()
}

// programs finds the folder of the newest PostgreSQL on this machine.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return release(b) - release(a) })
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			found = append(found, p)
		}
	}
	for _, p := range found {
		dir := filepath.Dir(p)
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the tests need PostgreSQL: install it (on Debian: apt install postgresql), "+
		"or set %s to the address of a server, such as postgres://user@localhost/postgres", EnvServer)
}

// release reads the number in /usr/lib/postgresql/15/bin/initdb.
func release(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// folder makes the cluster's folder for the user who will own it: this one,
// or, since PostgreSQL refuses to run as root, one without rights.
func folder() (string, *syscall.Credential, error) {
	if os.Getuid() != 0 {
		dir, err := os.MkdirTemp("", "steward-pg-")
		return dir, nil, err
	}
	uid, gid, err := unprivileged()
	if err != nil {
		return "", nil, err
	}
	// Not os.TempDir: that may lie where only root can go.
	dir, err := os.MkdirTemp("/tmp", "steward-pg-")
	if err != nil {
		return "", nil, err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return "", nil, errors.Join(err, os.Remove(dir))
	}
	return dir, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func unprivileged() (uid, gid int, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, lookup := user.Lookup(name)
		if lookup != nil {
			err = lookup
			continue
		}
		uid, err = strconv.Atoi(u.Uid)
		if err != nil {
			return 0, 0, err
		}
		gid, err = strconv.Atoi(u.Gid)
		return uid, gid, err
	}
	return 0, 0, err
}
