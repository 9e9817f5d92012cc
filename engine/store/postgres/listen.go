package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/trellis-crm/trellis/engine/store"
)

// How long a broken connection rests before the next try.
const listenPause = time.Second

// Listen hears the other servers on a connection of its own.
func (*Dialect) Listen(ctx context.Context, config store.Config, wake func(channel string)) {
	for ctx.Err() == nil {
		if err := listen(ctx, config, wake); err != nil && ctx.Err() == nil {
			config.Log.Debug("listening for other servers", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenPause):
		}
	}
}

func listen(ctx context.Context, config store.Config, wake func(channel string)) error {
	parsed, err := parse(config)
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, parsed)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it holds nothing
	if _, err := conn.Exec(ctx, "listen trellis"); err != nil {
		return err
	}
	wake("")
	for {
		notification, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		wake(notification.Payload)
	}
}
