"""Write src/khabar/publish/outlines.json: the outline of each country as the path of a drawing.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    .venv/bin/python tests/outlines.py package/countries-110m.json

The shapes are Natural Earth's (public domain), in world-atlas's TopoJSON (ISC, Michael Bostock).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from babel.core import get_global

TARGET: Final = Path(__file__).parents[1] / "src" / "khabar" / "publish" / "outlines.json"
SCALE: Final = 8  # units of the drawing in a degree
NORTH: Final = 84  # degrees; the drawing begins here

Point = tuple[float, float]


def arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The lines of a topology in degrees: each point is stored as its distance from the one before.

    https://github.com/topojson/topojson-specification#213-arcs
    """
    (scale_x, scale_y), (from_x, from_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + from_x, y * scale_y + from_y))
        found.append(line)
    return found


def ring(indexes: Iterable[int], lines: list[list[Point]]) -> list[Point]:
    """The lines of one ring joined; ~index means the line backwards."""
    points: list[Point] = []
    for index in indexes:
        line = lines[index] if index >= 0 else lines[~index][::-1]
        points += line[1:] if points else line
    return points


def path(rings: Iterable[list[Point]]) -> str:
    """Rings as the relative path of a drawing, in whole units."""
    return "".join(_closed(part) for points in rings for part in _unwrapped(points))


def _unwrapped(points: list[Point]) -> list[list[Point]]:
    """A ring that crosses 180° goes on beyond the edge of the drawing, and comes in at the other one."""
    turns, east = 0, [points[0]]
    for (before, _), (x, y) in zip(points, points[1:], strict=False):
        turns += (before - x > 180) - (x - before > 180)
        east.append((x + 360 * turns, y))
    xs = [x for x, _ in east]
    shifts = [shift for shift in (-360, 0, 360) if min(xs) + shift < 180 and max(xs) + shift > -180]
    return [[(x + shift, y) for x, y in east] for shift in shifts]


def _closed(points: list[Point]) -> str:
    units = [(round((x + 180) * SCALE), round((NORTH - y) * SCALE)) for x, y in points]
    distinct = [unit for unit, before in zip(units[1:], units, strict=False) if unit != before]
    (x, y), written = units[0], f"M{units[0][0]} {units[0][1]}l"
    steps = []
    for next_x, next_y in distinct:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return f"{written}{' '.join(steps)}z" if len(steps) > 2 else ""


def countries(topology: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The ISO 3166-1 code of each country, and its path."""
    lines, codes = arcs(topology), get_global("territory_aliases")
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = codes.get(geometry.get("id"), [""])[0]
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        if len(code) == 2 and code != "AQ":
            yield code, path(ring(indexes, lines) for polygon in polygons for indexes in polygon)


def main() -> None:
    """Read the TopoJSON that is named."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = dict(sorted(countries(topology)))
    TARGET.write_text(json.dumps(found, indent=0, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(found)} outlines, {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
