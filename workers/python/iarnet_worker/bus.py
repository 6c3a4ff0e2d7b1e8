"""The component's end of the bus: one thread that owns the socket, speaks the envelope protocol, and feeds the actor."""

from __future__ import annotations

import logging
import signal
import time

import zmq
from google.protobuf.message import DecodeError

from iarnet_worker.actor import Actor
from iarnet_worker.connection import LINGER_MS, Connection
from iarnet_worker.link import VERSION, GapError, Link, ProtocolError
from iarnet_worker.settings import Settings
from iarnet_worker.wake import Wake
from iarnet_worker.wire import bus_pb2

_log = logging.getLogger("iarnet.bus")

#: Messages taken in one round, so that answers leave while a flood comes in.
RECEIVE_BATCH = 64
#: An acknowledgement rides on the next report, or leaves alone after so many seconds.
ACKNOWLEDGE_AFTER = 0.02
#: The engine sends against a bound of its own: a flood is acknowledged while it comes.
ACKNOWLEDGE_EVERY = 32
#: Seconds in which a connection must bring a Welcome.
WELCOME_LIMIT = 10.0
RECONNECT_FIRST = 0.02
RECONNECT_LIMIT = 1.0

EXIT_DONE = 0
EXIT_PROTOCOL = 4
EXIT_UNREACHABLE = 5

_now = time.monotonic


