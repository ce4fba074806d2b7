package mailtest

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/mail"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"steward/internal/base/trial"
	"strconv"
	"strings"
	"testing"
	"time"
)

// PostfixOptions say what a [Postfix] does with mail. What it knows no way for
// it refuses, as it has no DNS.
type PostfixOptions struct {
	// Relay tells where mail for a domain or for one address goes on to, as
	// smtp:[127.0.0.1]:2525 or lmtp:inet:127.0.0.1:2424. "*" is any other.
	Relay map[string]string
	// Mailboxes are the addresses that it delivers to itself. It owns their
	// domains: another address there does not exist.
	Mailboxes []string
	// TLS offers STARTTLS with its certificate, and trusts it when relaying.
	TLS *Authority
	// RequireTLS refuses mail that comes without STARTTLS.
	RequireTLS bool
	// Settings are further lines of main.cf, by name; they win.
	Settings map[string]string
}

// MTA is a [Postfix] that runs.
type MTA struct {
	Addr string // where it takes mail, as 127.0.0.1:2525
	dir  string
}

// postfixMaster lists the services of a Postfix that takes mail by SMTP on a
// port, delivers it to Maildirs, relays it and bounces it. None is in a chroot.
const postfixMaster = `
%s      inet  n - n -    - smtpd
cleanup unix  n - n -    0 cleanup
qmgr    unix  n - n 1    1 qmgr
rewrite unix  - - n -    - trivial-rewrite
bounce  unix  - - n -    0 bounce
defer   unix  - - n -    0 bounce
trace   unix  - - n -    0 bounce
verify  unix  - - n -    1 verify
proxymap unix - - n -    - proxymap
smtp    unix  - - n -    - smtp
lmtp    unix  - - n -    - lmtp
error   unix  - - n -    - error
retry   unix  - - n -    - error
discard unix  - - n -    - discard
virtual unix  - n n -    - virtual
anvil   unix  - - n -    1 anvil
scache  unix  - - n -    1 scache
tlsmgr  unix  - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

// postfixKeeper runs Postfix until its input closes and then removes the
// folder. Postfix signals its process group when it ends, so it has its own.
const postfixKeeper = `
dir=$1 master=$2
cd "$dir" || exit 1
export MAIL_CONFIG="$dir/etc" MAIL_LOGTAG=postfix
setsid "$master" -c "$dir/etc" -d </dev/null >>"$dir/log/out" 2>&1 &
pid=$!
read -r _
kill -TERM $pid 2>/dev/null; wait $pid
kill -s KILL -- -$pid 2>/dev/null
cd / && { rm -rf "$dir" 2>/dev/null || { sleep 1; rm -rf "$dir"; }; }
`

// Postfix starts a private Postfix on 127.0.0.1 that trusts every client. It
// tries again within two seconds what was put off. It needs root, as Postfix
// does, and ends with the test.
func Postfix(t testing.TB, o PostfixOptions) *MTA {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("postfix starts as root only; run the tests as root")
	}
	m := &MTA{Addr: trial.Addr(t), dir: folder(t, "pfx", true)}
	m.configure(t, o)
	stop := keep(t, postfixKeeper, m.dir, daemons(t)+"/master")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the log of postfix at %s:\n%s", m.Addr, m.Log())
		}
		stop()
	})
	m.waitReady(t)
	return m
}

// waitReady waits for the greeting.
func (m *MTA) waitReady(t testing.TB) {
	t.Helper()
	eventually(t, "postfix answers", func() bool {
		if log := m.Log(); strings.Contains(log, "fatal:") {
			t.Fatalf("postfix did not start:\n%s", log)
		}
		c, err := net.Dial("tcp", m.Addr)
		if err != nil {
			return false
		}
		defer c.Close()
		greeting := make([]byte, 4)
		_, err = io.ReadFull(c, greeting)
		return err == nil && string(greeting) == "220 "
	})
}

func (m *MTA) configure(t testing.TB, o PostfixOptions) {
	t.Helper()
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal("postfix is missing; install it with scripts/install-mail.sh")
	}
	drop, err := user.LookupGroup("postdrop")
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	q := m.dir + "/queue"
	for _, d := range []struct {
		path, user, group string
		mode              os.FileMode
	}{
		{m.dir + "/etc", "0", "0", 0o755},
		{m.dir + "/log", "0", "0", 0o755},
		{m.dir + "/mail", nobody.Uid, nobody.Gid, 0o755},
		{m.dir + "/data", owner.Uid, owner.Gid, 0o700},
		{q, "0", "0", 0o755},
		{q + "/pid", "0", "0", 0o755},
		{q + "/private", owner.Uid, "0", 0o700},
		{q + "/public", owner.Uid, drop.Gid, 0o710},
		{q + "/maildrop", owner.Uid, drop.Gid, 0o730},
	} {
		makeDir(t, d.path, d.user, d.group, d.mode)
	}
	for _, d := range []string{"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "saved", "trace"} {
		makeDir(t, q+"/"+d, owner.Uid, "0", 0o700)
	}
	m.writeMaps(t, o)
	writeFile(t, m.dir+"/etc/master.cf", fmt.Sprintf(postfixMaster, m.Addr))
	var main strings.Builder
	settings := m.settings(t, o, nobody.Uid, nobody.Gid)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&main, "%s = %s\n", name, settings[name])
	}
	writeFile(t, m.dir+"/etc/main.cf", main.String())
	// Postfix waits until its settings are two seconds old, lest they be half written.
	old := time.Now().Add(-time.Minute)
	for _, name := range []string{"main.cf", "master.cf", "transport", "domains", "mailboxes"} {
		if err := os.Chtimes(filepath.Join(m.dir, "etc", name), old, old); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *MTA) settings(t testing.TB, o PostfixOptions, uid, gid string) map[string]string {
	s := map[string]string{
		"compatibility_level": "3.6",
		"queue_directory":     m.dir + "/queue", "data_directory": m.dir + "/data",
		"daemon_directory": daemons(t), "command_directory": "/usr/sbin",
		"maillog_file": m.dir + "/log/mail", "maillog_file_prefixes": m.dir,
		"myhostname": Host, "mydomain": "test", "mydestination": "", "local_recipient_maps": "", "local_transport": "error:nobody lives here",
		"alias_maps": "", "alias_database": "", "inet_protocols": "ipv4", "inet_interfaces": "127.0.0.1", "mynetworks": "127.0.0.0/8",
		"disable_dns_lookups": "yes", "smtp_dns_support_level": "disabled", "smtpd_peername_lookup": "no",
		"transport_maps": "texthash:" + m.dir + "/etc/transport", "default_transport": "error:5.1.2 no way to there is known",
		"virtual_transport": "virtual", "virtual_mailbox_base": m.dir + "/mail", "virtual_mailbox_limit": "0", "message_size_limit": "67108864",
		"virtual_mailbox_domains": "texthash:" + m.dir + "/etc/domains",
		"virtual_mailbox_maps":    "texthash:" + m.dir + "/etc/mailboxes",
		"virtual_uid_maps":        "static:" + uid, "virtual_gid_maps": "static:" + gid,
		"smtpd_relay_restrictions": "permit_mynetworks, reject", "smtpd_recipient_restrictions": "",
		// Tests do not wait for a second chance longer than they must.
		"queue_run_delay": "1s", "minimal_backoff_time": "1s", "maximal_backoff_time": "2s", "transport_retry_time": "1s",
		"smtpd_error_sleep_time": "0", "smtp_destination_concurrency_failed_cohort_limit": "1000", "in_flow_delay": "0",
		"default_process_limit": "20", "smtpd_client_connection_count_limit": "0", "smtputf8_autodetect_classes": "all",
	}
	if o.TLS != nil {
		s["smtpd_tls_security_level"], s["smtp_tls_security_level"] = "may", "may"
		if o.RequireTLS {
			s["smtpd_tls_security_level"] = "encrypt"
		}
		s["smtpd_tls_cert_file"], s["smtpd_tls_key_file"] = o.TLS.files[0], o.TLS.files[1]
		s["smtp_tls_CAfile"] = o.TLS.File
	}
	maps.Copy(s, o.Settings)
	return s
}

func (m *MTA) writeMaps(t testing.TB, o PostfixOptions) {
	t.Helper()
	var transport, domains, mailboxes strings.Builder
	for _, domain := range slices.Sorted(maps.Keys(o.Relay)) {
		fmt.Fprintf(&transport, "%s %s\n", domain, o.Relay[domain])
	}
	seen := map[string]bool{}
	for _, address := range o.Mailboxes {
		_, domain, _ := strings.Cut(address, "@")
		if !seen[domain] {
			fmt.Fprintf(&domains, "%s here\n", domain)
		}
		seen[domain] = true
		fmt.Fprintf(&mailboxes, "%s %s/\n", address, address)
	}
	writeFile(t, m.dir+"/etc/transport", transport.String())
	writeFile(t, m.dir+"/etc/domains", domains.String())
	writeFile(t, m.dir+"/etc/mailboxes", mailboxes.String())
}

// Maildir is the folder of one of its mailboxes, for programs that read mail.
// It is there once a message has come.
func (m *MTA) Maildir(address string) string { return filepath.Join(m.dir, "mail", address) }

// Mailbox waits until n messages have come to one of its mailboxes and gives
// all that are there, oldest first; the test fails if they never come.
func (m *MTA) Mailbox(t testing.TB, address string, n int) []Message {
	t.Helper()
	var files []string
	eventually(t, fmt.Sprintf("%s has %d messages", address, n), func() bool {
		files, _ = filepath.Glob(m.Maildir(address) + "/new/*")
		read, _ := filepath.Glob(m.Maildir(address) + "/cur/*")
		files = append(files, read...)
		return len(files) >= n
	})
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(arrival(t, a), arrival(t, b)) })
	var all []Message
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		message := Message{Raw: raw, To: []string{address}}
		if from, err := mail.ParseAddress(message.Header("Return-Path")); err == nil {
			message.From = from.Address
		}
		all = append(all, message)
	}
	return all
}

// arrival sorts the files of a Maildir as they came.
func arrival(t testing.TB, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime().UTC().Format("2006-01-02T15:04:05.000000000") + path
}

// Idle waits until no message is on its way or put off. One that has arrived
// is so for a moment more, until the queue manager has heard of it.
func (m *MTA) Idle(t testing.TB) {
	t.Helper()
	eventually(t, "nothing is in the queue", func() bool { return m.Queued() == 0 })
}

// Queued counts the messages that are on their way or put off.
func (m *MTA) Queued() int {
	n := 0
	for _, queue := range []string{"maildrop", "incoming", "active", "deferred", "hold", "corrupt"} {
		_ = filepath.WalkDir(filepath.Join(m.dir, "queue", queue), func(_ string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return nil
		})
	}
	return n
}

// Log is what it has logged so far.
func (m *MTA) Log() string {
	log, _ := os.ReadFile(m.dir + "/log/mail")
	out, _ := os.ReadFile(m.dir + "/log/out")
	return string(out) + string(log)
}

// daemons is where Debian, or another, keeps Postfix's daemons.
func daemons(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{"/usr/lib/postfix/sbin", "/usr/libexec/postfix", "/usr/lib/postfix"} {
		if _, err := os.Stat(dir + "/master"); err == nil {
			return dir
		}
	}
	t.Fatal("postfix is missing; install it with scripts/install-mail.sh")
	return ""
}

func makeDir(t testing.TB, path, uid, gid string, mode os.FileMode) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	u, errU := strconv.Atoi(uid)
	g, errG := strconv.Atoi(gid)
	if errU != nil || errG != nil {
		t.Fatalf("the numbers of a user: %v, %v", errU, errG)
	}
	if err := os.Chown(path, u, g); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // past the umask
		t.Fatal(err)
	}
}
