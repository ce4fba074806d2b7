// Judges the page that it runs in. Only what a theme can change is looked at
// again in the second one.
async (again) => {
  document.getAnimations().forEach(a => a.finish()); // a theme that is still fading in has colours of neither
  const rules = again ? { type: "rule", values: ["color-contrast", "link-in-text-block"] }
    : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
  const result = await axe.run(document, { runOnly: rules, resultTypes: ["violations"], elementRef: false, preload: false });
  const clean = s => (s || "").replace(/\s+/g, " ").trim();
  const name = e => clean(e.outerHTML).slice(0, 100);
  const wide = [...document.body.querySelectorAll("*")].filter(e => {
    if (!e.checkVisibility() || e.getBoundingClientRect().right <= innerWidth + 0.5) return false;
    for (let p = e.parentElement; p; p = p.parentElement) {
      if (p !== document.body && getComputedStyle(p).overflowX !== "visible") return false; // scrolls by itself
    }
    return true;
  });
  const content = document.querySelector("main");
  const first = what => content && [...content.querySelectorAll(what)].find(e => e.checkVisibility());
  const main = first("button.button-main, a.button-main") || first("a[href], button, summary") || document.querySelector("a[href]");
  window.judge = {
    walk() { document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex"); },
    focused() {
      const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
      const inner = e.matches(":focus-within:not(:focus)"); // the calendar of a date: the browser rings its icon
      const ring = inner || s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1 || s.boxShadow !== "none";
      const inside = r.bottom > 0 && r.top < innerHeight && r.width > 0 && r.height > 0;
      return { What: name(e), Visible: e === document.body || ring && inside, Main: e === main };
    },
  };
  return {
    Violations: result.violations.map(v => v.id + ": " + v.help + " (" + v.nodes.length + ") " + v.nodes.slice(0, 3).map(n =>
      n.target.join(" ") + " " + clean(n.failureSummary).slice(0, 220)).join("; ")),
    Wide: wide.slice(0, 3).map(name),
    Width: document.scrollingElement.scrollWidth,
    Title: document.title, Headings: document.querySelectorAll("h1").length, Lang: document.documentElement.lang,
    Main: main ? name(main) : "",
  };
}
