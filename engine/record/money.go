package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

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

// used refuses an amount that is set in a currency that new ones are not in. One
// that was in it before stays in it.
func (w *Work) used(object *metadata.Object, slots []int, prior, values []expr.Value, faults *fault.Fault) {
	organisation := w.Policy.Catalog().Environment().Organisation
	if w.formless {
		return
	}
	for _, slot := range slots {
		amount, ok := values[slot].(field.Money)
		if !ok || organisation.Uses(amount.Currency) {
			continue
		}
		if prior != nil {
			if before, ok := prior[slot].(field.Money); ok && before.Currency == amount.Currency {
				continue
			}
		}
		faults.At("/"+object.Fields[slot].Name, fault.CurrencyNotUsed, "value", amount.Currency)
	}
}

// Held is how many records of an object hold amounts.
type Held struct {
	Object  *metadata.Object
	Records int64
}

// Amounts tells which objects have records that hold amounts, those in the
// recycle bin too, and exchange rates, which mean the currency as it is.
func Amounts(ctx context.Context, reader store.Reader, dialect store.Dialect, catalog *metadata.Catalog) ([]Held, error) {
	var held []Held
	for _, object := range catalog.Objects() {
		var conditions []string
		for _, f := range object.Fields {
			if f.Kind.Name() == "money" {
				conditions = append(conditions, dialect.Quote(f.Parts()[1].Name)+" IS NOT NULL")
			}
		}
		if object.Name == exchangeRate {
			conditions = []string{"1 = 1"}
		}
		if len(conditions) == 0 {
			continue
		}
		var count int64
		query := "SELECT count(*) FROM " + dialect.Quote(object.Name) + " WHERE " + strings.Join(conditions, " OR ")
		if err := reader.QueryRow(ctx, query).Scan(&count); err != nil {
			return nil, fmt.Errorf("count the amounts of %s: %w", object.Name, err)
		}
		if count > 0 {
			held = append(held, Held{object, count})
		}
	}
	return held, nil
}

// convert gives the amounts that were set their value in the organisation's
// currency, at the rate of the day.
func (w *Work) convert(ctx context.Context, object *metadata.Object, slots []int, values []expr.Value, faults *fault.Fault) error {
	for _, slot := range slots {
		amount, ok := values[slot].(field.Money)
		if !ok {
			continue
		}
		f := object.Fields[slot]
		rate, err := exchangeRateOf(ctx, w.Tx, w.Tx.Dialect(), w.Policy.Catalog(), w.Now, amount.Currency)
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

// Price gives an amount of a field its value in the organisation's currency, at
// the rate of the day of a moment; false when nobody has said that, or the value
// is too large.
func Price(ctx context.Context, reader store.Reader, dialect store.Dialect, catalog *metadata.Catalog, now time.Time, f *field.Field, amount field.Money) (field.Money, bool, error) {
	rate, err := exchangeRateOf(ctx, reader, dialect, catalog, now, amount.Currency)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return amount, false, err
	}
	amount, ok := amount.At(rate, f.Currency)
	return amount, ok, nil
}

// exchangeRateOf is what one unit of a currency is worth at a moment;
// store.ErrNotFound when nobody has said.
func exchangeRateOf(ctx context.Context, reader store.Reader, dialect store.Dialect, catalog *metadata.Catalog, now time.Time, currency string) (decimal.Decimal, error) {
	organisation := catalog.Environment().Organisation
	if currency == organisation.Currency {
		return decimal.NewFromInt(1), nil
	}
	object, ok := catalog.Object(exchangeRate)
	if !ok {
		return decimal.Decimal{}, store.ErrNotFound
	}
	rate := object.Fields[object.Slot("rate")]
	day, err := dialect.Encode(field.Column{Name: "valid_from", Type: field.Date}, expr.DateOf(now, organisation.Zone()))
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("find an exchange rate: %w", err)
	}
	var raw any
	err = reader.QueryRow(ctx, `SELECT "rate" FROM "exchange_rate" WHERE "currency" = ? AND "valid_from" <= ? AND "deleted_at" IS NULL
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
