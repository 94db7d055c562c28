"""Asking a catalogue on the web: politely, with a time limit, and with an answer when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from paper_notes import __version__

USER_AGENT = f"paper-notes/{__version__} (adds one paper at a time; python-requests)"
TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two pieces of the answer
LIMIT = 4 * 1024 * 1024  # bytes of an answer; a paper's metadata have a few thousand
BUSY = (429, 500, 502, 503, 504)


class WebError(Exception):
    """Why there is no answer; `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@dataclass(frozen=True)
class Web:
    """A connection that tries again where a server is busy, waiting as long as it asks for."""

    session: requests.Session

    @classmethod
    def open(cls, patience: float = 1.0) -> Web:
        """A connection; `patience` scales the pauses between attempts, in seconds."""
        retry = Retry(
            total=3,
            backoff_factor=patience,
            status_forcelist=BUSY,
            raise_on_status=False,
            respect_retry_after_header=patience > 0,
            retry_after_max=30,
        )
        session = requests.Session()
        session.headers["User-Agent"] = USER_AGENT
        session.mount("https://", HTTPAdapter(max_retries=retry))
        session.mount("http://", HTTPAdapter(max_retries=retry))
        return cls(session)

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    def get(self, address: str, parameters: dict[str, str] | None = None) -> bytes:
        """What the server answers. Raises WebError where there is no usable answer."""
        try:
            with self.session.get(
                address, params=parameters, timeout=TIMEOUT, stream=True
            ) as response:
                _check_status(response, address)
                content = b"".join(_limited(response, address))
        except requests.RequestException as error:
            raise WebError(
                "offline",
                f"no answer from {address}: {_reason(error)}",
                "try again later, or give the paper's BibTeX on standard input: "
                "paper-notes new - < paper.bib",
            ) from error
        return content


def _check_status(response: requests.Response, address: str) -> None:
    if response.status_code == 404:
        raise WebError("not-found", f"{address} knows no such paper", "is the id right?")
    if response.status_code in BUSY:
        message = f"{address} is busy (HTTP {response.status_code})"
        raise WebError("busy", message, "try again in some minutes")
    if not response.ok:
        message = f"{address} refused (HTTP {response.status_code})"
        raise WebError("refused", message, "is the id right?")


def _limited(response: requests.Response, address: str) -> list[bytes]:
    pieces, size = [], 0
    for piece in response.iter_content(64 * 1024):
        size += len(piece)
        if size > LIMIT:
            raise WebError("too-large", f"{address} answered with more than 4 MiB", "")
        pieces.append(piece)
    return pieces


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it took too long"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
