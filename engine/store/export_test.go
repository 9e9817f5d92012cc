package store

// Queued is how many functions wait for the one writer.
func Queued(s *Store) int {
	g := s.writer.(*group)
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.lanes[Interactive]) + len(g.lanes[Bulk])
}
