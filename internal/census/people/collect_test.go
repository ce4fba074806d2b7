package people

import (
	"context"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/base/errs"
)

// forgeOf serves the repositories in a folder over https, as forges do: by git's
// own program. It gives its address, and the file of its certificate.
func forgeOf(t testing.TB, root string, around func(http.Handler) http.Handler) (address, ca string) {
	t.Helper()
	backend := &cgi.Handler{
		Path:   filepath.Join(runGit(t, root, nil, "--exec-path"), "git-http-backend"),
		Stderr: io.Discard,
		Env:    []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=" + root},
	}
	var h http.Handler = backend
	if around != nil {
		h = around(h)
	}
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return server.URL, ca
}

// offered makes a repository that may be cloned without its files.
func offered(t testing.TB, root string, s *story) string {
	t.Helper()
	dir := s.bare(t, filepath.Join(root, "up.git"))
	runGit(t, dir, nil, "config", "uploadpack.allowFilter", "true")
	return dir
}

func TestCollect(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	root, dir := t.TempDir(), t.TempDir()
	s := handover()
	s.by(ada, "2023-06-01", ".mailmap=Ada Lovelace <ada@engine.test> <ben@bits.test>\n", "src/4.c>src/four.c", "src/four.c=mine and more")
	up := offered(t, root, s)
	var requests atomic.Int32
	address, ca := forgeOf(t, root, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			h.ServeHTTP(w, r)
		})
	})
	c := Collector{CA: ca, Now: func() time.Time { return day("2023-06-20") }}
	check(t, c.Collect(ctx, address+"/up.git", dir, "project"))
	at, err := Repository(dir, "project")
	check(t, err)
	for _, d := range []string{"2023-06-30", "2023-05-30"} { // with .mailmap, and before it
		if got, want := tell(t, at, d), tell(t, up, min(d, "2023-06-20")); got != want {
			t.Errorf("collected %s\nis really %s", say(got), say(want))
		}
	}
	if n := strings.Count(runGit(t, at, nil, "rev-list", "--objects", "--all", "--missing=print"), "\n?"); n < 10 {
		t.Errorf("only %d files were left there", n)
	}

	// What has come since is brought, and what is gone goes.
	story := newStory()
	story.marks = 1000
	story.Buffer.WriteString("reset refs/heads/main\nfrom refs/heads/main^0\n\n")
	story.by(cleo, "2023-06-10", "src/1.c=cleo", ".mailmap=Ada Lovelace <ada@engine.test> <cleo@clones.test>\n")
	story.tag("v3.0", cleo, "2023-06-11", signed)
	story.into(t, up)
	runGit(t, up, nil, "tag", "-d", "v2.0")
	check(t, c.Collect(ctx, address+"/up.git", dir, "project"))
	if got, want := tell(t, at, "2023-06-30"), tell(t, up, "2023-06-20"); got != want {
		t.Errorf("updated %s\nis really %s", say(got), say(want))
	}

	// Nothing new asks for little, and tampering does not last.
	write(t, filepath.Join(at, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = /bin/false\n[remote \"origin\"]\n\turl = https://127.0.0.1:1/x\n")
	before := requests.Load()
	check(t, c.Collect(ctx, address+"/up.git", dir, "project"))
	if n := requests.Load() - before; n > 6 {
		t.Errorf("%d requests for nothing new", n)
	}
	raw, err := os.ReadFile(filepath.Join(at, "config"))
	check(t, err)
	if strings.Contains(string(raw), "fsmonitor") || !strings.Contains(string(raw), address) {
		t.Errorf("the configuration is another's:\n%s", raw)
	}
}

func TestCollectFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		collector Collector
		around    func(http.Handler) http.Handler
	}{
		{"not there", Collector{}, func(http.Handler) http.Handler { return http.NotFoundHandler() }},
		{"a password is asked for", Collector{}, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
			})
		}},
		{"it leads elsewhere", Collector{}, func(http.Handler) http.Handler {
			return http.RedirectHandler("file:///", http.StatusFound)
		}},
		{"it leads to where it is in clear", Collector{}, func(h http.Handler) http.Handler {
			clear := httptest.NewServer(h)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, clear.URL+r.URL.String(), http.StatusFound)
			})
		}},
		{"it hangs", Collector{Time: time.Second}, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}},
		{"no words of git's", Collector{}, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
				_, _ = w.Write([]byte("001e# service=git-upload-pack\n0000ffff\x1b[31mnonsense"))
			})
		}},
		{"it is too large", Collector{Size: 100}, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
					time.Sleep(2 * lookAt)
				}
				h.ServeHTTP(w, r)
			})
		}},
		{"no certificate that is trusted", Collector{CA: "/dev/null"}, nil},
		{"without git", Collector{Git: "/nonexistent/git"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root, dir := t.TempDir(), t.TempDir()
			offered(t, root, handover())
			address, ca := forgeOf(t, root, c.around)
			if c.collector.CA == "" {
				c.collector.CA = ca
			}
			begin := time.Now()
			err := c.collector.Collect(context.Background(), address+"/up.git", dir, "project")
			if errs.KindOf(err) != errs.Conflict || strings.ContainsRune(errs.Public(err), '\x1b') {
				t.Errorf("error %v", err)
			}
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			if at, _ := Repository(dir, "project"); exists(at) {
				t.Error("something is left of it")
			}
		})
	}
}

// TestAFailedUpdateKeeps: what was there stays, and can be read.
func TestAFailedUpdateKeeps(t *testing.T) {
	t.Parallel()
	root, dir := t.TempDir(), t.TempDir()
	up := offered(t, root, handover())
	address, ca := forgeOf(t, root, nil)
	c := Collector{CA: ca, Now: func() time.Time { return day("2023-06-20") }}
	check(t, c.Collect(context.Background(), address+"/up.git", dir, "project"))
	check(t, os.Rename(up, up+".gone"))
	if err := c.Collect(context.Background(), address+"/up.git", dir, "project"); errs.KindOf(err) != errs.Conflict {
		t.Errorf("error %v", err)
	}
	at, _ := Repository(dir, "project")
	if got, want := tell(t, at, "2023-06-30"), tell(t, up+".gone", "2023-06-20"); got != want {
		t.Errorf("told %s\nwant %s", say(got), say(want))
	}
}

func TestAddressesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, from := range []string{
		"", "x", "/tmp/x", "file:///tmp/x", "http://github.com/a/b", "ssh://git@github.com/a/b", "git@github.com:a/b", "ext::sh -c x", "https://",
		"https://u:p@github.com/a/b", "https://u@github.com/a/b", "https://-x/a", "git://-oProxyCommand=x/a", "https://a/b?c", "https://a/b#c", "https://a/../b/../c",
		"https://a/b\"\n[core]", "https://a/b c", "https://a/%2e%2e", "https:a/b", "https://a/b\x00", "--upload-pack=x", "https://a/b\\c", "https://a/" + strings.Repeat("b", 1000),
	} {
		err := Collector{}.Collect(context.Background(), from, t.TempDir(), "project")
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v", from, err)
		}
	}
	for _, source := range []string{"", "a", "../x", "A", "x/y", "-x", ".x", "x\n"} {
		if err := (Collector{}).Collect(context.Background(), "https://127.0.0.1:1/x", t.TempDir(), source); errs.KindOf(err) != errs.Invalid {
			t.Errorf("source %q: %v", source, err)
		}
	}
}
