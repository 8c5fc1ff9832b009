"""An address of another server, and one request to it: within a time, up to a size, in plain words when it fails.

Nothing here knows RDF.  A request goes to the named host and no other: redirects that lead away are not
followed, and no proxy is used.  User and password may stand in the address (`https://ada:pw@host/…`), the
password also in the environment; they are sent when the server asks for them, and stand in no message.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import re
import secrets
import socket
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from colloquy.errors import QueryTimeout, StoreError, UsageError, printable

PASSWORD = "COLLOQUY_STORE_PASSWORD"
LARGEST = 256 << 20
"""The most bytes of an answer, unpacked."""
_CHUNK = 1 << 18
_MOST_REDIRECTS = 5
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}
_SAFE = "%!$&'()*+,;=:@/?~-._"


@dataclass(frozen=True)
class Reply:
    """What a server answered: status, media type in small letters without parameters, unpacked body."""

    status: int
    media: str
    body: bytes

    @property
    def words(self) -> str:
        """The server's own words, shortened to one line of plain text."""
        text = self.body[:20_000].decode("utf-8", "replace")
        if "html" in self.media or "xml" in self.media:
            text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>|<[^>]*>", " ", text)
        return printable(" ".join(text.split()), 300) or "it gives no reason"


class Endpoint:
    """An address that takes requests.

    >>> str(Endpoint("http://ada:secret@127.0.0.1:7878/query"))
    'http://127.0.0.1:7878/query'

    Raises UsageError for what is no address of HTTP.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url.strip())
            port, host = parts.port, parts.hostname
        except ValueError:
            parts, port, host = SplitResult("", "", "", "", ""), None, None
        if parts.scheme not in ("http", "https") or not host or re.search(r"[\x00-\x20\x7f]", url.strip()):
            raise UsageError(f"{printable(url)} is no address of a store: write it as http://HOST:PORT/PATH")
        self._secure = parts.scheme == "https"
        password = unquote(parts.password) if parts.password is not None else os.environ.get(PASSWORD, "")
        self._login = _Login(unquote(parts.username or ""), password)
        netloc = f"[{host}]" if ":" in host else host
        netloc += f":{port}" if port else ""
        path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE)
        self._host, self._port = host, port
        self._url = urlunsplit((parts.scheme, netloc, path, query, ""))

    def __str__(self) -> str:
        return self._url

    def send(
        self,
        method: str,
        *,
        parameters: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit_seconds: float = 30.0,
        largest: int | None = LARGEST,
    ) -> Reply:
        """Send one request and give the whole reply, whatever its status.

        `parameters` are added to the query part of the address; `limit_seconds` counts everything from the
        connection to the last byte.  Raises StoreError where there is no reply, where it is larger than
        `largest` bytes, and where it leads to another host; QueryTimeout at the limit.
        """
        until = time.monotonic() + limit_seconds
        url = self._url
        if parameters:
            url += ("&" if urlsplit(url).query else "?") + urlencode(parameters)
        for _ in range(_MOST_REDIRECTS):
            given = {"User-Agent": "colloquy", "Accept-Encoding": "gzip", **(headers or {})}
            given |= self._login.header(method, _target(url))
            left = until - time.monotonic()
            reply, found = self._once(method, url, body, given, left, limit_seconds, largest)
            if reply.status == 401 and self._login.answers(found.get_all("WWW-Authenticate") or []):
                continue
            if reply.status not in (301, 302, 303, 307, 308):
                return reply
            url = self._followed(url, found.get("Location", ""))
            if reply.status == 303:
                method, body = "GET", None
        raise StoreError(f"{self} leads from one address to the next without end")

    def _followed(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            there, here = urlsplit(target), urlsplit(url)
            same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
        except ValueError:
            target, same = location, False
        if not same or re.search(r"[\x00-\x20\x7f]", target):
            where = printable(target.partition("?")[0], 200)
            raise StoreError(f"{self} leads to another address, which is not followed: {where} — name that one instead")
        return target

    def _once(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        left: float,
        limit: float,
        largest: int | None,
    ) -> tuple[Reply, http.client.HTTPMessage]:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=max(left, 0.001))
        begun = time.monotonic()
        late = threading.Event()
        try:
            connection.connect()
            with _shut_after(connection.sock, left - (time.monotonic() - begun), late):
                # A server that has seen enough may answer, and close, before it has read a large body.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.request(method, _target(url), body, dict(headers))
                response = connection.getresponse()
                whole = _read(response, largest, self)
                if late.is_set():
                    raise TimeoutError
                if response.length:
                    raise http.client.IncompleteRead(b"", response.length)
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise QueryTimeout(f"{self} gave no whole answer within {limit:g} seconds") from None
            raise StoreError(f"{self} {_trouble(error)}") from None
        finally:
            connection.close()
        media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Reply(response.status, media, whole), response.headers


def _target(url: str) -> str:
    """Give what stands in the first line of a request: path and query."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@contextlib.contextmanager
