package relay

import (
	"bufio"
	"context"
	"errors"
	"maps"
	"net"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

// script is a server that answers each command as it is told to: at a step by
// the words given; "cut" ends the connection and "sleep" says nothing more.
type script map[string]string

// usual is what a server says that takes everything.
func usual() script {
	return script{
		"greeting": "220 mail.example.org", "EHLO": "250-mail.example.org\r\n250-SIZE 100000\r\n250-8BITMIME\r\n250 SMTPUTF8",
		"MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on", "end": "250 2.0.0 taken", "RSET": "250 ok", "QUIT": "221 bye",
	}
}

// serve runs the script for every connection and gives a Relay for it. What it
// hears is sent to heard.
func (s script) serve(t *testing.T) (Relay, *lines) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	heard := &lines{ch: make(chan string, 100000), asleep: make(chan bool, 100)}
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(conn.(*net.TCPConn), heard, over)
		}
	}()
	return Relay{Address: l.Addr().String(), TLS: None, Helo: "security.example.org",
		Dial: patience, Command: patience, Submit: patience}, heard
}

// patience is for a machine that is busy; what works does not take it.
const patience = 30 * time.Second

// lines is what a server has heard.
type lines struct {
	ch     chan string
	asleep chan bool // it says nothing more on a connection
}

func (h *lines) all() (got []string) {
	for {
		select {
		case l := <-h.ch:
			got = append(got, l)
		default:
			return got
		}
	}
}

func (s script) talk(conn *net.TCPConn, heard *lines, over chan struct{}) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	answer := func(step string) bool {
		switch words := s[step]; words {
		case "cut":
			conn.SetLinger(0)
			return false
		case "close":
			return false
		case "sleep":
			heard.asleep <- true
			<-over
			return false
		default:
			_, err := conn.Write([]byte(words + "\r\n"))
			return err == nil
		}
	}
	if !answer("greeting") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		heard.ch <- strings.TrimSuffix(line, "\r\n")
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !answer(verb) {
			return
		}
		if verb != "DATA" || !strings.HasPrefix(s["DATA"], "354") {
			continue
		}
		for {
			line, err := in.ReadString('\n')
			if err != nil || s["body"] != "" && !answer("body") {
				return
			}
			heard.ch <- strings.TrimSuffix(line, "\r\n")
			if line == ".\r\n" {
				break
			}
		}
		if !answer("end") {
			return
		}
	}
}

// Every step of the dialogue fails in every way.
func TestFailures(t *testing.T) {
	t.Parallel()
	big := letter(strings.Repeat(strings.Repeat("x", 78)+"\r\n", 90000/80))
	steps := []struct {
		verb string
		step Step
		own  bool // a refusal is about us and not the message
	}{{"greeting", StepGreeting, true}, {"EHLO", StepHello, true}, {"MAIL", StepMail, false}, {"RCPT", StepRcpt, false}, {"DATA", StepData, false}, {"end", StepEnd, false}}
	for _, at := range steps {
		lost := Temporary
		if at.step == StepEnd {
			lost = Unknown
		}
		refused := Permanent
		if at.own {
			refused = Temporary
		}
		for _, tt := range []struct {
			words string
			want  Kind
			code  int
		}{
			{"450 4.2.1 later", Temporary, 450}, {"421 4.3.2 going down", Temporary, 421}, {"550 5.7.1 no", refused, 550},
			{"554-5.7.1 no\r\n554 5.7.1 never", refused, 554}, {"cut", lost, 0}, {"close", lost, 0}, {"sleep", lost, 0},
			{"hello", lost, 0}, {"999 what", lost, 0}, {"250-one\r\n251 two", lost, 0},
			{strings.Repeat("250-x\r\n", 1000) + "250 x", lost, 0}, {"250 " + strings.Repeat("x", 5000), lost, 0},
			{"251", "", 251},
		} {
			t.Run(at.verb+" "+tt.words[:min(len(tt.words), 12)], func(t *testing.T) {
				t.Parallel()
				s := usual()
				s[at.verb] = tt.words
				r, _ := s.serve(t)
				if tt.words == "sleep" {
					r.Command, r.Submit = 2*time.Second, 2*time.Second
				}
				began := time.Now()
				err := r.Send(context.Background(), from, jo, big, nil)
				if took := time.Since(began); took > patience {
					t.Errorf("it took %v", took)
				}
				want := tt.want
				if tt.code == 251 { // an answer that does not belong here, but for RCPT
					switch at.step {
					case StepRcpt:
						if err != nil {
							t.Errorf("got %v", err)
						}
						return
					case StepEnd:
						want = Unknown
					default:
						want = Temporary
					}
				}
				e, ok := errors.AsType[*Error](err)
				early := ok && at.step == StepGreeting && e.Step == StepDial // it was cut so soon
				if !ok || e.Kind != want || e.Code != tt.code || e.Step != at.step && !early {
					t.Errorf("got %#v (%v), want %s", e, err, want)
				}
				if KindOf(err) != want {
					t.Errorf("KindOf says %s", KindOf(err))
				}
			})
		}
	}
}

