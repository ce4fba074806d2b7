package people

import (
	"path"
	"slices"
	"strings"
)

// extensions are those of files that people write programs in, of which a
// truck factor speaks. Data, prose, and what describes a build are left out, as
// the paper does by Linguist's types.
var extensions = makeSet(`
	.c .h .cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .inc .inl .ipp .tcc .cu .cuh .m .mm
	.s .asm .nasm .rs .go .d .zig .nim .v .vhd .vhdl .sv .ada .adb .ads .pas .pp .f .for .f77 .f90 .f95 .f03 .f08
	.java .kt .kts .scala .groovy .clj .cljs .cs .fs .fsx .vb .vala .swift
	.py .pyx .pxd .rb .pl .pm .t .raku .php .lua .tcl .r .jl .js .mjs .cjs .jsx .ts .tsx .vue .coffee .dart
	.sh .bash .zsh .fish .ksh .awk .sed .ps1 .bat .cmd
	.hs .lhs .ml .mli .mll .mly .el .lisp .cl .scm .ss .rkt .erl .hrl .ex .exs .elm .idr .agda
	.y .yy .l .ll .g4 .sql .proto .thrift .glsl .hlsl .wgsl .gd .cmake .m4 .nix .bpf .st .icn`)

// folders whose files others wrote, or a program, or which are prose: in any
// place of a path, in small letters.
var (
	vendored   = makeSet(`vendor vendors vendored third_party third-party thirdparty 3rdparty 3rd_party external externals extern node_modules bower_components deps bundled contrib-deps subprojects submodules gnulib`)
	prose      = makeSet(`doc docs documentation man manual manuals examples example samples sample demo demos`)
	generating = makeSet(`generated gen-src autogen dist _build`)
)

// machineMade are files that a program made, or that come with one.
var machineMade = makeSet(`configure aclocal.m4 ltmain.sh libtool.m4 ltoptions.m4 ltsugar.m4 ltversion.m4 lt~obsolete.m4 config.guess config.sub
	install-sh missing depcomp compile mkinstalldirs ylwrap test-driver ar-lib mdate-sh py-compile config.rpath sqlite3.c jquery.js`)

// isSource tells whether a file is the work of people in a language of
// programs. It goes by the path alone.
func isSource(name string) bool {
	low := strings.ToLower(name)
	dir, base := path.Split(low)
	if !extensions[path.Ext(base)] || machineMade[base] {
		return false
	}
	for part := range strings.SplitSeq(dir, "/") {
		if vendored[part] || prose[part] || generating[part] {
			return false
		}
	}
	return !slices.ContainsFunc([]string{".min.js", ".bundle.js", ".pb.go", ".pb.cc", ".pb.h", "_pb2.py", "_pb2_grpc.py", ".tab.c", ".tab.h", ".yy.c",
		"_generated.go", "_generated.h", "_gen.go", ".generated.cs", ".designer.cs", "_string.go"}, func(end string) bool { return strings.HasSuffix(base, end) })
}

func makeSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
