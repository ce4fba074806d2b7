/* Some hundred statements of SQL on a database in memory, each checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

static int statements;

/* What the library asks of a system: nothing, for a database in memory. */
static int no_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	(void)v, (void)name, (void)f, (void)flags, (void)out;
	return SQLITE_CANTOPEN;
}

static int random_bytes(sqlite3_vfs *v, int n, char *to)
{
	(void)v;
	memset(to, 7, n);
	return n;
}

static int now(sqlite3_vfs *v, double *day)
{
	(void)v;
	*day = 2460000.5;
	return SQLITE_OK;
}

int sqlite3_os_init(void)
{
	static sqlite3_vfs system = {.iVersion = 1, .szOsFile = sizeof(sqlite3_file), .mxPathname = 64, .zName = "none",
		.xOpen = no_file, .xRandomness = random_bytes, .xCurrentTime = now};

	return sqlite3_vfs_register(&system, 1);
}

int sqlite3_os_end(void)
{
	return SQLITE_OK;
}

static void fail(sqlite3 *db, const char *sql)
{
	printf("failed: %s: %s\n", sql, sqlite3_errmsg(db));
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	statements++;
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
		fail(db, sql);
	}
}

/* The rows of a query, columns apart by | and rows by ; */
static void ask(sqlite3 *db, const char *sql, const char *want)
{
	char got[4096] = "";
	sqlite3_stmt *s;
	int r;

	statements++;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
		fail(db, sql);
	}
	while ((r = sqlite3_step(s)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const char *t = (const char *)sqlite3_column_text(s, i);
			strcat(got, i == 0 ? "" : "|");
			strcat(got, t != NULL ? t : "NULL");
		}
		strcat(got, ";");
	}
	if (r != SQLITE_DONE || sqlite3_finalize(s) != SQLITE_OK) {
		fail(db, sql);
	}
	if (strcmp(got, want) != 0) {
		printf("%s\n gives %s\n not   %s\n", sql, got, want);
		exit(1);
	}
}

static void fill(sqlite3 *db)
{
	char text[256];
	sqlite3_stmt *s;

	run(db, "BEGIN");
	for (int i = 1; i <= 100; i++) {
		snprintf(text, sizeof text, "INSERT INTO part VALUES (%d, 'part %d', %d.5, %s)", i, i, i * 7 % 31, i % 3 == 0 ? "NULL" : "x'0a0b'");
		run(db, text);
	}
	run(db, "COMMIT");
	if (sqlite3_prepare_v2(db, "INSERT INTO use VALUES (?1, ?2, ?3)", -1, &s, NULL) != SQLITE_OK) {
		fail(db, "prepare");
	}
	for (int i = 0; i < 100; i++) {
		statements++;
		sqlite3_bind_int(s, 1, i % 100 + 1);
		sqlite3_bind_int64(s, 2, (sqlite3_int64)i * 3000000000);
		sqlite3_bind_text(s, 3, i % 2 ? "odd" : "even", -1, SQLITE_STATIC);
		if (sqlite3_step(s) != SQLITE_DONE || sqlite3_reset(s) != SQLITE_OK) {
			fail(db, "insert");
		}
	}
	sqlite3_finalize(s);
}

