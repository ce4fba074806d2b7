package advisory

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// The Markdown parser takes time that grows with the square of its input for
// some inputs: ten thousand quotes in quotes, brackets never closed, a table
// as wide as it is long. The wrappers in this file count such things and leave
// what is beyond the limit as ordinary characters. No text that a person
// writes comes near them.
const (
	maxBlockDepth = 24    // lists and quotes within one another
	maxLinks      = 1000  // openings of links and images in one text
	maxEmphasis   = 5000  // runs of * and _ in one text
	maxCells      = 20000 // lines times columns of one table
)

// shallowBlock refuses to open a list or a quote too deep within others.
type shallowBlock struct{ parser.BlockParser }

func (s shallowBlock) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		if depth++; depth > maxBlockDepth {
			return nil, parser.NoChildren
		}
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// boundedLinks stops opening links after maxLinks of them.
type boundedLinks struct{ parser.InlineParser }

var linkCount = parser.NewContextKey()

func (b boundedLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if line, _ := block.PeekLine(); len(line) > 0 && line[0] != ']' && !count(pc, linkCount, maxLinks) {
		return nil
	}
	return b.InlineParser.Parse(parent, block, pc)
}

// CloseBlock passes the end of a block on: the library's link parser cleans up
// then.
func (b boundedLinks) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := b.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// boundedEmphasis stops reading emphasis after maxEmphasis marks.
type boundedEmphasis struct{ parser.InlineParser }

var emphasisCount = parser.NewContextKey()

func (b boundedEmphasis) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if !count(pc, emphasisCount, maxEmphasis) {
		return nil
	}
	return b.InlineParser.Parse(parent, block, pc)
}

// count adds one under the key and tells whether the limit still holds.
func count(pc parser.Context, key parser.ContextKey, limit int) bool {
	n, _ := pc.Get(key).(int)
	pc.Set(key, n+1)
	return n < limit
}

// boundedTable leaves a paragraph alone that would make too large a table.
type boundedTable struct{ parser.ParagraphTransformer }

func (b boundedTable) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	columns := 0
	for i := range lines.Len() {
		line := lines.At(i)
		columns = max(columns, 1+bytes.Count(line.Value(reader.Source()), []byte{'|'}))
	}
	if columns*lines.Len() > maxCells {
		return
	}
	b.ParagraphTransformer.Transform(node, reader, pc)
}
