# Targets that people and tests rely on; see README.md.
SHELL := /bin/bash -o pipefail
GO    ?= go
LINT  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BIN   := bin/lgspd

# Without a C compiler Go would turn cgo off and build a program that opens no database.
export CGO_ENABLED = 1

# A commit needs what it wrote to be on disk, not the time at which it was
# written; and nobody asks SQLite how much memory it has taken.
export CGO_CFLAGS := $(or $(CGO_CFLAGS),-O2 -g) -DHAVE_FDATASYNC=1 -DSQLITE_DEFAULT_MEMSTATUS=0

.PHONY: build demo generate test vet check lint bench bench-drain interop fuzz clean

build:
	$(GO) build -trimpath -pgo=cmd/lgspd/lgspd.pgo -o $(BIN) ./cmd/lgspd

demo: build
	$(BIN) demo

# Makes what is generated again; CI compares. It needs protoc, and fetches the
# generators through the Go module proxy.
generate:
	plugins/wire/generate.sh

test:
	$(GO) test ./...

vet:
	$(GO) vet ./...

# Format, vet, the tests under the race detector in random order, and the cases
# of the shipped mappings.
check: build vet
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these files"; exit 1; }
	$(GO) test -race -shuffle=on ./...
	$(BIN) map test

# Fetches the linter through the Go module proxy, so it is not a part of check,
# which runs without the internet.
lint:
	$(GO) run $(LINT) run

# BENCH passes flags on: make bench BENCH="-rounds 1 -load 3s"
bench: build
	$(GO) run ./cmd/bench $(BENCH)

bench-drain: build
	$(GO) run ./cmd/bench -drain $(BENCH)

interop: build
	interop/run.sh $(BIN)

# Each fuzz target for FUZZTIME.
FUZZTIME ?= 30s
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg; \
	  done; done

clean:
	rm -rf bin
