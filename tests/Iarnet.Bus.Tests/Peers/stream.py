# A libzmq DEALER that sends 0, 1, 2, ... for ever, 8 bytes each: stream.py ENDPOINT IDENTITY
import itertools
import sys
import zmq

socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 0
socket.identity = sys.argv[2].encode()
socket.sndhwm = 1000
socket.reconnect_ivl = 20
socket.heartbeat_ivl = 100
socket.heartbeat_timeout = 600
socket.connect(sys.argv[1])
print("sending", flush=True)
for number in itertools.count():
    socket.send(number.to_bytes(8, "little"))
