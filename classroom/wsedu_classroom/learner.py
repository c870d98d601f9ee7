"""A learner's server on a hub: JupyterHub's own, which keeps the environment.

It may outlive the hub, and no command may take the environment away from a server that runs.
"""

from jupyterhub.singleuser import main

from wsedu_classroom.environment import keep

if __name__ == "__main__":
    keep()
    main()
