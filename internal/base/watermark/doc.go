// Package watermark gives each recipient of a text or a patch under embargo a
// copy of their own, and tells of a leak whose copy it was.
//
// The words:
//
//   - A mark is derived from a secret, the case and the recipient. Nothing is
//     stored: a trace derives again what each copy had, and needs the original
//     as it was before it was marked.
//   - A channel is one kind of difference. Of texts: where lines end, spaces,
//     quotation marks, apostrophes, dashes, signs of lists, and wordings that say
//     the same. Of patches: the order of files, lines of context, what follows
//     the second @@, digits of hashes, and the version of git at the end.
//     Characters that cannot be seen are not used: they would end up in what is
//     compiled, and many programs drop them. Code, commands, addresses, versions
//     and hashes in a text, and what a patch adds or removes, differ in nothing.
//   - A place is one choice. In a text it is known by the words around it, and in
//     a patch by the head of its hunk, so that a fragment is enough.
//
// For a copy that has nothing to do with a leak, each place fits with a known
// chance, whatever was done to the leak. So the chance that one trace names the
// innocent is bounded by Doubt, and who cannot be told from others is not named.
// This rests on three things: the secret is kept, the leaker does not have the
// copy of the one who is named, and AES spreads the choices evenly. With many
// leaks, the doubts add up.
//
// What was measured on a text of 3.5 KB with 500 candidates, 50 leaks of each
// kind (the tests run it again): all were named as it was, quoted in CRLF,
// indented, without trailing spaces, in plain or typographic quotes, in HTML, of
// the first half, of the middle third and of the longest paragraph, and when
// wrapped anew; 43 of 50 when wrapped anew with plain quotes; none when half of
// it was wrapped anew. Of 100 pairs who mixed their copies word by word, one was
// named in 90 and both in 31; in runs of 60 words, one in 100 and both in 17.
//
// Of a patch of 18 hunks in 5 files all were named, also with what follows the
// second @@ cut off, of the first half, or with files sorted and hashes cut; of
// one file of it, none. Of 6 hunks in 2 files all were named as it was, and none
// without what follows the second @@ or of the first half; of a single hunk,
// none. Of 100 pairs who mixed 5 files, one was named in 90. 200 strangers' copies
// of the text and of the patch, and all mixtures, named nobody innocent.
//
// No mark is left by who says a text in their own words, or applies a patch and
// has git make a new one of it.
package watermark
