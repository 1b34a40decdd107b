"""Settings files: the defaults of options, in TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from khabar.errors import KhabarError

NAME: Final = "khabar.toml"  # in a built folder it needs no naming
KINDS: Final = {
    "base": str, "jobs": int, "language": str, "host": str, "port": int, "publish_text": bool,
    "title": str, "description": str, "publisher": str, "contact": str, "license": str, "text_license": str,
    "keep": int, "quotation_limit": int,
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
        if type(value) is not KINDS.get(key):
            known = ", ".join(f"{name} ({kind.__name__})" for name, kind in sorted(KINDS.items()))
            raise SettingsError(
                where=str(path),
                problem=f"sets {key} to {value!r}, which khabar cannot use",
                fix=f"set {known}",
            )
    return settings
