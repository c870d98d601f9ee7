# The kernel tells IPython at its start to complete names with jedi. That is not in the site: it
# would be a third of all that a page fetches. The line below runs later, and puts it right.
c = get_config()  # noqa: F821
c.InteractiveShellApp.exec_lines = ["get_ipython().Completer.use_jedi = False"]
