// Package advisory holds what may be public, and nothing else: the advisory,
// its revisions, its lint. It knows neither case nor report; what leaves a
// case becomes an Advisory first. The words are those of ISO/IEC 29147:2018,
// clause 7.
//
//   - An advisory is published once and then only revised or withdrawn; every
//     revision is kept, and no identifier is used twice.
//   - A prenotice tells that a fix comes and when, and nothing of what it fixes.
//   - An entry is one thing that was made public: a revision of an advisory or
//     a state of a prenotice. All entries together are the public record.
//   - A problem is what the lint finds; a blocking one stops a release.
//   - An objection is what the guard has against a day.
//
// Text comes from many hands and goes to many readers: CleanText, OneLine,
// Markdown and PlainText are the only ways in which it is shown.
package advisory
