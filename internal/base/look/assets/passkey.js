// Passkeys: the one thing that needs a script. The page carries the server's
// request in data-passkey; the authenticator's answer goes back in an
// ordinary form, so nothing is fetched and errors come back as a page.
"use strict";
(function () {
  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (c) { return c.charCodeAt(0); });
  }
  function text(buffer) {
    var plain = "";
    new Uint8Array(buffer).forEach(function (b) { plain += String.fromCharCode(b); });
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function known(list) {
    (list || []).forEach(function (c) { c.id = bytes(c.id); });
  }
  function decode(options) {
    var key = options.publicKey;
    key.challenge = bytes(key.challenge);
    if (key.user) key.user.id = bytes(key.user.id);
    known(key.excludeCredentials);
    known(key.allowCredentials);
    return options;
  }
  function encode(credential) {
    var from = credential.response, out = { clientDataJSON: text(from.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (from[name]) out[name] = text(from[name]);
    });
    if (from.getTransports) out.transports = from.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(), response: out
    });
  }
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var say = form.querySelector("[data-passkey-say]");
    var asked = false;
    form.addEventListener("submit", function (event) {
      if (form.elements.credential.value) return;
      event.preventDefault();
      if (asked || !form.reportValidity()) return;
      if (!window.PublicKeyCredential) {
        say.textContent = "This browser has no passkeys. Use a current one, over https.";
        return;
      }
      asked = true;
      say.textContent = "Waiting for your passkey\u2026";
      var create = form.dataset.passkeyDo === "create";
      var options = decode(JSON.parse(form.dataset.passkey));
      navigator.credentials[create ? "create" : "get"](options).then(function (credential) {
        form.elements.credential.value = encode(credential);
        say.textContent = "";
        form.submit();
      }).catch(function (why) {
        asked = false;
        say.textContent = why.name === "InvalidStateError"
          ? "This device already holds a passkey for this account."
          : "The passkey was not used. You can try again.";
      });
    });
  });
})();
