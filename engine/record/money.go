package record

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// exchangeRate is the built-in object of the dated rates: how much of the
// organisation's currency one unit of another is worth from a day on.
const exchangeRate = "exchange_rate"

// convert gives the amounts that were set their value in the organisation's
// currency, at the rate of the day.
func (w *Work) convert(ctx context.Context, object *metadata.Object, slots []int, values []expr.Value, faults *fault.Fault) error {
	for _, slot := range slots {
		amount, ok := values[slot].(field.Money)
		if !ok {
			continue
		}
		f := object.Fields[slot]
		rate, err := w.rate(ctx, amount.Currency)
		switch {
		case errors.Is(err, store.ErrNotFound):
			faults.At("/"+f.Name, fault.NoExchangeRate, "value", amount.Currency)
			continue
		case err != nil:
			return err
		}
		if amount, ok = amount.At(rate, f.Currency); !ok {
			faults.At("/"+f.Name, fault.TooLarge, "max", field.MaxMoney().String())
			continue
		}
		values[slot] = amount
	}
	return nil
}

// rate is what one unit of a currency is worth today; store.ErrNotFound when
// nobody has said.
func (w *Work) rate(ctx context.Context, currency string) (decimal.Decimal, error) {
	organisation := w.Policy.Catalog().Environment().Organisation
	if currency == organisation.Currency {
		return decimal.NewFromInt(1), nil
	}
	object, ok := w.Policy.Catalog().Object(exchangeRate)
	if !ok {
		return decimal.Decimal{}, store.ErrNotFound
	}
	rate, dialect := object.Fields[object.Slot("rate")], w.Tx.Dialect()
	day, err := dialect.Encode(field.Column{Name: "valid_from", Type: field.Date}, expr.DateOf(w.Now, organisation.Zone()))
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("find an exchange rate: %w", err)
	}
	var raw any
	err = w.Tx.QueryRow(ctx, `SELECT "rate" FROM "exchange_rate" WHERE "currency" = ? AND "valid_from" <= ? AND "deleted_at" IS NULL
		ORDER BY "valid_from" DESC LIMIT 1`, currency, day).Scan(&raw)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("find an exchange rate: %w", err)
	}
	value, err := dialect.Decode(rate.Kind.Column(rate), raw)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("read an exchange rate: %w", err)
	}
	number, _ := value.(decimal.Decimal)
	return number, nil
}
