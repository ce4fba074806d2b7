package e2e

import "time"

// The story of the walks: a made-up library, its team, and a fault in it.
const (
	reporter    = "Ines Okafor"
	lead        = "Linnea Berg"
	handler     = "Hugo Brandt"
	releaser    = "Rosa Ferrante"
	fixer       = "Felix Aubry"
	distributor = "Dilara Aydin"

	title     = "Out-of-bounds write when reading a sparse entry"
	canary    = "the note that nobody outside may read"
	advisory1 = "BRN-2026-0001"
	cvss4     = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
)

// The hours of the story. The zone of the team is Berlin's: one hour before
// UTC until 29 March.
var (
	before     = time.Date(2026, 3, 2, 8, 40, 0, 0, time.UTC) // a Monday
	verified   = time.Date(2026, 3, 3, 14, 5, 0, 0, time.UTC)
	agreed     = time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
	fixed      = time.Date(2026, 3, 12, 16, 20, 0, 0, time.UTC)
	drafted    = time.Date(2026, 3, 17, 10, 0, 0, 0, time.UTC)
	justBefore = time.Date(2026, 3, 24, 12, 59, 0, 0, time.UTC)
	theHour    = time.Date(2026, 3, 24, 13, 0, 0, 0, time.UTC) // a Tuesday
	saturday   = time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)
)

const (
	what = "The reader of sparse entries (src/sparse.c, sparse_fill) trusts the map of holes that the archive brings. " +
		"A hole is an offset and a length; only the sum of the two is compared with the size of the entry, and the sum is taken in 64 bits without a check.\n\n" +
		"An offset near 2^64 wraps around: the sum is small, the check passes, and the hole is filled with zeros far outside the buffer."
	reproduce = `1. python3 poc.py > crash.brn
2. brindle list crash.brn
3. A build with AddressSanitizer reports a write past the end of a heap block; trace.txt is its output.`
	impact = "Whoever can make someone open an archive writes zeros to memory of their choice. In a server that unpacks uploads this needs no help from anyone."

	overview = "The reader of sparse entries writes outside its buffer when an archive names a hole whose offset and length, added up, do not fit in 64 bits.\n\n" +
		"`brindle list`, `brindle extract` and every program that calls `brn_entry_read` on archives of strangers is affected. " +
		"Archives without sparse entries are read by other code."
	impactText = "Who can make someone open an archive can write zeros to memory at a place of their choice. This crashes the program and may let the attacker run code in it. " +
		"A server that unpacks uploads can be attacked without help from anyone."
	remedy     = "Upgrade to brindle 2.6.1, or apply the fix to your version. Archives that hold such an entry are then refused."
	workaround = "Refuse archives with sparse entries before they are read: `brindle check --no-sparse FILE` does so and does not reach the faulty code."
)
