"""What goes back to the supervisor: one JSON document a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO


def facts() -> dict[str, str]:
    """What a result was made with."""
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, "torch": str(sys.modules["torch"].__version__)}


def send(output: BinaryIO, message: Mapping[str, Any]) -> None:
    """Write one message, at once."""
    output.write(json.dumps(message).encode() + b"\n")
    output.flush()
