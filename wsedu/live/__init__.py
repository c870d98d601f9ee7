"""The lab: real servers and clients on this machine, and a tap that remembers every byte.

This is the only room that opens sockets, and every one of them is on 127.0.0.1.
"""

from .lab import Lab

__all__ = ["Lab"]
