"""The client of the interoperability tests: grpcio against EchoService.cs.

Usage: echo_client.py FOLDER_OF_STUBS ADDRESS SCENARIO [ROOT_CERTIFICATE]. Exits 0 when the scenario holds.
"""
import sys
import threading
import time
from concurrent import futures

import grpc

sys.path.insert(0, sys.argv[1])
import echo_pb2
import echo_pb2_grpc

Request = echo_pb2.EchoRequest
TIMEOUT = 20
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def fails(code, call, text=None):
    try:
        result = call()
        if hasattr(result, "__iter__"):
            list(result)
    except grpc.RpcError as error:
        assert error.code() == code, f"expected {code}, got {error.code()}: {error.details()}"
        if text is not None:
            assert error.details() == text, f"expected {text!r}, got {error.details()!r}"
        return error
    raise AssertionError(f"expected {code}, but the call went well")


def unary(stub):
    answer = stub.Unary(Request(text="grüß dich", payload=b"\0\1\2"), timeout=TIMEOUT)
    assert (answer.text, answer.payload, answer.deadline) == ("grüß dich", b"\0\1\2", True), answer
    assert stub.Unary(Request()) == echo_pb2.EchoReply(count=1)


def unary_large(stub):
    payload = bytes(range(256)) * (12 << 10)
    assert stub.Unary(Request(payload=payload), timeout=TIMEOUT).payload == payload


def unary_many(stub):
    with futures.ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda i: stub.Unary(Request(text=str(i)), timeout=TIMEOUT).text, range(500))
    assert list(answers) == [str(i) for i in range(500)]


def client_stream(stub):
    answer = stub.Collect((Request(text=str(i)) for i in range(100)), timeout=TIMEOUT)
    assert (answer.count, answer.text) == (100, ",".join(map(str, range(100)))), answer
    assert stub.Collect(iter(()), timeout=TIMEOUT).count == 0


def server_stream(stub):
    assert [r.count for r in stub.Expand(Request(count=1000), timeout=TIMEOUT)] == list(range(1000))
    assert list(stub.Expand(Request(), timeout=TIMEOUT)) == []


def server_stream_large(stub):
    assert [len(r.payload) for r in stub.Expand(Request(count=32, reply_bytes=1 << 20), timeout=TIMEOUT)] == [1 << 20] * 32


def duplex(stub):
    received = threading.Semaphore(1)

    def requests():
        for i in range(50):
            assert received.acquire(timeout=TIMEOUT)
            yield Request(text=str(i))

    answers = []
    for answer in stub.Chat(requests(), timeout=TIMEOUT):
        answers.append(answer.text)
        received.release()
    assert answers == [str(i) for i in range(50)]


def status_text(stub):
    text = "nicht da: größe 100 %\n零"
    fails(grpc.StatusCode.NOT_FOUND, lambda: stub.Unary(Request(status=5, text=text), timeout=TIMEOUT), text)
    fails(grpc.StatusCode.NOT_FOUND, lambda: stub.Collect(iter([Request(status=5, text=text)]), timeout=TIMEOUT), text)
    fails(grpc.StatusCode.NOT_FOUND, lambda: stub.Expand(Request(status=5, text=text), timeout=TIMEOUT), text)
    fails(grpc.StatusCode.NOT_FOUND, lambda: stub.Chat(iter([Request(status=5, text=text)]), timeout=TIMEOUT), text)
    for code in list(grpc.StatusCode)[1:]:
        fails(code, lambda: stub.Unary(Request(status=code.value[0], text=code.name), timeout=TIMEOUT), code.name)


def status_after_messages(stub):
    seen = []

    def run():
        for answer in stub.Expand(Request(count=3, status=9, text="später"), timeout=TIMEOUT):
            seen.append(answer.count)

    fails(grpc.StatusCode.FAILED_PRECONDITION, run, "später")
    assert seen == [0, 1, 2]


def server_ends_first(stub):
    go_on = threading.Event()

    def requests():
        yield Request(status=10, text="genug")
        go_on.wait(TIMEOUT)

    error = fails(grpc.StatusCode.ABORTED, lambda: stub.Collect(requests(), timeout=TIMEOUT), "genug")
    error = fails(grpc.StatusCode.ABORTED, lambda: stub.Chat(requests(), timeout=TIMEOUT), "genug")
    go_on.set()


def handler_fault(stub):
    text = "Exception was thrown by handler."
    fails(grpc.StatusCode.UNKNOWN, lambda: stub.Unary(Request(fault=True), timeout=TIMEOUT), text)
    fails(grpc.StatusCode.UNKNOWN, lambda: stub.Expand(Request(fault=True, count=2), timeout=TIMEOUT), text)


def deadline(stub):
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: stub.Unary(Request(wait=True), timeout=0.3))
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: stub.Expand(Request(wait=True, count=2), timeout=0.3))
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: stub.Collect(iter([Request(wait=True)]), timeout=0.3))
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: stub.Chat(iter([Request(wait=True)]), timeout=0.3))


def cancel(stub):
    call = stub.Expand(Request(wait=True, count=1), timeout=TIMEOUT)
    assert next(call).count == 0
    call.cancel()
    fails(grpc.StatusCode.CANCELLED, lambda: call)


def metadata(stub):
    sent = [("x-text", "some text"), ("x-bytes-bin", bytes(range(256)))]
    answer, call = stub.Unary.with_call(Request(mirror=True), metadata=sent, timeout=TIMEOUT)
    check_metadata(call, sent)
    call = stub.Expand(Request(mirror=True), metadata=sent, timeout=TIMEOUT)
    list(call)
    check_metadata(call, sent)
    call = stub.Chat(iter([Request(mirror=True)]), metadata=sent, timeout=TIMEOUT)
    assert len(list(call)) == 1
    check_metadata(call, sent)
    error = fails(grpc.StatusCode.ABORTED, lambda: stub.Unary(Request(mirror=True, status=10), metadata=sent, timeout=TIMEOUT))
    check_metadata(error, sent)


def check_metadata(call, sent):
    headers, trailers = dict(call.initial_metadata()), dict(call.trailing_metadata())
    for key, value in sent:
        assert headers.get(key) == value, headers
        assert trailers.get("trailer-" + key) == value, trailers


def oversize(stub):
    big = bytes((4 << 20) + 1)
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: stub.Unary(Request(payload=big), timeout=TIMEOUT))
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: stub.Collect(iter([Request(payload=big)]), timeout=TIMEOUT))
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: stub.Unary(Request(reply_bytes=(8 << 20) + 1), timeout=TIMEOUT))
    assert len(stub.Unary(Request(reply_bytes=6 << 20), timeout=TIMEOUT).payload) == 6 << 20


def unknown_method(stub):
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.Nowhere(Request(), timeout=TIMEOUT))


def compressed(stub):
    error = fails(
        grpc.StatusCode.UNIMPLEMENTED,
        lambda: stub.Unary(Request(text="a" * 1000), compression=grpc.Compression.Gzip, timeout=TIMEOUT))
    assert "gzip" in error.details(), error.details()


if len(sys.argv) > 4:
    with open(sys.argv[4], "rb") as root:
        channel = grpc.secure_channel(sys.argv[2], grpc.ssl_channel_credentials(root.read()), options=UNLIMITED)
else:
    channel = grpc.insecure_channel(sys.argv[2], options=UNLIMITED)
with channel:
    globals()[sys.argv[3]](echo_pb2_grpc.EchoStub(channel))
