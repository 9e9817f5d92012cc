// Package calendar reckons in business time: weekly hours in a zone, with days
// off and days of work beside them (调休). New makes a Calendar; Open, NextOpen,
// Add and Between ask it, and ParseDuration reads what is added.
//
// A minute is open when the clock on the wall of the zone reads an open minute:
// an hour that the clocks skip is never open, and one that they repeat is open
// twice. Instants have milliseconds.
//
// The package knows neither definitions nor databases and does no I/O: the kind
// of definition is in engine/metadata, the functions of expressions in
// engine/expr. Start reading with Calendar.
package calendar
