// Package ub is the catalogue of undefined behaviour that the interpreter of C
// can show, and of that which it cannot.
//
// A Kind is one way to leave the standard. It has a Name and a Number that never
// change and are never given to another, the clause of C17 that it breaks, the
// items of Annex J.2 that it covers, a CWE, a rule of the CERT C standard where
// there is one, and a Tier: how much it matters outside the standard's text.
//
// Items of Annex J.2 are not numbered by the standard. Here they are counted in
// its order from 1 to 203, as the CERT C standard counts them, too. A Missing is
// an item that the interpreter does not show, with the reason. Each item is
// covered by kinds or is missing, never both; a test counts.
//
// Kinds without an item are undefined by other words of the standard, by what it
// leaves out, or are no undefined behaviour at all (TierNote).
//
// An Example is a small program of ours that shows exactly one kind on the line
// with the comment "UB", with a corrected twin that is strictly conforming.
package ub
