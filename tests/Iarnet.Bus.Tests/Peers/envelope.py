# Prints an envelope that is given in hexadecimal digits, and one of its own: envelope.py PROTO_FOLDER HEX
import sys

sys.path.insert(0, sys.argv[1])
from iarnet.bus.v1 import bus_pb2 as bus

e = bus.Envelope.FromString(bytes.fromhex(sys.argv[2]))
m = e.messages[0]
sys.stdout.reconfigure(encoding="utf-8")
print(e.version, e.acknowledged, m.sequence, m.kind, m.correlation, m.priority, m.traceparent, m.payload.hex())
mine = bus.Envelope(
    version=1,
    ready=bus.Ready(component_id="py-1", incarnation=0xFEDCBA9876543210),
    messages=[bus.Message(sequence=42, kind=bus.MESSAGE_KIND_FAULT, payload=b"why")],
)
print(mine.SerializeToString().hex())
