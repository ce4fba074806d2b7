// Package blob keeps attachments as sealed files in a folder.
//
// Each file has a random identifier and is encrypted as a whole with a key of
// its own, which stands at the head of the file, sealed with the key of the
// case for this identifier. The format is that of age
// (https://age-encryption.org/v1): pieces of 64 KiB, each authenticated with
// its place, so that a piece that is altered, moved or missing is found, and
// nothing unauthenticated is ever handed out. No plain text touches the disk.
package blob
