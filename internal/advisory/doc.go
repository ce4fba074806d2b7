// Package advisory holds what may be public, and nothing else: the advisory,
// its revisions, its lint. It knows neither case nor report; what leaves a
// case becomes an Advisory first. The words are those of ISO/IEC 29147:2018,
// clause 7.
package advisory
