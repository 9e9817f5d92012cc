// Package transfer brings tables of people's files in and takes records out:
// imports (import.go is the thing itself, stage.go works on it as a job) and
// exports (export.go). Files are read as streams of rows (source.go), so that
// memory does not grow with them, and every record passes the record service
// like any other write. Start with Service.
package transfer
