package cli_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/cli"
)

var shBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestDocs runs every command that README and docs show: commands of Steward
// for real, in their order, and of make by looking whether there is such a
// target.
func TestDocs(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, path := range append(files, "../../README.md", "../../SECURITY.md") {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, block := range shBlock.FindAllSubmatch(raw, -1) {
			text := strings.ReplaceAll(string(block[1]), "\\\n", " ")
			for line := range strings.Lines(text) {
				words := fields(line)
				switch {
				case len(words) == 0:
				case words[0] == "make":
					if !bytes.Contains(makefile, []byte("\n"+words[1]+":")) {
						t.Errorf("%s: make has no target %q", path, words[1])
					}
				case strings.HasSuffix(words[0], "steward"):
					runDoc(t, path, dir, words[1:])
					ran++
				case words[0] == "go" && words[1] == "test":
					if out, err := exec.Command("go", "list", "../../"+words[2]).CombinedOutput(); err != nil {
						t.Errorf("%s: %s: %s", path, line, out)
					}
				default:
					t.Errorf("%s: %q is a command that no test runs", path, strings.TrimSpace(line))
				}
			}
		}
	}
	if ran == 0 {
		t.Error("no command of Steward was found in the docs")
	}
}

// runDoc runs a command as the docs have it, with its directories in dir and
// on a port that is free. A server is stopped once it serves.
func runDoc(t *testing.T, path, dir string, args []string) {
	t.Helper()
	serve := args[0] == "serve"
	for i, a := range args {
		if i > 0 && (args[i-1] == "--data" || args[i-1] == "--out") {
			args[i] = filepath.Join(dir, a)
		}
	}
	if args[0] == "init" {
		args = append(args, "--listen", "127.0.0.1:0")
	}
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	var out watched
	out.see, out.then = "Steward is at", func() {
		if serve {
			stop()
		}
	}
	w := cli.OS()
	w.Stdout, w.Stderr = &out, &out
	if code := cli.Run(ctx, args, w); code != 0 {
		t.Errorf("%s: steward %s: exit %d: %s", path, strings.Join(args, " "), code, out.buf.String())
	}
}

// watched calls then once a text was written.
type watched struct {
	buf  bytes.Buffer
	see  string
	then func()
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.buf.Write(p)
	if strings.Contains(w.buf.String(), w.see) {
		w.then()
	}
	return n, err
}

// fields splits a line as a shell would, without its comment.
func fields(line string) (words []string) {
	for _, m := range regexp.MustCompile(`#.*|"([^"]*)"|\S+`).FindAllStringSubmatch(line, -1) {
		if strings.HasPrefix(m[0], "#") {
			break
		}
		words = append(words, strings.Trim(m[0], `"`))
	}
	return words
}
