package mailtrial

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// answer is what a server said to a mail.
type answer struct {
	code int // of the last line that was heard; 0: none was
	text string
}

// broken is the code of a mail that was handed over and had no answer: who
// sent it cannot know.
const broken = -1

// client speaks SMTP and changes no byte of what it sends, as the libraries do.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

// dial connects from an address of 127.0.0.0/8.
func dial(addr, from string) (*client, error) {
	d := net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	k := &client{conn: c, in: bufio.NewReader(c)}
	if a := k.hear(); a.code != 220 {
		return nil, errors.Join(fmt.Errorf("greeted with %d %s", a.code, a.text), c.Close())
	}
	return k, nil
}

// say says a line and hears the answer.
func (k *client) say(line string) answer {
	_ = k.conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(k.conn, line+"\r\n"); err != nil {
		return answer{}
	}
	return k.hear()
}

func (k *client) hear() (a answer) {
	_ = k.conn.SetDeadline(time.Now().Add(time.Minute))
	for {
		line, err := k.in.ReadString('\n')
		if err != nil || len(line) < 4 {
			return answer{}
		}
		a.code, _ = strconv.Atoi(line[:3])
		a.text = strings.TrimSpace(line[4:])
		if line[3] != '-' {
			return a
		}
	}
}

// send sends one mail on a connection of its own and gives the last answer.
// Code 0: it was not handed over.
func send(addr, from, hello, to string, raw []byte) answer {
	k, err := dial(addr, from)
	if err != nil {
		return answer{}
	}
	defer k.conn.Close()
	for _, line := range []string{hello + " client.test", "MAIL FROM:<ada@people.test>", "RCPT TO:<" + to + ">", "DATA"} {
		if a := k.say(line); a.code/100 > 3 || a.code == 0 {
			return a
		}
	}
	body := bytes.ReplaceAll(raw, []byte("\n."), []byte("\n.."))
	if bytes.HasPrefix(body, []byte(".")) {
		body = append([]byte("."), body...)
	}
	if !bytes.HasSuffix(body, []byte("\r\n")) {
		body = append(bytes.Clone(body), "\r\n"...)
	}
	_ = k.conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := k.conn.Write(body); err != nil {
		return k.hear() // it may have said why
	}
	if a := k.say("."); a.code != 0 {
		return a
	}
	return answer{code: broken}
}
