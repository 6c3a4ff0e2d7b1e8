# A libzmq DEALER with heartbeats of its own: heartbeat.py ENDPOINT
import signal
import sys
import zmq
from zmq.utils.monitor import recv_monitor_message

socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 0
socket.heartbeat_ivl = 50
socket.heartbeat_timeout = 400
socket.heartbeat_ttl = 400
monitor = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
socket.connect(sys.argv[1])
print("started", flush=True)
socket.send(b"hello")
if monitor.poll(1500):
    print("lost:", recv_monitor_message(monitor), flush=True)
else:
    print("still connected", flush=True)
signal.pause()
