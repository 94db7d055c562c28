"""The site as one zip file whose pages open in a browser without a server.

Browsers show a folder's listing for `file:///…/en/`, so links name the page in the folder instead.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from paper_notes.site.csp import without_server
from paper_notes.storage.whole import write_whole

FOLDER = "paper-notes"  # what unpacking makes
_YEARS = (1980, 2107)  # the first and the last that a zip file can say

# A relative link that ends in a folder, and what may follow it.
_FOLDER_LINK = re.compile(
    r'(<(?:a|form)\b[^>]*?\s(?:href|action)=")((?![a-z+.-]+:|/|[?#])[^"?#]*?)([?#][^"]*)?"'
)


def pack(site: Path, target: Path, moment: datetime) -> None:
    """Write the site into the zip file `target`, whole or not at all; its files are of `moment`.

    The same site and moment give the same bytes, whatever times and modes the files have.

    Raises OSError where the site cannot be read or the file not be written.
    """
    stream, when = io.BytesIO(), _in_a_zip(moment)
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for path in sorted(site.rglob("*")):
            if path.is_file():
                name = path.relative_to(site).as_posix()
                entry = ZipInfo(f"{FOLDER}/{name}", when)
                entry.create_system = 3  # Unix, wherever it is made: it has modes
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, _content(path), ZIP_DEFLATED)
    write_whole(target, stream.getvalue())


def name_pages(html: str) -> str:
    """The page with `index.html` at the end of each link to a folder of the site."""

    def named(match: re.Match[str]) -> str:
        before, path, rest = match.groups(default="")
        folder = path.endswith("/") or path in (".", "..")
        page = f"{path.rstrip('/')}/index.html" if folder else path
        return f'{before}{page}{rest}"'

    return _FOLDER_LINK.sub(named, html)


def _in_a_zip(moment: datetime) -> tuple[int, int, int, int, int, int]:
    there, (first, last) = moment.astimezone(UTC), _YEARS
    if there.year < first:
        return first, 1, 1, 0, 0, 0
    if there.year > last:
        return last, 12, 31, 23, 59, 58
    return there.year, there.month, there.day, there.hour, there.minute, there.second


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".html":
        return content
    return without_server(name_pages(content.decode())).encode()
