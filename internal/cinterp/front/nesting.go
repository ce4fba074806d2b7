package front

import "fmt"

// nesting takes the tokens of a unit, one a call, and tells how deep the
// parser and all that walk its tree will call themselves, at most.
//
// What calls itself is an open bracket, and each token of a thing that has not
// ended: the signs of `!!!x`, the operators of `a + b + c`, the stars of a
// declarator, the labels of a statement. A `;` ends all that began at its
// level, but for the conditions that an `else` goes on with; a `,` ends an
// operand. The depth is the sum over the open levels.
type nesting struct {
	levels  []level
	depth   int // sum of the levels' runs, and weight for each
	deepest int
	tokens  int
	types   int  // words that may make a type of another
	closed  bool // the last token was }
	ended   bool // the last token was ;
	err     error
}

type level struct {
	run     int // tokens since something ended
	words   int // of them, those that an else may go on with
	chain   int // conditions that an else went on with
	choices int // `?` without their `:`
}

// weight is how much deeper an open bracket is than another token.
const weight = 4

// Write takes one token, and refuses one that is too many or too deep.
func (n *nesting) Write(tok []byte) (int, error) {
	n.tokens++
	if len(tok) == 0 || tok[0] <= ' ' {
		return len(tok), n.over()
	}
	if len(n.levels) == 0 {
		n.levels = append(n.levels, level{})
	}
	l := &n.levels[len(n.levels)-1]
	if n.ended || n.closed && begins(tok[0]) {
		n.end(l, string(tok) == "else")
	}
	n.ended, n.closed = false, false
	if c := tok[len(tok)-1]; c == '"' || c == '\'' {
		return len(tok), n.over()
	}
	switch tok[0] {
	case '(', '[', '{':
		n.push(l)
	case ')', ']', '}':
		n.pop(tok[0] == '}')
	case ';':
		n.ended = true
	case ',':
		if l.choices == 0 {
			n.set(l, 0)
		}
	default:
		n.word(l, string(tok))
	}
	return len(tok), n.over()
}

// begins tells whether a token may only begin something new behind a }.
func begins(c byte) bool { return inWord(c) || c == '{' || c == ';' }

func (n *nesting) push(l *level) {
	n.set(l, l.run+1)
	n.levels = append(n.levels, level{})
	n.depth += weight
}

func (n *nesting) pop(block bool) {
	if len(n.levels) == 1 {
		return
	}
	n.depth -= n.levels[len(n.levels)-1].run + weight
	n.levels = n.levels[:len(n.levels)-1]
	n.closed = block
}

func (n *nesting) word(l *level, s string) {
	n.set(l, l.run+1)
	switch s {
	case "<:", "<%":
		n.push(l)
	case ":>", "%>":
		n.pop(s == "%>")
	case "?":
		l.choices++
	case ":":
		l.choices = max(0, l.choices-1)
		l.words++
	case "if", "for", "while", "do", "switch":
		l.words++
	case "typedef", "struct", "union", "enum", "typeof", "__typeof__", "__typeof", "__auto_type":
		n.types++
	}
}

// end is the end of a statement, a declaration or a member.
func (n *nesting) end(l *level, more bool) {
	if more {
		l.chain += l.words + 1
	} else {
		l.chain = 0
	}
	n.set(l, l.chain)
	l.words, l.choices = 0, 0
}

func (n *nesting) set(l *level, run int) {
	n.depth += run - l.run
	l.run = run
}

func (n *nesting) over() error {
	n.deepest = max(n.deepest, n.depth)
	switch {
	case n.err != nil:
	case len(n.levels) > maxNested+1:
		n.err = fmt.Errorf("nested deeper than %d brackets, which is the limit here", maxNested)
	case n.depth > maxDepth:
		n.err = fmt.Errorf("nested deeper than %d operators or statements, which is the limit here", maxDepth)
	case n.tokens > maxTokens:
		n.err = fmt.Errorf("more than %d tokens, which is the limit here", maxTokens)
	case n.types > maxTypes:
		n.err = fmt.Errorf("more than %d types are declared or named, which is the limit here", maxTypes)
	}
	return n.err
}
