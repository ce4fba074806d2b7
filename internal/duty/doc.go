// Package duty holds the clocks and the forms of the Cyber Resilience Act,
// Regulation (EU) 2024/2847 (“the Regulation”), Article 14: what is to be
// notified, by whom, by when, and with which words. It is data and rules. It
// opens nothing, sends nothing and decides nothing; a person does. It is no
// legal advice: each rule names the provision that it was read from, so that
// somebody who knows the law can check it.
//
//   - A role is what the law calls the maintainer of one product: manufacturer
//     or open-source software steward.
//   - A trigger is what starts the duties: an actively exploited vulnerability
//     (Article 14(1)) or a severe incident (Article 14(3)).
//   - Awareness is the moment from which the hours count, what shows it, and
//     who set it.
//   - A filing is one notification that a person submitted.
//   - A due is one clock: from when, for how long, until when, and its state.
//   - A dossier is a notification's fields, in the order of the platform's form,
//     for a person to copy.
//
// # How time is counted
//
// Regulation (EEC, Euratom) No 1182/71, Article 3, says how periods of Union
// law run. Where it leaves a choice, the earlier end is taken, so that nobody
// is told a later one than the law has.
//
//   - Hours are elapsed hours from the minute of awareness, over changes of the
//     clock and over weekends. Article 3(1) leaves the hour of the event itself
//     out; the end here is therefore earlier than that reading by less than an
//     hour.
//   - Days and months are those of the calendar in the zone of the facts: the
//     day of the event does not count, the period ends with the last hour of
//     its last day (Article 3(1) and (2)(b), (c)). “14 days” after 1 October end
//     when 15 October ends. A month ends on the same date of the next month, or
//     on its last day where there is no such date: 31 January gives the end of
//     28 or 29 February.
//   - Weekends and holidays count (Article 3(3)). Article 3(4) may move an end
//     that falls on a Saturday, Sunday or public holiday to the next working
//     day. That is not done here: the holidays of the Member State are unknown.
//
// The sources of the form and of the readings that the text leaves open are in
// docs/CRA.md, with their dates.
package duty
