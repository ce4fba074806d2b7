// Package subscribe gives notice of what was made public: to people by mail,
// to machines by a webhook. It reaches neither case nor report, so that it can
// tell nothing that is not public already.
//
// Its words:
//
//   - A Subscription is one address and what is to be told to it. Anyone can
//     ask for one; it counts once the link in a letter to that address was
//     followed, so that nobody signs up another. Whether an address is known
//     is told to nobody but its holder.
//   - A token is the secret in a link: one confirms what a letter said, the
//     other keeps the subscription. Tokens are derived, never stored.
//   - A notice tells of one entry of the public record: an advisory, its
//     revision or withdrawal, a pre-announcement or its change.
//   - The fan-out puts one job for each subscription and webhook that an entry
//     concerns. Its cursor moves in the same writes, so that no crash loses a
//     notice or puts one twice.
//   - A Mail is what a letter says; another package makes a message of it
//     (RFC 5322) and sends it.
//   - A Webhook is called as the Standard Webhooks say (standardwebhooks.com).
package subscribe
