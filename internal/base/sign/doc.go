// Package sign makes and checks OpenPGP signatures in process: no key ring, no
// agent, no other program. A Signer is one version 4 key with an Ed25519
// primary key that signs and a Curve25519 subkey that decrypts, in the
// encodings of RFC 4880 with RFC 6637 that every GnuPG since 2.1 reads.
//
// What a Signer writes has exactly one form, and Verify accepts that form
// only. Ordinary OpenPGP tools are lenient: much of an armored signature can
// be altered without their noticing. Here a signature file of which any byte
// differs is refused, so that a published tree can be checked to the last
// byte. Signatures of other software, in mail from anyone, are judged by Open,
// VerifyDetached and VerifyInline: theirs is a Verdict to show and no proof that a
// tree is whole.
package sign
