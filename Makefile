# make run      the whole of Steward on this machine: a replayed disclosure, then the pages
# make test     every test, on SQLite and PostgreSQL; installs what it needs
# make lint     formatting and vet
# make bench    the benchmarks, and the races against what one would use instead
# make torture  the long forms of the trials by fire: about an hour and a half
# make fuzz     every parser of outside input, ten minutes each

export CGO_ENABLED = 0
GO ?= go
WITH_POSTGRES = $(GO) run ./internal/base/db/dbtest/withpg
LONG = $(GO) test -count 1 -timeout 120m -v

.PHONY: build run test lint bench torture fuzz tools

build:
	$(GO) build -trimpath -o bin/steward ./cmd/steward

run: build
	scripts/install-gpg.sh
	./bin/steward demo

test: tools lint
	$(WITH_POSTGRES) $(GO) test -p 3 -timeout 15m ./internal/e2e ./... # the longest first

lint:
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "run: gofmt -w cmd internal"; exit 1; }
	$(GO) vet ./...

bench:
	scripts/install-peers.sh
	$(GO) test -run '^$$' -bench . -benchtime 1s -timeout 60m ./...

tools:
	scripts/install-postgres.sh
	scripts/install-judges.sh
	scripts/install-mail.sh
	scripts/install-browser.sh
	scripts/install-disks.sh
	scripts/install-csmith.sh

torture: tools
	STEWARD_KILLS=1000 $(WITH_POSTGRES) $(LONG) -run TestKills ./internal/torture
	STEWARD_MAIL_KILLS=100 STEWARD_MAIL_LETTERS=10000 $(WITH_POSTGRES) $(LONG) -run TestKills ./internal/mail/mailtrial
	STEWARD_CUTS=200 $(LONG) -run TestPower ./internal/torture
	STEWARD_FAULTS=1 $(LONG) -run TestDisk ./internal/torture
	STEWARD_FLIPS=1000 $(LONG) -run TestFlips ./internal/app
	STEWARD_READS=100000 STEWARD_RELEASES=50 $(LONG) -run 'TestReaders|TestEightPublishers' ./internal/publish
	STEWARD_HOURS=all $(LONG) ./internal/clockwork
	STEWARD_FLOOD=60s $(LONG) ./internal/flood
	STEWARD_PAYLOADS=500 $(LONG) -run 'TestPayloads|TestNothingFires|TestPolicyHoldsAlone' ./internal/e2e
	STEWARD_SCALE=1000,10000,100000 $(LONG) -run '^$$' -bench Pages -benchtime 1x -v ./internal/scale
	STEWARD_TORTURE=all $(LONG) -run TestTorture ./internal/cinterp
	STEWARD_MUTANTS=60m $(LONG) -run TestMutants ./internal/cinterp
	STEWARD_LIBRARIES=all STEWARD_CSMITH=1000 $(LONG) -run 'TestLibraries|TestCsmith' ./internal/cinterp
	STEWARD_PEERS=all $(LONG) ./internal/cinterp/ub/...
	STEWARD_SCALE=10000 STEWARD_SCALE_ENGINE=postgres $(LONG) -run '^$$' -bench Pages -benchtime 1x -v ./internal/scale

fuzz:
	scripts/fuzz.sh 10m
