// Package tree keeps a tree of public files that is signed to the last byte.
// It knows nothing of what the files are about.
//
// # Words
//
// A file is what the publisher hands in: a path and its bytes. Beside every
// file the tree publishes three companions: its hashes (.sha256, .sha512, in
// the form that sha256sum -c reads) and its detached signature (.asc). The
// public key lies in the tree too.
//
// A group is files that belong together, such as all forms of one advisory.
// A part is up to 64 groups; part 0 holds the files of no group, which are
// those that change at most publications. Each part has a list that names
// its files and their companions with their hashes, index/000001.txt. The root,
// index/tree.txt, lists the parts in the same form. Lists and root are
// themselves files with companions, so that the root's signature covers every
// byte of the tree, and adding a group rewrites one list and the root however
// large the tree is.
//
// # On disk
//
//	bundles/NAME   what one publication wrote of one group, as one file
//	current        which root is the published one: the only file ever replaced
//	lock           held by the process that publishes
//
// To publish is to check the new tree against the old, write new bundles beside
// the old ones, sync them with their folder, all at once, and rename one file:
// the disk is waited for twice. A reader finds the old tree or the new one. What
// a crash leaves behind is removed at the next Open.
//
// # Promises
//
// No file vanishes. A file handed in as fixed never changes. Sequence and
// dates never go back. All files of a tree are signed with one key.
package tree
