"""Pictures: one drawing, three forms."""

import pytest

from wsedu.views import BytesAndFields, Checklist, Difference, Ladder, Picture

from . import (
    ANSWER,
    HELLO,
    NASTY,
    REQUEST,
    assert_three_forms,
    items,
    nasty_conversation,
    read,
    units,
)
from . import recording as record

REQUEST_UNIT, ANSWER_UNIT, FRAME_UNIT = units(
    ("client", REQUEST), ("server", ANSWER), ("client", HELLO)
)


@pytest.mark.parametrize(
    "picture",
    [
        Ladder(record(("client", REQUEST), ("server", ANSWER), ("client", HELLO))),
        BytesAndFields(REQUEST_UNIT),
        BytesAndFields(FRAME_UNIT),
        Checklist(REQUEST_UNIT),
        Checklist(ANSWER_UNIT),
        Difference(b"abc", b"abd", "the value"),
    ],
    ids=lambda picture: type(picture).__name__,
)
def test_three_forms(picture: Picture) -> None:
    assert_three_forms(picture)


@pytest.mark.parametrize("payload", NASTY, ids=repr)
def test_nothing_from_the_wire_becomes_markup_or_invisible(payload: bytes) -> None:
    seen = nasty_conversation(payload)
    ladder = Ladder(seen, times=True)
    assert_three_forms(ladder)
    names = [name for name in items(ladder.svg) if name.startswith("u")]
    assert len(names) == 8
    for name in names:
        ladder.selected = name
        read(ladder.detail)
    for unit in ladder._seen.units:
        assert_three_forms(BytesAndFields(unit))
        if unit.head is not None:
            assert_three_forms(Checklist(unit))
    assert_three_forms(Difference(payload, payload[::-1] + b"x", payload.decode("latin-1")))
    assert_three_forms(Difference(b"", payload, payload.decode("utf-8", "surrogateescape")))


def test_scripts_and_styles_are_files_beside_the_code() -> None:
    assert "export default" in str(Picture._esm)
    assert "@import" not in str(Picture._css) and "url(" not in str(Picture._css)
    assert "http" not in str(Picture._esm).replace("http://www.w3.org", "")
