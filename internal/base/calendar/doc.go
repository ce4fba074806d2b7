// Package calendar is the arithmetic of deadlines: how long a promise or an
// embargo lasts, on which day that is, and when the next good hour for a release
// comes. Periods of European law are counted in another way, by package duty.
//
// A Span is a length as people write it. Hours are elapsed time: "72h" is three
// times 24 hours after the start, whatever the clocks on the wall do, through
// nights, weekends and holidays. Days, weeks and months belong to a calendar:
// after "14d" the clocks show the same hour on the date 14 days later, and one
// month after 31 January is the last day of February. Business days are the
// days that are no Saturday, no Sunday and no public holiday; the day of the
// start is not counted.
//
// # Clocks that change
//
// Where clocks are put forward, some hours never come. A deadline that would
// fall on one is the moment of the change: no existing moment is closer from
// above. Where a whole day never was (Apia, 30 December 2011), that moment is
// the first of the next day that was. Where clocks are put back, some hours come
// twice. A deadline on one is the first of the two: a promise that is kept by
// the first is kept by the second. An hour that a person chose is another
// matter: Local refuses both, since only the person can say what was meant.
//
// # Holidays
//
// Holidays are those of the countries that a Calendar names. A day is a holiday
// if it is one in any of them.
package calendar
