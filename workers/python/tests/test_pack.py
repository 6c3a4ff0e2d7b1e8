"""Packing functions of files, as the .NET side asks for it: by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import textwrap
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = "import sys, json, base64, pickle; print(json.dumps(pickle.loads(base64.b64decode(sys.argv[1]))(*json.loads(sys.argv[2]))))"


class PackTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.folder, name)
        Path(path).write_text(textwrap.dedent(text))
        return path

    def pack(self, *arguments: str, cwd: str | None = None, code: int = 0) -> dict:
        environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["/usr/bin/python3", "-m", "iarnet_worker.pack", *arguments], capture_output=True, timeout=60, env=environment, cwd=cwd
        )
        self.assertEqual(code, done.returncode, done.stderr.decode())
        lines = done.stdout.decode().splitlines()
        self.assertEqual(1, len(lines), lines)
        answer = json.loads(lines[0])
        self.assertEqual(code == 0, answer["ok"])
        return answer

    def run_packed(self, answer: dict, *arguments: object):
        """Runs the pickle in another process, which sees neither the file nor its folder."""
        done = subprocess.run(
            ["/usr/bin/python3", "-c", RUN, answer["pickle"], json.dumps(arguments)], capture_output=True, timeout=60, cwd="/"
        )
        self.assertEqual(0, done.returncode, done.stderr.decode())
        return json.loads(done.stdout)

    def test_a_function_travels_with_the_helpers_constants_and_imports_of_its_file(self):
        path = self.write("area.py", """
            import math
            from math import floor
            FACTOR = 3
            class Shape:
                def __init__(self, side): self.side = side
                def area(self): return self.side ** 2
            def helper(x): return floor(x) * FACTOR
            def area(r, unit="m"): return [helper(r), Shape(2).area(), math.ceil(r), unit]
            """)
        answer = self.pack(path, "area")
        self.assertEqual(["r", "unit"], answer["parameters"])
        self.assertEqual([6, 4, 3, "m"], self.run_packed(answer, 2.5))

    def test_modules_of_the_files_own_folder_travel_too(self):
        self.write("helpers.py", "def twice(x): return 2 * x\n")
        path = self.write("main_file.py", "import helpers\ndef f(x): return helpers.twice(x)\n")
        self.assertEqual(8, self.run_packed(self.pack(path, "f"), 4))
        self.assertEqual(8, self.run_packed(self.pack("main_file.py", "f", cwd=self.folder), 4))

    def test_a_file_may_have_the_name_of_a_module_and_may_print(self):
        path = self.write("json.py", "import os\nprint('noise')\nos.system('echo more noise')\ndef f(): return 1\n")
        self.assertEqual(1, self.run_packed(self.pack(path, "f")))

    def test_async_functions_can_be_packed_and_generators_cannot(self):
        path = self.write("kinds.py", "async def later(x): return x\ndef many(): yield 1\n")
        self.assertEqual(["x"], self.pack(path, "later")["parameters"])
        self.assertIn("streams are not supported yet", self.pack(path, "many", code=1)["message"])

    def test_a_missing_file_is_named(self):
        answer = self.pack("/no/such/file.py", "f", code=1)
        self.assertEqual(("FileNotFoundError", "there is no file /no/such/file.py"), (answer["type"], answer["message"]))

    def test_a_missing_function_is_named_beside_those_that_are_there(self):
        path = self.write("a.py", "from math import sin\nX = 1\ndef first(): pass\ndef second(): pass\n")
        answer = self.pack(path, "third", code=1)
        self.assertEqual("FunctionNotFoundError", answer["type"])
        self.assertIn("has no function 'third'; its functions are: first, second", answer["message"])
        self.assertIn("'X', which is a int and not a function", self.pack(path, "X", code=1)["message"])

    def test_a_syntax_error_says_where(self):
        path = self.write("bad.py", "x = 1\ndef f(:\n")
        answer = self.pack(path, "f", code=1)
        self.assertEqual("SyntaxError", answer["type"])
        self.assertIn(f"{path}:2: ", answer["message"])

    def test_a_missing_module_is_named(self):
        answer = self.pack(self.write("a.py", "import no_such_module_here\ndef f(): pass\n"), "f", code=1)
        self.assertEqual("ModuleNotFoundError", answer["type"])
        self.assertIn("imports 'no_such_module_here', which is not importable by /usr/bin/python3", answer["message"])

    def test_a_file_that_fails_or_exits_while_it_is_loaded_says_so(self):
        self.assertIn("ValueError: no", self.pack(self.write("a.py", "raise ValueError('no')\n"), "f", code=1)["message"])
        self.assertIn("SystemExit", self.pack(self.write("b.py", "import sys; sys.exit(0)\n"), "f", code=1)["message"])

    def test_a_function_that_closes_over_what_cannot_travel_says_what(self):
        path = self.write("a.py", "import threading\nLOCK = threading.Lock()\ndef f():\n    with LOCK: pass\n")
        self.assertIn("cannot pickle '_thread.lock' object", self.pack(path, "f", code=1)["message"])

    def test_a_parameter_that_can_only_be_given_by_keyword_is_refused(self):
        path = self.write("a.py", "def f(a, *, b): pass\ndef g(a, *rest, c=1, **more): pass\n")
        self.assertIn("needs b by keyword", self.pack(path, "f", code=1)["message"])
        self.assertEqual(["a"], self.pack(path, "g")["parameters"])

    def test_a_decorated_function_keeps_its_parameters(self):
        path = self.write("a.py", """
            import functools
            def louder(f):
                @functools.wraps(f)
                def inner(*args): return f(*args) + "!"
                return inner
            @louder
            def hello(name): return "hello " + name
            """)
        answer = self.pack(path, "hello")
        self.assertEqual(["name"], answer["parameters"])
        self.assertEqual("hello you!", self.run_packed(answer, "you"))


if __name__ == "__main__":
    unittest.main()
