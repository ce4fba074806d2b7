// Package torture holds the trials by fire as tests: nothing that was
// acknowledged is lost, nothing is there half or twice, and no failure of the
// disk needs a restart.
//
//	TestKills        kill -9 at random moments while everyone works, on both engines
//	TestPowerCuts    what a disk holds at the moment of a cut, and what a start on it finds
//	TestDiskFaults   each write, sync, rename in turn fails, once or until the disk is mended
//	TestDiskFull     a disk that fills up under load and has room again
//
// STEWARD_KILLS, STEWARD_CUTS and STEWARD_FAULTS set how long they run; "make
// torture" sets them high. The trials of disks mount disks of their own, in a
// mount namespace that goes with the process, and so need root.
package torture
