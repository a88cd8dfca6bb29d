# Targets that people and tests rely on; see README.md.
SHELL := /bin/bash -o pipefail
GO    ?= go
BIN   := bin/lgspd

.PHONY: build demo test check bench bench-drain interop fuzz clean

build:
	$(GO) build -trimpath -o $(BIN) ./cmd/lgspd

demo: build
	$(BIN) demo

test:
	$(GO) test ./...

# Format, vet, the tests under the race detector in random order, and the cases
# of the shipped mappings.
check: build
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these files"; exit 1; }
	$(GO) vet ./...
	$(GO) test -race -shuffle=on ./...
	$(BIN) map test

bench: build
	$(GO) run ./cmd/bench

bench-drain: build
	$(GO) run ./cmd/bench -drain

interop: build
	interop/run.sh

# Each fuzz target for FUZZTIME.
FUZZTIME ?= 30s
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; done

clean:
	rm -rf bin