def _shut_after(sock: socket.socket, seconds: float, late: threading.Event) -> Iterator[None]:
    """Cut a connection when time is up, wherever in it the other side dawdles: time-outs of sockets begin anew."""

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not that of TLS, which another thread is using

    timer = threading.Timer(max(seconds, 0.001), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(response: http.client.HTTPResponse, largest: int | None, named: Endpoint) -> bytes:
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise StoreError(f"{named} packs its answer as {printable(packed)}, which was not asked for")
    unpack = zlib.decompressobj(31) if "gzip" in packed else None
    parts: list[bytes] = []
    size = 0
    while some := response.read(_CHUNK):
        while some:
            part = unpack.decompress(some, _CHUNK) if unpack else some
            some = unpack.unconsumed_tail if unpack else b""
            size += len(part)
            parts.append(part)
            if largest is not None and size > largest:
                raise StoreError(f"the answer of {named} is larger than {largest >> 20} MB — ask for less, with LIMIT")
    if unpack and not unpack.eof and size:
        raise http.client.IncompleteRead(b"")
    return b"".join(parts)


def _trouble(error: Exception) -> str:
    """Say what was wrong with a connection, and what to do about it."""
    if isinstance(error, socket.gaierror):
        return "cannot be reached: no host of that name is known — is the address right?"
    if isinstance(error, ConnectionRefusedError):
        return "cannot be reached: nothing listens there — is the store running, and is the port right?"
    if isinstance(error, http.client.IncompleteRead | ConnectionResetError):
        return "broke off in the middle of its answer — its own log may say why"
    if isinstance(error, http.client.HTTPException):
        return "does not speak HTTP as expected there — is the address right?"
    words = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return f"cannot be reached: {printable(str(words), 200)}"


class _Login:
    """What proves who asks: nothing until a server wants it, then Digest or Basic (RFC 7616, RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._scheme, self._challenge = "", dict[str, str]()
        self._uses = 0

    def answers(self, challenges: Sequence[str]) -> bool:
        """Take what a server wants; tell whether it makes sense to ask again."""
        from urllib.request import parse_http_list, parse_keqv_list

        offered = {scheme.lower(): rest for scheme, _, rest in (one.strip().partition(" ") for one in challenges)}
        before = self._scheme
        if not self._user:
            return False
        if "digest" in offered:
            found = parse_keqv_list([pair for pair in parse_http_list(offered["digest"]) if "=" in pair])
            if {"realm", "nonce"} <= found.keys() and found.get("algorithm", "MD5").upper() in _HASHES:
                self._scheme, self._challenge, self._uses = "digest", found, 0
                return before != "digest" or found.get("stale", "").lower() == "true"
        if "basic" in offered:
            self._scheme = "basic"
        return before != self._scheme

    def header(self, method: str, target: str) -> dict[str, str]:
        """Give the header for a request, once it is known what the server wants."""
        if not self._scheme:
            return {}
        if self._scheme == "basic":
            return {"Authorization": "Basic " + b64encode(f"{self._user}:{self._password}".encode()).decode()}
        asked = self._challenge
        self._uses += 1
        count, own = f"{self._uses:08x}", secrets.token_hex(8)
        algorithm = asked.get("algorithm", "MD5")

        def h(*parts: str) -> str:
            return hashlib.new(_HASHES[algorithm.upper()], ":".join(parts).encode()).hexdigest()

        who, what = h(self._user, asked["realm"], self._password), h(method, target)
        fields = {"username": self._user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": target}
        if "auth" in re.split(r"[,\s]+", asked.get("qop", "")):
            proof = h(who, asked["nonce"], count, own, "auth", what)
            rest = f', qop=auth, nc={count}, cnonce="{own}"'
        else:
            proof, rest = h(who, asked["nonce"], what), ""
        fields |= {"response": proof} | ({"opaque": asked["opaque"]} if "opaque" in asked else {})
        quoted = ", ".join('{}="{}"'.format(name, re.sub(r'(["\\])', r"\\\1", text)) for name, text in fields.items())
        return {"Authorization": f"Digest {quoted}, algorithm={algorithm}{rest}"}
