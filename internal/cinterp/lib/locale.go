package lib

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// locale is C17 7.11: there is the locale "C", and "POSIX" is its other name.
var locale = map[string]run.LibFunc{
	"setlocale": func(c *call) (slot, bool) {
		if n := i32(c, 0); n < 0 || n > 6 {
			return slot{}, true
		}
		if arg(c, 1).N != 0 {
			n, ok := name(c, 1)
			if !ok {
				return slot{}, false
			}
			if n != "" && n != "C" && n != "POSIX" {
				return slot{}, true
			}
		}
		return fixed(c, "name of the locale", "C")
	},
	"localeconv": func(c *call) (slot, bool) {
		if p, ok := ext(c).kept["localeconv"]; ok {
			return p, true
		}
		s := tmOf(c, -1)
		if s == nil {
			return slot{}, c.VM.Cannot("localeconv is called in a way that hides its type")
		}
		p, ok := own(c, "result of localeconv", uint64(s.Size()))
		if !ok {
			return p, false
		}
		point, ok1 := fixed(c, "text of localeconv", ".")
		empty, ok2 := fixed(c, "text of localeconv", "")
		if !ok1 || !ok2 {
			return slot{}, false
		}
		for i := 0; s.FieldByIndex(i) != nil; i++ {
			f := s.FieldByIndex(i)
			at := p
			at.N += uint64(f.Offset())
			v, t := slot{N: 127}, code.I8 // CHAR_MAX: not known in this locale
			if !charSigned(c) {
				v.N = 255
			}
			if f.Type().Kind() == cc.Ptr {
				v, t = empty, code.TPtr
				if f.Name() == "decimal_point" {
					v = point
				}
			}
			if !c.VM.Store(at, t, v) {
				return slot{}, false
			}
		}
		c.VM.M.Objs[p.Obj].Freeze()
		ext(c).kept["localeconv"] = p
		return p, true
	},
}

// charSigned tells whether a char is signed, by the type of a result.
func charSigned(c *call) bool {
	s := tmOf(c, -1)
	f := s.FieldByName("frac_digits")
	return f == nil || cc.IsSignedInteger(f.Type())
}
