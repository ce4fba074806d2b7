// Package packaging reads what Debian's own packaging tells of a source: its past
// and how it is cared for. It keeps no names of people and no text of theirs.
//
// Its words:
//
//   - The packaging file is what Debian adds to upstream's archive: a
//     .debian.tar, or a .diff.gz in format 1.0 (dpkg-source(1)). A native source
//     has none: its only archive is read instead.
//   - An Entry is one of a changelog (deb-changelog(5)): a version, when it was
//     made, by which kind of hand, and the CVEs that it names.
//   - A Patch is one of debian/patches, as far as its header says where it comes
//     from and whether upstream has it (DEP-3).
//   - A History is what there is of both for one version of a source. It answers
//     for a day in the past as for today, so that what came later stays out.
//   - A Store keeps histories in a folder; a Collector fills it from a mirror.
//
// # How CVEs are dated
//
// A CVE has the day of the earliest entry that names it, which is when the
// source was mended, or said to be. What a changelog names in plain words is
// taken, and old names (CAN-…) are the same as new ones. Left out is a CVE of
// which an entry says that it does not affect the source, is not applicable or is
// not fixed, or that is named behind "not" as the wrong one: only where those
// words stand next to it, in the same sentence. Another entry may name it still.
// CVEs of others that are named as the reason of an upload (a library that is
// linked in) count. One that was put into an old entry later has the day of that
// entry, but none before the year of its own number: what nobody knew then does
// not count for that time.
package packaging
