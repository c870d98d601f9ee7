"""The language of the course: every sentence a learner reads passes through ``_``.

The environment variable ``WSEDU_LANGUAGE`` names it (``ru``); without a translation for it
the English original is shown. Standard library only, so that every room can use it.
"""

import gettext
import os
from pathlib import Path

_translations = gettext.translation(
    "wsedu",
    localedir=Path(__file__).parent / "locale",
    languages=[os.environ.get("WSEDU_LANGUAGE") or "en"],
    fallback=True,
)
_ = _translations.gettext
