//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/trellis-crm/trellis/engine/store"
)

// LockServe locks a file in the data directory. The lock ends with the
// process, however that ends; the command line does not ask for it.
func (*Dialect) LockServe(config store.Config) (io.Closer, error) {
	file, err := os.OpenFile(filepath.Join(config.Directory, "serve.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the data directory: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = store.ErrServed
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
