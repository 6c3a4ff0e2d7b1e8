"""Client of the node's object store: shared memory when the store is on this host, chunks over gRPC otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import grpc

from iarnet_worker import segments
from iarnet_worker.errors import NotSharedError, StoreError
from iarnet_worker.wire import store_pb2
from iarnet_worker.wire.store_pb2_grpc import ObjectStoreStub

T = TypeVar("T")

#: Seconds for one exchange with the store; a transfer in chunks has so long for all of them.
DEADLINE = 30.0
#: Seconds for the first exchange, which also connects: the store of a node runs before its components do.
HELLO_DEADLINE = 5.0
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
DEFAULT_CHUNK_BYTES = 1024 * 1024
#: Used where the store states no limit of its own.
MAX_OBJECT_BYTES = 16 * 1024 * 1024 * 1024


class StoreClient:
    """Reads and writes objects. Thread-safe. The constructor speaks with the store and raises StoreError when it cannot."""

    def __init__(self, address: str, owner: str, deadline: float = DEADLINE) -> None:
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
            hello = self._call(self._stub.Hello, store_pb2.HelloRequest(owner=owner), deadline=min(deadline, HELLO_DEADLINE))
        except BaseException:
            self._channel.close()
            raise
        self.source: str = hello.source
        self.shared = segments.is_same_host(hello.segment_folder, hello.probe)
        self._folder: str = hello.segment_folder
        self._shared_minimum: int = hello.shared_minimum
        self._max_object: int = hello.max_object_bytes or MAX_OBJECT_BYTES
        self._chunk: int = min(hello.max_chunk_bytes or DEFAULT_CHUNK_BYTES, MAX_MESSAGE_BYTES // 2)

    def get(self, object_id: bytes, read: Callable[[str, Any], T]) -> T:
        """Gives what ``read(codec, bytes-like)`` makes of an object. The bytes are valid only while it runs."""
        if self.shared:
            try:
                lease = self._call(self._stub.Lease, store_pb2.LeaseRequest(owner=self._owner, id=object_id), object_id)
            except NotSharedError:
                # Too large to come with the answer, and not in shared memory.
                return self._get_chunks(object_id, read)
            return self._get_shared(lease, read)
        return self._get_chunks(object_id, read)

    def put(self, data: bytes, codec: str) -> store_pb2.PutResponse:
        """Puts an object that the component owns until the engine adopts it."""
        if len(data) > self._max_object:
            raise StoreError(f"the value has {len(data)} bytes encoded; the store at {self._address} takes {self._max_object}")
        if self.shared and len(data) >= max(1, self._shared_minimum):
            try:
                request = store_pb2.CreateRequest(owner=self._owner, codec=codec, size=len(data))
                created = self._call(self._stub.Create, request)
            except NotSharedError:
                return self._call(self._stub.Put, self._chunks(data, codec))
            return self._put_shared(created, data)
        return self._call(self._stub.Put, self._chunks(data, codec))

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def _get_shared(self, lease: store_pb2.LeaseResponse, read: Callable[[str, Any], T]) -> T:
        try:
            if not lease.HasField("location"):
                return read(lease.codec, lease.inline)
            with segments.mapped(self._folder, lease.location) as view:
                return read(lease.codec, view)
        finally:
            if lease.lease:
                self._call(self._stub.Unlease, store_pb2.UnleaseRequest(owner=self._owner, leases=[lease.lease]))

    def _get_chunks(self, object_id: bytes, read: Callable[[str, Any], T]) -> T:
        codec: str | None = None
        size = 0
        data = bytearray()
        try:
            for part in self._stub.Get(store_pb2.GetRequest(id=object_id), timeout=self._deadline, wait_for_ready=True):
                if codec is not None:
                    data += part.chunk
                elif part.HasField("header"):
                    codec, size = part.header.codec, part.header.size
                    if size > self._max_object:
                        raise StoreError(f"object {object_id.hex()} has {size} bytes; at most {self._max_object} are taken")
                else:
                    raise StoreError(f"the store at {self._address} sent a chunk of object {object_id.hex()} before its header")
                if len(data) > size:
                    break
        except grpc.RpcError as error:
            raise self._failed(error, object_id) from error
        if codec is None or len(data) != size:
            raise StoreError(f"the store at {self._address} sent {len(data)} bytes of object {object_id.hex()}; expected {size}")
        return read(codec, data)

    def _put_shared(self, created: store_pb2.CreateResponse, data: bytes) -> store_pb2.PutResponse:
        try:
            segments.write(self._folder, created.location, data)
            return self._call(self._stub.Seal, store_pb2.SealRequest(owner=self._owner, id=created.id, size=len(data)))
        except BaseException:
            try:
                self._call(self._stub.Abort, store_pb2.AbortRequest(owner=self._owner, id=created.id))
            except StoreError:
                # The first error is the one to tell; the store reclaims the rest with its owner.
                pass
            raise

    def _chunks(self, data: bytes, codec: str) -> Iterator[store_pb2.PutRequest]:
        yield store_pb2.PutRequest(header=store_pb2.PutHeader(owner=self._owner, codec=codec, size=len(data)))
        for at in range(0, len(data), self._chunk):
            yield store_pb2.PutRequest(chunk=data[at : at + self._chunk])

    def _call(self, method: Any, request: Any, object_id: bytes | None = None, deadline: float | None = None) -> Any:
        try:
            return method(request, timeout=deadline or self._deadline, wait_for_ready=True)
        except grpc.RpcError as error:
            raise self._failed(error, object_id) from error

    def _failed(self, error: grpc.RpcError, object_id: bytes | None) -> StoreError:
        code = getattr(error, "code", lambda: None)()
        what = f" object {object_id.hex()}" if object_id is not None else ""
        kind = NotSharedError if code is grpc.StatusCode.FAILED_PRECONDITION else StoreError
        return kind(
            f"store at {self._address}:{what} {code.name if code else 'failed'}: {getattr(error, 'details', lambda: error)()}"
        )
