// Package flood holds the trial by flood as a test: while thousands of
// connections trickle and junk reports come by the hundred from as many
// addresses, honest reporters are served and the team can work.
//
// STEWARD_FLOOD sets how long the full flood runs, as in 60s; "make torture"
// does. Without it the flood is shorter and smaller.
package flood
