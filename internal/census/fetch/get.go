package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// Get opens what is at an address, to be read once. What may pass is tried again
// until the answer begins; what breaks off later is an error of Read, as is more
// than Limit. Errors: errs.Invalid for what is no address, errs.Conflict for what
// cannot be fetched.
func (c *Client) Get(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := parse(address)
	if err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		res, err := c.ask(ctx, u, nil)
		if err == nil && res.StatusCode == http.StatusOK {
			if res.ContentLength > c.Limit {
				_ = res.Body.Close()
				return nil, failed(u, errLarge)
			}
			return &answer{body: res.Body, url: u, left: c.Limit}, nil
		}
		if err = c.again(ctx, res, err, tries); err != nil {
			return nil, failed(u, err)
		}
	}
}

// again waits for the next try after an answer that is none. The error says that
// there is no next try.
func (c *Client) again(ctx context.Context, res *http.Response, err error, tries int) error {
	if res != nil {
		_ = res.Body.Close()
		if err == nil {
			err = status(res.StatusCode)
		}
	}
	if final(ctx, err) || tries+1 >= maxTries {
		return err
	}
	length := c.pause(res, tries)
	if length > maxPause {
		return later{res.StatusCode, length}
	}
	if werr := c.Wait(ctx, length); werr != nil {
		return errors.Join(werr, err)
	}
	return nil
}

// answer is what Get gives.
type answer struct {
	body io.ReadCloser
	url  *url.URL
	left int64
}

func (a *answer) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	if a.left -= int64(n); a.left < 0 {
		return 0, failed(a.url, errLarge)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = failed(a.url, err)
	}
	return n, err
}

func (a *answer) Close() error { return a.body.Close() }
