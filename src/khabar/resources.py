"""Where the Turtle lies that ships with khabar: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `ontology`, `shapes` or `examples` as installed; raises FileNotFoundError."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "data" / name, here.parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"khabar was installed without its folder {name}/")
