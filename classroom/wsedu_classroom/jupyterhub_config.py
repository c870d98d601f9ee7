"""The configuration of JupyterHub for a class: ``jupyterhub -f jupyterhub_config.py``.

The environment variable WSEDU_HUB names the folder with the hub's settings, which
``scripts/hub.py`` has written. To change more, add lines at the end of this file.
"""

import os

from wsedu_classroom.environment import keep
from wsedu_classroom.hub import Settings, configure

keep()
c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure(c, Settings.read(os.environ["WSEDU_HUB"]))
