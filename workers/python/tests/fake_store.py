"""The object store of a node in memory: gRPC for the calls of processes elsewhere, the link for those of this host, and counters."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

from iarnet_worker.wire import store_pb2, store_pb2_grpc
from tests.fake_link import FakeLink


class FakeStore(store_pb2_grpc.ObjectStoreServicer):
    """Use as a context manager; shared: with a link, in a folder of which the probe is right only when same_host."""

    def __init__(self, folder: str, shared: bool, same_host: bool = True, max_chunk: int = 64 * 1024, max_object: int = 0) -> None:
        self.address = f"unix://{folder}/store"
        self.segments = os.path.join(folder, "segments")
        self.link = FakeLink(self.segments) if shared else None
        self.max_chunk = max_chunk
        self.max_object = max_object
        self.objects: dict[bytes, tuple[str, bytes]] = {}
        self.metadata: dict[bytes, dict[str, str]] = {}
        self.changed = threading.Condition()
        self.calls: list[str] = self.link.calls if self.link else []
        self.owners: set[str] = self.link.owners if self.link else set()
        self.lie_about_size = 0
        os.makedirs(self.segments)
        with open(os.path.join(self.segments, "probe"), "w") as probe:
            probe.write("right" if same_host else "of another host")
        self.server = grpc.server(
            ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        )
        store_pb2_grpc.add_ObjectStoreServicer_to_server(self, self.server)
        self.server.add_insecure_port(self.address)

    def __enter__(self) -> "FakeStore":
        if self.link:
            self.link.__enter__()
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop(0).wait(10)
        if self.link:
            self.link.__exit__()

    def put(self, object_id: bytes, codec: str, data: bytes) -> None:
        with self.changed:
            self.objects[object_id] = (codec, data)
            self.changed.notify_all()
        if self.link:
            self.link.add(object_id, codec, data)

    def has(self, object_id: bytes) -> tuple[str, bytes]:
        return self.link.bytes_of(object_id) if self.link and object_id in self.link.objects else self.objects[object_id]

    def Hello(self, request, context):  # noqa: N802
        self.calls.append("Hello")
        self.owners.add(request.owner)
        return store_pb2.HelloResponse(
            source="node-1",
            segment_folder=self.segments if self.link else "",
            probe="right" if self.link else "",
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
        existed = object_id in self.objects
        if not existed:
            self.metadata[object_id] = dict(header.metadata)
            self.put(object_id, header.codec, data)
        return store_pb2.PutResponse(id=object_id, source="node-1", size=len(data), existed=existed)

    def Get(self, request, context):  # noqa: N802
        self.calls.append("Get")
        with self.changed:
            there = self.changed.wait_for(lambda: request.id in self.objects, request.wait / 1000)
        if not there:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such object")
        codec, data = self.objects[request.id]
        metadata = self.metadata.get(request.id)
        yield store_pb2.GetResponse(header=store_pb2.GetHeader(codec=codec, size=len(data) + self.lie_about_size, metadata=metadata))
        for at in range(0, len(data), self.max_chunk):
            yield store_pb2.GetResponse(chunk=data[at : at + self.max_chunk])

    def Wait(self, request, context):  # noqa: N802
        self.calls.append("Wait")
        enough = all if request.all else any
        with self.changed:
            self.changed.wait_for(lambda: enough(one in self.objects for one in request.ids), request.timeout / 1000)
            return store_pb2.WaitResponse(ids=[one for one in request.ids if one in self.objects])

    def Release(self, request, context):  # noqa: N802
        self.calls.append("Release")
        for one in request.ids:
            self.objects.pop(one, None)
        return store_pb2.ReleaseResponse()
