// Package metadata holds the definitions: it reads them (definition.go),
// checks them against their schemas (validate.go), compiles all definitions of
// one revision into an immutable Catalog (compile.go) and tells how two
// catalogs differ (diff.go). It does no I/O and knows nothing of rights or
// databases. Start with Catalog.
package metadata
