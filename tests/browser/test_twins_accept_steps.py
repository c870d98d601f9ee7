"""The accept stepper shows in the page what Python computes: every way, every step."""

from itertools import product

import pytest

from wsedu.protocol import make_key
from wsedu.views.accept_steps import STEPS, AcceptSteps

from .scenes import Page
from .twins import computed_in_the_page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("nonce", [b"the sample nonce", bytes(16), bytes(range(16))])
def test_page_and_python_agree(tab: Page, nonce: bytes) -> None:
    picture = AcceptSteps(make_key(nonce))
    ways = list(picture.words["tables"])
    states = [{"way": way, "step": step} for way, step in product(ways, range(1, STEPS + 1))]
    assert computed_in_the_page(tab, picture, states) == [picture.slots(s) for s in states]
