"""Sentences: one for every id, in any language, found when they are read."""

import ast
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from tests.recording import ANSWER, REQUEST, conversation
from wsedu import words
from wsedu.protocol import (
    CHOICES,
    CloseCode,
    Frame,
    Opcode,
    ProtocolError,
    build_frame,
    close_code_meaning,
    parse_close,
    parse_request,
)
from wsedu.recording import Dissection, Field, Recording, dissect
from wsedu.recording.events import SIDES
from wsedu.said import Said
from wsedu.words.sentences import SENTENCES

from . import Loud, Marked, ThreeForms

WSEDU = Path(words.__file__).parent.parent
MASK = bytes.fromhex("37fa213d")


# The ids of the code and the ids of the table.


def calls_of_said() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """(where, the ids that it can make, the names of its arguments) of each call in the code."""
    for path in sorted(WSEDU.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id != "Said":
                continue
            where = f"{path.name}:{node.lineno}"
            (written,) = node.args
            pieces = written.values if isinstance(written, ast.JoinedStr) else [written]
            assert all(isinstance(p, ast.Constant | ast.FormattedValue) for p in pieces), where
            pattern = "".join(
                re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else "[a-z0-9-]+"
                for piece in pieces
            )
            yield where, re.compile(pattern), {str(keyword.arg) for keyword in node.keywords}


CALLS = list(calls_of_said())


def arguments(sentence: str) -> set[str]:
    return {name for _text, name, *_format in Formatter().parse(sentence) if name is not None}


def test_every_id_in_the_code_has_a_sentence() -> None:
    assert len(CALLS) > 150  # the test can see them
    for where, ids, _names in CALLS:
        assert any(ids.fullmatch(id) for id in SENTENCES), where


def test_every_sentence_has_an_id_in_the_code() -> None:
    assert [id for id in SENTENCES if not any(ids.fullmatch(id) for _, ids, _ in CALLS)] == []


def test_every_sentence_gets_its_arguments() -> None:
    for where, ids, names in CALLS:
        for id, sentence in SENTENCES.items():
            if ids.fullmatch(id):
                forms = sentence if isinstance(sentence, list) else [sentence]
                for form in forms:
                    assert arguments(form) == names, (where, id)
                assert "count" in names or not isinstance(sentence, list), (where, id)


def test_every_close_code_and_every_choice_is_in_words() -> None:
    for code in (*CloseCode, 999, 2999, 3999, 4999, 5000):
        assert close_code_meaning(code).endswith(".")
    for choice in CHOICES:
        for said in (choice.question, choice.answer, choice.reason):
            assert said[-1] in ".?" and repr(said) in repr(choice)


def test_no_sentence_is_there_twice() -> None:
    """Two ids for one sentence would have to be translated twice, and could differ then."""
    sentences = [str(said) for id, said in SENTENCES.items() if not id.startswith("choice.")]
    assert len(set(sentences)) == len(sentences)


def test_translators_get_every_sentence(tmp_path: Path) -> None:
    """By the command in CONTRIBUTING.md: those of the table, and those inside of ``_(...)``."""
    collected = tmp_path / "wsedu.pot"
    command = ["-q", "extract", "-F", "pyproject.toml", "-o", str(collected), "wsedu"]
    frontend = [sys.executable, "-m", "babel.messages.frontend"]
    subprocess.run([*frontend, *command], cwd=WSEDU.parent, check=True, timeout=60)
    messages = {message.id for message in read_po(io.BytesIO(collected.read_bytes()))}
    for sentence in SENTENCES.values():
        assert (tuple(sentence) if isinstance(sentence, list) else sentence) in messages
    assert "✔ The header breaks no rule." in messages
    assert ("{count} problem:", "{count} problems:") in messages


# Numbers.


@pytest.mark.parametrize(
    ("said", "one", "many"),
    [
        (Said("seen.header-lines", count=1), "1 header line", "2 header lines"),
        (Said("body.title", count=1), "body, 1 byte", "body, 2 bytes"),
        (Said("frame.payload-size", count=1), "1 byte of payload", "2 bytes of payload"),
    ],
)
def test_one_is_singular(said: Said, one: str, many: str) -> None:
    several = Said(said.id, **said.args | {"count": 2})
    assert (str(said), str(several)) == (one, many)
    assert (said.in_english(), several.in_english()) == (one, many)


@pytest.mark.parametrize(
    ("count", "word"), [(1, "байт"), (2, "байта"), (5, "байтов"), (11, "байтов"), (21, "байт")]
)
def test_a_language_may_have_more_than_two_forms(
    count: int, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "translations", ThreeForms())
    assert str(Said("bytes.count", count=count, shown="00")) == f"{count} {word}: 00"


# Another language.


def talks() -> list[Recording]:
    """Recordings in which most of what can be said is said."""
    agreed = [("client", REQUEST), ("server", ANSWER)]
    frames = [
        Frame(Opcode.TEXT, b"Hel", fin=False),
        Frame(Opcode.PING, b"hi"),
        Frame(Opcode.CONTINUATION, b"lo"),
        Frame(Opcode.BINARY, bytes(300)),
        Frame(Opcode.CLOSE),
        Frame(Opcode.TEXT, b"late"),
    ]
    said = [
        [*agreed, *(("client", build_frame(frame, MASK)) for frame in frames)],
        [*agreed, ("server", build_frame(Frame(Opcode.CLOSE, b"\x03\xe8bye")))],
        [*agreed, ("client", build_frame(Frame(Opcode.TEXT, b"\xff"), MASK) * 2)],
        [*agreed, ("server", build_frame(Frame(0x3, b"", False, True), MASK, 64)[:-1])],
        [("client", REQUEST + build_frame(Frame(Opcode.PONG), MASK)), ("server", ANSWER)],
        [("client", b"\n\nGET / HTTP/1.1\n: \x00\xff\r\nno colon\r\nCookie: a\r\n\r\n\x81")],
        [("client", b"GET / HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 OK\r\n\r\nHi")],
        [("client", b"\x81\x85"), ("server", b"hi\r\n\r\n")],
        [("client", b"GET / HT")],
        [("server", b"HTTP/1.1 101")],
    ]
    return [conversation(*talk) for talk in said]  # type: ignore[arg-type]


def everything_said(seen: Dissection) -> Iterator[tuple[Said | str, str]]:
    """(what is said, the words that are read) of all there is to read in a recording."""
    for unit in seen.units:
        yield unit._titled, unit.title
        yield unit._described, unit.sentence
        for problem in unit.problems:
            yield problem.said, problem.sentence
        for check in unit.checks:
            yield check.asked, check.requirement
            yield check.seen, check.found
        yield from said_of(unit.fields)


def said_of(fields: tuple[Field, ...]) -> Iterator[tuple[Said | str, str]]:
    for field in fields:
        yield field.named, field.name
        yield field.shown, field.value
        if field.meant is not None:
            yield field.meant, field.meaning
        yield from said_of(field.parts)


# These have one name in every language.
SAME_EVERYWHERE = {"FIN", "RSV", "MASK", "opcode"}


def test_everything_that_is_read_of_a_recording_is_translated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Although it has been read in English before: nothing is kept in one language."""
    for recording in talks():
        seen = dissect(recording)
        before = list(everything_said(seen))
        with monkeypatch.context() as patch:
            patch.setattr(words, "translations", Marked())
            translated = list(everything_said(seen))
        assert len(translated) == len(before) and list(everything_said(seen)) == before
        payloads = [unit.layout.frame.payload for unit in seen.find("frame") if unit.layout]
        wire = b"".join([*map(recording.sent_by, SIDES), *payloads]).decode("latin-1")
        for (said, english), (_said, marked) in zip(before, translated, strict=True):
            if isinstance(said, Said):
                assert marked.startswith("⟦") and marked.endswith("⟧")
                assert marked.replace("⟦", "").replace("⟧", "") == english
            else:  # digits, or words that came over the wire
                assert marked == said == english
                assert all(
                    word in wire or word in SAME_EVERYWHERE
                    for word in re.findall("[A-Za-z]{3,}", said)
                ), said


def test_errors_checks_and_codes_are_read_in_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProtocolError) as http:
        parse_request(b"GET / HTTP/1.1\r\n")
    with pytest.raises(ProtocolError) as close:
        parse_close(b"\x03\xed")
    with pytest.raises(LookupError) as nothing:
        _ = dissect(Recording()).request
    monkeypatch.setattr(words, "translations", Loud())
    assert str(http.value).startswith("THE HEAD IS NOT COMPLETE")
    assert str(close.value) == "A CLOSE FRAME CARRIES CODE 1005, WHICH MAY NOT BE SENT. " + (
        "(RFC 6455 7.4)"
    )
    assert str(nothing.value) == "IN THIS RECORDING THE CLIENT SAYS NOTHING."
    assert close_code_meaning(1000) == "THE PURPOSE OF THE CONNECTION IS FULFILLED."
    assert CHOICES[0].answer == "NO: 1002." and "NO: 1002." in repr(CHOICES[0])


def test_an_argument_is_said_in_the_same_language(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said("frame.goes-on", kind=Said("opcode.text"))
    monkeypatch.setattr(words, "translations", Loud())
    assert str(said) == "TEXT (GOES ON)"
    assert said.in_english() == "text (goes on)"


def test_braces_on_the_wire_are_shown_as_they_are() -> None:
    (problem,) = dissect(
        conversation(("client", b"GET / HTTP/1.1\r\n{limit} {0}: x\r\n\r\n"))
    ).request.problems
    assert problem.sentence.startswith('"{limit} {0}" is not a header name')


def test_equal_ids_with_equal_arguments_are_equal() -> None:
    assert Said("code.1000") == Said("code.1000") != Said("code.1001")
    assert Said("frame.reserved-opcode", opcode=3) != Said("frame.reserved-opcode", opcode=4)
    assert len({Said("frame.reserved-opcode", opcode=3) for _ in range(2)}) == 1
