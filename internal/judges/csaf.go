package judges

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

func csaf(files []string) ([]finding, error) {
	schema, err := gocsaf(files)
	if err != nil {
		return nil, err
	}
	tests, err := secvisogram(files)
	return append(schema, tests...), err
}

// What csaf_validator's exit code says, bit by bit.
const (
	gocsafSchemaFailed = 2
	gocsafNotAsked     = 4 // no remote validator, which we do without
)

// gocsaf runs csaf_validator on each file.
func gocsaf(files []string) ([]finding, error) {
	program, err := cached("gocsaf-3.6.0/csaf_validator")
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, file := range files {
		out, err := exec.Command(program, file).CombinedOutput()
		exit, ok := errors.AsType[*exec.ExitError](err)
		if err != nil && !ok {
			return nil, fmt.Errorf("running csaf_validator: %w", err)
		}
		code := 0
		if ok {
			code = exit.ExitCode()
		}
		// A wrong file name is only spoken of.
		if code&^gocsafNotAsked != 0 || strings.Contains(string(out), "does not match document/tracking/id") {
			found = append(found, finding{file, fmt.Sprintf("csaf_validator (exit %d): %s", code, out)})
		}
	}
	return found, nil
}

//go:embed testdata/secvisogram.mjs
var secvisogramScript string

// verdict is one line of the script's answer.
type verdict struct {
	Problems []struct {
		Test    string `json:"test"`
		Path    string `json:"path"`
		Message string `json:"message"`
	} `json:"problems"`
	Error string `json:"error"`
}

// validator is a running secvisogram. Loading the library takes seconds, so
// there is one in a process; it ends when the process does, and with it the
// pipe that it reads.
type validator struct {
	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.Writer
	out    *bufio.Reader
	stderr strings.Builder // to be read after cmd.Wait
}

var startSecvisogram = sync.OnceValues(func() (*validator, error) {
	dir, err := cached("secvisogram-2.0.10/node_modules/@secvisogram/csaf-validator-lib")
	if err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, missing("node")
	}
	v := &validator{cmd: exec.Command(node, "--input-type=module", "--eval", secvisogramScript, dir)}
	v.cmd.Stderr = &v.stderr
	if v.in, err = v.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting secvisogram's validator: %w", err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting secvisogram's validator: %w", err)
	}
	v.out = bufio.NewReader(out)
	if err := v.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting secvisogram's validator: %w", err)
	}
	return v, nil
})

// secvisogram has the running validator judge each file.
func secvisogram(files []string) ([]finding, error) {
	v, err := startSecvisogram()
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	var found []finding
	for _, file := range files {
		answer, err := v.ask(file)
		if err != nil {
			return nil, err
		}
		for _, p := range answer.Problems {
			found = append(found, finding{file, fmt.Sprintf("%s: %s: %s", p.Test, p.Path, p.Message)})
		}
		if answer.Error != "" {
			found = append(found, finding{file, answer.Error})
		}
	}
	return found, nil
}

func (v *validator) ask(file string) (verdict, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return verdict{}, fmt.Errorf("finding %s: %w", file, err)
	}
	_, err = io.WriteString(v.in, path+"\n")
	var line []byte
	if err == nil {
		line, err = v.out.ReadBytes('\n')
	}
	if err != nil {
		return verdict{}, fmt.Errorf("secvisogram's validator ended: %w: %s", errors.Join(err, v.cmd.Wait()), v.stderr.String())
	}
	var answer verdict
	if err := json.Unmarshal(line, &answer); err != nil {
		return verdict{}, fmt.Errorf("reading the answer of secvisogram's validator: %w: %s", err, line)
	}
	return answer, nil
}
