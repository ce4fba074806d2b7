package demo

import (
	"time"

	"steward/internal/advisory"
	"steward/internal/cvd"
)

// The facts, and where they are written:
//
//   - curl's advisory, docs/CVE-2023-38545.md in github.com/curl/curl-www:
//     reported 2023-09-30, distros@openwall contacted 2023-10-03, libcurl
//     7.69.0 to 8.3.0 affected, fixed in 8.4.0 released 2023-10-11 together
//     with the advisory, CWE-122, severity high, the commits, the credit.
//   - docs/vuln.pm there: the same dates and versions as data.
//   - The history of that file: its text was written on 2023-10-06.
//   - github.com/curl/curl/discussions/12026: version 8.4.0, 2023-10-11 around
//     06:00 UTC and severity high announced ahead; other projects point to it
//     from 2023-10-05 on.
//   - Debian's security tracker, CVE-2023-38545: both commits in full.
const (
	cve         = "CVE-2023-38545"
	introduced  = "7.69.0"
	fixed       = "8.4.0"
	cwe         = "CWE-122"
	reporter    = "Jay Satiro"
	zone        = "Europe/Stockholm"
	subscriber  = "ops@user.example"
	curlRepo    = "https://github.com/curl/curl.git"
	introducing = "4a4b63daaa01ef59b131d91e8e6e6dfe275c0f08"
	fixing      = "fb4415d8aee6c1045be932a34fe6107c2f5ed147"
)

var (
	reported   = time.Date(2023, 9, 30, 9, 12, 0, 0, time.UTC)
	distros    = time.Date(2023, 10, 3, 13, 0, 0, 0, time.UTC)
	announced  = time.Date(2023, 10, 4, 6, 30, 0, 0, time.UTC)
	drafted    = time.Date(2023, 10, 6, 11, 17, 0, 0, time.UTC)
	release    = time.Date(2023, 10, 11, 6, 0, 0, 0, time.UTC)
	aSaturday  = time.Date(2023, 10, 7, 6, 0, 0, 0, time.UTC)
	beforehand = release.Add(-time.Second)
)

// versions are releases of curl around the affected range, as its changelog
// lists them.
var versions = []string{
	"7.68.0", "7.69.0", "7.69.1", "7.70.0", "7.71.0", "7.71.1", "7.72.0", "7.73.0", "7.74.0", "7.75.0", "7.76.0", "7.76.1",
	"7.77.0", "7.78.0", "7.79.0", "7.79.1", "7.80.0", "7.81.0", "7.82.0", "7.83.0", "7.83.1", "7.84.0", "7.85.0", "7.86.0",
	"7.87.0", "7.88.0", "7.88.1", "8.0.0", "8.0.1", "8.1.0", "8.1.1", "8.1.2", "8.2.0", "8.2.1", "8.3.0",
}

// settings are the team's, beside those that init writes.
const settings = `
[mail]
listen = %q
host = "curl.example"
relay = %q
relay_tls = "none"

[[product]]
name = "curl"
purl = "pkg:generic/curl"
repo = "https://github.com/curl/curl.git"
versions = [%s]

[[not_a_vulnerability]]
title = "Missing security headers on the project's web site"
why = "The site serves static public pages and sets no cookies: there is nothing that such a header would protect."
match = ["X-Frame-Options", "clickjacking", "Content-Security-Policy header"]

[[not_a_vulnerability]]
title = "A crash that needs the user to run a hostile command line"
why = "Whoever can choose the command line can run any program."
match = ["malicious command line"]
`

// The report, in our words.
const (
	reportTitle = "Heap overflow in the SOCKS5 handshake with a long host name"
	reportText  = `Affected: curl 7.69.0 to 8.3.0.

When curl is told to let a SOCKS5 proxy resolve the host name, a name longer
than 255 bytes should make it resolve the name itself. If the handshake is slow,
the state machine forgets that decision between two steps and copies the whole
name into the negotiation buffer. A name longer than the buffer is written past
its end on the heap.

A server that redirects the client to a very long host name can overwrite heap
memory of a client that uses a socks5h proxy. Running code in the client may be
possible.

How to see it:

` + reproduce + `

I will not write about it before your fix is out. Jay
`
)

const reproduce = `1. Start the SOCKS5 proxy of the attached poc.py on port 1080. It waits a
   moment before each answer, which makes the handshake slow.
2. Run: curl --limit-rate 10k -x socks5h://127.0.0.1:1080 "http://$(printf '%070000d' 0)/"
3. A build with AddressSanitizer reports a write past the end of a heap block.
4. The attached handshake.c is the faulty part by itself, for a debugger.`