static void queries(sqlite3 *db)
{
	ask(db, "SELECT count(*), sum(id), min(price), max(price) FROM part", "100|5050|0.5|30.5;");
	ask(db, "SELECT name FROM part WHERE price > 30 ORDER BY id", "part 22;part 53;part 84;");
	ask(db, "SELECT count(*) FROM part WHERE data IS NULL", "33;");
	ask(db, "SELECT hex(data), length(data), typeof(data) FROM part WHERE id = 1", "0A0B|2|blob;");
	ask(db, "SELECT p.id, u.kind FROM part p JOIN use u ON u.part = p.id WHERE p.id < 4 ORDER BY 1", "1|even;2|odd;3|even;");
	ask(db, "SELECT kind, count(*), sum(amount) FROM use GROUP BY kind HAVING count(*) > 1 ORDER BY kind", "even|50|7350000000000;odd|50|7500000000000;");
	ask(db, "SELECT id FROM part WHERE name LIKE '%9_' AND id IN (SELECT part FROM use WHERE amount > 290000000000) ORDER BY id DESC", "99;98;");
	ask(db, "WITH RECURSIVE f(a, b, n) AS (SELECT 0, 1, 1 UNION ALL SELECT b, a + b, n + 1 FROM f WHERE n < 20) SELECT a FROM f WHERE n > 17", "1597;2584;4181;");
	ask(db, "SELECT id, sum(id) OVER (ORDER BY id ROWS 2 PRECEDING) FROM part LIMIT 4", "1|1;2|3;3|6;4|9;");
	ask(db, "SELECT upper('abc') || substr('hello', 2, 3) || trim('  x ') || replace('aXa', 'X', 'b')", "ABCellxaba;");
	ask(db, "SELECT printf('%05d %.3f %s %x', 42, 3.14159, 'q', 255), round(2.5), abs(-7), 7 / 2, 7 % 4, 1 << 10", "00042 3.142 q ff|3.0|7|3|3|1024;");
	ask(db, "SELECT date('2026-01-31', '+1 month'), strftime('%j', '2026-03-01'), julianday('2000-01-01')", "2026-03-03|060|2451544.5;");
	ask(db, "SELECT CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END, coalesce(NULL, 3), nullif(1, 1), 'a' < 'b', NULL = NULL", "b|3|NULL|1|NULL;");
	ask(db, "SELECT 9223372036854775807 + 1.0, 1e308 * 10, CAST('12abc' AS INTEGER), 0.1 + 0.2", "9.22337203685478e+18|Inf|12|0.3;");
	ask(db, "SELECT group_concat(id, '-') FROM (SELECT id FROM part ORDER BY id LIMIT 5)", "1-2-3-4-5;");
	ask(db, "SELECT count(*) FROM part a, part b WHERE a.id + b.id = 50", "49;");
	ask(db, "SELECT a.id FROM part a LEFT JOIN gone g ON g.id = a.id WHERE g.id IS NULL AND a.id < 3", "1;2;");
	ask(db, "EXPLAIN QUERY PLAN SELECT * FROM use WHERE kind = 'odd'", "3|0|0|SEARCH use USING INDEX by_kind (kind=?);");
	ask(db, "PRAGMA integrity_check", "ok;");
	ask(db, "SELECT json_extract('{\"a\":[1,{\"b\":2}]}', '$.a[1].b'), json_array(1, 'x', NULL)", "2|[1,\"x\",null];");
}

static void changes(sqlite3 *db)
{
	char text[128];

	run(db, "CREATE TRIGGER log AFTER DELETE ON part BEGIN INSERT INTO gone VALUES (old.id); END");
	for (int i = 1; i <= 40; i++) {
		snprintf(text, sizeof text, "UPDATE part SET name = name || '!', price = price * 2 WHERE id = %d", i);
		run(db, text);
		snprintf(text, sizeof text, "DELETE FROM part WHERE id = %d", 60 + i);
		run(db, text);
	}
	ask(db, "SELECT count(*), sum(length(name)) FROM part", "60|451;");
	ask(db, "SELECT count(*), min(id) FROM gone", "40|61;");
	run(db, "SAVEPOINT s");
	run(db, "DELETE FROM part");
	run(db, "ROLLBACK TO s");
	run(db, "RELEASE s");
	ask(db, "SELECT count(*) FROM part", "60;");
	run(db, "ALTER TABLE part ADD COLUMN note TEXT DEFAULT 'none'");
	ask(db, "SELECT note, count(*) FROM part GROUP BY note", "none|60;");
	run(db, "CREATE VIEW cheap AS SELECT * FROM part WHERE price < 10");
	ask(db, "SELECT count(*) > 0 FROM cheap", "1;");
	if (sqlite3_exec(db, "INSERT INTO part (id) VALUES (1)", NULL, NULL, NULL) != SQLITE_CONSTRAINT) {
		fail(db, "a double key is taken");
	}
	if (sqlite3_exec(db, "SELEC", NULL, NULL, NULL) != SQLITE_ERROR) {
		fail(db, "a mistake is taken");
	}
	run(db, "VACUUM");
	run(db, "REINDEX");
	run(db, "ANALYZE");
	ask(db, "PRAGMA integrity_check", "ok;");
}

int main(void)
{
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK) {
		return 1;
	}
	run(db, "CREATE TABLE part (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, data BLOB)");
	run(db, "CREATE TABLE use (part INTEGER REFERENCES part, amount INTEGER, kind TEXT)");
	run(db, "CREATE TABLE gone (id INTEGER)");
	run(db, "CREATE INDEX by_kind ON use (kind)");
	fill(db);
	queries(db);
	changes(db);
	if (sqlite3_close(db) != SQLITE_OK) {
		return 1;
	}
	printf("%d statements\n", statements);
	return 0;
}
