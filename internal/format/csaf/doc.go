// Package csaf is the Common Security Advisory Framework 2.0 (OASIS Standard,
// 18 November 2022) as Go types, with a validator of our own: the JSON schema
// and all mandatory tests of section 6.1.
//
// The types are complete, so that any valid document can be read; Steward
// itself writes the subset that the profile "Security Advisory" (section 4.4)
// needs. Each field cites its clause as csaf:N. A field without omitempty or
// omitzero is required by the schema, and the validator takes that from the
// tag, so that types and validator cannot drift apart. Fields stand in the
// order of their JSON names, because section 5.3 asks for sorted keys.
//
// Where the validator is stricter than the standard asks:
//
//   - A property that the standard does not know is an error, as in the
//     committee's own strict schema.
//   - A CPE must match as a whole; the schema's pattern is anchored at one end
//     of each alternative only.
//   - A number in a version has at most 18 digits, a document at most MaxSize
//     bytes and maxDepth levels.
//   - A date and time follows Go's reading of RFC 3339: upper-case T and Z, and
//     no leap second.
package csaf
