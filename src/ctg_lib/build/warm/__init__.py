"""The warm engine: chapters run in children of a process that has done its imports.

``shell`` runs one notebook inside the current process; ``server`` is the process that has imported, drawn
once and frozen its heap, and forks one child per notebook; ``pool`` asks it, with a limit of time and of
memory; ``engine`` is papermill's way in.

What was chosen, and why. The kernel is ipykernel's own class without its sockets, and the messages it sends
are read by nbclient's own code: outputs, display updates, ``clear_output``, tracebacks and top-level
``await`` are those of the cold engine because the same lines of the same libraries make them. execnb was
weighed: it runs cells in process too, but builds outputs itself, and of 20 odd cells 8 came out otherwise
(file-descriptor output, ``update_display``, ``clear_output``, order of results). ploomber-engine drops the
metadata of outputs, where figures keep their text alternative.
"""
