"""``python3 -m iarnet_worker``: the program of a component whose functions are Python.

Exit codes: 0 after a goodbye, a stop, or the end of the lifeline; 2 for a wrong environment; 3 for a missing module;
4 when the engine breaks the protocol; 5 when it cannot be reached.
"""

from __future__ import annotations

import os
import sys

from iarnet_worker import prerequisites
from iarnet_worker.settings import Settings, SettingsError

EXIT_ENVIRONMENT = 2
EXIT_MODULE = 3


def main() -> int:
    """Checks what the worker needs, then becomes the component."""
    problems = prerequisites.missing()
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return EXIT_MODULE
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        print(f"iarnet_worker: {error}", file=sys.stderr)
        return EXIT_ENVIRONMENT
    from iarnet_worker.component import run

    run(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