class Bus:
    """Runs until the engine says goodbye, a signal asks for the end, or the engine stays away. Gives the exit code of the process."""

    def __init__(self, settings: Settings, actor: Actor, wake: Wake) -> None:
        self._settings = settings
        self._actor = actor
        self._wake = wake
        self._link = Link(settings.component_id)
        self._context = zmq.Context(io_threads=1)
        self._poller = zmq.Poller()
        self._connection: Connection | None = None
        self._exit: int | None = None
        self._welcomed = False
        self._acknowledge_at: float | None = None
        self._connect_at = 0.0
        self._reconnect_delay = RECONNECT_FIRST
        self._alive_at = _now()
        self._connected_at = 0.0

    def run(self) -> int:
        """The loop."""
        self._poller.register(self._wake.fileno(), zmq.POLLIN)
        try:
            while self._exit is None:
                self._round()
        except ProtocolError as error:
            self._leave(EXIT_PROTOCOL, str(error))
        if self._connection is not None:
            self._connection.close(LINGER_MS)
        self._context.term()
        assert self._exit is not None
        return self._exit

    def _round(self) -> None:
        now = _now()
        if self._connection is None and now >= self._connect_at:
            self._connect(now)
        if self._connection is not None:
            self._connection.poll(self._poller, reading=not (self._actor.full and self._link.has_room))
        events = dict(self._poller.poll(self._wait(now)))
        if self._wake.fileno() in events:
            self._signals(self._wake.take())
        if self._connection is not None:
            if self._connection.monitor in events:
                self._connection.observe()
            try:
                if self._connection.socket in events:
                    self._receive(self._connection)
            except GapError as error:
                self._drop(str(error))
        if self._connection is not None and self._connection.lost:
            self._drop("the connection was lost")
        if self._exit is None:
            self._send()
            self._limits(_now())

    def _receive(self, connection: Connection) -> None:
        for _ in range(RECEIVE_BATCH):
            try:
                frames = connection.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            if len(frames) != 1:
                raise ProtocolError(f"the engine sent a message of {len(frames)} frames; expected 1")
            self._take(connection, frames[0])
            if self._exit is not None:
                return

    def _take(self, connection: Connection, frame: bytes) -> None:
        try:
            envelope = bus_pb2.Envelope.FromString(frame)
        except DecodeError as error:
            raise ProtocolError(f"the engine sent {len(frame)} bytes that are no envelope") from error
        if envelope.version != VERSION:
            raise ProtocolError(f"the engine speaks version {envelope.version} of the bus protocol; this worker speaks {VERSION}")
        if envelope.HasField("welcome"):
            self._welcome(connection, envelope.welcome)
        if envelope.acknowledged:
            self._link.acknowledged(envelope.acknowledged)
        for message in envelope.messages:
            self._message(message)
        if envelope.HasField("goodbye"):
            _log.info("the engine said goodbye: %s", envelope.goodbye.reason)
            self._exit = EXIT_DONE

    def _welcome(self, connection: Connection, welcome: bus_pb2.Welcome) -> None:
        for again in self._link.welcome(welcome):
            connection.socket.send(again)
        self._welcomed = True
        self._alive_at = _now()

    def _message(self, message: bus_pb2.Message) -> None:
        if self._acknowledge_at is None:
            self._acknowledge_at = _now() + ACKNOWLEDGE_AFTER
        if not self._link.accept(message.sequence):
            return
        self._reconnect_delay = RECONNECT_FIRST
        if message.kind == bus_pb2.MESSAGE_KIND_ONE_WAY:
            try:
                self._actor.received(message.payload)
            except DecodeError as error:
                # Calls may be in it: going on would leave them without an answer for ever.
                raise ProtocolError(f"message {message.sequence} holds {len(message.payload)} bytes that are no actor command") from error
        elif message.kind == bus_pb2.MESSAGE_KIND_REQUEST:
            fault = b"requests are not supported by the Python worker"
            self._transmit(self._link.message(fault, bus_pb2.MESSAGE_KIND_FAULT, message.correlation))

    def _send(self) -> None:
        if not self._welcomed:
            return
        while self._link.has_room and (report := self._actor.collect()) is not None:
            self._transmit(self._link.message(report))
        link = self._link
        if not link.owes_acknowledgement:
            self._acknowledge_at = None
        elif link.received - link.told >= ACKNOWLEDGE_EVERY or (self._acknowledge_at is not None and _now() >= self._acknowledge_at):
            self._transmit(link.acknowledgement())
            self._acknowledge_at = None

    def _transmit(self, envelope: bytes) -> None:
        # Before the Welcome a message only becomes one of those that are sent again after it.
        if self._connection is not None and self._welcomed:
            self._connection.socket.send(envelope)

    def _connect(self, now: float) -> None:
        self._connection = Connection(self._context, self._settings.bus, self._settings.component_id)
        self._connection.socket.send(self._link.ready())
        self._welcomed = False
        self._connected_at = now

    def _drop(self, reason: str) -> None:
        connection = self._connection
        if connection is None:
            return
        _log.warning("%s; connecting again in %.2f s", reason, self._reconnect_delay)
        connection.forget(self._poller)
        connection.close(0)
        if self._welcomed:
            self._alive_at = _now()
        self._connection = None
        self._welcomed = False
        self._connect_at = _now() + self._reconnect_delay
        self._reconnect_delay = min(RECONNECT_LIMIT, self._reconnect_delay * 2)

    def _wait(self, now: float) -> int:
        """Milliseconds until something is due."""
        due = now + 1.0
        if self._connection is None:
            due = min(due, self._connect_at)
        if self._welcomed and self._acknowledge_at is not None:
            due = min(due, self._acknowledge_at)
        return max(0, int((due - now) * 1000) + 1) if due > now else 0

    def _limits(self, now: float) -> None:
        if self._welcomed:
            return
        if now - self._alive_at > self._settings.away_limit:
            _log.error("no welcome from the engine at %s for %g s: giving up", self._settings.bus, self._settings.away_limit)
            self._exit = EXIT_UNREACHABLE
        elif self._connection is not None and self._connection.established and now - self._connected_at > WELCOME_LIMIT:
            self._drop(f"the engine at {self._settings.bus} did not answer Ready for {WELCOME_LIMIT:g} s")

    def _signals(self, numbers: bytes) -> None:
        if signal.SIGTERM in numbers or (signal.SIGINT in numbers and not self._settings.lifeline):
            self._send()
            self._leave(EXIT_DONE, f"stopped by {signal.Signals(numbers[0]).name}")

    def _leave(self, code: int, reason: str) -> None:
        (_log.info if code == EXIT_DONE else _log.error)("leaving: %s", reason)
        if self._connection is not None:
            self._connection.socket.send(self._link.goodbye(reason))
        self._exit = code
