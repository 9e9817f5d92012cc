package store

import "time"

// Queued is how many functions wait for the one writer.
func Queued(s *Store) int {
	g := s.writer.(*group)
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.lanes[Interactive]) + len(g.lanes[Bulk])
}

// LongGroups has groups end only when they are full or nobody waits.
func LongGroups(s *Store) {
	g := s.writer.(*group)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lasts = time.Hour
}
