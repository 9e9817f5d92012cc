package sqlite

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// refuseNetwork refuses a directory on a network's file system, where locks
// and flushes cannot be trusted.
func refuseNetwork(directory string) error {
	var stat unix.Statfs_t
	if err := unix.Statfs(directory, &stat); err != nil {
		return fmt.Errorf("looking at the data directory's file system: %w", err)
	}
	switch int64(stat.Type) { //nolint:unconvert // its type differs between architectures
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.AFS_SUPER_MAGIC, unix.V9FS_MAGIC:
		return fmt.Errorf("the data directory %s is on a network file system, which loses data; use a local disk or PostgreSQL", directory)
	}
	return nil
}
