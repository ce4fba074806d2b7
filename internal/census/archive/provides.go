package archive

// Provides calls each with the names that a package stands for besides its own
// (Policy 7.5). A name is valid as long as the index is.
func (b *Binary) Provides(each func(name string)) {
	relations(b.provide, func(names [][]byte) {
		for _, name := range names {
			each(text(name))
		}
	})
}
