package code

import (
	"strings"

	"modernc.org/cc/v4"
)

// asm compiles the assembler that has no instructions: programs use it to keep
// a compiler from knowing a value. Its outputs keep their values or take those
// of the inputs that are tied to them; all else is not supported.
func (f *fn) asm(a *cc.Asm) {
	if strings.Trim(a.Token3.SrcStr(), "\" \t\n") != "" {
		f.fail(a, "assembler is not supported")
	}
	var parts [][]*cc.AsmExpressionList
	for l := a.AsmArgList; l != nil; l = l.AsmArgList {
		var part []*cc.AsmExpressionList
		for e := l.AsmExpressionList; e != nil; e = e.AsmExpressionList {
			part = append(part, e)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return
	}
	for i, out := range parts[0] {
		how, to := operand(out)
		if strings.Contains(how, "+") || strings.Contains(how, "m") {
			continue
		}
		if len(parts) < 2 || !f.tied(i, to, parts[1]) {
			f.fail(a, "assembler with this output is not supported")
		}
	}
	if len(parts) > 1 {
		for _, in := range parts[1] {
			if how, e := operand(in); !strings.ContainsAny(how, "0123456789m") {
				f.discard(e)
			}
		}
	}
}

// tied assigns the input that is in the same place as output i.
func (f *fn) tied(i int, to cc.ExpressionNode, inputs []*cc.AsmExpressionList) bool {
	for _, in := range inputs {
		how, e := operand(in)
		if len(how) == 1 && int(how[0]-'0') == i {
			l := f.lval(to)
			f.store(l, f.expr(e, -1), to)
			return true
		}
	}
	return false
}

// operand gives the constraint of an operand and its expression.
func operand(e *cc.AsmExpressionList) (string, cc.ExpressionNode) {
	x := e.AssignmentExpression
	if p, ok := strip(x).(*cc.PostfixExpression); ok && p.Case == cc.PostfixExpressionCall {
		if a := args(p.ArgumentExpressionList); len(a) == 1 {
			return strings.Trim(cc.NodeSource(p.PostfixExpression), "\""), a[0]
		}
	}
	return "", x
}
