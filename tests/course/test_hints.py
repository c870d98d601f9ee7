"""The hints lead there with every answer that an earlier exercise let pass."""

import re

from wsedu.course.catalogue import exercises
from wsedu.course.commands import judge
from wsedu_exercises.server import encode_header

EXERCISES = exercises()


def refusing_decode_header(data: bytes) -> tuple[bool, int, bool, int, int] | None:
    """Refuses a length in too long a form. Earlier editions let it pass, so it may be kept."""
    fields = EXERCISES["decode-header"].solution(data)
    if fields is None:
        return None
    fin, opcode, masked, length, size = fields
    shortest = len(encode_header(fin, opcode, length)) + 4 * masked
    return fields if size == shortest else None


def test_last_hint_of_minimal_length_helps_a_learner_whose_decode_header_refuses() -> None:
    assert not judge("decode-header", refusing_decode_header, 6455).passed
    hint = EXERCISES["minimal-length"].hints[-1]
    (length,) = re.findall(r"int\.from_bytes\(.+?\)", hint)
    borders = [int(number) for number in re.findall(r"over (\d+)", hint)]

    def is_minimal(header: bytes) -> bool:
        border = dict(zip((4, 10), borders, strict=True)).get(len(header), -1)
        return bool(eval(length, {"header": header}) > border)

    assert judge("minimal-length", is_minimal, 6455).passed
