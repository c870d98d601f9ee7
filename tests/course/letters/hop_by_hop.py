"""The right answers to hop-by-hop, from what they are about."""

from __future__ import annotations


def right() -> dict[str, object]:
    """TODO: compute or measure each answer, with a library or the lab; copy none of them."""
    return {"A": len(b"\x81\x05"), "B": 0x81 > 127}
