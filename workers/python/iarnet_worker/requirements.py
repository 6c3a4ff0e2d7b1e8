"""Checks that the packages that a function requires are there, before the function is loaded.

A subset of pip's notation: a name, extras (not checked), and comparisons of release numbers ("numpy>=1.24,<3").
Nothing is installed here: a component's packages belong to whoever made its machine or image.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterable

from iarnet_worker.errors import RequirementError

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*\(?([^()]*)\)?\s*")
_COMPARISON = re.compile(r"(===|==|!=|<=|>=|~=|<|>)\s*([0-9A-Za-z.*+!_-]+)")


def check(requirements: Iterable[str]) -> None:
    """Raises RequirementError that names every requirement which is not met, and how to get it."""
    problems = [problem for requirement in requirements if (problem := _problem(requirement)) is not None]
    if problems:
        raise RequirementError("; ".join(problems))


def _problem(requirement: str) -> str | None:
    match = _REQUIREMENT.fullmatch(requirement)
    parts = [part.strip() for part in match[2].split(",")] if match and match[2].strip() else []
    comparisons = [_COMPARISON.fullmatch(part) for part in parts]
    if match is None or None in comparisons:
        return f"requirement '{requirement}' cannot be read: expected a name and comparisons, such as numpy>=1.24"
    name = match[1]
    version = _version(name)
    if version is None:
        return (
            f"'{name}' is required and not importable by {sys.executable}: "
            f"apt-get install python3-{name.lower().replace('_', '-')}, or {sys.executable} -m pip install '{requirement.strip()}'"
        )
    if not all(_holds(version, comparison[1], comparison[2]) for comparison in comparisons if comparison):
        return f"'{requirement.strip()}' is required and {sys.executable} has {name} {version or 'of an unknown version'}"
    return None


def _version(name: str) -> str | None:
    """The version of a package, "" for a module without one, None when there is neither."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        module = name.replace("-", "_")
    try:
        return "" if importlib.util.find_spec(module) is not None else None
    except (ImportError, ValueError):
        return None


def _holds(version: str, operator: str, wanted: str) -> bool:
    if operator == "===":
        return version == wanted
    if wanted.endswith(".*"):
        prefix = _release(wanted[:-2])
        same = _padded(_release(version), len(prefix))[: len(prefix)] == prefix
        return same if operator == "==" else not same
    have, want = _release(version), _release(wanted)
    if not have:
        return False
    length = max(len(have), len(want))
    left, right = _padded(have, length), _padded(want, length)
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<=":
            return left <= right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case ">":
            return left > right
    # "~=": at least this one, and the same up to the last number but one.
    return left >= right and have[: len(want) - 1] == want[:-1]


def _release(version: str) -> list[int]:
    match = re.match(r"v?(?:\d+!)?(\d+(?:\.\d+)*)", version)
    return [int(number) for number in match[1].split(".")] if match else []


def _padded(numbers: list[int], length: int) -> list[int]:
    return numbers + [0] * (length - len(numbers))
