package lib

import "strings"

// sound checks a conversion of printf for what 7.21.6.1p5 to p9 leave
// undefined: flags, precisions and lengths that do not go with it.
func (s spec) sound(c *call) bool {
	bad := ""
	num := strings.IndexByte("diouxX", s.conv) >= 0
	float := strings.IndexByte("aAeEfFgG", s.conv) >= 0
	switch {
	case s.conv == '%' && (s.alt || s.zero || s.minus || s.plus || s.space || s.width != 0 || s.prec >= 0 || s.length != ""):
		bad = "more than %% for a percent sign"
	case s.alt && (s.conv == 'd' || s.conv == 'i' || s.conv == 'u' || s.conv == 'c' || s.conv == 's' || s.conv == 'p' || s.conv == 'n'):
		bad = "the flag #"
	case s.zero && !num && !float:
		bad = "the flag 0"
	case s.prec >= 0 && (s.conv == 'c' || s.conv == 'p' || s.conv == 'n'):
		bad = "a precision"
	case s.conv == 'n' && (s.minus || s.plus || s.space || s.width != 0):
		bad = "flags or a width"
	case s.length == "L" && !float, float && s.length != "" && s.length != "l" && s.length != "L",
		s.length != "" && s.length != "l" && (s.conv == 'c' || s.conv == 's'), s.length != "" && s.conv == 'p':
		bad = "the length " + s.length
	}
	if bad == "" {
		return true
	}
	return c.VM.Find("format-invalid", nil, 0, "the format of %s has %s with %%%c, which is undefined", c.Name, bad, s.conv)
}
