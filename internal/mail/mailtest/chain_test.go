package mailtest_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"steward/internal/mail/mailtest"
)

// TestThereAndBack sends a letter through all of the kit: neomutt, the
// reporter's server, ours; and the answer back to the reporter's mailbox.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	ca := mailtest.NewAuthority(t)
	ours := mailtest.Sink(t, mailtest.SinkOptions{TLS: ca, RequireTLS: true})
	_, port, _ := net.SplitHostPort(ours.Addr)
	theirs := mailtest.Postfix(t, mailtest.PostfixOptions{
		Relay: map[string]string{"project.test": "smtp:[127.0.0.1]:" + port}, Mailboxes: []string{"ada@people.test"}, TLS: ca,
	})
	ada := mailtest.NewPerson(t, "Ada", "ada@people.test", mailtest.CV25519)
	team := mailtest.NewPerson(t, "Team", "team@project.test", mailtest.RSA3072)
	ada.Knows(team.PublicKey())
	team.Knows(ada.PublicKey())

	mailtest.Neomutt(t, ada, theirs.Addr, ca, mailtest.SignEncrypted, letter)
	report := ours.Wait(t, 1)[0]
	read, err := team.ReadPGPMIME(report.Raw)
	if err != nil || !report.TLS || !read.Encrypted || !read.Verified || !reflect.DeepEqual(read.Letter, letter) {
		t.Fatalf("the team reads %.1000v, %v", read, err)
	}
	if outer := read.Outer.Get("Subject"); strings.Contains(outer, "Loch") {
		t.Errorf("the subject is outside, too: %s", outer)
	}

	raw, err := team.WritePGPMIME(mailtest.Letter{To: "ada@people.test", Subject: "Re: Ein Loch", Body: "Thank you.\n"}, ada.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "answer.eml")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := mailtest.Swaks(t, theirs.Addr, "--tls", "--from", "team@project.test", "--to", "ada@people.test", "--data", "@"+path)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answer := theirs.Mailbox(t, "ada@people.test", 1)[0]
	if s := mailtest.NeomuttReads(t, ada, answer.Raw); !s.Good || !strings.Contains(s.Text, "Thank you.") {
		t.Errorf("Ada sees: good %v\n%s", s.Good, s.Text)
	}
	if read, err := ada.ReadPGPMIME(answer.Raw); err != nil || read.Signer != team.Fingerprint || read.Body != "Thank you.\n" {
		t.Errorf("Ada reads %+v, %v", read, err)
	}
	theirs.Idle(t)
}

// envChild makes the test below start what it can, tell where, and hang.
const envChild = "STEWARD_MAILTEST_CHILD"

// TestEndsWithTheProcess kills a process that has a Postfix and a person with
// an agent: they and their files must go, too.
func TestEndsWithTheProcess(t *testing.T) {
	if os.Getenv(envChild) != "" {
		mta := mailtest.Postfix(t, mailtest.PostfixOptions{Mailboxes: []string{"ada@people.test"}})
		ada := mailtest.NewPerson(t, "Ada", "ada@people.test", mailtest.CV25519)
		fmt.Println("at", filepath.Dir(filepath.Dir(mta.Maildir("ada@people.test"))), ada.Home)
		time.Sleep(time.Hour) // not select {}: Go ends a process that can never go on
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), envChild+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	words := strings.Fields(line)
	if err != nil || len(words) != 3 || words[0] != "at" {
		t.Fatalf("the process said %q, %v", line, err)
	}
	folders := words[1:]
	for _, f := range folders {
		if mentioned(f) == 0 {
			t.Errorf("no process is at work for %s", f)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	gone := func(f string) bool {
		_, err := os.Stat(f)
		return os.IsNotExist(err) && mentioned(f) == 0
	}
	for end := time.Now().Add(time.Minute); !gone(folders[0]) || !gone(folders[1]); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v outlived their process", folders)
		}
	}
}

// mentioned counts the processes with a folder in their command line.
func mentioned(folder string) (n int) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		if line, err := os.ReadFile(path); err == nil && bytes.Contains(line, []byte(folder)) {
			n++
		}
	}
	return n
}
