// Package cii is the CII Census of 2015: the risk index that the Core
// Infrastructure Initiative of the Linux Foundation gave to some four hundred
// open source projects after Heartbleed, to find those that needed help. Every
// published row of it can be computed again.
//
// Its words: facts are what was known of a project; a model is a table of
// points for facts; the index is the sum of a project's points, and a higher
// one means more risk. A project of the census is a binary package of Debian.
// Installs are the machines that report a package to Debian's popularity
// contest (popcon). A cut is the number of installs from which on a project
// counts as popular.
//
// There are four models, which are data of package census:
//
//   - census-2015-v1.0, as it was run for the published paper. It looked up
//     counts as text in tables whose keys were whole numbers, and so found
//     none: every project got the three points of four CVEs or more, and none
//     for having few contributors. The ranking of the paper is that of the fault.
//   - census-2015-v1.0-intended, what the paper describes.
//   - census-2015-v1.1 of July 2015: the fault is mended, only the worst
//     exposure counts, documentation loses points as data does, and nothing
//     falls below zero.
//   - census-2015-v1.2 of August 2015, the last: popularity is measured against
//     the whole archive, with two points for the top hundredth.
//
// Sources: David A. Wheeler and Samir Khakimov, "Open Source Software Projects
// Needing Security Investments", Institute for Defense Analyses D-5459, 2015-06-19
// ("the paper", chapter 5.B), and the repository
// https://github.com/linuxfoundation/cii-census: oss_package_analysis.py at
// 56954cb (1.0), 83b1290 (1.1, tagged 1.1.0) and 47dfad4 (1.2), and ChangeLog.txt. Nothing of
// its code is here.
package cii
