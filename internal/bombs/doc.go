// Package bombs holds the trial by bombs as a test: small inputs that are made
// to cost much. Each goes to a real server in a process of its own, whose CPU
// time and peak memory are read from the system; afterwards the server must
// still serve. What only the operator opens (settings, a backup, a copied
// tree) goes to the command that opens it, measured alike.
//
// No attachment is ever opened, no image decoded and no archive unpacked: a
// bomb that comes as a file costs what its bytes cost.
package bombs
