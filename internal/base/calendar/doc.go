// Package calendar is the arithmetic of deadlines: how long a promise, an
// embargo or a period of the law lasts, on which day that is, and when the next
// good hour for a release comes.
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
// # Days of the law
//
// Calendar.After is for what a project promises: it ends at the hour at which it
// began. Calendar.Expiry is for periods of European law, by Regulation (EEC,
// Euratom) No 1182/71, Article 3. Of that article it implements:
//
//   - 1(2): for days, weeks and months, the day of the event is not counted;
//   - 2(b): days end with the expiry of the last hour of the last day;
//   - 2(c): weeks and months end with the expiry of the last hour of the day that
//     is the same day of the week, or has the same date, as the day of the event;
//     where the last month has no such date, on its last day;
//   - 3: holidays, Saturdays and Sundays count, unless the period is of working
//     days;
//   - 4: where the last day is one of them, the period ends with the expiry of
//     the last hour of the next working day; not so for hours;
//   - 5: a period of two days or more has at least two working days in it.
//
// Periods in hours are taken more strictly than by Article 3(1) and 2(a), which
// leave out the hour of the event and run to the end of an hour, and than by
// Article 3(5), if one lets that extend hours: 24 hours are 24 hours from the
// event. Who keeps that keeps the other reading too. So "24 hours" and "72
// hours" of Regulation (EU) 2024/2847, Article 14, run through weekends and
// holidays.
//
// Holidays are those of the countries that a Calendar names. A day is a holiday
// if it is one in any of them.
package calendar
