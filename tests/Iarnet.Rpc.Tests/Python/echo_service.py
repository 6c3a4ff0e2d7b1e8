"""The server of the interoperability tests: grpcio behind the same contract as EchoService.cs.

Usage: echo_service.py FOLDER_OF_STUBS ADDRESS. Prints "ready PORT", and "cancelled" for each call that was cancelled while it waited.
Ends when standard input does.
"""
import sys
import threading
from concurrent import futures

import grpc

sys.path.insert(0, sys.argv[1])
import echo_pb2
import echo_pb2_grpc

CODES = {code.value[0]: code for code in grpc.StatusCode}


saying = threading.Lock()


def say(text):
    # print() writes the text and the end of the line one after the other, and handlers run on many threads.
    with saying:
        print(text, flush=True)


def mirror(context):
    pairs = [(k, v) for k, v in context.invocation_metadata() if k.startswith("x-")]
    context.send_initial_metadata(pairs)
    context.set_trailing_metadata([("trailer-" + k, v) for k, v in pairs])


def act(request, context):
    if request.mirror:
        mirror(context)
    if request.status:
        context.abort(CODES[request.status], request.text)
    if request.fault:
        raise ValueError("secret")
    if request.wait:
        done = threading.Event()
        if context.add_callback(done.set):
            done.wait(30)
        say("cancelled")


def has_deadline(context):
    # A call without one shows a time of centuries, or nothing.
    return (context.time_remaining() or 1e9) < 1e6


def reply(request, context, count):
    payload = bytes(request.reply_bytes) if request.reply_bytes else request.payload
    return echo_pb2.EchoReply(text=request.text, payload=payload, count=count, deadline=has_deadline(context))


class Echo(echo_pb2_grpc.EchoServicer):
    def Unary(self, request, context):
        act(request, context)
        return reply(request, context, 1)

    def Collect(self, requests, context):
        last, texts = echo_pb2.EchoRequest(), []
        for last in requests:
            act(last, context)
            texts.append(last.text)
        last.text = ",".join(texts)
        return reply(last, context, len(texts))

    def Expand(self, request, context):
        if request.mirror:
            mirror(context)
            request.mirror = False
        for i in range(request.count):
            yield reply(request, context, i)
        act(request, context)

    def Chat(self, requests, context):
        for i, request in enumerate(requests):
            act(request, context)
            yield reply(request, context, i)


server = grpc.server(
    futures.ThreadPoolExecutor(32),
    options=[("grpc.max_receive_message_length", 4 << 20), ("grpc.max_send_message_length", -1)],
)
echo_pb2_grpc.add_EchoServicer_to_server(Echo(), server)
if len(sys.argv) > 3:
    with open(sys.argv[3], "rb") as key, open(sys.argv[4], "rb") as chain:
        port = server.add_secure_port(sys.argv[2], grpc.ssl_server_credentials([(key.read(), chain.read())]))
else:
    port = server.add_insecure_port(sys.argv[2])
server.start()
say(f"ready {port}")
sys.stdin.read()
server.stop(0)
