// Makes the plot answer the pointer, and the ranking be searched. Without this
// script the pages say all that they have to say.
"use strict";
(function () {
  var perPage = 1000, most = 12;
  var plot = document.querySelector("[data-plot]");
  var form = document.querySelector("[data-find]");
  var ns = "http://www.w3.org/2000/svg";

  function make(name, attributes) {
    var el = document.createElementNS(ns, name);
    Object.keys(attributes).forEach(function (key) { el.setAttribute(key, attributes[key]); });
    return el;
  }

  // The plot: a card beside the dot that is nearest to the pointer.
  var dots = [], byName = new Map(), card, mark;
  if (plot) {
    plot.querySelectorAll(".dots circle").forEach(function (c) {
      var parts = c.textContent.split(": ");
      var d = { x: +c.getAttribute("cx"), y: +c.getAttribute("cy"), r: +c.getAttribute("r"), name: parts[0], say: parts[1], a: c.parentNode };
      dots.push(d);
      byName.set(d.name, d);
    });
    mark = make("circle", { "class": "mark", r: 0 });
    card = make("g", { "class": "name-card" });
    plot.append(mark, card);
    plot.addEventListener("pointermove", function (e) { show(nearest(e)); });
    plot.addEventListener("pointerleave", function () { show(searched); });
    plot.addEventListener("click", function (e) {
      var d = nearest(e);
      if (d && !e.target.closest("a")) d.a.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: e.ctrlKey, metaKey: e.metaKey }));
    });
  }
  var searched = null;

  function nearest(e) {
    var at = new DOMPoint(e.clientX, e.clientY).matrixTransform(plot.getScreenCTM().inverse());
    var best = null, least = 18 * 18;
    dots.forEach(function (d) {
      var far = Math.max(0, Math.hypot(d.x - at.x, d.y - at.y) - d.r);
      if (far * far <= least) { best = d; least = far * far; }
    });
    return best;
  }

  function show(d) {
    card.replaceChildren();
    mark.setAttribute("r", d ? d.r + 4 : 0);
    if (!d) return;
    mark.setAttribute("cx", d.x);
    mark.setAttribute("cy", d.y);
    var what = make("text", { "class": "what", x: 12, y: 22 }), say = make("text", { x: 12, y: 42 });
    what.textContent = d.name;
    say.textContent = d.say;
    var ground = make("rect", { rx: 6, height: 54 });
    card.append(ground, what, say);
    var wide = Math.max(what.getComputedTextLength(), say.getComputedTextLength()) + 24;
    ground.setAttribute("width", wide);
    var box = plot.viewBox.baseVal;
    var large = Math.max(1, 0.9 * box.width / plot.clientWidth); // so that it can be read on a phone
    var x = Math.max(4, Math.min(d.x + 14, box.width - wide * large - 4));
    var y = d.y > 66 * large + 14 ? d.y - 54 * large - 12 : d.y + 14;
    card.setAttribute("transform", "translate(" + x + " " + y + ") scale(" + large + ")");
  }

  // The search: over all sources, from sources.js.
  if (!form || typeof censusSources !== "string") return;
  var input = form.querySelector("input"), list = form.querySelector("[data-found]"), say = form.querySelector("[data-say]");
  var all = null;

  function read() {
    var rank = 0;
    all = censusSources.split("\n").slice(0, -1).map(function (line, n) {
      var f = line.split(" "), flags = f[3] || "";
      if (flags.indexOf("=") < 0) rank = n + 1;
      return { name: f[0], small: f[0].toLowerCase(), score: f[1], reach: f[2], rank: rank, place: n, page: flags.indexOf("p") >= 0 };
    });
  }

  function stem(name) {
    return name.replace(/[^a-z0-9._-]|^[._-]/g, function (c) { return "~" + c.charCodeAt(0).toString(16).padStart(2, "0"); });
  }

  function href(s) {
    if (s.page) return "source/" + stem(s.name) + ".html";
    var n = Math.floor(s.place / perPage);
    return "ranking" + (n ? "-" + (n + 1) : "") + ".html#s-" + encodeURIComponent(s.name);
  }

  function find() {
    if (!all) read();
    var want = input.value.trim().toLowerCase();
    var exact = [], begin = [], within = [];
    if (want) all.forEach(function (s) {
      var at = s.small.indexOf(want);
      if (at < 0) return;
      (s.small === want ? exact : at === 0 ? begin : within).push(s);
    });
    var hits = exact.concat(begin, within);
    list.replaceChildren.apply(list, hits.slice(0, most).map(function (s) {
      var li = document.createElement("li"), a = document.createElement("a"), what = document.createElement("span"), more = document.createElement("span");
      a.href = href(s);
      what.className = "what";
      what.textContent = s.name;
      more.className = "more";
      more.textContent = "rank " + s.rank + " \u00b7 score " + s.score + " \u00b7 reach " + s.reach;
      a.append(what, more);
      li.append(a);
      return li;
    }));
    list.hidden = hits.length === 0;
    say.textContent = !want ? "" : hits.length === 0 ? "No source has such a name." : hits.length === 1 ? "1 source." :
      hits.length + " sources" + (hits.length > most ? ", of which the first " + most + " are shown." : ".");
    searched = null;
    hits.slice(0, most).some(function (s) { searched = byName.get(s.name) || null; return searched; });
    if (plot) show(searched);
  }

  form.hidden = false;
  input.addEventListener("input", find);
  form.addEventListener("submit", function (e) {
    e.preventDefault();
    var first = list.querySelector("a");
    if (first) first.click();
  });
})();
