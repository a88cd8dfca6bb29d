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

.PHONY: build sdk demo generate test test-python vet check lint bench bench-drain bench-report interop interop-report fuzz clean

build:
	$(GO) build -trimpath -pgo=cmd/lgspd/lgspd.pgo -o $(BIN) ./cmd/lgspd

# What authors of plugins build from, without the internet; see plugins/README.md.
sdk:
	$(GO) run ./cmd/mksdk bin/sdk

demo: build
	$(BIN) demo

# Makes what is generated again; CI compares. It needs protoc, and fetches the
# generators through the Go module proxy.
generate:
	plugins/wire/generate.sh
	plugins/python/generate.sh

test: test-python
	$(GO) test ./...

# The SDK for Python, and what is built on it.
PYTHON ?= /usr/bin/python3
test-python:
	$(PYTHON) -m unittest discover -s plugins/python -t plugins/python
	cd plugins/examples/python-danh-sach && PYTHONPATH=../../python $(PYTHON) -m unittest
	cd plugins/template/python && PYTHONPATH=../../python $(PYTHON) -m unittest

vet:
	$(GO) vet ./...

# Format, vet, the tests under the race detector in random order, and the cases
# of the shipped mappings.
check: build vet test-python
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

# A year of ten million exchanges takes about 6 GB and a quarter of an hour.
bench-report:
	$(GO) run ./cmd/benchreport $(BENCH)

interop: build
	interop/run.sh $(BIN)

# Other programs read the files of reports.
interop-report:
	GO="$(GO)" interop/report.sh

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
