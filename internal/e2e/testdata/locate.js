// Finds what a person looks for, brings it into view and says where to click.
// kind "button" or "link": by its text; "field": by its name, value choosing
// among radio buttons and options. Whatever is hidden does not count.
(scope, kind, name, value) => {
  const clean = s => (s || "").replace(/\s+/g, " ").trim();
  const roots = scope ? [...document.querySelectorAll(scope)] : [document];
  if (roots.length !== 1) return { Error: roots.length + " parts of the page match " + scope };
  const root = roots[0];
  const all = s => [...root.querySelectorAll(s)];

  let found;
  if (kind === "field") {
    found = all("[name]").filter(e => e.name === name && e.type !== "hidden");
    if (found.length > 1 && found[0].type === "radio") found = found.filter(e => e.value === value);
  } else {
    found = all(kind === "button" ? "button, a.button" : "a[href], summary");
    const exact = found.filter(e => clean(e.innerText || e.textContent) === name);
    found = exact.length ? exact : found.filter(e => clean(e.innerText || e.textContent).startsWith(name));
  }
  const fold = e => {
    for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) {
      const s = d.querySelector("summary");
      if (!d.open && !s.contains(e) && s.checkVisibility()) return s;
    }
  };
  found = found.filter(e => fold(e) || e.checkVisibility({ visibilityProperty: true }));
  if (found.length === 0) {
    const there = kind === "field" ? all("[name]").map(e => e.name) : all("button, a[href]").map(e => clean(e.innerText));
    return { Error: "it is not there, but " + [...new Set(there)].join(" | ") };
  }
  if (found.length > 1) return { Error: found.length + " of them, in " + found.map(e => e.closest("form, section, li, nav")?.outerHTML.slice(0, 90)).join(" and ") };

  let e = found[0], folded = fold(e);
  if (folded) e = folded;
  const out = { Tag: e.tagName.toLowerCase(), Type: e.type || "", Fold: !!folded };
  if (e.disabled) return { Error: "it is disabled" };
  if (!folded && kind === "field") {
    if (e.tagName === "SELECT") {
      const o = [...e.options].find(o => o.value === value || clean(o.text) === value);
      if (!o) return { Error: "no choice is called " + value + ", but " + [...e.options].map(o => clean(o.text)).join(" | ") };
      e.value = o.value;
      return { ...out, Type: "set" };
    }
    if (e.type === "date" || e.type === "time") {
      e.value = value;
      return e.value === value ? { ...out, Type: "set" } : { Error: "it takes no " + value };
    }
    if (e.type === "checkbox" && e.checked === (value !== "")) return { ...out, Type: "set" };
    if (e.type === "file") return out;
  }
  e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  // A link that runs over two lines is clicked on the first.
  const r = [...e.getClientRects()].find(r => r.width > 1 && r.height > 1);
  if (!r) return { Error: "it has no size" };
  out.X = r.left + Math.min(r.width / 2, 200);
  out.Y = r.top + r.height / 2;
  const top = document.elementFromPoint(out.X, out.Y);
  if (!top || !(e.contains(top) || top.contains(e) && top.closest("label, summary, a, button") || top.control === e)) {
    return { Error: "something lies over it: " + (top ? top.outerHTML.slice(0, 120) : "the edge of the screen") };
  }
  return out;
}
