"""``python3 -m iarnet_worker.pack FILE FUNCTION``: makes a function of a source file into the pickle that travels.

Writes one line of JSON to standard output: {"ok": true, "pickle": "<base64>", "parameters": ["a", "b"]}, or
{"ok": false, "type": "...", "message": "..."} with exit code 1. What the file prints while it is loaded goes to standard error.

The file, and modules of its own folder that it imports, travel by value; all other modules must be importable in the component.
"""

from __future__ import annotations

import base64
import importlib.machinery
import importlib.util
import inspect
import json
import os
import pickle
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


class PackError(Exception):
    """The function cannot be packed; the text says why and what to do."""


class FunctionNotFoundError(PackError):
    """The file has no such function."""


def pack(path: str, name: str) -> tuple[bytes, list[str]]:
    """The pickle of a function and the names of its parameters."""
    import cloudpickle

    before = set(sys.modules)
    module = _load(path)
    function = _find(module, path, name)
    parameters = _parameters(function, name)
    registered = [module, *_neighbours(module, path, before)]
    for own in registered:
        cloudpickle.register_pickle_by_value(own)
    try:
        return cloudpickle.dumps(function, protocol=pickle.HIGHEST_PROTOCOL), parameters
    except Exception as error:
        raise PackError(
            f"'{name}' of {path} cannot be pickled: {type(error).__name__}: {error}; "
            "make open files, locks and connections inside the function instead of outside"
        ) from error
    finally:
        for own in registered:
            cloudpickle.unregister_pickle_by_value(own)


def _load(path: str) -> ModuleType:
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {path}")
    name = os.path.splitext(os.path.basename(path))[0]
    if _taken(name, path):
        # A file called json.py must not take the place of the module json.
        name = f"iarnet_functions_{name}"
    folder = os.path.dirname(os.path.abspath(path))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    loader = importlib.machinery.SourceFileLoader(name, os.path.abspath(path))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except SyntaxError as error:
        raise SyntaxError(f"{error.filename}:{error.lineno}: {error.msg}") from error
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{path} imports '{error.name}', which is not importable by {sys.executable}: install it there, and in the components too",
            name=error.name,
        ) from error
    except BaseException as error:
        raise PackError(f"{path} failed while it was loaded: {type(error).__name__}: {error}") from error
    return module


def _taken(name: str, path: str) -> bool:
    if name in sys.modules:
        return True
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and os.path.realpath(spec.origin or "") != os.path.realpath(path)


def _find(module: ModuleType, path: str, name: str) -> Callable[..., Any]:
    value = getattr(module, name, None)
    if inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value):
        raise PackError(f"'{name}' of {path} is a generator; streams are not supported yet: return a list")
    if inspect.isroutine(value):
        return value
    known = sorted(key for key, item in vars(module).items() if inspect.isfunction(item) and item.__module__ == module.__name__)
    found = f"has no function '{name}'" if value is None else f"has '{name}', which is a {type(value).__name__} and not a function"
    raise FunctionNotFoundError(f"{path} {found}; its functions are: {', '.join(known) or 'none'}")


def _parameters(function: Callable[..., Any], name: str) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    needed = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if needed:
        raise PackError(f"'{name}' needs {', '.join(needed)} by keyword; arguments come by position: move the * or give defaults")
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _neighbours(module: ModuleType, path: str, before: set[str]) -> list[ModuleType]:
    """The modules of the file's own folder that it imported: a component has no such folder, so they travel too."""
    folder = os.path.join(os.path.dirname(os.path.realpath(path)), "")
    found = []
    for name, other in list(sys.modules.items()):
        file = getattr(other, "__file__", None)
        if other is module or name in before or not file or getattr(other, "__name__", None) != name:
            continue
        # The folder may hold a whole Python (a home, a virtual environment): what is installed is not the application's own.
        if name.partition(".")[0] in sys.stdlib_module_names or "-packages" in file:
            continue
        if os.path.realpath(file).startswith(folder):
            found.append(other)
    return found


def main(arguments: list[str]) -> int:
    """Packs and writes the line."""
    if len(arguments) != 2:
        print("usage: python3 -m iarnet_worker.pack FILE FUNCTION", file=sys.stderr)
        return 2
    # The line of JSON has standard output for itself; the file may print, and so may what it starts.
    sys.dont_write_bytecode = True
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        if importlib.util.find_spec("cloudpickle") is None:
            raise ModuleNotFoundError("missing module cloudpickle: apt-get install python3-cloudpickle (or pip install cloudpickle)")
        pickled, parameters = pack(*arguments)
        answer = {"ok": True, "pickle": base64.b64encode(pickled).decode(), "parameters": parameters}
    except (PackError, OSError, SyntaxError, ModuleNotFoundError) as error:
        answer = {"ok": False, "type": type(error).__name__, "message": _text(error)}
    with output:
        output.write(json.dumps(answer) + "\n")
    return 0 if answer["ok"] else 1


def _text(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
