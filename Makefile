# make run    the whole of Steward on this machine: a replayed disclosure, then the pages
# make test   every test, on SQLite and PostgreSQL; installs what it needs
# make lint   formatting and vet
# make bench  the benchmarks

export CGO_ENABLED = 0
GO ?= go

.PHONY: build run test lint bench torture tools

build:
	$(GO) build -trimpath -o bin/steward ./cmd/steward

run: build
	./bin/steward demo

test: tools lint
	$(GO) run ./internal/base/db/dbtest/withpg $(GO) test -timeout 15m ./...

lint:
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "run: gofmt -w cmd internal"; exit 1; }
	$(GO) vet ./...

bench:
	$(GO) test -run '^$$' -bench . -benchtime 1s ./...

tools:
	scripts/install-postgres.sh
	scripts/install-judges.sh
	scripts/install-browser.sh

torture:
	STEWARD_KILLS=200 $(GO) test -count 1 -timeout 60m -v ./internal/torture
