"""Handouts: a picture of a lesson with blanks, on one sheet; the picture itself on the next."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .printed import PAPERS, sheets

ROOT = Path(__file__).parent.parent.parent

sys.path.insert(0, str(ROOT / "scripts"))
import handouts  # noqa: E402

PLANS = handouts.plans()


def texts(svg: str) -> list[str]:
    """What is written in a picture, a string for each text."""
    tree = ElementTree.fromstring(svg)
    return ["".join(text.itertext()) for text in tree.iter(f"{{{handouts.SVG}}}text")]


@pytest.mark.parametrize("slug", PLANS)
def test_blanks_take_the_answers_out_and_leave_the_rest(slug: str) -> None:
    plan = PLANS[slug]
    before = texts(svg := handouts.picture(slug, plan["cell"]))
    blank = handouts.with_blanks(svg, plan["blanks"])
    after = texts(blank)
    assert len(set(plan["blanks"])) == len(plan["blanks"]) >= 4
    for old, new in zip(before, after, strict=True):
        assert set(new) == {"_"} if old in plan["blanks"] else new == old
    # A page is searched and read aloud, too.
    for answer in plan["blanks"]:
        if len(answer) > 8:
            assert answer not in blank


def test_a_blank_that_the_picture_does_not_have_is_an_error() -> None:
    svg = handouts.picture("04_frame_layout", "frame-see-client")
    with pytest.raises(LookupError, match="payload: Helmo"):
        handouts.with_blanks(svg, ["payload: Helmo", "payload length: 5"])
    with pytest.raises(LookupError, match="frame-run"):
        handouts.picture("04_frame_layout", "frame-run")  # it shows no picture


def test_a_lesson_whose_outputs_were_cleared_is_named_with_what_brings_them_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = tmp_path / "notebooks" / "en" / "02_the_opening_handshake.ipynb"
    lesson.parent.mkdir(parents=True)
    cleared = [{"id": "handshake-request-bytes", "outputs": []}]
    lesson.write_text(json.dumps({"cells": cleared}), encoding="utf-8")
    monkeypatch.setattr(handouts, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=f"git restore notebooks/en/{lesson.name}"):
        handouts.main()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("handouts")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return [folder / path for path in handouts.main()]


def test_a_handout_has_the_key_after_the_page_for_learners(made: list[Path]) -> None:
    assert [path.stem for path in made] == list(PLANS)
    for path in made:
        first, last = path.read_text(encoding="utf-8").split('<section class="page">')
        assert "For teachers" not in first and "For teachers" in last
        assert "Name: ___" in first
        assert handouts.picture(path.stem, PLANS[path.stem]["cell"]) in last


@pytest.mark.browser
def test_a_handout_is_two_sheets_on_either_paper(made: list[Path]) -> None:
    assert sheets(made) == {slug: dict.fromkeys(PAPERS, 2) for slug in PLANS}
