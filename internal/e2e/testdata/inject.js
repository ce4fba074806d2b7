// Looks at the page that it runs in for what came from a payload: it gives the
// numbers of the payloads that are shown, and everything in the page that our
// templates never make. Then it does what a person does who moves the mouse
// over the page and follows each link that leads to no other page.
() => {
  const plain = !/html/.test(document.contentType); // text, JSON or a feed, as the browser shows it
  const tags = new Set(("html head meta title link script body a div header nav main footer p h1 h2 h3 h4 h5 h6 span small " +
    "strong em code pre ul ol li dl dt dd section article aside form input button textarea select option datalist label fieldset " +
    "legend table thead tbody tr th td details summary svg path circle rect line text time br hr blockquote noscript").split(" "));
  const attributes = new Set(("id class href rel type name content charset lang value for action method enctype required rows list " +
    "autocomplete tabindex checked selected multiple hidden download datetime data-local data-label data-link data-passkey data-passkey-do " +
    "data-passkey-say disabled open scope title start x y x1 x2 y1 y2 cx cy r rx ry d width height viewbox preserveaspectratio " +
    "focusable defer role placeholder").split(" "));
  const faults = [], seen = new Set();
  const fault = (what, e) => faults.push(what + ": " + (e.outerHTML || e.nodeValue || "").slice(0, 160));
  const note = text => { for (const m of (text || "").replace(/%28/g, "(").replace(/%29/g, ")").matchAll(/fired\((\d+)\)/g)) seen.add(+m[1]); };
  const ours = url => url.origin === location.origin && !/[<>"'`\\\s(]/.test(decodeURIComponent(url.pathname));

  const link = (e, name, value) => {
    let url;
    try { url = new URL(value, document.baseURI); } catch { return; } // leads nowhere
    if (name === "href" && e.localName === "a") {
      if (["http:", "https:", "mailto:"].includes(url.protocol)) return;
      if (e.download !== "" && value.startsWith("data:text/plain;base64,")) return; // the receipt
    } else if (ours(url)) return;
    fault("it leads to " + name, e);
  };
  const element = e => {
    const tag = e.localName, ns = e.namespaceURI;
    const drawn = ["svg", "path", "circle", "rect", "line", "text"].includes(tag);
    if (!tags.has(tag) || ns !== (drawn ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml")) fault("an element", e);
    if (e.shadowRoot) fault("a shadow", e);
    for (const { name, value } of e.attributes) {
      note(value);
      const known = name.toLowerCase();
      if (!attributes.has(known) && !known.startsWith("aria-") && !(name === "src" && tag === "script") && !(name === "http-equiv" && tag === "meta")) {
        fault("an attribute " + name, e);
      }
      if (["href", "src", "action"].includes(known)) link(e, known, value);
    }
    if (e.value) note(e.value);
    if (tag === "script" && (!e.src || e.textContent)) fault("a script", e);
    if (tag === "meta" && e.httpEquiv && e.httpEquiv !== "Content-Security-Policy") fault("an order", e);
    if (tag === "link" && !["icon", "stylesheet", "canonical", "alternate"].includes(e.rel)) fault("a link", e);
    if (tag === "form" && e.getAttribute("method") !== "post" && e.getAttribute("role") !== "search") fault("a form", e);
  };

  const all = [...document.querySelectorAll("*")];
  if (plain) {
    note(document.documentElement.textContent);
    for (const e of all) {
      if (["script", "iframe", "object", "embed", "img", "form", "base", "input", "link"].includes(e.localName)) fault("an element", e);
      for (const { name } of e.attributes) if (/^on/i.test(name)) fault("an attribute", e);
    }
  } else {
    all.forEach(element);
    note(document.title);
    const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_CDATA_SECTION | NodeFilter.SHOW_PROCESSING_INSTRUCTION);
    for (let n; (n = walk.nextNode());) n.nodeType === Node.TEXT_NODE ? note(n.nodeValue) : fault("a hidden text", n);
  }
  touch(document);
  return { Seen: [...seen], Faults: faults, Type: document.contentType };
}
