package sqlite

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

// Encode gives a value as SQLite keeps it.
func (*Dialect) Encode(column field.Column, value expr.Value) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil //nolint:nilnil // null is a value
	case string:
		return value, store.PlainText(value)
	case bool:
		if value {
			return int64(1), nil
		}
		return int64(0), nil
	case decimal.Decimal:
		if column.Type == field.Decimal {
			return store.Scaled(value, column.Scale)
		}
		return store.Integer(value)
	case expr.Date:
		return value.String(), nil
	case time.Time:
		return value.UTC().Format(field.InstantLayout), nil
	case []string:
		text, err := json.Marshal(value)
		return string(text), err
	case []byte:
		return value, nil
	case json.RawMessage:
		return string(value), nil
	}
	return nil, fmt.Errorf("%w: %T in %s", store.ErrValue, value, column.Name)
}

// Decode gives the value of what SQLite kept.
func (*Dialect) Decode(column field.Column, raw any) (expr.Value, error) {
	if raw == nil || raw == "" {
		return nil, nil //nolint:nilnil // null is a value
	}
	switch column.Type {
	case field.Integer:
		return store.Number(raw, 0)
	case field.Decimal:
		return store.Number(raw, column.Scale)
	case field.Boolean:
		return raw != int64(0), nil
	case field.Date:
		return expr.ParseDate(fmt.Sprint(raw))
	case field.Instant:
		return time.Parse(field.InstantLayout, fmt.Sprint(raw))
	case field.JSON:
		return store.JSON(column, raw)
	case field.Text, field.ID, field.Bytes:
	}
	return raw, nil
}

// AppendJSON appends what SQLite kept.
func (*Dialect) AppendJSON(dst []byte, column field.Column, raw any) ([]byte, error) {
	if raw == nil || raw == "" {
		return append(dst, "null"...), nil
	}
	switch raw := raw.(type) {
	case string:
		switch column.Type {
		case field.JSON:
			return store.AppendCompact(dst, raw), nil
		case field.Decimal: // an exact sum
			return store.AppendNumber(dst, raw), nil
		case field.Integer:
			return append(dst, raw...), nil
		case field.Date, field.Instant, field.ID: // nothing in them to escape
			return append(append(append(dst, '"'), raw...), '"'), nil
		case field.Text, field.Boolean, field.Bytes:
		}
		return field.AppendString(dst, raw), nil
	case int64:
		switch column.Type {
		case field.Decimal:
			return store.AppendScaled(dst, raw, column.Scale), nil
		case field.Boolean:
			return strconv.AppendBool(dst, raw != 0), nil
		case field.Text, field.Integer, field.Date, field.Instant, field.JSON, field.ID, field.Bytes:
		}
		return strconv.AppendInt(dst, raw, 10), nil
	}
	return nil, fmt.Errorf("%T in %s", raw, column.Name)
}
