package ub

// Seen is what a run knows of a finding beside its kind. It says which weakness
// the kind is here: MITRE asks for the most specific that fits, and the class
// of the object and the side on which an access leaves it make the difference.
type Seen struct {
	Stack  bool // the object is local to a function
	Heap   bool // the object was allocated
	Before bool // the access begins before the object
	Below  bool // the result is under the least value, not over the greatest
	Huge   bool // the size was negative before it became one
	Format bool // the format that is at fault is no string literal
}

// Weakness gives the number of the weakness in CWE, and those that are true of
// the finding as well: the more general ones, or what led to it.
func (k *Kind) Weakness(s Seen) (cwe int, also []int) {
	if s.Huge {
		defer func() { also = append(also, 195) }()
	}
	switch k.Name {
	case "out-of-bounds-write", "sub-object-write", "library-overflow":
		switch {
		case s.Before:
			return 124, []int{k.CWE}
		case s.Stack:
			return 121, []int{k.CWE}
		case s.Heap:
			return 122, []int{k.CWE}
		}
	case "out-of-bounds-read", "sub-object-read", "library-overread":
		if s.Before {
			return 127, []int{k.CWE}
		}
		return 126, []int{k.CWE}
	case "unterminated-string":
		return k.CWE, []int{126, 125}
	case "use-after-free":
		return k.CWE, []int{825}
	case "double-free":
		return k.CWE, []int{825}
	case "uninitialised-read", "uninitialised-heap-read", "va-list-uninitialised", "longjmp-clobbered":
		return k.CWE, []int{908}
	case "indeterminate-contents":
		return k.CWE, []int{457}
	case "data-race":
		return k.CWE, []int{366}
	case "signed-overflow", "library-integer-overflow":
		if s.Below {
			return 191, nil
		}
	case "format-argument-missing", "format-argument-type", "format-invalid", "va-arg-missing":
		if s.Format {
			return 134, []int{k.CWE}
		}
	}
	return k.CWE, nil
}
