package clock

import (
	"fmt"
	"sync"
	"time"
)

// zones remembers the time zones that were asked for, because each is a file.
//
//nolint:gochecknoglobals // what is remembered never changes
var zones sync.Map

// Zone finds a time zone by its IANA name, such as Asia/Shanghai. The machine's
// own zone has no such name, and neither has "".
func Zone(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		zone, _ := known.(*time.Location)
		return zone, nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("find the time zone %q: %w", name, err)
	}
	zones.Store(name, zone)
	return zone, nil
}
