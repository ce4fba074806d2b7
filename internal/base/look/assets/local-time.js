// Adds the reader's own time beside each UTC time. Without this script the
// page says everything it needs to in UTC.
"use strict";
(function () {
  var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === "UTC") return;
  var full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  document.querySelectorAll("time[data-local]").forEach(function (el) {
    var at = new Date(el.dateTime);
    if (isNaN(at)) return;
    var text = full.format(at) + " (" + zone.replace(/_/g, " ") + ")";
    el.title = text;
    if (el.dataset.local !== "show") return;
    var own = document.createElement("span");
    own.className = "soft small";
    own.textContent = " \u00b7 yours: " + text;
    el.after(own);
  });
})();
