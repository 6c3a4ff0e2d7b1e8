"""The modules that the worker needs, and how to get each."""

from __future__ import annotations

import importlib.util

#: Module, Debian's package, pip's package.
MODULES = (
    ("zmq", "python3-zmq", "pyzmq"),
    ("grpc", "python3-grpcio", "grpcio"),
    ("google.protobuf", "python3-protobuf", "protobuf"),
    ("cloudpickle", "python3-cloudpickle", "cloudpickle"),
)


def missing() -> list[str]:
    """One line for each module that cannot be imported."""
    return [
        f"missing module {module}: apt-get install {debian} (or pip install {pip})"
        for module, debian, pip in MODULES
        if not _found(module)
    ]


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        # The parent package ("google") is what is missing.
        return False
