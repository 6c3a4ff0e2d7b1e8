"""The state of the conversation, without a socket."""

from __future__ import annotations

import unittest

from iarnet_worker import link as module
from iarnet_worker.link import GapError, Link, ProtocolError
from iarnet_worker.wire import bus_pb2


def parse(data: bytes) -> bus_pb2.Envelope:
    return bus_pb2.Envelope.FromString(data)


def welcome(received: int, node: str = "n") -> bus_pb2.Welcome:
    return bus_pb2.Welcome(node_id=node, received=received)


class LinkTests(unittest.TestCase):
    def test_messages_count_from_one_and_carry_what_was_received(self):
        link = Link("c")
        link.accept(1)
        envelopes = [parse(link.message(b"a")), parse(link.message(b"b"))]
        self.assertEqual([1, 2], [e.messages[0].sequence for e in envelopes])
        self.assertEqual([1, 1], [e.acknowledged for e in envelopes])
        self.assertFalse(link.owes_acknowledgement)

    def test_only_what_the_engine_lacks_is_sent_again(self):
        link = Link("c")
        for payload in (b"1", b"2", b"3"):
            link.message(payload)
        link.acknowledged(1)
        again = [m for e in link.welcome(welcome(2)) for m in parse(e).messages]
        self.assertEqual([(3, b"3")], [(m.sequence, m.payload) for m in again])

    def test_what_is_sent_again_is_cut_into_envelopes_of_bounded_size(self):
        link = Link("c")
        for _ in range(5):
            link.message(b"x" * (module.MAX_ENVELOPE_BYTES // 2 - 100))
        sizes = [len(parse(e).messages) for e in link.welcome(welcome(0))]
        self.assertEqual([2, 2, 1], sizes)

    def test_a_message_seen_before_is_dropped_and_acknowledged_once_more(self):
        link = Link("c")
        self.assertTrue(link.accept(1))
        link.acknowledgement()
        self.assertFalse(link.accept(1))
        self.assertTrue(link.owes_acknowledgement)
        self.assertEqual(1, parse(link.acknowledgement()).acknowledged)

    def test_a_gap_is_an_error(self):
        with self.assertRaisesRegex(GapError, "message 3 came after message 0"):
            Link("c").accept(3)

    def test_the_room_ends_and_returns_with_acknowledgements(self):
        link = Link("c")
        for _ in range(module.MAX_UNACKNOWLEDGED):
            self.assertTrue(link.has_room)
            link.message(b"")
        self.assertFalse(link.has_room)
        link.acknowledged(1)
        self.assertTrue(link.has_room)

    def test_the_room_is_bounded_in_bytes_too(self):
        link = Link("c")
        link.message(bytes(module.MAX_UNACKNOWLEDGED_BYTES))
        self.assertFalse(link.has_room)
        link.acknowledged(1)
        self.assertTrue(link.has_room)

    def test_an_engine_that_knows_more_or_less_than_it_can_is_refused(self):
        link = Link("c")
        link.message(b"")
        for wrong in (lambda: link.acknowledged(2), lambda: link.welcome(welcome(2))):
            self.assertRaises(ProtocolError, wrong)
        link.acknowledged(1)
        self.assertRaisesRegex(ProtocolError, "forgotten", link.welcome, welcome(0))

    def test_another_node_at_the_same_endpoint_is_refused(self):
        link = Link("c")
        list(link.welcome(welcome(0, "a")))
        self.assertRaisesRegex(ProtocolError, "'a' was replaced by node 'b'", link.welcome, welcome(0, "b"))

    def test_each_start_is_another_incarnation(self):
        self.assertNotEqual(parse(Link("c").ready()).ready.incarnation, parse(Link("c").ready()).ready.incarnation)


if __name__ == "__main__":
    unittest.main()
