package e2e

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// picturesEnv asks for pictures: "1" for those of docs/screenshots, a
// directory for one of each page that is judged, from its top to its end.
const picturesEnv = "STEWARD_SCREENSHOTS"

// kept are the pictures of docs/screenshots, and whether one on a phone is
// among them.
var kept = map[string]bool{
	"front": true, "advisory": true, "report": true, "receipt": true, "mailbox": true, "queue": true,
	"report-check": false, "case": false, "draft": false, "release": false,
	"distribution": true, "evidence": false,
}

// keep leaves a picture of the page as it stands for the documentation.
func (b *tab) keep(name string) {
	b.t.Helper()
	onPhone, known := kept[name]
	if !known {
		b.t.Fatalf("no picture is called %q", name)
	}
	if os.Getenv(picturesEnv) != "1" || b.screen.phone && !onPhone {
		return
	}
	b.picture(filepath.Join("..", "..", "docs", "screenshots", name+"-"+b.screen.name+".png"), false)
}

// keepWhole leaves a picture of a judged page for whoever wants to look at all.
func (b *tab) keepWhole(name string) {
	b.t.Helper()
	dir := os.Getenv(picturesEnv)
	if dir == "" || dir == "1" {
		return
	}
	file := filepath.Join(dir, strings.NewReplacer(" ", "-", ",", "").Replace(name)+"-"+b.screen.name)
	b.picture(file+".png", true)
	b.theme("dark")
	b.picture(file+"-dark.png", true)
	b.theme("light")
}

func (b *tab) picture(file string, whole bool) {
	b.t.Helper()
	ask[bool](b, "document.activeElement.blur(), scrollTo(0, 0), true")
	height, sharp := b.screen.height, 1.0
	if whole {
		height = ask[int64](b, "document.documentElement.scrollHeight")
	} else if b.screen.phone {
		sharp = 2 // as any phone's is
	}
	call(b, emulation.SetDeviceMetricsOverride, b.screen.metrics(height, sharp))
	shot := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &whole})
	call(b, emulation.SetDeviceMetricsOverride, b.screen.metrics(b.screen.height, 1))
	data, err := shrink(shot.Data)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, data, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
