// Package policy holds how a project handles vulnerabilities, as data: what it
// promises to reporters, who is woken when nobody answers, how long a matter of
// each severity stays private, who is told before the release and when, and at
// which hours releases come. One file in TOML is the source of the public pages
// and of the plan of a case, so that policy and practice cannot differ.
//
// A Policy has a Rule for each of the four severities. A rule is on a Track: on
// the public one the fix is made in public at once; on the short, standard and
// coordinated one the matter stays private for the track's embargo. An embargo
// begins when the fix is ready and the first outside the team are told (linux-distros
// counts so), and not when the report came: what may pass before is Prepare.
// Within is how long the whole may take, from report to release.
//
// A Notice tells a distribution list, or others by name, some time before the
// release. A List has rules of its own; Check says where a plan breaks them.
//
// Presets are the processes that other projects have published, with their
// sources. Where a source names no figure the preset leaves it out, or says in
// a comment that the figure is what the project does and not what it promises.
package policy