// A connection that breaks within the message has delivered nothing, if that
// shows before its end was handed over, and else it is not known.
func TestCutWithinMessage(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"cut", "close"} {
		s := usual()
		s["EHLO"] = "250 mail.example.org" // no limit of size
		s["body"] = how
		r, _ := s.serve(t)
		err := r.Send(context.Background(), from, jo, letter(strings.Repeat(strings.Repeat("x", 78)+"\r\n", 400000)), nil)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || e.Step != StepBody {
			t.Errorf("%s: %v", how, err)
		}
		err = r.Send(context.Background(), from, jo, letter("x\r\n"), nil)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind == Permanent {
			t.Errorf("%s: short: %v", how, err)
		}
	}
}

// A server that takes nothing more of a message is left in time.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	s := usual()
	s["EHLO"], s["body"] = "250 mail.example.org", "sleep"
	r, _ := s.serve(t)
	r.Command = 2 * time.Second
	err := r.Send(context.Background(), from, jo, letter(strings.Repeat(strings.Repeat("x", 78)+"\r\n", 400000)), nil)
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || e.Step != StepBody {
		t.Errorf("%v", err)
	}
}

// The caller's time counts at every step, and what it may have left behind is
// told.
func TestContext(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]Kind{"greeting": Temporary, "EHLO": Temporary, "MAIL": Temporary, "DATA": Temporary, "end": Unknown} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			s := usual()
			s[verb] = "sleep"
			r, heard := s.serve(t)
			r.Command, r.Submit = time.Hour, time.Hour
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				<-heard.asleep
				cancel()
			}()
			err := r.Send(ctx, from, jo, letter("x\r\n"), nil)
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != want {
				t.Errorf("%v", err)
			}
		})
	}
	r, _ := usual().serve(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Send(ctx, from, jo, letter(""), nil); KindOf(err) != Temporary || err == nil {
		t.Errorf("%v", err)
	}
}

// A man in the middle who takes STARTTLS away, or says more after it, gets
// neither password nor mail; nor does a server that lacks it.
func TestNoClearFallback(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]script{
		"not offered": {},
		"refused":     {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "454 no"},
		"injected":    {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "220 go\r\n250-evil\r\n250 AUTH PLAIN"},
		"no TLS":      {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "220 go"},
	} {
		s := usual()
		for k, v := range change {
			s[k] = v
		}
		r, heard := s.serve(t)
		r.TLS = StartTLS
		err := r.Send(context.Background(), from, jo, letter("secret\r\n"), nil)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || e.Step != StepTLS {
			t.Errorf("%s: %v", name, err)
		}
		for _, line := range heard.all() {
			if strings.HasPrefix(line, "MAIL") || strings.HasPrefix(line, "AUTH") || strings.Contains(line, "secret") {
				t.Errorf("%s: said %q", name, line)
			}
		}
	}
}

