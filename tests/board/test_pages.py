"""What waits for a page: the newest of each cell, and the whole state instead of a long queue."""

import asyncio

import pytest
from wsedu_classroom.board.matrix import Key
from wsedu_classroom.board.pages import WAITING, Page

pytestmark = pytest.mark.anyio


def cell(number: int) -> Key:
    return Key(f"learner {number}", "exercise", "mask")


async def test_the_whole_state_comes_first_and_then_each_cell_once_in_its_place() -> None:
    page = Page()
    page.changed([cell(1)])
    assert await page.next() is None
    page.changed([cell(1), cell(2)])
    page.changed([cell(1), cell(3)])
    assert [await page.next() for _time in range(3)] == [cell(1), cell(2), cell(3)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await page.next()


async def test_too_many_cells_are_one_state() -> None:
    page = Page()
    await page.next()
    page.changed(map(cell, range(WAITING)))
    assert await page.next() == cell(0)
    page.changed([cell(WAITING), cell(WAITING + 1)])
    assert page._waiting == {}
    page.changed([cell(5)])
    assert await page.next() is None
    page.changed([cell(6)])
    assert await page.next() == cell(6)
