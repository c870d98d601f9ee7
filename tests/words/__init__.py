"""What the tests of words share: languages that do not exist."""

import gettext
import re


class Marked(gettext.NullTranslations):
    """Every sentence in brackets; so what is not in brackets was not translated."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"


class Loud(gettext.NullTranslations):
    """Every sentence in capitals; the names of arguments stay, or they could not be filled in."""

    def gettext(self, message: str) -> str:
        parts = re.split(r"(\{[^}]*\})", message)
        return "".join(part if part.startswith("{") else part.upper() for part in parts)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class ThreeForms(gettext.NullTranslations):
    """Russian has a form for 1, 21, 31..., one for 2, 3, 4, 22..., and one for all others."""

    def ngettext(self, one: str, many: str, count: int) -> str:
        if count % 10 == 1 and count % 100 != 11:
            return "{count} байт: {shown}"
        few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
        return "{count} байта: {shown}" if few else "{count} байтов: {shown}"
