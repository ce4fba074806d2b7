// Package watermark gives each recipient of a text under embargo a copy of
// their own, and tells of a leak whose copy it was.
//
// The words:
//
//   - A mark is derived from a secret, the case and the recipient. Nothing is
//     stored: Trace derives again what each copy had.
//   - A channel is one kind of difference: where lines end, spaces, quotation
//     marks, apostrophes, dashes, signs of lists, and wordings that say the
//     same. What is code, a command, an address, a version or a hash differs in
//     none. Characters that cannot be seen are not used: they would end up in
//     what is compiled, and many programs drop them.
//   - A place is one choice. It is known by the words around it, so that a
//     fragment is enough.
//
// For a copy that has nothing to do with a leak, each place fits with a known
// chance, whatever was done to the leak. So the chance of naming the innocent
// is bounded (Doubt), and who cannot be told from others is not named. Someone
// who writes the text anew in their own words leaves no mark. Two who mix their
// copies leave about a fifth of the evidence of each.
package watermark
