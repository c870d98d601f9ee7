"""A learner's JupyterLab shows the course, and not the tools for teachers.

How to think about it: a class is graded with nbgrader, from the same environment in which learners
work. nbgrader brings menus, a button and a tab into every JupyterLab of that environment. They are
for teachers, and for classes that hand in through nbgrader. JupyterLab asks a function, the
``page_config_hook``, for the last word on its page: ours names nbgrader as switched off there.
``jupyter lab`` shows it.

``scripts/lab.py`` calls ``hide_nbgrader``; on a hub, this module is an extension of the server.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.serverapp import ServerApp


def hide_nbgrader(server: ServerApp) -> None:
    """Have the pages of a server that is ready to start leave out what nbgrader adds to them."""
    settings = server.web_app.settings
    before = settings.get("page_config_hook", lambda _handler, page: page)  # JupyterHub has one

    def without_nbgrader(handler: object, page: dict[str, Any]) -> dict[str, Any]:
        page = before(handler, page)
        return page | {"disabledExtensions": [*page["disabledExtensions"], "@jupyter/nbgrader"]}

    settings["page_config_hook"] = without_nbgrader


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(_server: ServerApp) -> None:
    """Nothing yet: JupyterHub's own extension replaces the hook when it is loaded."""


async def _start_jupyter_server_extension(server: ServerApp) -> None:
    hide_nbgrader(server)
