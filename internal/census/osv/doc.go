// Package osv reads which vulnerabilities are known of the sources of a
// distribution, out of what OSV exports of one ecosystem (OSV schema 1.7,
// https://ossf.github.io/osv-schema/).
//
// Its words: a record is one advisory, as a file of JSON; a Vulnerability is one
// fault of one source. The two are not the same: an advisory of Debian's (DSA-…,
// DLA-…) tells of several CVEs, and each of these has a record of its own
// (DEBIAN-CVE-…). So a vulnerability goes by its CVE wherever a record says one,
// in its id, aliases or upstream, and counts once, from the earliest day on which
// a record of it was published. Related ids are of other vulnerabilities. Where
// no CVE is known, it goes by the advisory, whose further editions (DSA-1234-2)
// are the same.
//
// Records that were withdrawn do not count. One that cannot be read is named as a
// Gap, and the rest is read.
package osv
