package account

import "time"

// PGPKey is the OpenPGP key of a person. Letters to them are encrypted to it,
// and theirs are believed by it.
type PGPKey struct {
	User        string // id
	Armored     string
	Fingerprint string    // upper-case hexadecimal
	AddedBy     string    // name
	Added       time.Time // UTC
}
