"""A learner's server on a hub: JupyterHub's own, which starts sooner.

A good part of the time that JupyterLab takes to start goes into a grammar that ``rfc3987_syntax``
builds. It checks international addresses (IRI) in JSON, of which Jupyter has none; jsonschema,
which takes it in if it is there, does without. And it keeps the environment, as it may outlive the
hub.
"""

import sys

from wsedu_classroom.environment import keep

keep()
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from jupyterhub.singleuser import main  # noqa: E402

if __name__ == "__main__":
    main()
