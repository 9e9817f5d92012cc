package field

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// Money is an amount in a currency, and what that is in the organisation's
// currency at the day's rate, by which amounts are compared and added up. The
// record service finds the rate; before that, Base is null.
type Money struct {
	Amount   decimal.Decimal
	Currency string // ISO 4217
	Base     expr.Value
}

// Equal says whether two values are the same amount in the same currency.
func (m Money) Equal(other Money) bool {
	return m.Currency == other.Currency && m.Amount.Equal(other.Amount)
}

// MaxMoney is the amount that no money reaches, in any currency.
func MaxMoney() decimal.Decimal { return decimal.New(1, maxDigits-moneyScale) }

// At is the money with its value in the organisation's currency, of which one
// unit of its own is worth so much; false when that is too large to be kept.
func (m Money) At(rate decimal.Decimal, organisation string) (Money, bool) {
	digits, ok := currencyDigits(organisation)
	if !ok {
		digits = moneyScale
	}
	base := m.Amount.Mul(rate).Round(digits)
	m.Base = base
	return m, base.Abs().LessThan(MaxMoney())
}

// money is an amount with its currency: {"amount": "1200.50", "currency":
// "CNY"} on the wire, where the amount has its currency's digits.
type money struct{}

var _ Composite = money{}

// moneyScale is how many digits after the point are kept, enough for every
// currency.
const moneyScale = 4

func (money) Name() string                { return "money" }
func (money) Order() Order                { return ByValue }
func (money) Type(*Field) expr.Type       { return expr.Type{Kind: expr.Number} }
func (money) Check(f *Field) []fault.Item { return checkLimits(f) }

func (money) Column(f *Field) Column { return Column{Name: f.Name, Type: Decimal, Scale: moneyScale} }

func (m money) Parts(f *Field) []Column {
	return []Column{
		m.Column(f),
		{Name: f.Name + "__amount", Type: Decimal, Scale: moneyScale},
		{Name: f.Name + "__currency", Type: Text},
	}
}

func (money) Split(_ *Field, v expr.Value) []expr.Value {
	m, ok := v.(Money)
	if !ok {
		return []expr.Value{nil, nil, nil}
	}
	return []expr.Value{m.Base, m.Amount, m.Currency}
}

func (money) Join(_ *Field, parts []expr.Value) expr.Value {
	amount, ok := parts[1].(decimal.Decimal)
	if !ok {
		return nil
	}
	unit, _ := parts[2].(string)
	return Money{Amount: amount, Currency: unit, Base: parts[0]}
}

func (money) Plain(v expr.Value) expr.Value {
	m, _ := v.(Money)
	return m.Base
}

func (m money) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	amount, unit := wire, any(f.Currency)
	if object, ok := wire.(map[string]any); ok {
		amount = object["amount"]
		if given, ok := object["currency"]; ok {
			unit = given
		}
		for name := range object {
			if name != "amount" && name != "currency" {
				return nil, wrong(fault.WrongType, "expected", "money")
			}
		}
	}
	code, ok := unit.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "money")
	}
	switch v := amount.(type) {
	case string:
		return m.of(f, v, code)
	case json.Number:
		return m.of(f, v.String(), code)
	default:
		return nil, wrong(fault.WrongType, "expected", "money")
	}
}

// of makes a value of an amount and the code of a currency.
func (money) of(f *Field, amount, code string) (expr.Value, *fault.Item) {
	d, item := parseDecimal(amount)
	if item != nil {
		return nil, item
	}
	digits, ok := currencyDigits(code)
	if !ok {
		return nil, wrong(fault.UnknownCurrency, "value", code)
	}
	if !d.Truncate(digits).Equal(d) {
		return nil, wrong(fault.TooManyDecimals, "decimals", int(digits))
	}
	if d.Abs().GreaterThanOrEqual(MaxMoney()) {
		return nil, wrong(fault.TooLarge, "max", MaxMoney().Sub(decimal.New(1, -digits)).String())
	}
	if _, item := within(f, d); item != nil {
		return nil, item
	}
	return Money{Amount: d, Currency: code}, nil
}

// IsCurrency tells whether a code is that of a currency, as ISO 4217 has it.
func IsCurrency(code string) bool {
	_, ok := currencyDigits(code)
	return ok
}

