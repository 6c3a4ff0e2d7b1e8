"""Requirements in pip's notation against what is installed."""

from __future__ import annotations

import importlib.metadata
import unittest
from unittest import mock

from iarnet_worker import requirements
from iarnet_worker.errors import RequirementError


def holds(requirement: str, version: str = "2.10.1") -> bool:
    with mock.patch.object(importlib.metadata, "version", lambda _: version):
        try:
            requirements.check([requirement])
            return True
        except RequirementError:
            return False


class RequirementsTests(unittest.TestCase):
    def test_comparisons_hold_as_pip_has_them(self):
        for text in ("x", "x>=2.9", "x >= 2.9, <3", "x==2.10.1", "x==2.10.*", "x!=2.1.*", "x~=2.9", "x~=2.10.0", "x>2.9.9", "x<=2.10.1",
                     "x[extra]>=1", "x (>=2)", "x===2.10.1", "x!=2.10"):  # fmt: skip
            self.assertTrue(holds(text), text)
        for text in ("x>=2.11", "x<2.10", "x==2.1", "x==2.1.*", "x~=2.9.0", "x~=3.0", "x!=2.10.1", "x>2.10.1", "x===2.10", "x>=3,<4"):
            self.assertFalse(holds(text), text)

    def test_numbers_are_compared_and_not_their_texts(self):
        self.assertTrue(holds("x>=1.9", "1.10"))
        self.assertTrue(holds("x==1.0", "1"))

    def test_what_cannot_be_read_is_refused(self):
        for text in ("", "x>=", "x=1", "x 1", "git+https://host/x", "x; python_version>'3'"):
            with self.assertRaisesRegex(RequirementError, "cannot be read"):
                requirements.check([text])

    def test_every_problem_is_named(self):
        with self.assertRaises(RequirementError) as caught:
            requirements.check(["no-such-a", "json", "no_such_b>=1", "cloudpickle>=999"])
        text = str(caught.exception)
        self.assertIn("'no-such-a' is required and not importable", text)
        self.assertIn("apt-get install python3-no-such-b", text)
        self.assertIn("'cloudpickle>=999' is required and", text)
        self.assertNotIn("json", text)


if __name__ == "__main__":
    unittest.main()
