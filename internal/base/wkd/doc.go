// Package wkd finds a person's OpenPGP key by their mail address, and says where
// our own key has to stand to be found: Web Key Directory,
// draft-koch-openpgp-webkey-service-22 (“the draft”).
//
//   - The hash of an address is the SHA-1 of its local part in z-base-32.
//   - The advanced method asks openpgpkey.DOMAIN, the direct one DOMAIN itself;
//     the second only if the first has no address in the DNS (draft 3.1).
//   - A key is what is left of an answer once every name but the one asked for
//     is taken out, and once a message can be encrypted to it.
//
// What is asked and answered may belong to a case. No error, its cause
// included, says the address, its domain or a URL. Asking tells the domain's
// server that we ask: it is for a person to want.
//
// A domain is chosen by a stranger. The client of NewHTTP therefore reaches
// public addresses on port 443 only, looked at after the name was resolved, also
// when it is sent elsewhere.
package wkd
