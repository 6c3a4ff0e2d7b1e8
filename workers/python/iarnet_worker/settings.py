"""What a component is told by the environment of its process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_CONCURRENCY = 1024
DEFAULT_AWAY_LIMIT = 30.0


class SettingsError(Exception):
    """A variable is missing or makes no sense; the text names it."""


@dataclass(frozen=True)
class Settings:
    """The environment of a component, checked."""

    component_id: str
    node_id: str
    bus: str
    store: str
    concurrency: int = 1
    lifeline: bool = False
    run_folder: str | None = None
    segment_folder: str | None = None
    #: Seconds without a welcome from the engine after which the component ends.
    away_limit: float = DEFAULT_AWAY_LIMIT

    @staticmethod
    def read(environment: Mapping[str, str]) -> "Settings":
        """Reads the variables; raises SettingsError when one is missing or wrong."""
        lifeline = environment.get("IARNET_LIFELINE", "")
        if lifeline not in ("", "stdin"):
            raise SettingsError(f"IARNET_LIFELINE is '{lifeline}'; expected 'stdin' or nothing")
        bus = _required(environment, "IARNET_BUS")
        if not bus.startswith(("tcp://", "ipc://")):
            raise SettingsError(f"IARNET_BUS is '{bus}'; expected tcp://host:port or ipc://path")
        store = _required(environment, "IARNET_STORE")
        if not store.startswith(("http://", "unix:")):
            raise SettingsError(f"IARNET_STORE is '{store}'; expected unix:///path or http://host:port")
        component_id = _required(environment, "IARNET_COMPONENT_ID")
        if len(component_id.encode()) > 255:
            raise SettingsError("IARNET_COMPONENT_ID has more than 255 bytes: it cannot be an identity on the bus")
        return Settings(
            component_id=component_id,
            node_id=_required(environment, "IARNET_NODE_ID"),
            bus=bus,
            store=store,
            concurrency=int(_number(environment, "IARNET_CONCURRENCY", 1, 1, MAX_CONCURRENCY, whole=True)),
            lifeline=lifeline == "stdin",
            run_folder=environment.get("IARNET_RUN_FOLDER") or None,
            segment_folder=environment.get("IARNET_SEGMENT_FOLDER") or None,
            away_limit=_number(environment, "IARNET_AWAY_LIMIT", DEFAULT_AWAY_LIMIT, 0.1, 86_400.0, whole=False),
        )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise SettingsError(f"environment variable {name} is missing: a component is started by a provider, which sets it")
    return value


def _number(environment: Mapping[str, str], name: str, default: float, low: float, high: float, *, whole: bool) -> float:
    text = environment.get(name)
    if not text:
        return default
    try:
        value: float = int(text) if whole else float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise SettingsError(f"{name} is '{text}'; expected a {'whole ' if whole else ''}number from {low:g} to {high:g}")
    return value
