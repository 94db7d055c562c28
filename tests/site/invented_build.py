"""`python -m tests.site.invented_build`: the invented base in this folder as a site and a zip."""

from __future__ import annotations

import sys
from pathlib import Path

from paper_notes.site import assemble
from paper_notes.site.build import build_site
from paper_notes.site.pack import pack
from paper_notes.site.source_date import source_date
from tests.conftest import invent_runs, load


def main() -> int:
    """Build it, each paper in a share of its own, so that several processes take part."""
    assemble._SHARE = 1
    root = Path.cwd()
    library = load(root)
    built = build_site(library, invent_runs(library))
    if built.problems or built.site is None:
        sys.stderr.write(f"{built.problems}\n")
        return 1
    pack(built.site, root / "site.zip", source_date(root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
