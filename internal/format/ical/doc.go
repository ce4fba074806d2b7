// Package ical writes a feed of deadlines that calendar programs subscribe to:
// iCalendar (RFC 5545) with the properties of RFC 7986.
//
// The words:
//
//   - A calendar is the feed; an entry is one deadline in it, a short event
//     that takes no time of the day away from its reader.
//   - The UID of an entry never changes. A program that meets it again
//     replaces what it had.
//
// The bytes depend on the input alone: entries are ordered by time, then by
// UID, and no clock is read.
//
// github.com/emersion/go-ical reads in the tests what is written here. It does
// not write it: its encoder refuses a calendar without entries, which a feed
// has on a good day, and folds no line (rfc5545:3.1).
package ical
