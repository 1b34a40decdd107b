"""Settings files: the defaults of options, in TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from khabar.errors import KhabarError

NAME: Final = "khabar.toml"  # in a built folder it needs no naming
KINDS: Final = {
    "title": str, "description": str, "publisher": str, "contact": str, "license": str, "text_license": str,
    "keep": int, "quotation_limit": int, "views": bool,
    "base": str, "every": float, "jobs": int, "language": str, "publish_text": bool, "timeout": float,
    "host": str, "port": int, "workers": int, "deadline": float, "memory": int, "answer_size": int,
    "answer_rows": int, "queue": int, "budget": float, "burst": float, "cache": int, "proxy": list,
    "metrics": str, "query_log": str, "log_text": bool, "dataset": str, "writable": bool, "private": bool,
    "check": bool, "store": str, "store_kind": str, "store_user": str, "engine": str, "master": str,
}  # fmt: skip


class SettingsError(KhabarError):
    """A settings file cannot be read, or sets what khabar does not know."""


def read_settings(path: Path) -> dict[str, object]:
    """What the file at PATH sets, by the names of the options; raises SettingsError."""
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            where=str(path), problem=f"cannot be read: {reason}", fix="check its name and its permissions"
        ) from error
    except ValueError as error:  # bytes that are not UTF-8, too
        raise SettingsError(
            where=str(path), problem=f"is not TOML: {error}", fix="write key = value, such as port = 8000"
        ) from error
    for key, value in settings.items():
        if not _is_fit(value, KINDS.get(key)):
            known = ", ".join(f"{name} ({kind.__name__})" for name, kind in sorted(KINDS.items()))
            raise SettingsError(
                where=str(path),
                problem=f"sets {key} to {value!r}, which khabar cannot use",
                fix=f"set {known}",
            )
    return settings


def _is_fit(value: object, kind: type | None) -> bool:
    """Whether a value is of a kind; a whole number is a number, too, and a list is one of strings."""
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is kind or (kind is float and type(value) is int)
