"""Pieces of hand-written servers and clients, as their authors wrote them, each as an answer.

Each ``public_code/NAME.toml`` has answers to one exercise. They were written anew after a look at
public code: what is taken over is how people read a head or write a frame, and no line of theirs.
A wrong one names its ``mistake``; ``sentence`` is what the verdict says of it, and is judged true.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from wsedu.course import clients
from wsedu.course.catalogue import exercises
from wsedu.course.commands import judge
from wsedu.protocol import accept_key
from wsedu_exercises import server

FOLDER = Path(__file__).parent / "public_code"
# What an answer may use without writing it: the pieces of the lessons before it.
NAMES = {name: getattr(server, name) for name in ("check_request", "accept", "encode_header")}
NAMES |= {name: getattr(server, name) for name in ("decode_header", "mask", "take_frames")}
NAMES |= {name: getattr(server, name) for name in ("close_frame", "parse_close", "answer")}
NAMES["accept_key"] = accept_key

ANSWERS = [
    (path.stem, answer)
    for path in sorted(FOLDER.glob("*.toml"))
    for answer in tomllib.loads(path.read_text(encoding="utf-8"))["answers"]
]


@pytest.fixture(autouse=True)
def clients_with_less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "PATIENCE", 0.2)
    monkeypatch.setattr(clients, "MORE", 0.4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "answer"),
    ANSWERS,
    ids=[f"{name}-{number}" for number, (name, _answer) in enumerate(ANSWERS)],
)
def test_public_code_is_judged_rightly(name: str, answer: dict[str, Any]) -> None:
    function, names = exercises()[name].solution.__name__, dict(NAMES)
    names.pop(function, None)  # the answer must bring its own
    exec(answer["code"], names)
    verdict = judge(name, names[function], 1)
    if answer["kind"] == "right":
        assert verdict.passed, f"{answer['manner']}: {verdict.sentence} {verdict.case}"
    else:
        assert not verdict.passed, answer["mistake"]
        assert answer.get("sentence", "") in verdict.sentence, verdict.sentence


def test_there_are_enough_of_both_kinds() -> None:
    kinds = [answer["kind"] for _name, answer in ANSWERS]
    assert len(kinds) >= 60 and set(kinds) == {"right", "wrong"} and kinds.count("right") >= 15
    wrong = [answer for _name, answer in ANSWERS if answer["kind"] == "wrong"]
    assert all(answer["mistake"] for answer in wrong)
    assert sum("sentence" in answer for answer in wrong) >= 0.85 * len(wrong), "judged true"
