"""Puts into the wheel and the source archive what browsers get from us that others have written.

browser/package-lock.json says what, to the hash; npm fetches it, and no script of it is run.  The
files land in src/khabar/publish/static/vendor/, where Git does not look, with a NOTICE of all licences.
Where they lie already as the lock wants them, as in a source archive, nothing is fetched.  Where there
is no npm, the wheel goes without: then /sparql has the plain form.  KHABAR_BROWSER=required forbids that.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR: Final = "src/khabar/publish/static/vendor"
FILES: Final = {  # in node_modules -> in VENDOR
    "@zazuko/yasgui/build/yasgui.min.js": "yasgui.js",
    "@zazuko/yasgui/build/yasgui.min.css": "yasgui.css",
    "@fontsource/noto-naskh-arabic/files/noto-naskh-arabic-arabic-400-normal.woff2": "naskh.woff2",
    "@fontsource/noto-naskh-arabic/files/noto-naskh-arabic-arabic-700-normal.woff2": "naskh-bold.woff2",
}
ALLOWED: Final = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "OFL-1.1",
}
UNSAID: Final = {"jsuri": "MIT"}  # whose package.json names no licence, but whose licence file does
MIT: Final = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


class Missing(Exception):
    """What keeps the files from being fetched."""


class Package(NamedTuple):
    """A package of npm that was fetched."""

    name: str
    version: str
    licence: str  # an SPDX expression
    author: str
    text: str  # of its licence, or "" where the package brings none


class Browser(BuildHookInterface[Any]):
    """The hook: hatchling calls it before each wheel, source archive and editable installation."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """See to the files; VERSION and BUILD_DATA stay as they are, for pyproject.toml names the folder."""
        root = Path(self.root)
        try:
            provide(root / "browser", root / VENDOR)
        except Missing as error:
            if os.environ.get("KHABAR_BROWSER") == "required":
                raise
            self.app.display_warning(f"Without the SPARQL editor: {error}.  /sparql has the plain form.")


def provide(source: Path, target: Path) -> None:
    """Have in TARGET what SOURCE locks; raises Missing when it cannot be had, and then TARGET is gone."""
    if not (source / "package-lock.json").is_file():
        return
    wanted = sha256((source / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    made_from = target / "made-from"
    if made_from.is_file() and made_from.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        fetched = fetch(source, Path(scratch))
        target.mkdir(parents=True)
        for name, ours in FILES.items():
            copy(fetched / name, target / ours)
        (target / "NOTICE.txt").write_text(notice(packages(fetched)), encoding="utf-8")
    made_from.write_text(wanted, encoding="utf-8")


def fetch(source: Path, scratch: Path) -> Path:
    """Have npm install what SOURCE locks in SCRATCH; returns node_modules."""
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("there is no npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, scratch / name)
    command = [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"npm ci has failed ({done.stderr.strip().splitlines()[-1:] or done.returncode})")
    return scratch / "node_modules"


def copy(source: Path, target: Path) -> None:
    """As it is, but for the address of a source map: that is not shipped, and browsers would ask for it."""
    content = source.read_bytes()
    if source.suffix in (".js", ".css"):
        content = re.sub(rb"\n?(//|/\*)# sourceMappingURL=[^\n]*", b"", content)
    target.write_bytes(content)


def packages(modules: Path) -> Iterator[Package]:
    """All packages in MODULES, those within others, too; raises ValueError for a licence we may not ship."""
    for path in sorted(modules.glob("**/package.json")):
        folder = path.parent
        if folder.parent.name != "node_modules" and folder.parent.parent.name != "node_modules":
            continue
        told = json.loads(path.read_text(encoding="utf-8"))
        if "name" not in told or "version" not in told:  # a folder of a package that says how it is imported
            continue
        licence = str(told.get("license") or UNSAID.get(told["name"], ""))
        if not is_allowed(licence):
            raise ValueError(
                f"{told['name']} is under {licence or 'no licence that it names'}: not to be shipped"
            )
        author = told.get("author", "")
        author = author.get("name", "") if isinstance(author, dict) else author
        yield Package(told["name"], told["version"], licence, author, _text(folder))


def is_allowed(licence: str) -> bool:
    """Whether an SPDX expression leaves us a choice that may be shipped: AND wants all, OR one."""
    choices = re.split(r"\s+OR\s+", licence.strip("()"))
    return any(all(name in ALLOWED for name in re.split(r"\s+AND\s+", choice)) for choice in choices)


def _text(folder: Path) -> str:
    found = sorted(
        path for path in folder.iterdir() if re.match(r"(licen[cs]e|copying)", path.name, re.IGNORECASE)
    )
    return "\n".join(path.read_text("utf-8", "replace").strip() for path in found if path.is_file())


def notice(found: Iterator[Package]) -> str:
    """The names, versions, licences and authors of all packages, each with the text of its licence."""
    parts = [
        "What khabar sends to browsers beside its own files.  Only the links to source maps were taken out.\n"
    ]
    for package in found:
        text = package.text or (
            f"Copyright {package.author}\n\n{MIT}" if package.licence == "MIT" else package.licence
        )
        parts.append(f"{'-' * 79}\n{package.name} {package.version}: {package.licence}\n\n{text.strip()}\n")
    return "\n".join(parts)
