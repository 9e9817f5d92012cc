package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// values are a table with a column of every type.
func values() store.Table {
	return store.Table{Name: "sample", Columns: []field.Column{
		{Name: "id", Type: field.ID, NotNull: true},
		{Name: "text", Type: field.Text},
		{Name: "integer", Type: field.Integer},
		{Name: "decimal", Type: field.Decimal, Scale: 4},
		{Name: "boolean", Type: field.Boolean},
		{Name: "date", Type: field.Date},
		{Name: "instant", Type: field.Instant},
		{Name: "json", Type: field.JSON},
		{Name: "bytes", Type: field.Bytes},
	}}
}

func drawValue(t *rapid.T, column field.Column) expr.Value {
	if column.Name != "id" && rapid.IntRange(0, 5).Draw(t, "null") == 0 {
		return nil
	}
	switch column.Type {
	case field.Text:
		text := rapid.String().Draw(t, "text")
		if text = strings.ReplaceAll(text, "\x00", ""); text == "" {
			return nil
		}
		return text
	case field.Integer:
		return decimal.NewFromInt(rapid.Int64().Draw(t, "integer"))
	case field.Decimal:
		return decimal.New(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(t, "decimal"), -4)
	case field.Boolean:
		return rapid.Bool().Draw(t, "boolean")
	case field.Date:
		return expr.Date{Year: rapid.IntRange(1, 9999).Draw(t, "year"), Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month")), Day: rapid.IntRange(1, 28).Draw(t, "day")}
	case field.Instant:
		return time.UnixMilli(rapid.Int64Range(-62_135_596_800_000, 253_402_300_799_999).Draw(t, "instant")).UTC()
	case field.JSON:
		return rapid.SliceOfN(rapid.StringMatching(`[a-z" \\,é]{1,8}`), 1, 4).Draw(t, "set")
	case field.Bytes:
		return rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "bytes")
	case field.ID:
	}
	return uuid.Must(uuid.NewV7()).String()
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		require.NoError(t, apply(ctx, s, nil, []store.Table{values()}, 1))
		rapid.Check(t, func(t *rapid.T) {
			var args, written []any
			for _, column := range values().Columns {
				value := drawValue(t, column)
				arg, err := s.Dialect().Encode(column, value)
				require.NoError(t, err)
				args, written = append(args, arg), append(written, value)
			}
			require.NoError(t, s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `insert into sample values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
				return err
			}))
			raw := make([]any, len(args))
			dest := make([]any, len(args))
			for i := range raw {
				dest[i] = &raw[i]
			}
			require.NoError(t, s.QueryRow(ctx, `select * from sample where id = ?`, args[0]).Scan(dest...))
			for i, column := range values().Columns {
				read, err := s.Dialect().Decode(column, raw[i])
				require.NoError(t, err)
				requireSame(t, written[i], read)
				if column.Type == field.Bytes {
					continue // never goes over the wire
				}
				wire, err := s.Dialect().AppendJSON(nil, column, raw[i])
				require.NoError(t, err)
				require.Equal(t, wireOf(column, written[i]), string(wire))
			}
		})
	})
}

func requireSame(t require.TestingT, want, got expr.Value) {
	if number, ok := want.(decimal.Decimal); ok {
		require.True(t, number.Equal(got.(decimal.Decimal)), "%v %v", want, got)
		return
	}
	require.Equal(t, want, got)
}

// wireOf writes a value slowly.
func wireOf(column field.Column, value expr.Value) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case decimal.Decimal:
		if column.Type == field.Integer {
			return v.String()
		}
		return `"` + v.String() + `"`
	case expr.Date:
		return `"` + v.String() + `"`
	case time.Time:
		return `"` + v.Format("2006-01-02T15:04:05.000Z") + `"`
	case string:
		return string(field.AppendString(nil, v))
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestEncodeRefusesWhatTheColumnCannotKeep(t *testing.T) {
	t.Parallel()
	huge := decimal.New(1, math.MaxInt32)
	tiny := decimal.New(1, math.MinInt32)
	for _, dialect := range storetest.Dialects() {
		for _, refused := range []struct {
			column field.Column
			value  expr.Value
		}{
			{field.Column{Type: field.Decimal, Scale: 4}, decimal.RequireFromString("1.00001")},
			{field.Column{Type: field.Decimal, Scale: 4}, decimal.RequireFromString("100000000000000")},
			{field.Column{Type: field.Decimal}, decimal.RequireFromString("1000000000000000000")},
			{field.Column{Type: field.Decimal, Scale: 6}, huge},
			{field.Column{Type: field.Decimal, Scale: 6}, tiny},
			{field.Column{Type: field.Integer}, huge},
			{field.Column{Type: field.Integer}, tiny},
			{field.Column{Type: field.Integer}, decimal.RequireFromString("0.5")},
			{field.Column{Type: field.Integer}, decimal.RequireFromString("9223372036854775808")},
			{field.Column{Type: field.Text}, "a\x00b"},
			{field.Column{Type: field.Text}, "a\xffb"},
			{field.Column{Type: field.Text}, struct{}{}},
		} {
			_, err := dialect.Encode(refused.column, refused.value)
			require.ErrorIs(t, err, store.ErrValue, "%s %v", dialect.Name(), refused.column)
		}
		for _, kept := range []string{"99999999999999.9999", "-99999999999999.9999", "0", "1e3", "10.000000000"} {
			_, err := dialect.Encode(field.Column{Type: field.Decimal, Scale: 4}, decimal.RequireFromString(kept))
			require.NoError(t, err, kept)
		}
	}
}
