package enginetest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// wholeTrust is the RAPID_CHECKS with which make trust tries every promise its
// full number of times.
const wholeTrust = 5000

// checks is what RAPID_CHECKS says; make test leaves it out.
func checks() (int, bool) {
	n, err := strconv.Atoi(os.Getenv("RAPID_CHECKS"))
	return n, err == nil
}

// Times is how often a promise is tried: few times in make test, and full times
// in make trust, or the part of them that RAPID_CHECKS is of 5000.
func Times(few, full int) int {
	if n, ok := checks(); ok {
		return max(full*n/wholeTrust, 1)
	}
	return few
}

// Random is a source of random choices, whose seed is told when the test fails:
// always the same in make test, a new one each time in make trust, or the one
// in TRELLIS_TEST_SEED.
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(2026)
	if _, ok := checks(); ok {
		seed = rand.Uint64()
	}
	if given, err := strconv.ParseUint(os.Getenv("TRELLIS_TEST_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("TRELLIS_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
