"""Answers that do not end by themselves; this file itself runs in Pyodide, in real time.

The last line is JSON: {answer: [outcome, sentence, seconds]}.
"""

import asyncio
import json
import time

from wsedu.course.commands import judge


def loops(*_args):
    while True:
        pass


def sleeps(*_args):
    time.sleep(1000)


def catches_all(*_args):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


async def waits(*_args):
    await asyncio.Future()


async def spins(*_args):
    while True:
        await asyncio.sleep(0)


async def server(_reader, _writer):
    while True:
        pass


said = {}
for name, answer in (
    *(("compute-accept", answer) for answer in (loops, sleeps, catches_all, waits, spins)),
    ("own-server", server),
):
    begun = time.monotonic()
    verdict = judge(name, answer, 1)
    seconds = time.monotonic() - begun
    said[answer.__name__] = [verdict.outcome, verdict.sentence, round(seconds, 1)]

json.dumps(said)
