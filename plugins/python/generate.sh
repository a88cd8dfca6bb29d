#!/usr/bin/env bash
# Makes lgsp_plugin/plugin_pb2.py and its types from plugin.proto. The version is
# pinned, so that whoever runs it gets the files that are committed.
set -euo pipefail
cd "$(dirname "$0")"

PROTOC=3.21.12 # of Debian 12, package protobuf-compiler

found=$(protoc --version 2>/dev/null | awk '{print $2}') || true
if [ "$found" != "$PROTOC" ]; then
  echo "generate: want protoc $PROTOC, found ${found:-none}; try: apt-get install protobuf-compiler" >&2
  exit 3
fi

protoc --proto_path=../wire --python_out=lgsp_plugin --pyi_out=lgsp_plugin plugin.proto
