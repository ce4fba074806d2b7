package code

import "modernc.org/cc/v4"

// quick turns calls that surely fit the function they reach, and whose
// function has no objects in memory, into OpCallQuick.
func (c *compiler) quick() {
	for i, f := range c.p.Funcs {
		f.Index = i
		if ft, ok := f.Type.(*cc.FunctionType); ok && f.Code == nil && hasProto(ft) {
			f.Least = ft.MinArgs()
		}
	}
	c.p.Init.Index = len(c.p.Funcs)
	for _, f := range append(c.p.Funcs, c.p.Init) {
		for i := range f.Code {
			in := &f.Code[i]
			if in.Op != OpCall {
				continue
			}
			if g := c.p.Funcs[in.K]; g.Code != nil && len(g.Locals) == 0 && !g.Variadic && g.Promised == nil && fits(&c.p.Sites[in.C], g) {
				in.Op = OpCallQuick
			}
		}
	}
}

func fits(s *Site, g *Func) bool {
	if g.OldStyle && !s.Proto || len(s.Args) != len(g.Params) || s.Result != g.Result || s.Hidden != g.Hidden {
		return false
	}
	for i, a := range s.Args {
		if a.T != g.Params[i] {
			return false
		}
	}
	return true
}
