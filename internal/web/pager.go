package web

// pager leads through a list that does not fit on one page: without scripts,
// and by a place in the list rather than a number of pages, so that nothing has
// to be counted and nothing is shown twice when the list moves on.
type pager struct {
	First, FirstLabel string // address of the beginning; empty on the first page
	Next, NextLabel   string // address of what follows; empty on the last page
}
