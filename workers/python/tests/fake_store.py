"""The object store of a node in memory and one segment file: what the client of the worker needs of it, and counters."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from iarnet_worker.wire import store_pb2, store_pb2_grpc

SEGMENT_BYTES = 8 * 1024 * 1024
SEGMENT = "segment-1"


class FakeStore(store_pb2_grpc.ObjectStoreServicer):
    """Use as a context manager; shared: with a segment folder, of which the probe is right only when same_host."""

    def __init__(self, folder: str, shared: bool, same_host: bool = True, max_chunk: int = 64 * 1024, max_object: int = 0) -> None:
        self.address = f"unix://{folder}/store"
        self.segments = os.path.join(folder, "segments")
        self.shared = shared
        self.max_chunk = max_chunk
        self.max_object = max_object
        self.objects: dict[bytes, tuple[str, bytes]] = {}
        self.unfinished: dict[bytes, Any] = {}
        self.leases: set[int] = set()
        self.calls: list[str] = []
        self.owners: set[str] = set()
        self.next = 4096 + 10  # Not at the start of a page, as most objects.
        self.lie_about_size = 0
        self.memory_only = False
        os.makedirs(self.segments)
        with open(os.path.join(self.segments, "probe"), "w") as probe:
            probe.write("right" if same_host else "of another host")
        with open(os.path.join(self.segments, SEGMENT), "wb") as segment:
            segment.truncate(SEGMENT_BYTES)
        self.server = grpc.server(
            ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        )
        store_pb2_grpc.add_ObjectStoreServicer_to_server(self, self.server)
        self.server.add_insecure_port(self.address)

    def __enter__(self) -> "FakeStore":
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop(0).wait(10)

    def place(self, size: int) -> store_pb2.Location:
        location = store_pb2.Location(file=SEGMENT, offset=self.next, size=size)
        self.next += size + 7
        return location

    def segment_bytes(self, location: store_pb2.Location) -> bytes:
        with open(os.path.join(self.segments, location.file), "rb") as segment:
            segment.seek(location.offset)
            return segment.read(location.size)

    def put(self, object_id: bytes, codec: str, data: bytes) -> None:
        self.objects[object_id] = (codec, data)

    def Hello(self, request, context):  # noqa: N802
        self.calls.append("Hello")
        self.owners.add(request.owner)
        return store_pb2.HelloResponse(
            source="node-1",
            segment_folder=self.segments if self.shared else "",
            probe="right" if self.shared else "",
            shared_minimum=32 * 1024,
            max_object_bytes=self.max_object,
            max_chunk_bytes=self.max_chunk,
        )

    def Put(self, request_iterator, context):  # noqa: N802
        self.calls.append("Put")
        header = next(request_iterator).header
        self.owners.add(header.owner)
        chunks = [part.chunk for part in request_iterator]
        assert all(0 < len(chunk) <= self.max_chunk for chunk in chunks)
        data = b"".join(chunks)
        assert len(data) == header.size
        object_id = header.id or os.urandom(16)
        self.put(object_id, header.codec, data)
        return store_pb2.PutResponse(id=object_id, source="node-1", size=len(data))

    def Create(self, request, context):  # noqa: N802
        self.calls.append("Create")
        if self.memory_only:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "use Put")
        if request.size > SEGMENT_BYTES - self.next:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "the store is full")
        location = self.place(request.size)
        object_id = os.urandom(16)
        self.unfinished[object_id] = (request.codec, location)
        if self.lie_about_size:
            location = store_pb2.Location(file=SEGMENT, offset=location.offset, size=self.lie_about_size)
        return store_pb2.CreateResponse(id=object_id, location=location)

    def Seal(self, request, context):  # noqa: N802
        self.calls.append("Seal")
        codec, location = self.unfinished.pop(request.id)
        self.put(request.id, codec, self.segment_bytes(location)[: request.size])
        return store_pb2.PutResponse(id=request.id, source="node-1", size=request.size)

    def Abort(self, request, context):  # noqa: N802
        self.calls.append("Abort")
        del self.unfinished[request.id]
        return store_pb2.AbortResponse()

    def Get(self, request, context):  # noqa: N802
        self.calls.append("Get")
        codec, data = self.find(request.id, context)
        yield store_pb2.GetResponse(header=store_pb2.GetHeader(codec=codec, size=len(data) + self.lie_about_size))
        for at in range(0, len(data), self.max_chunk):
            yield store_pb2.GetResponse(chunk=data[at : at + self.max_chunk])

    def Lease(self, request, context):  # noqa: N802
        self.calls.append("Lease")
        codec, data = self.find(request.id, context)
        if self.memory_only and len(data) > self.max_chunk:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "use Get")
        if len(data) < 1024:
            return store_pb2.LeaseResponse(codec=codec, inline=data)
        location = self.place(len(data))
        with open(os.path.join(self.segments, SEGMENT), "r+b") as segment:
            segment.seek(location.offset)
            segment.write(data)
        lease = len(self.calls)
        self.leases.add(lease)
        if self.lie_about_size:
            location.size = self.lie_about_size
        return store_pb2.LeaseResponse(codec=codec, location=location, lease=lease)

    def Unlease(self, request, context):  # noqa: N802
        self.calls.append("Unlease")
        self.leases.difference_update(request.leases)
        return store_pb2.UnleaseResponse()

    def find(self, object_id, context):
        if object_id not in self.objects:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such object")
        return self.objects[object_id]
