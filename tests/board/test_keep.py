"""The file of a class: each entry once, whatever comes again."""

import io
import json
import stat
from pathlib import Path

from wsedu_classroom.board.keep import Kept, opened

HELLO = ["hello", "learner-ada", "ada", 1]
FIRST = ["event", "learner-ada", 1, 2, "hint", "mask", None]
SECOND = ["event", "learner-ada", 2, 3, "other", "", None]


def test_a_board_that_starts_again_adds_only_what_its_file_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    file = opened(path)
    for entry in (HELLO, SECOND, FIRST):  # of two processes, the later event may come first
        file.write(entry)
    file.close()
    with path.open("a") as torn:
        torn.write('["event", "learner-')
    file = opened(path)
    again = [["hello", "learner-ada", "ada", 8], ["event", *FIRST[1:3], 9, *FIRST[4:]], SECOND]
    news = [["hello", "learner-ada", "Ada L.", 9], ["event", "learner-ada", 3, *FIRST[3:]]]
    for entry in [*again, *news, ["end"]]:
        file.write(entry)
    file.close()
    lines = path.read_text().splitlines()
    assert [json.loads(line) for line in lines[:3] + lines[4:]] == [
        *(HELLO, SECOND, FIRST),
        *news,
        ["end"],
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_nickname_that_comes_from_an_old_log_is_not_a_new_one() -> None:
    file = io.StringIO()
    kept = Kept(file)
    for entry in (HELLO, ["hello", "learner-ada", "Ada L.", 2], HELLO):
        kept.write(entry)
    assert len(file.getvalue().splitlines()) == 2


def test_the_next_class_has_an_end_of_its_own() -> None:
    file = io.StringIO()
    Kept(file, ["damaged", HELLO[0], "[" * 5000, json.dumps(HELLO), '["end"]']).write(["end"])
    assert file.getvalue() == '["end"]\n'
