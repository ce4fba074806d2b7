package sbom

// Certainty says how sure it is that a component is a source.
type Certainty string

// The certainties, the surest first.
const (
	Certain  Certainty = "certain"  // the distribution's own names say so
	Likely   Certainty = "likely"   // a convention of the distribution's says so
	Possible Certainty = "possible" // the names are alike
)

// Rule says by what a component was taken for a source.
type Rule string

// The rules, in the order in which they are tried. Those of the ecosystems
// stand for Debian's conventions for the names of packages: python3-NAME,
// node-NAME, librust-NAME-dev, golang-HOST-PATH-dev, ruby-NAME, libNAME-perl,
// libghc-NAME-dev and so on.
const (
	DebSource   Rule = "deb-source"   // a purl of Debian's names the source: arch=source
	DebUpstream Rule = "deb-upstream" // the qualifier upstream, or a note of the tool's, names the source
	DebBinary   Rule = "deb-binary"   // a package of that name is built from it
	DebProvided Rule = "deb-provided" // a package of it stands for that name
	DebRenamed  Rule = "deb-renamed"  // a package of that name but for the number at its end is built from it
	DebName     Rule = "deb-name"     // it has the name of the package
	Package     Rule = "package"      // a package of the conventional name is built from it
	Provided    Rule = "provided"     // a package of it stands for the conventional name
	Source      Rule = "source"       // it has the conventional name
	OwnName     Rule = "own-name"     // it has the component's own name, and builds packages of that ecosystem
	Artifact    Rule = "artifact"     // a package has the name of the artifact, whatever its group is
	SameName    Rule = "same-name"    // it has the component's own name, and no ecosystem is known
	SamePackage Rule = "same-package" // a package of it has the component's own name, and no ecosystem is known
)

// Certainty tells how sure a rule is.
func (r Rule) Certainty() Certainty {
	switch r {
	case DebSource, DebUpstream, DebBinary:
		return Certain
	case Artifact, SameName, SamePackage:
		return Possible
	}
	return Likely
}

// rank orders certainties, the surest first.
func (c Certainty) rank() int {
	switch c {
	case Certain:
		return 0
	case Likely:
		return 1
	}
	return 2
}
