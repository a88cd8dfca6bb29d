package sqlite

import (
	"database/sql/driver"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Schema is the tables of one package: numbered files, 0001_name.sql and so
// on, each run once, in order, and never edited once released.
type Schema struct {
	Name  string
	Files fs.FS
}

// migrate runs every file that the database has not seen, each in a
// transaction of its own together with the note that it ran.
func migrate(conn *sqlite3.SQLiteConn, schemas []Schema) error {
	if _, err := conn.Exec("create table if not exists schema (name text primary key, version integer not null) strict", nil); err != nil {
		return err
	}
	for _, s := range schemas {
		have, err := schemaVersion(conn, s.Name)
		if err != nil {
			return err
		}
		files, err := fs.Glob(s.Files, "*.sql")
		if err != nil {
			return fmt.Errorf("schema %s: %w", s.Name, err)
		}
		if have > len(files) {
			return fmt.Errorf("schema %s is at version %d, newer than this program knows (%d); install the newer program again", s.Name, have, len(files))
		}
		for i, file := range files {
			number, err := strconv.Atoi(strings.SplitN(file, "_", 2)[0])
			if err != nil || number != i+1 {
				return fmt.Errorf("schema %s: file %s is out of order", s.Name, file)
			}
			if number <= have {
				continue
			}
			if err := sortOnDisk(conn, true); err != nil {
				return err
			}
			if err := migrateOne(conn, s, file, number); err != nil {
				return fmt.Errorf("schema %s: %s: %w", s.Name, file, err)
			}
		}
	}
	return sortOnDisk(conn, false)
}

// sortOnDisk has a migration that makes an index of everything sort it in a
// temporary file: in memory that would need some 65 bytes for each row.
func sortOnDisk(conn *sqlite3.SQLiteConn, yes bool) error {
	store := "memory"
	if yes {
		store = "file"
	}
	_, err := conn.Exec("pragma temp_store = "+store, nil)
	return err
}

func migrateOne(conn *sqlite3.SQLiteConn, s Schema, file string, number int) error {
	text, err := fs.ReadFile(s.Files, file)
	if err != nil {
		return err
	}
	if _, err := conn.Exec("begin immediate", nil); err != nil {
		return err
	}
	have, err := schemaVersion(conn, s.Name) // another process may have been first
	if err == nil && have < number {
		_, err = conn.Exec(string(text), nil)
	}
	if err == nil && have < number {
		_, err = conn.Exec("insert or replace into schema (name, version) values (?, ?)", []driver.Value{s.Name, int64(number)})
	}
	if err == nil {
		_, err = conn.Exec("commit", nil)
	}
	if err != nil && !conn.AutoCommit() {
		if _, back := conn.Exec("rollback", nil); back != nil {
			return fmt.Errorf("%w (rolling back: %w)", err, back)
		}
	}
	return err
}

func schemaVersion(conn *sqlite3.SQLiteConn, name string) (int, error) {
	rows, err := conn.Query("select coalesce(max(version), 0) from schema where name = ?", []driver.Value{name})
	if err != nil {
		return 0, err
	}
	dest := make([]driver.Value, 1)
	if err := rows.Next(dest); err != nil {
		return 0, alsoClosing(err, rows.Close())
	}
	version, _ := dest[0].(int64)
	return int(version), rows.Close()
}
