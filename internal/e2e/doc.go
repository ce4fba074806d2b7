// Package e2e holds tests only: people at a real browser walk the whole way of
// a report, on a phone and at a desk, the reporter without JavaScript and the
// team with passkeys. On every page a judge looks for what a person would
// suffer from: see judge_test.go for its rules.
//
// It needs Chromium, lynx and axe-core: scripts/install-browser.sh installs
// them. With STEWARD_SCREENSHOTS=1 the walks also leave pictures in
// docs/screenshots.
package e2e
