"""The recording of a page: a recording, and what the page's script did and heard."""

from pathlib import Path

import pytest

from wsedu.protocol import build_request, make_key
from wsedu.recording import Event, PageRecording, Recording, dissect
from wsedu.recording.page import ScriptStep

REQUEST = build_request("example.com", "/", make_key(b"the sample nonce")).to_bytes()
BARE = Recording((Event(0.5, "client", "data", REQUEST), Event(1, "server", "lost")), "a note", 7)
STEPS = (
    ScriptStep(0.25, "send", 'send("a b") throws InvalidStateError'),
    ScriptStep(0.5, "tell", 'it says "throws x" \N{RIGHT-TO-LEFT OVERRIDE}'),
    ScriptStep(2, "close", 'close: code 1006, reason "", wasClean false'),
)


def test_it_is_a_recording_with_a_script() -> None:
    recording = PageRecording.of(BARE, STEPS)
    assert (recording.events, recording.note, recording.dropped) == (BARE.events, "a note", 7)
    assert dissect(recording).units == dissect(BARE).units
    assert recording != PageRecording.of(BARE, STEPS[:1])
    covered = recording.with_secrets_covered()
    assert isinstance(covered, PageRecording) and covered.script == STEPS


def test_only_a_call_throws() -> None:
    assert [step.threw for step in STEPS] == [True, False, False]


def test_what_is_saved_is_loaded_again(tmp_path: Path) -> None:
    recording = PageRecording.of(BARE, STEPS)
    recording.save(tmp_path / "page.json")
    assert PageRecording.load(tmp_path / "page.json") == recording
    assert PageRecording.from_json(recording.to_json()) == recording


def test_a_recording_reads_the_file_of_a_page_and_the_other_way_round(tmp_path: Path) -> None:
    PageRecording.of(BARE, STEPS).save(tmp_path / "page.json")
    BARE.save(tmp_path / "bare.json")
    assert Recording.load(tmp_path / "page.json") == BARE
    assert PageRecording.load(tmp_path / "bare.json") == PageRecording.of(BARE, ())


def test_a_file_for_wireshark_holds_the_wire(tmp_path: Path) -> None:
    PageRecording.of(BARE, STEPS).save(tmp_path / "page.pcapng")
    assert Recording.open(tmp_path / "page.pcapng").sent_by("client") == REQUEST


@pytest.mark.parametrize("line", ['"open"', '"soon open open"', "7", "null", '["0 open open"]'])
def test_a_script_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    text = BARE.to_json().rstrip()[:-1] + f', "script": [{line}]}}'
    (tmp_path / "page.json").write_text(text)
    with pytest.raises(ValueError, match=r'page.json: "script" has .*, not "SECONDS NAME WORDS"'):
        PageRecording.load(tmp_path / "page.json")


def test_a_script_that_is_not_a_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text(BARE.to_json().rstrip()[:-1] + ', "script": 5}')
    with pytest.raises(ValueError, match=r'page.json: "script" must be a list, not 5'):
        PageRecording.load(tmp_path / "page.json")
