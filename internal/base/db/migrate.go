package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"math"

	"github.com/pressly/goose/v3"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// migrationTable is where goose keeps the versions; it is no table of ours.
const migrationTable = "goose_db_version"

// newest, as a version, means all there are.
const newest = math.MaxInt64

// migrate applies the schema files up to a version that the database has not
// seen.
func migrate(ctx context.Context, eng engine, pool *sql.DB, version int64) error {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	p, err := goose.NewProvider(eng.dialect(), pool, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	// A table of versions that cannot be read is to goose one that is not there.
	var ignored any
	if d := eng.damage(pool.QueryRowContext(ctx, "SELECT MAX(version_id) FROM "+migrationTable).Scan(&ignored)); d != nil {
		return d
	}
	have, known, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	if have > known {
		return fmt.Errorf("the database has schema version %d and this program knows only %d: run the newer program that made it", have, known)
	}
	if version == newest {
		version = known
	}
	if have > version || version > known {
		return fmt.Errorf("the schema has version %d and cannot be brought to version %d", have, version)
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("bringing the schema from version %d to %d: %w", have, version, err)
	}
	return nil
}

// schemaVersion reads the version of the schema.
func schemaVersion(ctx context.Context, q Queryer) (int64, error) {
	var v int64
	err := q.QueryRow(ctx, "SELECT MAX(version_id) FROM "+migrationTable).Scan(&v)
	if err != nil {
		return 0, fmt.Errorf("reading the schema version: %w", err)
	}
	return v, nil
}
