package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"steward/internal/base/errs"
)

// client speaks the JSON API, over the network or within this process.
type client struct {
	base   string
	auth   string // value of the Authorization header; may be empty
	round  http.RoundTripper
	closer func() error
}

// maxAnswer bounds what a server may make us read.
const maxAnswer = 64 << 20

// call sends in as JSON (nil: nothing) and reads the answer into out (nil: dropped).
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("writing the request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	res, err := c.send(ctx, method, path, "application/json", body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return decodeAnswer(res.Body, out)
}

// decodeAnswer reads an answer's JSON into out; nil drops it.
func decodeAnswer(body io.Reader, out any) error {
	raw, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("the answer is not the JSON of a Steward server: %w", err)
	}
	return nil
}

// send sends one request and gives the answer if it is no refusal.
func (c *client) send(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, usage{fmt.Errorf("--server: %w", err)}
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	if c.auth != "" {
		req.Header.Set("Authorization", c.auth)
	}
	res, err := (&http.Client{Transport: c.round, Timeout: 5 * time.Minute}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("no answer from %s: %w", c.base, err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	var f failure
	if json.Unmarshal(raw, &f) != nil || f.Error.Message == "" {
		return nil, fmt.Errorf("%s answered %s", c.base, res.Status)
	}
	return nil, &errs.Error{Kind: errs.Kind(f.Error.Kind), Field: f.Error.Field, Message: f.Error.Message, Hint: f.Error.Hint}
}

// connect gives a client that acts as the user of the command line: by token
// on a server, or as the user named by --as on a data directory.
func (s *shell) connect(ctx context.Context) (*client, error) {
	if s.server == "" {
		return s.local(ctx)
	}
	c := &client{base: strings.TrimSuffix(s.server, "/"), round: http.DefaultTransport, closer: func() error { return nil }}
	if s.token != "" {
		raw, err := os.ReadFile(s.token)
		if err != nil {
			return nil, usage{fmt.Errorf("--token-file: %w", err)}
		}
		c.auth = "Bearer " + strings.TrimSpace(string(raw))
	}
	return c, nil
}

// with runs f with a client and closes it.
func (s *shell) with(ctx context.Context, f func(c *client) error) (err error) {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := c.closer(); err == nil {
			err = cerr
		}
	}()
	err = f(c)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.NotFound && c.auth == "" && s.as == "" {
		return e.WithHint("say who you are: --as NAME on a data directory, --token-file FILE with --server")
	}
	return err
}
