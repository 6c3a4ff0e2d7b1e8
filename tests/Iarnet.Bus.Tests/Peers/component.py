# A component in Python: component.py PROTO_FOLDER ENDPOINT COMPONENT_ID. It answers requests with their payload reversed.
import os, random, sys, zmq
sys.path.insert(0, sys.argv[1])  # where protoc put the contract: protoc --python_out=PROTO_FOLDER iarnet/bus/v1/bus.proto
from iarnet.bus.v1 import bus_pb2 as bus

name, incarnation = sys.argv[3], random.getrandbits(64)
socket = zmq.Context().socket(zmq.DEALER)
socket.identity = name.encode()
socket.connect(sys.argv[2])
received, sent = 0, []  # the highest sequence number that came; our messages that the engine has not acknowledged

def say(**fields):
    socket.send(bus.Envelope(version=1, acknowledged=received, **fields).SerializeToString())

def say_ready():
    say(ready=bus.Ready(component_id=name, language="python", process_id=os.getpid(), received=received, incarnation=incarnation))

say_ready()
sequence = 0
while True:
    envelope = bus.Envelope.FromString(socket.recv())
    if envelope.HasField("goodbye"):
        sys.exit("goodbye: " + envelope.goodbye.reason)
    if not envelope.HasField("welcome") and not envelope.messages and not envelope.acknowledged:
        say_ready()  # asked for: libzmq connected anew without our knowing
    acknowledged = max(envelope.acknowledged, envelope.welcome.received)
    sent = [message for message in sent if message.sequence > acknowledged]
    if envelope.HasField("welcome"):
        say(messages=sent)  # again, what was lost with an earlier connection
    for message in envelope.messages:
        if message.sequence != received + 1:
            continue  # seen before
        received, sequence = received + 1, sequence + 1
        kind = bus.MESSAGE_KIND_REPLY if message.kind == bus.MESSAGE_KIND_REQUEST else bus.MESSAGE_KIND_ONE_WAY
        sent.append(bus.Message(sequence=sequence, kind=kind, correlation=message.correlation, payload=message.payload[::-1]))
        say(messages=sent[-1:])
