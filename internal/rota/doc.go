// Package rota says who is on call.
//
// The words:
//
//   - The order is the people who take turns. A shift is a week long by the
//     calendar of the rota's zone: it begins and ends at the handover, such as
//     Monday at 10, whatever the clocks did in between.
//   - An override gives the hours that it names to someone: a holiday, a swap.
//     Of two that overlap, the one further down the list counts.
//   - Who is not able, because their account is disabled, is passed over: their
//     shift is done by the next in the order who is, and their override does
//     not count.
//   - Nobody is on call before the rota starts, when it is empty, or when
//     nobody in it is able. Whoever asks then turns to all handlers.
package rota
