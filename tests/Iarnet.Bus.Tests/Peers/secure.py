# A libzmq peer that proves who it is, or asks for proof, and sends back what it receives:
#   secure.py bind|connect ENDPOINT plain-client USER PASSWORD
#   secure.py bind|connect ENDPOINT plain-server USER PASSWORD                  lets in that user only
#   secure.py bind|connect ENDPOINT curve-client PUBLIC SECRET SERVER
#   secure.py bind|connect ENDPOINT curve-server PUBLIC SECRET any|nobody
# What binds is a ROUTER, what connects is a DEALER. It prints its endpoint, then how handshakes ended.
import sys
import threading
import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

how, endpoint, role, *rest = sys.argv[1:]
context = zmq.Context()
socket = context.socket(zmq.ROUTER if how == "bind" else zmq.DEALER)
socket.linger = 0
socket.reconnect_ivl = 20
socket.heartbeat_ivl = 100
socket.heartbeat_timeout = 4000
if role.endswith("server"):
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
if role == "plain-client":
    socket.plain_username, socket.plain_password = (text.encode() for text in rest)
elif role == "plain-server":
    authenticator.configure_plain(domain="*", passwords={rest[0]: rest[1]})
    socket.plain_server = True
else:
    socket.curve_publickey, socket.curve_secretkey = (text.encode() for text in rest[:2])
    if role == "curve-client":
        socket.curve_serverkey = rest[2].encode()
    else:
        if rest[2] == "any":
            authenticator.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)
        else:
            authenticator.configure_curve_callback(domain="*", credentials_provider=type("Nobody", (), {"callback": lambda self, domain, key: False})())
        socket.curve_server = True

events = socket.get_monitor_socket(
    zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
)


def watch():
    names = {
        zmq.EVENT_HANDSHAKE_SUCCEEDED: "shaken",
        zmq.EVENT_HANDSHAKE_FAILED_AUTH: "refused",
        zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "protocol",
        zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "closed",
    }
    while True:
        event = recv_monitor_message(events)
        print(names[int(event["event"])], int(event["value"]), flush=True)


if how == "bind":
    socket.bind(endpoint)
    print(socket.getsockopt_string(zmq.LAST_ENDPOINT), flush=True)
else:
    socket.identity = b"py"
    socket.connect(endpoint)
    print(endpoint, flush=True)
threading.Thread(target=watch, daemon=True).start()
while True:
    socket.send_multipart(socket.recv_multipart(copy=False), copy=False)