// currencyDigits is how many digits after the point amounts of a currency
// have.
func currencyDigits(code string) (int32, bool) {
	unit, err := currency.ParseISO(code)
	if err != nil || unit.String() != code {
		return 0, false
	}
	digits, _ := currency.Standard.Rounding(unit)
	return int32(digits), true //nolint:gosec // 0 to 4
}

// ParseText reads "1,200.50", "1200.50 USD", "CNY 1200" and "-¥1,200"; without a
// currency it is the organisation's.
func (m money) ParseText(f *Field, s string, in Locale) (expr.Value, *fault.Item) {
	s = strings.TrimSpace(s)
	code := f.Currency
	if plain, symbol := cutSymbol(s); symbol != "" {
		code = currencyOf(symbol, f.Currency, in.Language)
		if code == "" {
			return nil, wrong(fault.UnknownCurrency, "value", symbol)
		}
		s = plain
	}
	if before, after, ok := strings.Cut(s, " "); ok {
		switch {
		case isCode(after):
			s, code = before, strings.ToUpper(after)
		case isCode(before):
			s, code = after, strings.ToUpper(before)
		}
	}
	return m.of(f, plainNumber(s), code)
}

// cutSymbol takes the symbol or code of a currency from before an amount; a
// minus may stand on either side of it.
func cutSymbol(s string) (amount, symbol string) {
	plain := strings.TrimLeft(s, "-+ ")
	at := strings.IndexFunc(plain, func(r rune) bool { return r >= '0' && r <= '9' || strings.ContainsRune(".-+ \u00a0", r) })
	if at <= 0 || !isCode(plain[:at]) && !strings.ContainsAny(plain[:at], "$¥\uffe5€£₩₹") {
		return s, ""
	}
	return s[:len(s)-len(plain)] + strings.TrimLeft(plain[at:], " \u00a0"), strings.ReplaceAll(plain[:at], "\uffe5", "¥")
}

// currencyOf is what a symbol means to a reader; "" where it may mean several.
// What stands for a single currency says so; ¥ and $ are the organisation's
// where it is one of those, otherwise as the reader's language writes them.
func currencyOf(symbol, own, language string) string {
	chinese := strings.HasPrefix(language, "zh")
	switch {
	case isCode(symbol):
		return strings.ToUpper(symbol)
	case symbol == "¥":
		if chinese && own != "JPY" {
			return "CNY"
		}
		if own == "JPY" && !chinese {
			return own
		}
		return ""
	case symbol == "$":
		if own == "USD" || !chinese && !strings.HasSuffix(own, "D") {
			return "USD"
		}
		return ""
	}
	for code, written := range map[string]string{
		"CNY": "CN¥", "JPY": "JP¥", "USD": "US$", "HKD": "HK$", "TWD": "NT$", "AUD": "A$ AU$", "CAD": "CA$", "EUR": "€", "GBP": "£", "KRW": "₩", "INR": "₹",
	} {
		if slices.Contains(strings.Fields(written), symbol) {
			return code
		}
	}
	return ""
}

func isCode(s string) bool {
	return len(s) == 3 && strings.IndexFunc(s, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' }) < 0
}

func (money) Text(_ *Field, v expr.Value, _ Locale) string {
	m, _ := v.(Money)
	return m.fixed() + " " + m.Currency
}

// fixed is the amount with its currency's digits.
func (m Money) fixed() string {
	digits, _ := currencyDigits(m.Currency)
	return m.Amount.StringFixed(digits)
}

func (money) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	m, _ := v.(Money)
	dst = AppendString(append(dst, `{"amount":`...), m.fixed())
	dst = AppendString(append(dst, `,"currency":`...), m.Currency)
	return append(dst, '}')
}

func (money) Schema(f *Field) map[string]any {
	amount := map[string]any{"type": "string", "format": "decimal"}
	addLimits(amount, f, "x-")
	return map[string]any{
		"type": "object", "required": []string{"amount", "currency"}, "additionalProperties": false,
		"properties": map[string]any{
			"amount":   amount,
			"currency": map[string]any{"type": "string", "pattern": "^[A-Z]{3}$"},
		},
	}
}
