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
	maxBlockDepth  = 24      // lists and quotes within one another
	maxLinks       = 1000    // openings of links and images in one text
	maxLookout     = 8 << 20 // bytes in which targets of links are looked for: for each, up to the end of its line
	maxEmphasis    = 5000    // runs of * and _ in one text
	maxCells       = 20000   // lines times columns of all tables in one text
	maxDefinitions = 2000    // lines of a paragraph that may define links
	maxTarget      = 2000    // bytes of a link's target: each use of a definition repeats it
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

// boundedLinks stops opening links after maxLinks of them, and closing them
// after it has looked for targets in maxLookout bytes.
type boundedLinks struct{ parser.InlineParser }

var (
	linkCount = parser.NewContextKey()
	lookout   = parser.NewContextKey()
)

func (b boundedLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	switch line, _ := block.PeekLine(); {
	case len(line) == 0:
	case line[0] == ']' && !count(pc, lookout, len(line), maxLookout):
		return nil
	case line[0] != ']' && !count(pc, linkCount, 1, maxLinks):
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
	if !count(pc, emphasisCount, 1, maxEmphasis) {
		return nil
	}
	return b.InlineParser.Parse(parent, block, pc)
}

// count adds n under the key and tells whether the limit still holds.
func count(pc parser.Context, key parser.ContextKey, n, limit int) bool {
	before, _ := pc.Get(key).(int)
	pc.Set(key, before+n)
	return before+n <= limit
}

// boundedTable leaves paragraphs alone that would make too many cells: a line
// of two bytes is a row of as many cells as the table has columns.
type boundedTable struct{ parser.ParagraphTransformer }

var cellCount = parser.NewContextKey()

func (b boundedTable) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	columns := 0
	for i := range lines.Len() {
		line := lines.At(i)
		columns = max(columns, bytes.Count(line.Value(reader.Source()), []byte{'|'}))
	}
	if columns == 0 || !count(pc, cellCount, (columns+1)*lines.Len(), maxCells) {
		return
	}
	b.ParagraphTransformer.Transform(node, reader, pc)
}

// boundedReferences leaves a paragraph alone that would define too many links.
type boundedReferences struct{ parser.ParagraphTransformer }

func (b boundedReferences) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	if node.Lines().Len() <= maxDefinitions {
		b.ParagraphTransformer.Transform(node, reader, pc)
	}
}
