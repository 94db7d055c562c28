"""What one snippet may use. Going over a limit is a failure with a name, never a hung build."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

Mode = Literal["auto", "strict", "off"]  # how much is made of containing a snippet

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Limits of one snippet's tests, demo and figure together."""

    cpu_seconds: float = 20.0  # the main one: it does not depend on what else the machine does
    wall_factor: float = 4.0  # wall-clock limit as a multiple, for what sleeps or waits
    memory: int = 2048 * MIB  # address space beyond what the worker already holds
    file_bytes: int = 64 * MIB  # the largest file it may write
    disk_bytes: int = 512 * MIB  # all it may write, where a memory disk can be mounted
    open_files: int = 256
    processes: int = 32
    output_bytes: int = 64 << 10  # what it may print
    result_bytes: int = 8 * MIB  # what it may report, its figure included

    @property
    def wall_seconds(self) -> float:
        """Seconds by the clock before everything it started is killed."""
        return self.cpu_seconds * self.wall_factor + 2

    @property
    def cpu_limit(self) -> int:
        """The limit in whole seconds, as the kernel counts."""
        return max(1, math.ceil(self.cpu_seconds))

    def describe(self) -> str:
        """One line for the report."""
        return (
            f"{self.cpu_limit} s of CPU time, {self.wall_seconds:g} s in all, "
            f"{self.memory // MIB} MiB more memory, files of {self.file_bytes // MIB} MiB, "
            f"{self.open_files} open files, {self.processes} processes, "
            f"{self.output_bytes >> 10} kB of output"
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the worker."""
        return asdict(self)
