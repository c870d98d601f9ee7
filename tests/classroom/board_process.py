"""A board in a process of its own, which a test can kill: ``board_process.py PORT CLASS TEACHER``.

It says its port on stderr. Port 0 is any free one.
"""

import asyncio
import sys

from wsedu_classroom.board.course import installed
from wsedu_classroom.board.log import Memory
from wsedu_classroom.board.server import Board, Told


async def main(port: int, learners: str, teachers: str) -> None:
    told = Told(join=f"join_class('ws://127.0.0.1:8123/{learners}')")
    board = Board(installed(), Memory(), learners=learners, teachers=teachers, told=told)
    async with board.listening(port=port) as found:
        print(f"listening on {found}", file=sys.stderr, flush=True)
        await board.until_ended()


asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))
