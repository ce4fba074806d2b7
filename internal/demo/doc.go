// Package demo replays one disclosure of the past through Steward's real
// interfaces: the report form and the mailbox as a browser without JavaScript
// uses them, the API as the team's commands use it, the release clock, and the
// published pages. The dates and facts are those of CVE-2023-38545 in curl;
// see facts.go for their sources. People other than the credited reporter, and
// the hours of the day unless a source gives them, are made up.
package demo
