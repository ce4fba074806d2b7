package csaf

// ProductTree holds every product that the document speaks of; at least one
// field is set. csaf:3.2.2
type ProductTree struct {
	Branches         []Branch          `json:"branches,omitempty"`           // csaf:3.2.2.1
	FullProductNames []FullProductName `json:"full_product_names,omitempty"` // csaf:3.2.2.2
	ProductGroups    []ProductGroup    `json:"product_groups,omitempty"`     // csaf:3.2.2.3
	Relationships    []Relationship    `json:"relationships,omitempty"`      // csaf:3.2.2.4
}

// Branch is a node of the tree: it has either branches below it or a product.
// csaf:3.1.2
type Branch struct {
	Branches []Branch         `json:"branches,omitempty"` // csaf:3.1.2.1
	Category BranchCategory   `json:"category"`           // csaf:3.1.2.2
	Name     string           `json:"name"`               // csaf:3.1.2.3
	Product  *FullProductName `json:"product,omitempty"`  // csaf:3.1.2.4
}

// BranchCategory says what a branch's name is the name of. csaf:3.1.2.2
type BranchCategory string

// The kinds of branch.
const (
	BranchArchitecture        BranchCategory = "architecture"
	BranchHostName            BranchCategory = "host_name"
	BranchLanguage            BranchCategory = "language"
	BranchLegacy              BranchCategory = "legacy"
	BranchPatchLevel          BranchCategory = "patch_level"
	BranchProductFamily       BranchCategory = "product_family"
	BranchProductName         BranchCategory = "product_name"
	BranchProductVersion      BranchCategory = "product_version"       // one version, never a range
	BranchProductVersionRange BranchCategory = "product_version_range" // a range in vers: or its like
	BranchServicePack         BranchCategory = "service_pack"
	BranchSpecification       BranchCategory = "specification"
	BranchVendor              BranchCategory = "vendor"
)

// FullProductName defines a product and the identifier by which the rest of
// the document speaks of it. csaf:3.1.3
type FullProductName struct {
	Name                        string                `json:"name"`                                    // csaf:3.1.3.1
	ProductID                   ProductID             `json:"product_id"`                              // csaf:3.1.3.2
	ProductIdentificationHelper *IdentificationHelper `json:"product_identification_helper,omitempty"` // csaf:3.1.3.3
}

// ProductID names a product inside one document. csaf:3.1.8
type ProductID string

// GroupID names a group of products inside one document. csaf:3.1.6
type GroupID string

// IdentificationHelper is how to find the product in an inventory; at least
// one field is set. csaf:3.1.3.3
type IdentificationHelper struct {
	CPE           CPE          `json:"cpe,omitempty"`                          // csaf:3.1.3.3.1
	Hashes        []Hashes     `json:"hashes,omitempty"`                       // csaf:3.1.3.3.2
	ModelNumbers  []string     `json:"model_numbers,omitempty" csaf:"unique"`  // csaf:3.1.3.3.3
	PURL          PURL         `json:"purl,omitempty"`                         // csaf:3.1.3.3.4
	SBOMURLs      []URI        `json:"sbom_urls,omitempty"`                    // csaf:3.1.3.3.5
	SerialNumbers []string     `json:"serial_numbers,omitempty" csaf:"unique"` // csaf:3.1.3.3.6
	SKUs          []string     `json:"skus,omitempty"`                         // csaf:3.1.3.3.7
	GenericURIs   []GenericURI `json:"x_generic_uris,omitempty"`               // csaf:3.1.3.3.8
}

// CPE is a Common Platform Enumeration name, 2.2 or 2.3. csaf:3.1.3.3.1
type CPE string

// PURL is a package URL. csaf:3.1.3.3.4
type PURL string

// Hashes are the checksums of one file. csaf:3.1.3.3.2
type Hashes struct {
	FileHashes []FileHash `json:"file_hashes"`
	Filename   string     `json:"filename"`
}

// FileHash is one checksum. csaf:3.1.3.3.2
type FileHash struct {
	Algorithm string    `json:"algorithm"` // as openssl names it: sha256, sha512, …
	Value     HashValue `json:"value"`
}

// HashValue is a checksum in hexadecimal, 32 digits or more. csaf:3.1.3.3.2
type HashValue string

// GenericURI is an identifier from any other scheme. csaf:3.1.3.3.8
type GenericURI struct {
	Namespace URI `json:"namespace"` // what the identifier is defined by
	URI       URI `json:"uri"`
}

// ProductGroup is two products or more under one name. csaf:3.2.2.3
type ProductGroup struct {
	GroupID    GroupID     `json:"group_id"`
	ProductIDs []ProductID `json:"product_ids" csaf:"unique,min=2"`
	Summary    string      `json:"summary,omitempty"`
}

// Relationship defines a product made of two others. csaf:3.2.2.4
type Relationship struct {
	Category                  RelationshipCategory `json:"category"`
	FullProductName           FullProductName      `json:"full_product_name"`
	ProductReference          ProductID            `json:"product_reference"`
	RelatesToProductReference ProductID            `json:"relates_to_product_reference"`
}

// RelationshipCategory says how the first product stands to the second.
// csaf:3.2.2.4
type RelationshipCategory string

// The ways in which two products belong together.
const (
	DefaultComponentOf  RelationshipCategory = "default_component_of"
	ExternalComponentOf RelationshipCategory = "external_component_of"
	InstalledOn         RelationshipCategory = "installed_on"
	InstalledWith       RelationshipCategory = "installed_with"
	OptionalComponentOf RelationshipCategory = "optional_component_of"
)
