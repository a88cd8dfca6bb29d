package sqlite_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/internal/sqlite"
)

// files makes the files of a schema of names and texts in turn.
func files(namesAndTexts ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		fsys[namesAndTexts[i]] = &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
	}
	return fsys
}

func openWith(t *testing.T, path string, schemas ...sqlite.Schema) (*sqlite.DB, error) {
	t.Helper()
	o := options(path)
	o.Schemas = schemas
	return sqlite.Open(t.Context(), o)
}

func mustOpenWith(t *testing.T, path string, schemas ...sqlite.Schema) *sqlite.DB {
	t.Helper()
	db, err := openWith(t, path, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func mustClose(t *testing.T, db *sqlite.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, db *sqlite.DB, query string) string {
	t.Helper()
	var s string
	if err := db.Read().QueryRowContext(t.Context(), query).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	first  = "create table a (n integer primary key) strict; insert into a values (1);"
	second = "alter table a add column twice integer; update a set twice = 2 * n;"
)

func TestMigrationsRunOnceInOrderAndKeepTheData(t *testing.T) {
	path := newPath(t)
	db := mustOpenWith(t, path, sqlite.Schema{Name: "s", Files: files("0001_a.sql", first)})
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		return tx.Do("insert into a values (21)")
	}); err != nil {
		t.Fatal(err)
	}
	mustClose(t, db)
	for range 2 { // the second time nothing is left to do
		db = mustOpenWith(t, path,
			sqlite.Schema{Name: "s", Files: files("0001_a.sql", first, "0002_twice.sql", second)},
			sqlite.Schema{Name: "other", Files: files("0001_b.sql", "create table b (n integer) strict; insert into b select n from a;")})
		if got := text(t, db, "select group_concat(n || ':' || twice, ' ' order by n) from a"); got != "1:2 21:42" {
			t.Errorf("table a holds %q", got)
		}
		if got := text(t, db, "select count(*) from b"); got != "2" {
			t.Errorf("table b has %s rows", got)
		}
		if got := text(t, db, "select group_concat(name || version, ' ' order by name) from schema"); got != "other1 s2" {
			t.Errorf("the schemas are %q", got)
		}
		mustClose(t, db)
	}
}

func TestAMigrationThatFailsLeavesNothingBehindAndCanBeMended(t *testing.T) {
	path := newPath(t)
	_, err := openWith(t, path, sqlite.Schema{Name: "s", Files: files("0001_a.sql", first, "0002_bad.sql", "create table c (n integer) strict; insert into nowhere values (1);")})
	if err == nil || !strings.Contains(err.Error(), "0002_bad.sql") || !strings.Contains(err.Error(), path) {
		t.Fatalf("got %v", err)
	}
	db := mustOpenWith(t, path, sqlite.Schema{Name: "s", Files: files("0001_a.sql", first)})
	if got := text(t, db, "select group_concat(name, ' ' order by name) from sqlite_schema where type = 'table'"); got != "a schema" {
		t.Errorf("the tables are %q; the file that failed left some behind", got)
	}
	mustClose(t, db)
	mustClose(t, mustOpenWith(t, path, sqlite.Schema{Name: "s", Files: files("0001_a.sql", first, "0002_twice.sql", second)}))
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	path := newPath(t)
	mustClose(t, mustOpenWith(t, path, sqlite.Schema{Name: "s", Files: files("0001_a.sql", first, "0002_twice.sql", second)}))
	_, err := openWith(t, path, sqlite.Schema{Name: "s", Files: files("0001_a.sql", first)})
	if err == nil || !strings.Contains(err.Error(), "newer") || !strings.Contains(err.Error(), "schema s is at version 2") || strings.Contains(err.Error(), "%!") {
		t.Fatalf("got %v", err)
	}
}

func TestAMissingMigrationIsRefused(t *testing.T) {
	_, err := openWith(t, newPath(t), sqlite.Schema{Name: "s", Files: files("0001_a.sql", first, "0003_c.sql", second)})
	if err == nil || !strings.Contains(err.Error(), "0003_c.sql is out of order") {
		t.Fatalf("got %v", err)
	}
}

// TestProcessesThatOpenANewDatabaseTogetherMigrateItOnce has a daemon and a
// command start at the same moment after an installation or an upgrade.
func TestProcessesThatOpenANewDatabaseTogetherMigrateItOnce(t *testing.T) {
	for range 10 {
		path := newPath(t)
		o := sqlite.Options{Path: path, Schemas: []sqlite.Schema{{Name: "s", Files: files("0001_a.sql", first, "0002_twice.sql", second)}}}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := sqlite.Open(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

// What a migration sorts may be every row: only a file has room for that.
func TestAMigrationSortsInAFileAndEverythingElseInMemory(t *testing.T) {
	const file, memory = 1, 2
	path := newPath(t)
	schema := sqlite.Schema{Name: "probe", Files: fstest.MapFS{"0001_probe.sql": {Data: []byte("create table probe as select temp_store from pragma_temp_store;")}}}
	db := open(t, path, func(o *sqlite.Options) { o.Schemas = append(o.Schemas, schema) })
	var during, after int64
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		return errors.Join(
			tx.Query("select temp_store from probe", func(r sqlite.Row) error { during = r.Int(0); return nil }),
			tx.Query("select temp_store from pragma_temp_store", func(r sqlite.Row) error { after = r.Int(0); return nil }))
	}); err != nil {
		t.Fatal(err)
	}
	if during != file || after != memory {
		t.Errorf("temp_store was %d and is %d, want %d and %d", during, after, file, memory)
	}
}
