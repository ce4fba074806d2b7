package app

// Bounded bounds what is kept for a connection.
var Bounded = bounded

// Remind is what the hourly sweep does for the members of lists.
var Remind = (*App).remind
