"""The masking stepper computes in the page what Python computes."""

import random

import pytest

from wsedu.views.masking_steps import SHOWN, MaskingSteps

from .scenes import Page
from .twins import computed_in_the_page

pytestmark = pytest.mark.browser

TEXTS = [
    "",
    "Hello",
    "Привет",
    "👋 \n\0\r",
    "x" * 25,
    "<script>",
    "\u202etxet",
    "é",
    "日本語のテキスト",
]
KEYS = ["37fa213d", "37 FA 21 3D", "00000000", "ffffffff", "", "37fa21", "37fa213d0", "zzzzzzzz"]


def test_page_and_python_agree(tab: Page) -> None:
    chance = random.Random(53)
    states = [
        {
            "text": chance.choice(TEXTS)
            + "".join(chance.choices("aé😀 \\{}", k=chance.randint(0, 9))),
            "key": chance.choice([*KEYS, chance.randbytes(4).hex()]),
            "byte": chance.randrange(SHOWN),
        }
        for _state in range(600)
    ]
    picture = MaskingSteps()
    for state, slots in zip(states, computed_in_the_page(tab, picture, states), strict=True):
        assert slots == picture.slots(state), state
