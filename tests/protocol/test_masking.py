"""Masking: the readable form, the fast one, and the one in C that a dependency ships."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.speedups import apply_mask

from tests.protocol import KEY
from wsedu.protocol import mask, mask_fast

keys = st.binary(min_size=4, max_size=4)


def test_example_of_5_7() -> None:
    assert mask(b"Hello", KEY) == bytes.fromhex("7f9f4d5158")
    assert mask(bytes.fromhex("7f9f4d5158"), KEY) == b"Hello"


@pytest.mark.parametrize("size", [*range(20), 509, 510, 511, 512, 513, 514, 515, 516, 70_001])
def test_all_forms_agree_at_every_size(size: int) -> None:
    data = (b"\x00\xff\x55" + bytes(range(251)) * 300)[:size]
    assert mask(data, KEY) == mask_fast(data, KEY) == apply_mask(data, KEY)


@given(st.binary(max_size=2000), keys)
def test_all_forms_agree(data: bytes, key: bytes) -> None:
    assert mask(data, key) == mask_fast(data, key) == apply_mask(data, key)


@pytest.mark.long
@settings(max_examples=50_000)
@given(st.binary(max_size=2000), keys)
def test_all_forms_agree_long(data: bytes, key: bytes) -> None:
    assert mask(data, key) == mask_fast(data, key) == apply_mask(data, key)


@given(st.binary(), keys)
def test_masking_twice_changes_nothing(data: bytes, key: bytes) -> None:
    assert mask(mask(data, key), key) == data
