// Package osv is the Open Source Vulnerability format 1.7.5
// (https://ossf.github.io/osv-schema/) as Go types, with a validator of our
// own for the JSON schema and for the rules that only the text has.
//
// The types are complete, but for what the format leaves to each database. A
// field cites its section of the specification by that section's name:
// osv:affected[].ranges[].events.
//
// Where the validator is stricter than the format asks:
//
//   - A property that the format does not know is an error everywhere, not
//     only at the top.
//   - Nothing is null, and no required text is empty.
//   - A CVSS vector must give a score.
//   - A package URL must be one.
package osv
