// Runs before every document. A payload that runs calls fired; touch does what
// a person does with the mouse and the keyboard to everything in a document
// that can have come from a payload.
window.fired = number => stewardFired(String(number));
window.touch = (doc, within = doc) => {
  const view = doc.defaultView;
  for (const e of within.querySelectorAll("*")) {
    const marked = [...e.attributes].some(a => /fired/i.test(a.value));
    if (!marked) continue;
    for (const kind of ["mouseenter", "mouseover", "mousemove", "mouseout", "focus", "keydown"]) e.dispatchEvent(new view.Event(kind));
    const to = e.getAttribute("href") || e.getAttribute("xlink:href") || e.getAttribute("formaction") || "";
    if (/^[\s\x00-\x20]*(javascript|data|vbscript)/i.test(to.replace(/[\t\r\n]/g, ""))) e.dispatchEvent(new view.MouseEvent("click", { bubbles: true, cancelable: true }));
    if (e.localName === "form") e.requestSubmit();
  }
};
