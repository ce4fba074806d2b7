package code

// ownObjects makes functions use the objects of the thread that runs them,
// where C17 6.2.4p4 gives each thread its own. The initializers make those of
// the first thread.
func (c *compiler) ownObjects() {
	for _, f := range c.p.Funcs {
		for i := range f.Code {
			if in := &f.Code[i]; in.Op == OpStatic && c.p.Statics[in.K].Thread {
				in.Op = OpThread
			}
		}
	}
}
