"""A store that does not share memory with this process: objects travel in chunks over gRPC."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import grpc

from iarnet_worker.store.errors import OF_STATUS, ObjectTooLargeError, StoreError, of_object
from iarnet_worker.store.lease import Lease
from iarnet_worker.store.pool import flat
from iarnet_worker.store.shared import Stored
from iarnet_worker.wire import store_pb2
from iarnet_worker.wire.store_pb2_grpc import ObjectStoreStub

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
DEFAULT_CHUNK_BYTES = 1024 * 1024
#: Used where the store states no limit of its own.
MAX_OBJECT_BYTES = 16 * 1024 * 1024 * 1024
#: The service waits no longer at once.
MAX_WAIT_MILLISECONDS = 3_600_000


class RemoteStore:
    """Thread-safe. The constructor speaks with the store and raises StoreError when it cannot."""

    def __init__(self, address: str, owner: str, deadline: float, hello_deadline: float) -> None:
        self._address = address
        self._owner = owner
        self._deadline = deadline
        self._channel = grpc.insecure_channel(
            address.removeprefix("http://").rstrip("/"),
            options=[
                ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
                # A proxy of the environment is for the web, not for a node's own store.
                ("grpc.enable_http_proxy", 0),
            ],
        )
        self._stub = ObjectStoreStub(self._channel)
        try:
            self.hello = self._call(self._stub.Hello, store_pb2.HelloRequest(owner=owner), deadline=min(deadline, hello_deadline))
        except BaseException:
            self._channel.close()
            raise
        self.source: str = self.hello.source
        self._max_object: int = self.hello.max_object_bytes or MAX_OBJECT_BYTES
        self._chunk: int = min(self.hello.max_chunk_bytes or DEFAULT_CHUNK_BYTES, MAX_MESSAGE_BYTES // 2)

    def get(self, object_id: bytes, wait: float, source: str) -> Lease:
        request = store_pb2.GetRequest(id=object_id, wait=int(wait * 1000 + 0.999), source="" if source == self.source else source)
        codec: str | None = None
        metadata: dict[str, str] = {}
        size = at = 0
        data = bytearray()
        try:
            for part in self._stub.Get(request, timeout=wait + self._deadline, wait_for_ready=True):
                if codec is not None:
                    chunk = part.chunk
                    if at + len(chunk) > size:
                        at += len(chunk)
                        break
                    data[at : at + len(chunk)] = chunk
                    at += len(chunk)
                elif part.HasField("header"):
                    codec, size, metadata = part.header.codec, part.header.size, dict(part.header.metadata)
                    if size > self._max_object:
                        raise StoreError(f"object {object_id.hex()} has {size} bytes; at most {self._max_object} are taken")
                    data = bytearray(size)
                else:
                    raise StoreError(f"the store at {self._address} sent a chunk of object {object_id.hex()} before its header")
        except grpc.RpcError as error:
            raise self._failed(error, object_id) from error
        if codec is None or at != size:
            raise StoreError(f"the store at {self._address} sent {at} bytes of object {object_id.hex()}; expected {size}")
        return Lease(object_id, codec, metadata, memoryview(data).toreadonly())

    def put(
        self, parts: Sequence[Any], size: int, codec: str, object_id: bytes, seconds: float, metadata: Mapping[str, str] | None
    ) -> Stored:
        if size > self._max_object:
            raise ObjectTooLargeError(f"the object has {size} bytes; the store at {self._address} takes {self._max_object}")
        header = store_pb2.PutHeader(owner=self._owner, codec=codec, size=size, metadata=metadata, time_to_live=int(seconds * 1000 + 0.999))
        if any(object_id):
            header.id = object_id
        answer = self._call(self._stub.Put, self._chunks(header, parts))
        return Stored(answer.id, answer.source, answer.size, answer.existed)

    def present(self, ids: list[bytes], needed: int, wait: float) -> set[bytes]:
        until = time.monotonic() + wait
        found: set[bytes] = set()
        while True:
            absent = [one for one in ids if one not in found]
            remaining = max(0.0, until - time.monotonic())
            # The service waits for one or for all; for some it is asked for one more, again and again.
            every = needed == len(ids)
            milliseconds = 0 if len(found) >= needed else min(int(remaining * 1000 + 0.999), MAX_WAIT_MILLISECONDS)
            request = store_pb2.WaitRequest(ids=absent, all=every, timeout=milliseconds)
            found |= set(self._call(self._stub.Wait, request, deadline=milliseconds / 1000 + self._deadline).ids)
            if len(found) >= needed or remaining <= 0:
                return found

    def release(self, ids: list[bytes]) -> None:
        self._call(self._stub.Release, store_pb2.ReleaseRequest(ids=ids, owner=self._owner))

    def close(self) -> None:
        self._channel.close()

    def _chunks(self, header: store_pb2.PutHeader, parts: Sequence[Any]) -> Iterator[store_pb2.PutRequest]:
        yield store_pb2.PutRequest(header=header)
        for part in parts:
            view = flat(part)
            for at in range(0, view.nbytes, self._chunk):
                yield store_pb2.PutRequest(chunk=bytes(view[at : at + self._chunk]))

    def _call(self, method: Callable[..., Any], request: Any, object_id: bytes | None = None, deadline: float | None = None) -> Any:
        try:
            return method(request, timeout=deadline or self._deadline, wait_for_ready=True)
        except grpc.RpcError as error:
            raise self._failed(error, object_id) from error

    def _failed(self, error: grpc.RpcError, object_id: bytes | None) -> StoreError:
        code = getattr(error, "code", lambda: None)()
        name = code.name if code else "failed"
        kind = OF_STATUS.get(name, StoreError)
        return kind(f"store at {self._address}:{of_object(object_id)} {name}: {getattr(error, 'details', lambda: error)()}")
