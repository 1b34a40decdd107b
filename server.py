"""The web front for any WSGI server (`waitress-serve server:app`); KHABAR_DIR names the built folder."""

from __future__ import annotations

import os
from pathlib import Path

from khabar.errors import ServeError
from khabar.publish.app import create_app

folder = os.environ.get("KHABAR_DIR")
if not folder:
    raise ServeError(
        where="environment",
        problem="KHABAR_DIR is not set",
        fix="set it to the folder that was given to khabar build --out",
    )
app = create_app(Path(folder))
