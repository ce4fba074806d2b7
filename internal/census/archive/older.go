package archive

import "steward/internal/census/control"

// Versions reads an index of sources for the highest version of each alone.
func Versions(sources []byte) map[string]string {
	out := map[string]string{}
	for st := range control.Stanzas(sources, 0) {
		var name, version string
		extra := false
		for field, value := range st.Fields(nil) {
			switch string(field) {
			case "Package":
				name = string(value)
			case "Version":
				version = string(value)
			case "Extra-Source-Only":
				extra = string(value) == "yes"
			}
		}
		if known, ok := out[name]; validName([]byte(name)) && !extra && (!ok || Compare(version, known) > 0) {
			out[name] = version
		}
	}
	return out
}
