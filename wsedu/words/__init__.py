"""The language of the course: every sentence that a learner reads comes through here.

How to think about it: English is written inside of ``_(...)``; gettext finds the same sentence in
another language. Most rooms write a sentence where they say it. ``protocol`` and ``recording``
only give ids: ``sentences`` has their sentences.

The language is that of the notebook: a kernel starts in the folder of its notebook, and that is
``notebooks/ru`` or ``exercises/ru/...`` for Russian. The environment variable ``WSEDU_LANGUAGE``
overrides the folder.
"""

import gettext
import os
import re
from pathlib import Path


def language_of(folder: Path) -> str:
    """The language of a notebook in that folder; English where the folder does not say."""
    found = re.search(r"/(?:notebooks|exercises)/([a-z]{2})(?=/|$)", folder.as_posix())
    return found[1] if found else "en"


LANGUAGE = os.environ.get("WSEDU_LANGUAGE") or language_of(Path.cwd())

# Where a sentence has no translation, the English one is shown.
translations: gettext.NullTranslations = gettext.translation(
    "wsedu", Path(__file__).parent / "locale", [LANGUAGE], fallback=True
)


def _(sentence: str) -> str:
    """The sentence in the language of the course."""
    return translations.gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """The form of the sentence that goes with this count; Russian has three of them."""
    return translations.ngettext(one, many, count)
