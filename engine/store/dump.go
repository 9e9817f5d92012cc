package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/field"
)

// A dump is the whole database as lines of JSON: a Header; then for each table
// its rows, an array each, with the values in the order of its columns, and a
// tally; at the end the sum of all bytes before. It is the same whichever
// database it came from, and loads into either.

// Header is the first line of a dump.
type Header struct {
	Format   int       `json:"format"`
	Schema   int64     `json:"schema"` // the version of the system's tables
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"`
	Tables   []Table   `json:"tables"`
}

// dumpFormat is the format that this program writes and reads.
const dumpFormat = 1

// tally is the line after the rows of a table. The digest is the sum of the
// hashes of the rows, so that it does not depend on their order.
type tally struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

type ending struct {
	SHA256 string `json:"sha256"`
}

// Dump writes everything that the database holds, as of one moment, while it
// goes on working.
func (s *Store) Dump(ctx context.Context, w io.Writer) (err error) {
	db, err := s.dialect.Connect(ctx, s.config, MaintainUse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSnapshot, ReadOnly: true})
	if err != nil {
		return s.translate(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	sum := sha256.New()
	d := dumper{dialect: s.dialect, from: &snapshot{store: s, tx: tx}, out: bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)}
	if err := d.dump(ctx, s.config.Clock.Now()); err != nil {
		return fmt.Errorf("dumping the database: %w", s.translate(err))
	}
	last, err := json.Marshal(ending{SHA256: hex.EncodeToString(sum.Sum(nil))})
	if err != nil {
		return err
	}
	_, err = w.Write(append(last, '\n'))
	return err
}

type dumper struct {
	dialect Dialect
	from    Reader
	out     *bufio.Writer
}

func (d *dumper) dump(ctx context.Context, now time.Time) error {
	header := Header{Format: dumpFormat, At: now}
	for query, into := range map[string]*int64{
		"select max(version_id) from sys_migration": &header.Schema, RevisionQuery: &header.Revision,
	} {
		if err := d.from.QueryRow(ctx, query).Scan(into); err != nil {
			return err
		}
	}
	tables, err := d.dialect.Introspect(ctx, d.from)
	if err != nil {
		return err
	}
	header.Tables = Normal(tables)
	if err := d.line(header); err != nil {
		return err
	}
	for _, table := range header.Tables {
		counted, err := d.rows(ctx, table)
		if err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
		if err := d.line(counted); err != nil {
			return err
		}
	}
	return d.out.Flush()
}

func (d *dumper) line(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = d.out.Write(append(text, '\n'))
	return err
}

func (d *dumper) rows(ctx context.Context, table Table) (tally, error) {
	rows, err := d.from.Query(ctx, "select "+columnList(d.dialect, table)+" from "+d.dialect.Quote(table.Name))
	if err != nil {
		return tally{}, err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	raw := make([]any, len(table.Columns))
	dest := make([]any, len(raw))
	for i := range raw {
		dest[i] = &raw[i]
	}
	counted := counter{}
	var line []byte
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return tally{}, err
		}
		line = append(line[:0], '[')
		for i, column := range table.Columns {
			if i > 0 {
				line = append(line, ',')
			}
			if line, err = d.value(line, table.Name, column, raw[i]); err != nil {
				return tally{}, err
			}
		}
		line = append(line, ']', '\n')
		counted.add(line)
		if _, err := d.out.Write(line); err != nil {
			return tally{}, err
		}
	}
	return counted.tally(table.Name), rows.Err()
}

// value appends a value as it is, also empty text. What is true only in this
// database is left out: numbers of transactions, and which functions are
// installed.
func (d *dumper) value(line []byte, table string, column field.Column, raw any) ([]byte, error) {
	switch {
	case table == "sys_change" && column.Name == "tx":
		return append(line, '0'), nil
	case table == "sys_catalog" && column.Name == "functions", raw == "":
		return append(line, `""`...), nil
	}
	switch {
	case raw == nil:
		return append(line, "null"...), nil
	case column.Type == field.Bytes:
		content, _ := raw.([]byte)
		line = base64.StdEncoding.AppendEncode(append(line, '"'), content)
		return append(line, '"'), nil
	case column.Type == field.JSON:
		return appendCanonical(line, raw)
	}
	return d.dialect.AppendJSON(line, column, raw)
}

// appendCanonical appends JSON with its keys sorted, because PostgreSQL does not
// keep their order.
func appendCanonical(line []byte, raw any) ([]byte, error) {
	text, isBytes := raw.([]byte)
	if !isBytes {
		text = []byte(fmt.Sprint(raw))
	}
	if bytes.IndexByte(text, '{') < 0 {
		return AppendCompact(line, text), nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	canonical, err := json.Marshal(value)
	return append(line, canonical...), err
}

func columnList(d Dialect, table Table) string {
	names := make([]string, len(table.Columns))
	for i, column := range table.Columns {
		names[i] = d.Quote(column.Name)
	}
	return strings.Join(names, ", ")
}

// counter counts rows and adds up their hashes.
type counter struct {
	rows int64
	sum  [sha256.Size / 8]uint64
}

func (c *counter) add(line []byte) {
	c.rows++
	hashed := sha256.Sum256(line)
	for i := range c.sum {
		c.sum[i] += binary.BigEndian.Uint64(hashed[8*i:])
	}
}

func (c *counter) tally(table string) tally {
	var digest []byte
	for _, part := range c.sum {
		digest = fmt.Appendf(digest, "%016x", part)
	}
	return tally{Table: table, Rows: c.rows, Digest: string(digest)}
}
