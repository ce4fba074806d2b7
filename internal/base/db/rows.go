package db

import (
	"context"
	"fmt"
)

// Scan reads the columns of one row, as that of sql.Rows does.
type Scan func(dest ...any) error

// Each calls f for every row of a query, in its order, until f gives an error.
// doing says in the errors what the query is for. f runs no other query: on
// PostgreSQL the connection is busy with this one.
func Each(ctx context.Context, q Queryer, doing, query string, args []any, f func(scan Scan) error) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// All gives what row makes of every row of a query.
func All[T any](ctx context.Context, q Queryer, doing, query string, args []any, row func(scan Scan) (T, error)) (all []T, err error) {
	err = Each(ctx, q, doing, query, args, func(scan Scan) error {
		v, err := row(scan)
		if err == nil {
			all = append(all, v)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Column gives the values of a query that has one column.
func Column[T any](ctx context.Context, q Queryer, doing, query string, args ...any) ([]T, error) {
	return All(ctx, q, doing, query, args, func(scan Scan) (v T, err error) {
		err = scan(&v)
		return v, err
	})
}

// Pairs gives the rows of a query that has two columns, each by the first.
func Pairs[K comparable, V any](ctx context.Context, q Queryer, doing, query string, args ...any) (map[K]V, error) {
	out := map[K]V{}
	err := Each(ctx, q, doing, query, args, func(scan Scan) error {
		var k K
		var v V
		err := scan(&k, &v)
		out[k] = v
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
