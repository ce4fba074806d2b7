// A link carries its code behind the #, which no server sees. This moves the
// code into the form and sends it; without a script a person pastes it.
"use strict";
(function () {
  var form = document.querySelector("form[data-link]");
  var code = location.hash.slice(1);
  if (!form || !code || form.elements.code.value) return;
  history.replaceState(null, "", location.pathname);
  form.elements.code.value = code;
  form.submit();
})();
