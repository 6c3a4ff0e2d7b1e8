# Sockets of libzmq, one a pair of arguments, which neither send nor receive: kinds.py bind|connect KIND ENDPOINT [KIND ENDPOINT]...
# It prints their endpoints. Those that connect do so once.
import signal
import sys
import zmq

how, *rest = sys.argv[1:]
context = zmq.Context()
sockets = []
for kind, endpoint in zip(rest[::2], rest[1::2]):
    socket = context.socket(getattr(zmq, kind))
    socket.linger = 0
    socket.reconnect_ivl = -1
    getattr(socket, how)(endpoint)
    sockets.append(socket)
    print(socket.getsockopt_string(zmq.LAST_ENDPOINT), flush=True)
signal.pause()
