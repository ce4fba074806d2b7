// Command loopgen writes the evaluator: run/loop.go with the instructions that
// programs spend their time on, as far as nothing is wrong, and run/step.go with
// every instruction in full. The loop calls no function, for then Go would keep
// its variables in memory: that is why some sixty instructions have the same
// check of memory written out, and why it is generated.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
)

func main() {
	write("loop.go", hotHead, hotMemory, func(e emitter) { arith(e) }, hotRest)
	write("step.go", stepHead, stepMemory, func(e emitter) { e.full = true; arith(e) }, stepRest)
}

// emitter writes one of the two; full is the one that finds what is wrong.
type emitter struct {
	b    *bytes.Buffer
	full bool
}

func (e emitter) p(f string, a ...any) { fmt.Fprintf(e.b, f+"\n", a...) }

// fails is what an instruction does when something is wrong: the loop leaves it
// to the full form, which calls what finds it and may go on.
func (e emitter) fails(call string, a ...any) string {
	if !e.full {
		return "goto slow"
	}
	return "if !" + fmt.Sprintf(call, a...) + " { return stopped }"
}

func write(name, head string, memory, arith func(emitter), rest string) {
	e := emitter{b: &bytes.Buffer{}}
	e.p("%s", head)
	memory(e)
	arith(e)
	e.p("%s", rest)
	out, err := format.Source(e.b.Bytes())
	if err != nil {
		out = e.b.Bytes()
		log.Print(err)
	}
	if err := os.WriteFile(name, out, 0o644); err != nil {
		log.Fatal(err)
	}
}
