#!/bin/sh
# Writes iarnet_worker/wire/ from proto/. The result is committed; CI runs this and fails on a difference.
# Needs Debian's python3-grpc-tools and python3-protobuf.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
protos=$here/../../proto
python=${PYTHON:-/usr/bin/python3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$python" -m grpc_tools.protoc --proto_path="$protos" --descriptor_set_out="$out/set" --grpc_python_out="$out" \
    iarnet/bus/v1/bus.proto iarnet/actor/v1/actor.proto iarnet/store/v1/store.proto
"$python" "$here/generate_messages.py" "$out/set" "$here/iarnet_worker/wire"

# protoc lays modules out by proto package; the worker keeps them in one folder of its own.
sed 's/^from iarnet\.store\.v1 import /from iarnet_worker.wire import /' \
    "$out/iarnet/store/v1/store_pb2_grpc.py" > "$here/iarnet_worker/wire/store_pb2_grpc.py"
