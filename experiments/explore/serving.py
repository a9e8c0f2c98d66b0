"""The server of the live page: on this machine alone unless told otherwise, for its own names alone, in one process.

A page of another site that a reader has open could otherwise ask this server too: by a name that it points at this
machine (DNS rebinding), or by opening a WebSocket, which no browser forbids. So the `Host` of every request must be one
that the server was started for, and `Origin`, where there is one, as well."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from simulation.errors import CircuitError

from .asked import Asked

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PORT_REFUSED = (errno.EADDRINUSE, errno.EACCES, errno.EPERM)
"""Errors of the system that another port can mend; any other is the address's."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
WEBSOCKET_REFUSED = 1008  # RFC 6455, 7.4.1: a policy is violated
SAFETY = (
    (
        b"content-security-policy",
        b"default-src 'self' data:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        b"frame-ancestors 'none'; form-action 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Sent with every answer: nothing is loaded from anywhere else, whatever a library would like to."""


def hosts_for(host: str, port: int) -> frozenset[str]:
    """The values of `Host` that a server on this address answers to."""
    shown = f"[{host}]" if ":" in host else host
    names = {shown, *(LOOPBACK_NAMES if _is_loopback(host) or _is_every(host) else ())}
    if _is_every(host):
        names |= {socket.gethostname(), socket.getfqdn(), *_own_addresses()}
    return frozenset(f"{name}:{port}".lower() for name in names) | frozenset(
        name.lower() for name in names if port == 80
    )


def guarded(app: App, hosts: Iterable[str]) -> App:
    """An app that answers requests for its own hosts alone, and sends `SAFETY` with what it answers."""
    allowed = frozenset(hosts)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if host.lower() not in allowed or (origin is not None and urlsplit(origin).netloc.lower() not in allowed):
            await _refuse(scope, send, host if host.lower() not in allowed else str(origin))
            return

        async def send_safely(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *SAFETY]
            await send(message)

        await app(scope, receive, send_safely)

    return answer


def with_files(app: App) -> App:
    """An app that also gives the scenario of an address as a file, and the command that runs it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in ("/scenario.toml", "/command.txt"):
            await app(scope, receive, send)
            return
        try:
            asked = Asked.of_query(scope["query_string"].decode("ascii", "replace"))
            body, status = asked.toml if path == "/scenario.toml" else asked.command, 200
            saved = f'attachment; filename="{asked.file_name}"' if path == "/scenario.toml" else "inline"
        except CircuitError as error:
            body, status, saved = "\n".join(error.errors) + "\n", 400, "inline"
        await _respond(send, status, body, saved)

    return answer


async def _refuse(scope: Scope, send: Send, host: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": WEBSOCKET_REFUSED})
        return
    await _respond(send, 403, f"circuit explore was not started for {ascii(host)[:80]}: see --host\n")


async def _respond(send: Send, status: int, body: str, disposition: str = "inline") -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-disposition", disposition.encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


def listening(host: str, port: int) -> socket.socket:
    """A socket on this address; port 0 is any that is free. Raises `CircuitError` where it cannot be had."""
    if not host:
        raise CircuitError("--host is empty: name an address, such as 127.0.0.1; 0.0.0.0 is every one of this machine")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen()
    except (OSError, UnicodeError) as error:
        found.close()
        its_port = isinstance(error, OSError) and error.errno in PORT_REFUSED
        instead = (
            "choose another --port"
            if its_port
            else "--host takes an address of this machine, such as 127.0.0.1; 0.0.0.0 is every one of them"
        )
        why = getattr(error, "strerror", None) or "no name of a machine"
        raise CircuitError(f"cannot listen on {host}, port {port}: {why}; {instead}") from None
    return found


def serve(app: App, host: str, listener: socket.socket) -> None:
    """Answer requests until Ctrl-C."""
    import uvicorn

    port = listener.getsockname()[1]
    guard = guarded(with_files(app), hosts_for(host, port))
    uvicorn.Server(uvicorn.Config(guard, log_level="warning", ws_max_size=2**20)).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_every(host: str) -> bool:
    return host in ("0.0.0.0", "::")


def _own_addresses() -> set[str]:
    """The addresses by which others reach this machine, as an address of a page writes them."""
    import psutil

    found = [each for addresses in psutil.net_if_addrs().values() for each in addresses]
    internet = {socket.AF_INET: "{}", socket.AF_INET6: "[{}]"}
    return {internet[each.family].format(each.address.split("%")[0]) for each in found if each.family in internet}
