package mailtest

import (
	"fmt"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Security is what [Neomutt] does to a letter.
type Security string

// What can be done to a letter.
const (
	InClear       Security = "in clear"
	Signed        Security = "signed"
	Encrypted     Security = "encrypted"
	SignEncrypted Security = "signed and encrypted"
)

// setting is the command of neomutt that does it.
func (s Security) setting() string {
	on := map[bool]string{true: "yes", false: "no"}
	return fmt.Sprintf("set crypt_autosign=%s crypt_autoencrypt=%s",
		on[s == Signed || s == SignEncrypted], on[s == Encrypted || s == SignEncrypted])
}

// neomuttSettings make it speak to our servers and to GnuPG by GPGME, and ask
// nothing.
const neomuttSettings = `
set from="%s" realname="%s" use_envelope_from=yes hostname=people.test
set smtp_url="smtp://%s" ssl_starttls=yes ssl_force_tls=no certificate_file="%s"
set crypt_use_gpgme=yes pgp_default_key=%s pgp_sign_as=%[5]s pgp_autoinline=no
set crypt_verify_sig=yes crypt_opportunistic_encrypt=no crypt_protected_headers_write=yes
set charset=utf-8 send_charset=utf-8 editor=true autoedit=yes edit_headers=yes
set abort_unmodified=no abort_nosubject=no wait_key=no sleep_time=0 beep=no
set copy=no record="" header_cache="" folder="%s" spoolfile="%[6]s/mail" mbox_type=Maildir
`

// Neomutt writes a letter as a person does in neomutt: in a terminal, with
// GnuPG by way of GPGME. The keys of those to whom it encrypts must be known
// ([Person.Knows]), with their addresses. It sends to a server at an address
// as 127.0.0.1:2525; ca, if not nil, is trusted for STARTTLS.
func Neomutt(t testing.TB, p *Person, addr string, ca *Authority, s Security, l Letter) {
	t.Helper()
	dir := neomuttHome(t, p, addr, ca)
	writeFile(t, dir+"/draft", fmt.Sprintf("To: %s\nSubject: %s\n\n%s", l.To, mime.QEncoding.Encode("utf-8", l.Subject), l.Body))
	args := []string{"-n", "-F", dir + "/rc", "-e", s.setting(), "-H", dir + "/draft"}
	for i, a := range l.Attachments {
		path := filepath.Join(dir, fmt.Sprint(i), a.Name)
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, string(a.Content))
		args = append(args, "-a", path)
	}
	term := openTerminal(t, neomutt(t, p, dir, args...))
	term.press(t, "Security: ", "y")
	term.wait(t)
}

func neomuttHome(t testing.TB, p *Person, addr string, ca *Authority) (dir string) {
	t.Helper()
	dir = folder(t, "mutt", false)
	trusted := ""
	if ca != nil {
		trusted = ca.File
	}
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(dir+"/mail/"+sub, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, dir+"/rc", fmt.Sprintf(neomuttSettings, p.Email, p.Name, addr, trusted, p.Fingerprint, dir))
	return dir
}

func neomutt(t testing.TB, p *Person, home string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program(t, "neomutt"), args...)
	cmd.Env = environ("HOME="+home, "GNUPGHOME="+p.Home, "TERM=xterm", "TMPDIR="+home)
	cmd.Dir = home
	return cmd
}

// Screen is what neomutt shows of a mail.
type Screen struct {
	Text string // header, what it says of encryption and signature, and the text
	Good bool   // it says that there is a good signature, and none that is not
}

// NeomuttReads opens a mail in neomutt and tells what the person sees.
func NeomuttReads(t testing.TB, p *Person, raw []byte) Screen {
	t.Helper()
	dir := neomuttHome(t, p, "", nil)
	writeFile(t, dir+"/mail/new/1.1.test", string(raw))
	shown := dir + "/shown"
	// The file is complete when neomutt has ended.
	term := openTerminal(t, neomutt(t, p, dir, "-n", "-F", dir+"/rc", "-R", "-f", dir+"/mail",
		"-e", `set display_filter="tee `+shown+`"`, "-e", "push <first-entry><display-message><exit><exit>"))
	term.wait(t)
	text, err := os.ReadFile(shown)
	if err != nil {
		t.Fatalf("neomutt showed no mail: %v", err)
	}
	// The mail may have the same words, but not the mark before them.
	mark := neomuttMark.FindString(string(text))
	_, said, signed := strings.Cut(string(text), mark+"[-- Begin signature information --]")
	said, _, _ = strings.Cut(said, mark+"[-- End signature information --]")
	return Screen{
		Text: strings.ReplaceAll(string(text), mark, ""),
		Good: mark != "" && signed && strings.Count(said, " signature from: ") == 1 && strings.Contains(said, "Good signature from: "),
	}
}

// neomuttMark is what neomutt puts before its own lines, with a number that
// the writer of a mail cannot guess.
var neomuttMark = regexp.MustCompile("\\x1b\\]9;[0-9]+\\x07")
