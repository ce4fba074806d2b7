package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"steward/internal/proof/inside"
)

// insideWord makes this program the process in which attached C is run.
const insideWord = "interpret-inside"

const installHint = "run scripts/install-browser.sh"

// chromium is the one browser of this test process. It starts when the first
// test asks for it.
var chromium struct {
	sync.Once
	ctx  context.Context // its first, empty tab; tabs are made from it
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == insideWord {
		if inside.Main(os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

func startChromium() (context.Context, func(), error) {
	bin, err := exec.LookPath("chromium")
	if err != nil {
		return nil, nil, fmt.Errorf("Chromium is missing: %s", installHint)
	}
	profile, err := os.MkdirTemp("", "steward-chromium-*")
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.DisableGPU, // tests run as root, too, and without a screen
		chromedp.Flag("user-data-dir", profile),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.WSURLReadTimeout(patience),
	)
	all, kill := chromedp.NewExecAllocator(context.Background(), options...)
	first, cancel := chromedp.NewContext(all)
	stop := func() {
		_ = chromedp.Cancel(first) // ends the process; what it says in parting is of no use
		cancel()
		kill()
		_ = os.RemoveAll(profile)
	}
	if err := chromedp.Do(first); err != nil {
		stop()
		return nil, nil, fmt.Errorf("starting %s: %w", bin, err)
	}
	return first, stop, nil
}

// newTab opens a tab that shares no cookie with any other.
func newTab(t *testing.T, listen func(ev any)) context.Context {
	t.Helper()
	chromium.Do(func() { chromium.ctx, chromium.stop, chromium.err = startChromium() })
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(listen))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("opening a tab:", err)
	}
	return ctx
}

// patience is how long anything that a page does may take; a page that hangs
// fails its test, and one that is slow under load does not.
const patience = time.Minute
