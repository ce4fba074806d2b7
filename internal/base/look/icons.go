package look

import (
	"fmt"
	"html/template"
)

// icons are drawn on a 24 by 24 grid in strokes of the text's own colour. They
// only ever stand beside words, so a screen reader skips them.
var icons = map[string]string{
	"shield":   `<path d="M12 2.8 4.5 5.6v5.6c0 4.7 3.1 8.4 7.5 10 4.4-1.6 7.5-5.3 7.5-10V5.6z"/><path d="M8.6 11.8l2.5 2.5 4.4-4.6"/>`,
	"lock":     `<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>`,
	"envelope": `<rect x="3" y="5.5" width="18" height="13.5" rx="2"/><path d="M3.5 7l8.5 6.5L20.5 7"/>`,
	"note":     `<path d="M5 3.5h14v12l-5 5H5z"/><path d="M14 20.5v-5h5M8.5 8h7M8.5 11.5h7"/>`,
	"check":    `<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
	"circle":   `<circle cx="12" cy="12" r="8"/>`,
	"cross":    `<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>`,
	"warning":  `<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17.2v.1"/>`,
	"info":     `<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.7v.1"/>`,
	"clock":    `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.4 2"/>`,
	"key":      `<circle cx="8" cy="15.5" r="4.5"/><path d="M11.3 12.3 20 3.5M16 7.5l3 3"/>`,
	"download": `<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15"/>`,
	"arrow":    `<path d="M4.5 12h15M13.5 6l6 6-6 6"/>`,
	"next":     `<path d="M9 5.5l6.5 6.5L9 18.5"/>`,
	"person":   `<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>`,
	"people":   `<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.500c.6-3.5 3-5.2 6.5-5.200s5.9 1.7 6.5 5.200M16 5.300a3.5 3.5 0 0 1 0 6.400M18 14.600c2 .7 3.2 2.4 3.6 4.9"/>`,
	"clip":     `<path d="M19.5 11.5 12 19a4.6 4.6 0 0 1-6.5-6.500l8-8a3 3 0 0 1 4.3 4.300l-7.8 7.800a1.5 1.5 0 0 1-2.1-2.100l7-7"/>`,
	"pencil":   `<path d="M4 20l1-4.500L16 4.500l3.5 3.500L8.5 19z"/><path d="M13.5 7l3.5 3.5"/>`,
	"eye":      `<path d="M2.5 12c2.2-4 5.4-6 9.5-6s7.3 2 9.5 6c-2.2 4-5.4 6-9.5 6s-7.3-2-9.5-6z"/><circle cx="12" cy="12" r="2.8"/>`,
	"fork":     `<circle cx="6.5" cy="5.5" r="2.3"/><circle cx="6.5" cy="18.5" r="2.3"/><circle cx="17.5" cy="8.5" r="2.3"/><path d="M6.5 7.800v8.400M17.5 10.800c0 4-4.5 3.2-9.6 5.8"/>`,
	"list":     `<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1"/>`,
	"feed":     `<path d="M5 11.500a7.5 7.5 0 0 1 7.5 7.500M5 5a14 14 0 0 1 14 14"/><circle cx="6" cy="18" r="1"/>`,
	"flag":     `<path d="M5.5 21V4M5.5 4.500h12l-2.5 4 2.5 4h-12"/>`,
	"bell":     `<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500h4"/>`,
}

// icon draws one; an unknown name is a mistake of ours that no page hides.
func icon(name string) (template.HTML, error) {
	paths, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("no icon is called %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + paths + `</svg>`), nil
}
