// Package house holds the laws of the project as tests: which room may import
// which, and what shape the code keeps. It has no code of its own.
package house
