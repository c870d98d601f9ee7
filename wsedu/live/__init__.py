"""The lab: real servers and clients on this machine, and a tap that records every byte.

This is the only room that opens sockets, and all of them are on 127.0.0.1, unless you ask for more
with ``open_to_the_network``. Begin with ``lab``; ``echo_server`` is a whole server in 80 lines.
``proxies`` and ``brokers`` run real programs.
"""

from .brokers import Nats, Valkey, Worker
from .kept_runs import components, needs
from .lab import Lab
from .proxies import Caddy, Nginx
from .wires import Wires

__all__ = ["Caddy", "Lab", "Nats", "Nginx", "Valkey", "Wires", "Worker", "components", "needs"]
