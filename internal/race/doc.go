// Package race holds Steward against programs that do the same work, side by
// side in one run: its benchmarks report ratios. scripts/install-peers.sh
// installs the others.
//
//	BenchmarkPublish   one advisory into a site of 100 and of 5,000: csaf_provider
//	BenchmarkReaders   what readers find while advisories are published: csaf_provider
//	BenchmarkTogether  eight who publish at once: csaf_provider
//	BenchmarkSign      a thousand detached signatures: gpg
//	BenchmarkLettersAgainstGPG  500 letters, each signed and encrypted to another key: gpg
//	BenchmarkLetters  the same from the queue over SMTP into a server: gpg
//	BenchmarkServe     one advisory page, asked for as often as it goes: nginx, Caddy
//	BenchmarkCensus    a ranking of 20,000 sources: a script in Python
//	BenchmarkReports   reports filed, synced: PostgreSQL
package race
