// Package people tells what a checkout of git says of the people behind a
// project, as of a day: how many there are, how much rests on one, how long they
// are silent, and who holds the right to release. The attack on xz
// (CVE-2024-3094) came this way: one tired maintainer, and a newcomer who made
// the releases within about a year of a first commit.
//
// Its words:
//
//   - A person is whoever has the same mail address or the same name, once the
//     project's .mailmap of that day has been asked. Programs are no persons; see
//     automatic for the rules.
//   - A commit counts on the day it was committed. The author's date is never
//     read: it says when a patch was begun, or whatever its author likes. Dates
//     before 1980 are taken for no date: such a commit changes files, and lies in
//     no span of time. What is dated after the day is left out.
//   - The history of a day is what can be reached from the default branch as it
//     stood at the end of that day (UTC), and from the releases made until then.
//     The branch stood at the newest commit of its first parents' line that is
//     not dated later.
//   - A release is a tag that is named like a version. Whoever made it is the
//     tagger. A plain tag names nobody: the committer of what it points to stands
//     in, who may just have been the last to commit. Programs make no releases.
//   - A newcomer is who makes a release less than three years after the first
//     commit that is theirs, and was not there in the first year of the history,
//     which may go on with an older one. The newcomer to xz released 13 months
//     after a first commit, and the attack was found 25 months after it: three
//     years see the whole of it. In the middle of the years 2012 to 2026, eleven
//     well-known projects had such a newcomer in 15 of 162 cases, and never more
//     than one; the latest three or more releases were theirs in xz, 2023, and
//     in libarchive, 2013 and 2014.
//
// What a history cannot say is unknown, with a Reason. Nobody's name, address or
// any mark made from one leaves the package: only counts do.
//
// A history says what those who wrote it wanted it to say. Dates, names and
// addresses are claims; signatures are seen to be there and not verified. This
// is a measure of honest projects, not evidence against a person: nearly every
// newcomer with the right to release is good news.
//
// Only a project's own repository says this. The repository in which a
// distribution keeps its packaging holds upstream's history as it was imported,
// and other people's commits; see Upstream.
//
// Repositories are hostile. Their configuration, hooks, attributes, references
// and borrowed objects are never shown to git: it reads their packs through an
// empty repository of ours, with no network, no filters, and limits on time,
// memory and output. The git binary must be there, version 2.31 or later.
package people
