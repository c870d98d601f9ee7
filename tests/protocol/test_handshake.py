"""The key of the opening handshake, and the hash that answers it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.utils import accept_key as their_accept_key

from wsedu.protocol import accept_key, make_key

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # 1.3


class TestKey:
    """1.3, 4.1, 4.2.2."""

    def test_a_key_is_text(self) -> None:
        with pytest.raises(TypeError, match="the key is a str, .* not bytes"):
            accept_key(b"abc")  # type: ignore[arg-type]

    def test_example_of_1_3(self) -> None:
        assert accept_key(KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    @given(st.text(st.characters(max_codepoint=126)))
    def test_accept_key_against_websockets(self, key: str) -> None:
        assert accept_key(key) == their_accept_key(key)

    def test_make_key(self) -> None:
        assert make_key(b"the sample nonce") == KEY
        for size in (0, 15, 17):
            with pytest.raises(ValueError, match="4.1"):
                make_key(bytes(size))