const poc = `# A SOCKS5 proxy that answers slowly. Made for the replay: it shows how such a
# reproducer looks and does nothing else.
import socket, time

s = socket.create_server(("127.0.0.1", 1080))
c, _ = s.accept()
c.recv(3)
time.sleep(1)
c.sendall(b"\x05\x00")
`

// program is the part that is wrong, made small, so that it runs by itself: ours,
// not curl's.
const program = `/* The handshake of a SOCKS5 client in two steps, as small as it gets.
   Made for the replay: the fault is that of CVE-2023-38545, the code is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct client {
	int step;
	unsigned char *buffer;
	size_t size;
};

/* Called again whenever data arrives. */
static int handshake(struct client *c, const char *host, int arrived)
{
	size_t length = strlen(host);
	int local = 0; /* shall we resolve the name ourselves? */

	if (c->step == 0) {
		if (length > 255)
			local = 1;
		c->step = 1;
		if (!arrived)
			return 0; /* slow: what was decided is forgotten */
	}
	if (!local) {
		c->buffer[0] = 5;
		c->buffer[1] = (unsigned char)length;
		memcpy(c->buffer + 2, host, length);
	}
	return 1;
}

int main(void)
{
	struct client c = { 0, NULL, 16384 };
	char *host = malloc(70001);

	c.buffer = malloc(c.size);
	if (!host || !c.buffer)
		return 1;
	memset(host, 'a', 70000);
	host[70000] = '\0';
	while (!handshake(&c, host, 0))
		puts("the proxy is slow");
	free(c.buffer);
	free(host);
	return 0;
}
`

// poor is a report of the other kind, which every team knows.
var poor = map[string]string{
	"product":            "curl",
	"versions":           "9.9.1",
	"summary":            "Critical clickjacking vulnerability",
	"what":               "Dear team, your web site is missing the X-Frame-Options header. This is a critical vulnerability. Please tell me about your bounty.",
	"reporter.anonymous": "yes",
	"credit.want":        "no",
}

func affected() []advisory.Affected {
	return []advisory.Affected{{
		Product: "curl", PURL: "pkg:generic/curl", Versions: versions[1:],
		Ranges: []advisory.Range{{Introduced: introduced, Fixed: fixed, Repo: curlRepo, IntroducedBy: introducing, FixedBy: fixing}},
	}}
}

// prose is the advisory, in our words.
func prose() cvd.Text {
	return cvd.Text{
		Overview: `curl can write past the end of a heap buffer during the handshake with a SOCKS5 proxy.

A host name that a SOCKS5 proxy is asked to resolve may be 255 bytes long. For a
longer name curl means to resolve it itself. That decision is kept in a variable
of a function that is entered again whenever data arrives, so that a slow
handshake loses it: curl then copies the whole name into the buffer that it
negotiates in. The buffer is the download buffer, 16 kB in libcurl by default.`,
		Impact: `A hostile server can redirect a client to a URL with a host name that is longer
than the buffer, and so overwrite heap memory with bytes that are valid in a host
name. This can crash the client and may let the attacker run code in it.

Only clients that let a SOCKS5 proxy resolve names are affected: ` + "`socks5h://`" + ` or
` + "`--socks5-hostname`" + ` in the tool, ` + "`CURLPROXY_SOCKS5_HOSTNAME`" + ` in the library. The
tool uses a buffer of 100 kB and is affected only with ` + "`--limit-rate`" + ` below 65541
bytes a second.`,
		Remedy: "Upgrade to curl 8.4.0, or apply the fix to your version. It returns an error for a name that is too long.",
		Workaround: `- Do not use ` + "`CURLPROXY_SOCKS5_HOSTNAME`" + ` or ` + "`--socks5-hostname`" + `.
- Do not set a proxy environment variable to a ` + "`socks5h://`" + ` address.`,
		References: []advisory.Reference{
			{Kind: "advisory", URL: "https://curl.se/docs/CVE-2023-38545.html", Title: "The project's own advisory, from which the facts of this one are taken"},
			{Kind: "fix", URL: "https://github.com/curl/curl/commit/" + fixing},
			{Kind: "web", URL: "https://github.com/curl/curl/commit/" + introducing, Title: "The change that brought the fault"},
			{Kind: "report", URL: "https://hackerone.com/reports/2187833"},
		},
		Timeline: []advisory.Event{
			{At: day(2023, 9, 30), What: "Reported to the team"},
			{At: day(2023, 10, 3), What: "Distributions told under embargo"},
			{At: announced, What: "Release announced, without details"},
			{At: release, What: "curl 8.4.0 and this advisory published"},
		},
		Credits: []cvd.Helper{{Credit: advisory.Credit{Name: reporter, Role: "remediation developer"}, Agreed: true}},
	}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
