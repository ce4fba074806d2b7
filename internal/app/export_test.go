package app

// Bounded bounds what is kept for a connection.
var Bounded = bounded
