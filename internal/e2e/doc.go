// Package e2e holds tests only: people at a real browser walk the whole way of
// a report, on a phone and at a desk, the reporter without JavaScript and the
// team with passkeys. On every page a judge looks for what a person would
// suffer from: see judge_test.go for its rules.
//
// Others try to break in: the tests of the files inject_*.go put payloads of a
// small grammar into every field that a stranger controls and open every page,
// and send forms and calls that nobody before the browser has sent.
// STEWARD_PAYLOADS says how many payloads are tried in every field, of 500.
//
// It needs Chromium, lynx and axe-core: scripts/install-browser.sh installs
// them. With STEWARD_SCREENSHOTS=1 the walks also leave pictures in
// docs/screenshots.
package e2e
