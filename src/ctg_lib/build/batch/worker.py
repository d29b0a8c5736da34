"""A process that makes reports for :mod:`ctg_lib.build.batch.crew`: ``python -m ctg_lib.build.batch.worker``.

It hears :mod:`~ctg_lib.build.warm.frames` on its standard input and answers on its standard output; what the
libraries say goes to its standard error. When whoever asks is gone, it ends at once, and so does what it
started.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import threading
from functools import partial
from pathlib import Path
from typing import IO, Any

from ctg_lib.build.warm import frames, server

_SAID = 2
"""Standard error: the worker's log."""


def main() -> None:
    """Hear what is wanted, then make one report after the other."""
    asked, told = server.own_channels()
    hello = frames.receive(asked)
    if hello is None:
        return
    server.die_with_parent(hello["parent"])
    from ctg_lib.build.batch.turn import Wish, Workshop
    from ctg_lib.build.inputs import begun
    from ctg_lib.project import Project

    if hasattr(faulthandler, "register"):  # what it does is written in its log before it is ended
        faulthandler.register(signal.SIGUSR1, _SAID, chain=False)
    project = Project(Path(hello["root"]))
    begun(project)
    shop = Workshop(project, Wish.heard(hello["wish"]))
    wanted: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked, wanted), daemon=True).start()
    frames.send(told, {"ready": os.getpid()})
    alive = partial(frames.send, told, {"alive": True})
    while True:
        frames.send(told, shop.make(wanted.get()["study"], alive).said())


def _listen(asked: IO[bytes], wanted: queue.SimpleQueue[Any]) -> None:
    while (message := frames.receive(asked)) is not None:
        wanted.put(message)
    os._exit(0)  # whoever asked is gone, even in the middle of a report


if __name__ == "__main__":
    main()
