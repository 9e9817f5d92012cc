package limit

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Lead is the one thing this server knows.
type Lead struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Company   string  `json:"company"`
	Email     string  `json:"email"`
	Mobile    string  `json:"mobile"`
	Status    string  `json:"status"`
	Source    string  `json:"source"`
	Score     int64   `json:"score"`
	CreatedAt instant `json:"-"`
	UpdatedAt instant `json:"-"`
	Version   int64   `json:"version"`
	Owner     string  `json:"owner"`
}

// wireTime is how an instant is written, and how SQLite keeps it.
const wireTime = "2006-01-02T15:04:05.000Z"

// instant is a time in the form it is answered in. PostgreSQL gives a time,
// SQLite the text itself.
type instant string

func (i *instant) set(t time.Time) { *i = instant(t.UTC().Format(wireTime)) }

// Scan reads what either driver gives.
func (i *instant) Scan(value any) error {
	switch value := value.(type) {
	case string:
		*i = instant(value)
	case time.Time:
		i.set(value)
	default:
		return fmt.Errorf("an instant cannot be read from %T", value)
	}
	return nil
}

// columns are the lead's, in the order of values and targets.
const columns = `id, name, company, email, mobile, status, source, score, created_at, updated_at, version, owner`

// width is the number of columns.
const width = 12

func (l *Lead) values() []any {
	return []any{
		l.ID, l.Name, l.Company, l.Email, l.Mobile, l.Status, l.Source, l.Score,
		string(l.CreatedAt), string(l.UpdatedAt), l.Version, l.Owner,
	}
}

func (l *Lead) targets() []any {
	return []any{
		&l.ID, &l.Name, &l.Company, &l.Email, &l.Mobile, &l.Status, &l.Source, &l.Score,
		&l.CreatedAt, &l.UpdatedAt, &l.Version, &l.Owner,
	}
}

// appendJSON writes the lead. Ids and instants need no escaping.
func (l *Lead) appendJSON(b []byte) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, l.ID...)
	b = append(b, `","name":`...)
	b = appendText(b, l.Name)
	b = append(b, `,"company":`...)
	b = appendText(b, l.Company)
	b = append(b, `,"email":`...)
	b = appendText(b, l.Email)
	b = append(b, `,"mobile":`...)
	b = appendText(b, l.Mobile)
	b = append(b, `,"status":`...)
	b = appendText(b, l.Status)
	b = append(b, `,"source":`...)
	b = appendText(b, l.Source)
	b = append(b, `,"score":`...)
	b = strconv.AppendInt(b, l.Score, 10)
	b = append(b, `,"created_at":"`...)
	b = append(b, l.CreatedAt...)
	b = append(b, `","updated_at":"`...)
	b = append(b, l.UpdatedAt...)
	b = append(b, `","version":`...)
	b = strconv.AppendInt(b, l.Version, 10)
	b = append(b, `,"owner":"`...)
	b = append(b, l.Owner...)
	return append(b, `"}`...)
}

// appendText writes a JSON string; most texts need no escaping.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(text)
			if err != nil { // a string always has a JSON form
				panic(err)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}
