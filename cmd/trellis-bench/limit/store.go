package limit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

var errMissing = errors.New("no such lead")

const (
	pageSize = 50
	// chunk is how many leads of a batch one statement inserts.
	chunk = 200
)

// postgresPool is enough connections to keep two to sixteen cores busy.
const postgresPool = 16

// store keeps leads in a table, through statements prepared once.
type store struct {
	read, write                   *sql.DB
	byID, byStatus, countByStatus *sql.Stmt
	byWord, newest                *sql.Stmt
	insert, insertChunk, setScore *sql.Stmt
}

// open makes the table if need be and prepares the statements.
func open(ctx context.Context, database string) (*store, error) {
	s := &store{}
	var err error
	postgres := strings.HasPrefix(database, "postgres://")
	if postgres {
		err = s.openPostgres(database)
	} else {
		err = s.openSQLite(database)
	}
	if err != nil {
		return nil, err
	}
	id, instant := "text", "text"
	if postgres {
		id, instant = "uuid", "timestamptz(3)"
	}
	for _, statement := range []string{
		`CREATE TABLE IF NOT EXISTS lead (id ` + id + ` PRIMARY KEY, name text NOT NULL, company text NOT NULL,
			email text NOT NULL, mobile text NOT NULL, status text NOT NULL, source text NOT NULL, score bigint NOT NULL,
			created_at ` + instant + ` NOT NULL, updated_at ` + instant + ` NOT NULL, version bigint NOT NULL,
			owner ` + id + ` NOT NULL)`,
		`CREATE INDEX IF NOT EXISTS lead_status ON lead (status, created_at, id, score)`,
		`CREATE INDEX IF NOT EXISTS lead_created ON lead (created_at, id)`,
	} {
		if _, err := s.write.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	return s, s.prepare(ctx, postgres)
}

func (s *store) openPostgres(url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(postgresPool)
	db.SetMaxIdleConns(postgresPool)
	s.read, s.write = db, db
	return nil
}

// openSQLite opens one connection that writes and several that read.
func (s *store) openSQLite(file string) (err error) {
	name := "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=cache_size(-16384)"
	if s.write, err = sql.Open("sqlite", name+"&_txlock=immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", name+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	readers := max(4, runtime.NumCPU())
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return nil
}

func (s *store) prepare(ctx context.Context, postgres bool) error {
	const newestFirst = ` ORDER BY created_at DESC, id DESC LIMIT 50`
	one := "(" + strings.Repeat("?, ", width-1) + "?)"
	for _, p := range []struct {
		target **sql.Stmt
		on     *sql.DB
		text   string
	}{
		{&s.byID, s.read, `SELECT ` + columns + ` FROM lead WHERE id = ?`},
		{&s.byStatus, s.read, `SELECT ` + columns + ` FROM lead WHERE status = ? AND score >= ?` + newestFirst},
		{&s.countByStatus, s.read, `SELECT count(*) FROM lead WHERE status = ? AND score >= ?`},
		// One scan of the table finds a rare word sooner than a walk down the index.
		{&s.byWord, s.read, `WITH found AS MATERIALIZED (SELECT ` + columns + ` FROM lead WHERE name LIKE ? OR company LIKE ?)
			SELECT * FROM found` + newestFirst},
		{&s.newest, s.read, `SELECT ` + columns + ` FROM lead` + newestFirst + ` OFFSET ?`},
		{&s.insert, s.write, `INSERT INTO lead (` + columns + `) VALUES ` + one},
		{&s.insertChunk, s.write, `INSERT INTO lead (` + columns + `) VALUES ` + strings.Repeat(one+", ", chunk-1) + one},
		{&s.setScore, s.write, `UPDATE lead SET score = ?, updated_at = ?, version = version + 1 WHERE id = ? RETURNING ` + columns},
	} {
		text := p.text
		if postgres {
			text = numbered(text)
		}
		statement, err := p.on.PrepareContext(ctx, text) //nolint:sqlclosecheck // it lives as long as the database
		if err != nil {
			return fmt.Errorf("preparing %.60s: %w", text, err)
		}
		*p.target = statement
	}
	return nil
}

// numbered turns each ? into $1, $2 and so on.
func numbered(text string) string {
	var b strings.Builder
	for n, part := range strings.Split(text, "?") {
		if n > 0 {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(part)
	}
	return b.String()
}

func (s *store) close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

func (s *store) get(ctx context.Context, id string) ([]byte, error) {
	return oneLead(s.byID.QueryRowContext(ctx, id))
}

func (s *store) list(ctx context.Context, status string, score int, count bool) ([]byte, error) {
	body, err := s.leads(ctx, s.byStatus, status, score)
	if err != nil || !count {
		return body, err
	}
	var total int64
	if err := s.countByStatus.QueryRowContext(ctx, status, score).Scan(&total); err != nil {
		return nil, err
	}
	body = append(body[:len(body)-1], `,"page":{"total":`...)
	return append(strconv.AppendInt(body, total, 10), `}}`...), nil
}

func (s *store) search(ctx context.Context, word string) ([]byte, error) {
	pattern := "%" + word + "%"
	return s.leads(ctx, s.byWord, pattern, pattern)
}

func (s *store) page(ctx context.Context, offset int) ([]byte, error) {
	return s.leads(ctx, s.newest, offset)
}

// leads answers up to fifty leads, each written as it is read.
func (s *store) leads(ctx context.Context, statement *sql.Stmt, arguments ...any) ([]byte, error) {
	rows, err := statement.QueryContext(ctx, arguments...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has told what there is to tell
	var lead Lead
	targets := lead.targets()
	body := append(make([]byte, 0, pageSize*384), `{"data":[`...)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		body = append(lead.appendJSON(body), ',')
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if body[len(body)-1] == ',' {
		body = body[:len(body)-1]
	}
	return append(body, `]}`...), nil
}

// create inserts in one statement, which is a transaction of its own.
func (s *store) create(ctx context.Context, lead *Lead) ([]byte, error) {
	if _, err := s.insert.ExecContext(ctx, lead.values()...); err != nil {
		return nil, err
	}
	return append(lead.appendJSON([]byte(`{"data":`)), '}'), nil
}

// update sets the score in one statement, likewise.
func (s *store) update(ctx context.Context, id string, score int64, now time.Time) ([]byte, error) {
	var at instant
	at.set(now)
	return oneLead(s.setScore.QueryRowContext(ctx, score, string(at), id))
}

// batch inserts all leads in one transaction.
func (s *store) batch(ctx context.Context, leads []Lead) ([]byte, error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	insert, insertChunk := tx.StmtContext(ctx, s.insert), tx.StmtContext(ctx, s.insertChunk)
	defer func() { _ = errors.Join(insert.Close(), insertChunk.Close()) }() // they end with the transaction
	body := append(make([]byte, 0, len(leads)*64), `{"data":[`...)
	var values []any
	for i := range leads {
		values = append(values, leads[i].values()...)
		body = append(body, `{"id":"`...)
		body = append(body, leads[i].ID...)
		body = append(body, `","version":1},`...)
		if len(values) == chunk*width {
			if _, err := insertChunk.ExecContext(ctx, values...); err != nil {
				return nil, err
			}
			values = values[:0]
		}
	}
	for ; len(values) > 0; values = values[width:] {
		if _, err := insert.ExecContext(ctx, values[:width]...); err != nil {
			return nil, err
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	if len(leads) > 0 {
		body = body[:len(body)-1]
	}
	return append(body, `]}`...), nil
}

func oneLead(row *sql.Row) ([]byte, error) {
	var lead Lead
	if err := row.Scan(lead.targets()...); errors.Is(err, sql.ErrNoRows) {
		return nil, errMissing
	} else if err != nil {
		return nil, err
	}
	return append(lead.appendJSON(append(make([]byte, 0, 512), `{"data":`...)), '}'), nil
}
