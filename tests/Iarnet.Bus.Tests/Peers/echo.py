# A libzmq peer that sends back what it receives: echo.py ROUTER|DEALER bind|connect ENDPOINT [IDENTITY]
import sys
import zmq

kind, how, endpoint = sys.argv[1:4]
socket = zmq.Context().socket(getattr(zmq, kind))
socket.linger = 0
socket.sndhwm = socket.rcvhwm = 100_000
socket.reconnect_ivl = 20
if len(sys.argv) > 4:
    socket.identity = sys.argv[4].encode()
if how == "bind":
    socket.bind(endpoint)
    print(socket.getsockopt_string(zmq.LAST_ENDPOINT), flush=True)
else:
    socket.connect(endpoint)
    print(endpoint, flush=True)
    socket.send(b"hello")
while True:
    socket.send_multipart(socket.recv_multipart(copy=False), copy=False)
