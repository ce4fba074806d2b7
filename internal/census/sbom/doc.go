// Package sbom reads bills of materials, and finds their components among the
// sources of a distribution.
//
// Its words:
//
//   - A Document is a bill of materials as it was written: CycloneDX 1.2 to 1.7 as
//     JSON or XML, SPDX 2.2 and 2.3 as JSON or as tags and values, SPDX 3.0 as JSON.
//     Other versions of these are read as far as they are alike.
//   - A Component is a piece of software that a document lists. What a document is
//     about, its Subject, is none; nor are files, images and operating systems.
//   - A Rule says by what a component was taken for a source, and so how sure that
//     is: certain, likely or possible. A version is never a reason: documents tell
//     of other releases than indexes do.
package sbom
