"""What goes back to the supervisor: one JSON document a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from paper_notes.snippets.worker.tracing import names


def facts() -> dict[str, Any]:
    """What a result was made with; of the modules imported by now, the first parts of the names."""
    python, torch = ".".join(map(str, sys.version_info[:3])), sys.modules["torch"]
    return {"python": python, "torch": str(torch.__version__), "preloaded": names(sys.modules)}


def send(output: BinaryIO, message: Mapping[str, Any]) -> None:
    """Write one message, at once."""
    output.write(json.dumps(message).encode() + b"\n")
    output.flush()
