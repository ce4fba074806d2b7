// Package ossfuzz tells which sources of a distribution OSS-Fuzz tests with
// random inputs, day and night, out of the list of its projects
// (https://github.com/google/oss-fuzz, projects/NAME/project.yaml).
//
// Its words: a Project is what OSS-Fuzz calls so; it names a home page, a
// repository and a language. Of its contacts nothing is read.
//
// Nothing says which source of a distribution a project is. A match is made where
// it can be justified, and else none: a source without one may be fuzzed all the
// same, there or elsewhere (as the kernel is, by syzbot). The rules, in order:
//
//  1. Both name the same repository, and not for two languages; of a folder in it
//     the names are akin. The names of sources in Go and Rust tell of one, too.
//  2. Both name the same home page, and their names are akin.
//  3. Their names are akin, and who owns the home page of the one owns the
//     repository or the home page of the other, as far as addresses show.
//  4. The pair is in a short table that was made by hand.
//
// Names are akin if they are the same but for what distributions and projects put
// around them: lib, python-, -utils, a version.
package ossfuzz
