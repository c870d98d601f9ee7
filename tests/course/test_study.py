"""Answers that were written from the task texts alone are judged rightly, and hear why."""

import asyncio
import base64
import functools
import hashlib
import json
import linecache
import random
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import wsedu
from wsedu.course import runner
from wsedu.course.catalogue import exercises
from wsedu.course.verdict import Verdict
from wsedu_exercises import server

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "study"
STUDY = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["answer"]
    for path in sorted(FOLDER.glob("*.toml"))
}

# What a notebook of exercises has at hand.
PIECES = ("encode_header", "decode_header", "mask", "take_frames", "close_frame", "parse_close")
NAMES: dict[str, Any] = {
    "asyncio": asyncio,
    "base64": base64,
    "hashlib": hashlib,
    "GUID": "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
    "accept_key": wsedu.accept_key,
    "own_server": wsedu.own_server,
    **{name: getattr(server, name) for name in PIECES},
}


@functools.cache
def asked() -> dict[str, str]:
    """What the check cell of each exercise gives to the check."""
    found: dict[str, str] = {}
    for path in ROOT.glob("exercises/en/*/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            found |= re.findall(r'^check\("([a-z-]+)", (\w+)\)', "".join(cell["source"]), re.M)
    return found


def verdict_on(name: str, number: int, code: str) -> Verdict:
    """The verdict on an answer that is run as a cell of a notebook."""
    file = f"<ipykernel-{name}-{number}>"
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    names = {"__name__": "__main__", **NAMES}
    exec(compile(code, file, "exec"), names)
    exercise = exercises()[name]
    return runner.run(
        lambda watched: exercise.judge(exercise, watched, random.Random(1)),
        names[asked()[name]],
        exercise.seconds,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDY)
def test_wrong_answers_are_rejected_with_the_sentence_that_was_judged(name: str) -> None:
    changed = {}
    for number, answer in enumerate(STUDY[name]):
        if answer["kind"] == "right" or answer.get("slow"):
            continue
        verdict = verdict_on(name, number, answer["code"])
        said = "" if verdict.passed else verdict.sentence
        if said != answer["says"]:
            changed[number] = (answer["belief"], answer["says"], said)
    assert changed == {}, "read what is said now, and judge it"


@pytest.mark.parametrize("name", STUDY)
def test_right_answers_pass(name: str) -> None:
    refused = {}
    for number, answer in enumerate(STUDY[name]):
        if answer["kind"] == "right" and not answer.get("slow"):
            verdict = verdict_on(name, number, answer["code"])
            if not verdict.passed:
                refused[number] = (answer["belief"], verdict.sentence)
    assert refused == {}


@pytest.mark.long
@pytest.mark.parametrize("name", STUDY)
def test_slow_answers_are_rejected_or_pass(name: str) -> None:
    """Those that wait, loop forever, or are a whole server; what is said may depend on time."""
    for number, answer in enumerate(STUDY[name]):
        if answer.get("slow"):
            verdict = verdict_on(name, number, answer["code"])
            assert verdict.passed == (not answer["says"]), (number, verdict.sentence)


def test_most_are_diagnosed() -> None:
    """The figures of the study: they may become better, and not worse."""
    wrong = [answer for study in STUDY.values() for answer in study if answer["kind"] == "wrong"]
    assert len(wrong) >= 12 * len(STUDY)
    classes = Counter(answer["judged"] for answer in wrong if answer["says"])
    rejected = sum(classes.values())
    assert rejected >= 0.98 * len(wrong)
    assert classes["true"] >= 0.85 * rejected
    assert classes["misleading"] <= 0.005 * rejected
