"""The web front for any WSGI server (`gunicorn server:app`); KHABAR_DIR names the built folder.

The other settings are those of `khabar serve`: khabar.toml in the folder, and KHABAR_*.
"""

from __future__ import annotations

import os

from khabar.commands.serve import from_settings
from khabar.errors import ServeError

folder = os.environ.get("KHABAR_DIR")
if not folder:
    raise ServeError(
        where="environment",
        problem="KHABAR_DIR is not set",
        fix="set it to the folder that was given to khabar build --out",
    )
app = from_settings(folder)
