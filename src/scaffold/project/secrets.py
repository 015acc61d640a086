"""Passwords that were seen, so that no message, diff or traceback shows one."""

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

if TYPE_CHECKING:
    from sqlalchemy import URL

_seen: set[str] = set()


def remember(text: str) -> None:
    """Keep whatever could be a password of a URL that may not even parse: all between its user and its host."""
    _, _, rest = text.partition("://")
    _, _, password = rest.rpartition("@")[0].partition(":")
    _add(password)
    for part in rest.partition("?")[2].split("&"):
        key, _, value = part.partition("=")
        if "pass" in key.lower() or key.lower() in {"authtoken", "sslkey", "token"}:
            _add(value)


def remember_url(url: "URL") -> None:
    """Keep the password of a parsed URL."""
    _add(str(url.password or ""))


def redact(text: str) -> str:
    """`text` with every remembered password replaced by `***`."""
    for secret in sorted(_seen, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _add(secret: str) -> None:
    if len(secret) > 2:
        _seen.update({secret, unquote(secret), quote(unquote(secret), safe=""), quote_plus(unquote(secret))})
