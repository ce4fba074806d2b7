package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Runner starts the other process.
type Runner struct {
	Path string   // of the program
	Args []string // its name and what it is asked, so that it calls inside.Main
	// Deadline is when the process is killed; 30 seconds if zero.
	Deadline time.Duration
}

const defaultDeadline = 30 * time.Second

// Own is the runner of a program that calls inside.Main when its first argument
// is the word.
func Own(name, word string) (*Runner, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("looking for the own program: %w", err)
	}
	return &Runner{Path: self, Args: []string{name, word}}, nil
}

// killed are the words for a process that did not answer.
const killed = "The interpreter did not come to an end within its limits of time and memory."

// Run gives the answer for a request. An error is that the process could not
// be started; one that was killed, or answered nonsense, is an answer that
// cannot say. It is asked twice, and the two must be equal byte for byte.
func (r *Runner) Run(ctx context.Context, q Request) (Answer, error) {
	in, err := json.Marshal(q)
	if err != nil {
		return Answer{}, fmt.Errorf("asking for an interpretation: %w", err)
	}
	first, err := r.once(ctx, in)
	if err != nil || first == nil {
		return Answer{Nothing: killed}, err
	}
	second, err := r.once(ctx, in)
	if err != nil || second == nil {
		return Answer{Nothing: killed}, err
	}
	if !bytes.Equal(first, second) {
		return Answer{Nothing: "Two runs of the same files did not give the same answer, so that neither counts."}, nil
	}
	var a Answer
	if err := json.Unmarshal(first, &a); err != nil {
		return Answer{Nothing: "The interpreter gave no answer that can be read."}, nil
	}
	return a, nil
}

// once gives what one process says; nil if it said nothing whole.
func (r *Runner) once(ctx context.Context, in []byte) ([]byte, error) {
	deadline := r.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	dir, err := os.MkdirTemp("", "steward-proof-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for an interpretation: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.Path)
	cmd.Args, cmd.Env, cmd.Dir = r.Args, []string{}, dir // what it writes to its error output goes nowhere
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Stdin, cmd.WaitDelay = bytes.NewReader(in), time.Second
	out := &limited{left: maxAnswer}
	cmd.Stdout = out
	err = cmd.Run()
	if cmd.ProcessState == nil && err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("starting the interpreter: %w", err)
	}
	if err != nil || out.full {
		return nil, nil
	}
	return out.b.Bytes(), nil
}

// limited keeps what is written up to a limit, and then refuses.
type limited struct {
	b    bytes.Buffer
	left int
	full bool
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		l.full = true
		return 0, io.ErrShortWrite
	}
	l.left -= len(p)
	return l.b.Write(p)
}
