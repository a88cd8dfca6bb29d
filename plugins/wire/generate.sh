#!/usr/bin/env bash
# Makes plugin.pb.go and plugin_grpc.pb.go from plugin.proto. The versions are
# pinned, so that whoever runs it gets the files that are committed.
set -euo pipefail
cd "$(dirname "$0")"

PROTOC=3.21.12 # of Debian 12, package protobuf-compiler
GEN_GO=v1.36.12
GEN_GO_GRPC=v1.6.2

found=$(protoc --version 2>/dev/null | awk '{print $2}') || true
if [ "$found" != "$PROTOC" ]; then
  echo "generate: want protoc $PROTOC, found ${found:-none}; try: apt-get install protobuf-compiler" >&2
  exit 3
fi

bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
GOBIN=$bin go install "google.golang.org/protobuf/cmd/protoc-gen-go@$GEN_GO"
GOBIN=$bin go install "google.golang.org/grpc/cmd/protoc-gen-go-grpc@$GEN_GO_GRPC"
protoc --plugin="$bin/protoc-gen-go" --plugin="$bin/protoc-gen-go-grpc" \
  --go_out=. --go_opt=paths=source_relative \
  --go-grpc_out=. --go-grpc_opt=paths=source_relative \
  plugin.proto