// What a server cannot take is refused before anything of it is said.
func TestAbilities(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		offers, to, text string
		want             Kind
		mail             string
	}{
		{"", jo, "x\r\n", "", "MAIL FROM:<security@example.org>"},
		{"SIZE", jo, "x\r\n", "", "MAIL FROM:<security@example.org> SIZE=69"},
		{"SIZE 0", jo, "x\r\n", "", "MAIL FROM:<security@example.org> SIZE=69"},
		{"SIZE 68", jo, "x\r\n", Permanent, ""},
		{"SIZE 69", jo, "x\r\n", "", "MAIL FROM:<security@example.org> SIZE=69"},
		{"", jo, "ü\r\n", Permanent, ""},
		{"8BITMIME", jo, "ü\r\n", "", "MAIL FROM:<security@example.org> BODY=8BITMIME"},
		{"8BITMIME", "jö@example.net", "x\r\n", Permanent, ""},
		{"smtputf8", "jö@example.net", "x\r\n", "", "MAIL FROM:<security@example.org> SMTPUTF8"},
	} {
		s := usual()
		s["EHLO"] = "250-mail.example.org\r\n250 " + tt.offers
		r, heard := s.serve(t)
		err := r.Send(context.Background(), from, tt.to, letter(tt.text), nil)
		if (err == nil) != (tt.want == "") || err != nil && KindOf(err) != tt.want {
			t.Errorf("%+v: %v", tt, err)
		}
		said := ""
		for _, line := range heard.all() {
			if strings.HasPrefix(line, "MAIL") {
				said = line
			}
		}
		if said != tt.mail {
			t.Errorf("%+v: said %q", tt, said)
		}
	}
}

// What could end a command or a message early is refused.
func TestRefusesInjection(t *testing.T) {
	t.Parallel()
	r, heard := usual().serve(t)
	for _, bad := range []string{"", "a", "@b", "a@", "a@b>\r\nRCPT TO:<c@d", "a b@c", "a@b\x00", "<a@b>", "a@b@c", strings.Repeat("a", 250) + "@example.net"} {
		if err := r.Send(context.Background(), from, bad, letter(""), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("to %q: %v", bad, err)
		}
		if err := r.Send(context.Background(), bad, jo, letter(""), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("from %q: %v", bad, err)
		}
	}
	for _, bad := range []string{"x", "x\n", "x\n.\r\nMAIL\r\n", "x\r.\r\n", "\n\r\n", "x\r\r\n", "a\x00b\r\n", strings.Repeat("x", 999) + "\r\n"} {
		if err := r.Send(context.Background(), from, jo, letter(bad), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if err := r.Send(context.Background(), from, jo, letter(strings.Repeat("x", 998)+"\r\n"), nil); err != nil {
		t.Errorf("a line of 998: %v", err)
	}
	if n := strings.Count(strings.Join(heard.all(), "\n"), "MAIL FROM"); n != 1 {
		t.Errorf("%d messages were begun", n)
	}
}

// Signing in by LOGIN, and how what a server repeats is not kept.
func TestAuthLogin(t *testing.T) {
	t.Parallel()
	_, real := newPost(t, None)
	s := usual()
	s["EHLO"] = "250-a\r\n250 AUTH CRAM-MD5 LOGIN"
	s["AUTH"], s["dGVhbQ=="] = "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"
	s["c2VzYW0gw7ZmZm5l"] = "235 in"
	r, _ := s.serve(t)
	r.Username, r.PasswordFile = real.Username, real.PasswordFile
	if err := r.Send(context.Background(), from, jo, letter("x\r\n"), nil); err != nil {
		t.Error(err)
	}
	s = maps.Clone(s)
	s["c2VzYW0gw7ZmZm5l"] = "535 5.7.8 not c2VzYW0gw7ZmZm5l"
	r2, _ := s.serve(t)
	r2.Username, r2.PasswordFile = real.Username, real.PasswordFile
	err := r2.Send(context.Background(), from, jo, letter("x\r\n"), nil)
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || e.Answer != "" || e.Code != 535 {
		t.Errorf("%#v", err)
	}
	s = maps.Clone(s)
	s["EHLO"] = "250-a\r\n250 AUTH CRAM-MD5"
	r3, _ := s.serve(t)
	r3.Username, r3.PasswordFile = real.Username, real.PasswordFile
	if err := r3.Send(context.Background(), from, jo, letter("x\r\n"), nil); KindOf(err) != Temporary || err == nil {
		t.Errorf("%v", err)
	}
}

// FuzzParseReply: a line is an answer or it is not.
func FuzzParseReply(f *testing.F) {
	for _, seed := range []string{"250 ok\r\n", "250-more\r\n", "250\r\n", "99 x", "25x", "", "\r\n", "250 \xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		code, _, text, err := parseReply(line)
		if err != nil {
			return
		}
		e := reply{code, []string{text}}.failure(StepRcpt)
		if code < 200 || code > 599 || len(e.Answer) > maxAnswer || hasControl(e.Answer) || len(e.Enhanced) > 9 {
			t.Errorf("%q: %d, %#v", line, code, e)
		}
	})
}
