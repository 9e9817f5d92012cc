package postgres

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// Encode gives a value as PostgreSQL takes it.
func (*Dialect) Encode(column field.Column, value expr.Value) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil //nolint:nilnil // null is a value
	case string:
		return value, store.PlainText(value)
	case bool, []byte:
		return value, nil
	case decimal.Decimal:
		if column.Type == field.Decimal {
			if _, err := store.Scaled(value, column.Scale); err != nil {
				return nil, err // before the digits of a huge number are written
			}
			return value.String(), nil
		}
		return store.Integer(value)
	case expr.Date:
		return value.String(), nil
	case time.Time:
		return value.UTC().Truncate(time.Millisecond), nil
	case []string:
		text, err := json.Marshal(value)
		return string(text), err
	case json.RawMessage:
		return string(value), nil
	}
	return nil, fmt.Errorf("%w: %T in %s", store.ErrValue, value, column.Name)
}

// Decode gives the value of what PostgreSQL kept.
func (*Dialect) Decode(column field.Column, raw any) (expr.Value, error) {
	if raw == nil || raw == "" {
		return nil, nil //nolint:nilnil // null is a value
	}
	switch column.Type {
	case field.Integer, field.Decimal:
		return store.Number(raw, 0)
	case field.JSON:
		return store.JSON(column, raw)
	case field.Date:
		if instant, ok := raw.(time.Time); ok {
			return expr.DateOf(instant, time.UTC), nil
		}
	case field.Instant:
		if instant, ok := raw.(time.Time); ok {
			return instant.UTC(), nil
		}
	case field.Text, field.Boolean, field.ID, field.Bytes:
		return raw, nil
	}
	return nil, fmt.Errorf("%T in %s", raw, column.Name)
}

// AppendJSON appends what PostgreSQL kept.
func (*Dialect) AppendJSON(dst []byte, column field.Column, raw any) ([]byte, error) {
	switch raw := raw.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, raw), nil
	case int64:
		if column.Type == field.Decimal {
			return store.AppendScaled(dst, raw, 0), nil
		}
		return strconv.AppendInt(dst, raw, 10), nil
	case []byte:
		if column.Type == field.JSON {
			return store.AppendCompact(dst, raw), nil
		}
	case time.Time:
		layout := field.InstantLayout
		if column.Type == field.Date {
			layout = time.DateOnly
		}
		return append(raw.UTC().AppendFormat(append(dst, '"'), layout), '"'), nil
	case string:
		return appendText(dst, column, raw), nil
	}
	return nil, fmt.Errorf("%T in %s", raw, column.Name)
}

func appendText(dst []byte, column field.Column, raw string) []byte {
	if raw == "" {
		return append(dst, "null"...)
	}
	switch column.Type {
	case field.Decimal:
		return store.AppendNumber(dst, raw)
	case field.Integer:
		return append(dst, raw...)
	case field.JSON:
		return store.AppendCompact(dst, raw)
	case field.ID:
		return append(append(append(dst, '"'), raw...), '"')
	case field.Text, field.Boolean, field.Date, field.Instant, field.Bytes:
	}
	return field.AppendString(dst, raw)
}
