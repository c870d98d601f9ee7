"""The exercises of the course: their code once, their words in each language.

How to think about it: a folder a lesson, and in it a folder an exercise. ``wsedu.course`` finds
them through an entry point; what else it takes from here are the names below.
"""

from .server import put_together

__all__ = ["later", "put_together", "reachable"]

# The conformance cases that a server of lessons 00 to 08 can pass. The others need a check that
# refuses a frame (lesson 09, with case 2.5 and groups 3, 4 and 5), a message that is put together
# before it is answered (10), or UTF-8 that is checked (11).
reachable = tuple("1.* 2.* 6.1.* 6.2.* 6.5.* 6.7.* 6.9.* 6.11.* 6.22.* 6.23.* 7.*".split())
later = ("2.5", "6.11.5", "7.3.6")
