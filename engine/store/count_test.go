package store

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCountsAreShared has one count at work while two people ask for the same
// and one for another: the two share a count that begins after they asked.
func TestCountsAreShared(t *testing.T) {
	t.Parallel()

	var c counts
	begun, go1 := make(chan struct{}), make(chan struct{})
	answers := make(chan int64, 3)
	ask := func(ctx context.Context, count func(ctx context.Context) (int64, error)) {
		n, err := c.share(ctx, "leads", count)
		if err != nil {
			n = -1
		}
		answers <- n
	}
	go ask(t.Context(), func(context.Context) (int64, error) { close(begun); <-go1; return 1, nil })
	<-begun
	first := c.join("leads", func(t *counting) { t.n = 2 })
	second := c.join("leads", func(t *counting) { t.n = 3 })
	require.Same(t, first, second)

	n, err := c.share(t.Context(), "accounts", func(context.Context) (int64, error) { return 7, nil })
	require.NoError(t, err)
	require.EqualValues(t, 7, n, "another count waits for nobody")

	gone, leave := context.WithCancel(t.Context())
	leave()
	ask(gone, nil)
	require.EqualValues(t, -1, <-answers, "who goes away is answered")

	close(go1)
	require.EqualValues(t, 1, <-answers)
	<-first.done
	require.EqualValues(t, 2, first.n, "the others go on when one goes away")
	require.Empty(t, c.lines)

	_, err = c.share(t.Context(), "leads", func(context.Context) (int64, error) { panic("a driver's fault") })
	require.ErrorContains(t, err, "a driver's fault")
	_, err = c.share(t.Context(), "leads", func(context.Context) (int64, error) { return 0, errors.ErrUnsupported })
	require.ErrorIs(t, err, errors.ErrUnsupported)
}
