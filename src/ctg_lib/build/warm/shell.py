"""One notebook run inside this process, as a kernel and nbclient would run it, without a socket.

The kernel is :class:`ipykernel.ipkernel.IPythonKernel`; its messages go to a queue in place of ZMQ, and
:class:`nbclient.NotebookClient` turns them into outputs. What differs from a kernel of its own process:
``input()`` and widgets are refused with a message that names the other engine.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import comm
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets import Any as AnyTrait
from traitlets import Type, default
from traitlets.config import Config

REFUSED = "le moteur « warm » ne le permet pas : relancer avec « --engine cold »."


class Refused(RuntimeError):
    """Something that needs a person or a page at the other end."""


# --- from the kernel to nbclient -----------------------------------------------------------------------


class _Wire:
    """What stands for a socket: messages put in order in a queue."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def put(self, message: dict[str, Any]) -> None:
        self.queue.put_nowait(message)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message; :class:`queue.Empty` where none comes in ``timeout`` seconds."""
        try:
            return await asyncio.wait_for(self.queue.get(), timeout)
        except TimeoutError:
            raise Empty from None

    def flush(self, *_: Any) -> None:
        """Nothing waits."""


class _Session(Session):
    """A session that hands messages over; contents pass through JSON as if they were sent."""

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, ident: Any = None,
        buffers: Any = None, track: bool = False, header: Any = None, metadata: Any = None,
    ) -> Any:  # fmt: skip
        if isinstance(msg_or_type, dict):
            message = dict(msg_or_type)
        else:
            message = self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        message["content"] = self.unpack(self.pack(message["content"]))
        message["buffers"] = buffers or []
        if isinstance(stream, _Wire):
            stream.put(message)
        return message


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of cells; what was written to the descriptor is told first."""

    encoding = "UTF-8"
    errors = None

    def __init__(self, kernel: _Kernel, name: str) -> None:
        self.name, self._kernel = name, kernel
        self._pending: list[str] = []
        self._beneath: Any = None

    def capture(self, folder: Path) -> None:
        """From now on, tell what C code or another program writes to the descriptor as this stream's.

        It goes through a file of ``folder``, which stays when the process dies. Not a pipe: nobody needs to
        empty a file while a cell runs.
        """
        path = folder / self.name
        writer = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(writer, self.fileno())
        os.close(writer)
        self._beneath = path.open("rb", buffering=0)

    def _drain(self) -> None:
        if self._beneath is not None and (found := self._beneath.read()):
            self._pending.append(found.decode("utf-8", errors="replace"))

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._drain()
        self._pending.append(text)
        return len(text)

    def flush(self) -> None:
        self._drain()
        text = "".join(self._pending)
        self._pending.clear()
        if text:
            kernel = self._kernel
            assert kernel.session is not None
            kernel.session.send(
                kernel.iopub_socket, "stream", {"name": self.name, "text": text}, parent=kernel.get_parent()
            )

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return {"stdout": 1, "stderr": 2}[self.name]


class _Shell(ZMQInteractiveShell):
    """IPython's shell of a kernel, as it is."""


class _Kernel(IPythonKernel):
    """ipykernel's kernel, fed by calls."""

    shell_class = Type(_Shell)
    debugger_class = Type("ctg_lib.build.warm.shell._NoDebugger")
    iopub_socket = AnyTrait()
    shell_wire = AnyTrait()
    streams = AnyTrait()

    @default("session")
    def _default_session(self) -> _Session:
        return _Session(parent=self, key=b"")

    @default("log")
    def _default_log(self) -> logging.Logger:
        return logging.getLogger(__name__)

    @default("shell_channel_thread")
    def _default_thread(self) -> Any:
        return _NoThread()

    def raw_input(self, prompt: str = "") -> str:
        raise Refused(f"input() attend une réponse au clavier ; {REFUSED}")

    def getpass(self, prompt: str = "", stream: Any = None, *, echo_char: str | None = None) -> str:
        raise Refused(f"getpass() attend une réponse au clavier ; {REFUSED}")

    def _forward_input(self, allow_stdin: bool = False) -> None:
        super()._forward_input(True)  # so that input() is this kernel's, which refuses it in words

    def _abort_queues(self, subshell_id: Any = None) -> None:
        """No request waits behind the one that failed."""

    def capture(self, folder: Path) -> None:
        """Take the descriptors 1 and 2 of this process for the outputs of cells, by files of ``folder``."""
        self.streams = _Stream(self, "stdout"), _Stream(self, "stderr")
        for stream in self.streams:
            stream.capture(folder)

    async def serve(self, message: dict[str, Any]) -> None:
        """Answer one request as a kernel does: busy, the answer, what is left to tell, idle."""
        self.set_parent([], message, channel="shell")
        self._publish_status("busy", "shell")
        handler = getattr(self, message["header"]["msg_type"])
        await handler(self.shell_wire, [], message)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._publish_status("idle", "shell")


class _NoThread:
    """The shell runs in the main thread, which is nobody's child."""

    parent_thread = None


class _NoDebugger:
    """No debugger listens."""

    def __init__(self, *_: Any) -> None:
        pass


def _refuse_comm(*_: Any, **__: Any) -> Any:
    raise Refused(f"un widget attend une page ouverte ; {REFUSED}")


class _Client:
    """What nbclient asks of a kernel's client."""

    allow_stdin = False

    def __init__(self, kernel: _Kernel) -> None:
        self.kernel = kernel
        self.shell_channel, self.iopub_channel = kernel.shell_wire, kernel.iopub_socket
        self._tasks: set[asyncio.Task[None]] = set()
        self.broken: BaseException | None = None

    async def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        content = {
            "code": code, "silent": False, "store_history": store_history, "user_expressions": {},
            "allow_stdin": True, "stop_on_error": stop_on_error,
        }  # fmt: skip
        return self._ask("execute_request", content)

    def _ask(self, kind: str, content: dict[str, Any]) -> str:
        assert self.kernel.session is not None
        message = self.kernel.session.msg(kind, content)
        task = asyncio.get_running_loop().create_task(self.kernel.serve(message))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return str(message["header"]["msg_id"])

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.broken = self.broken or (None if task.cancelled() else task.exception())

    async def is_alive(self) -> bool:
        """Whether the kernel still answers: asked by nbclient while it waits."""
        return self.broken is None


# --- one notebook ----------------------------------------------------------------------------------------


def make_kernel(profile: str) -> _Kernel:
    """The kernel of this process, made once, before any fork.

    Args:
        profile: folder of IPython's settings.
    """
    os.environ["IPYTHONDIR"] = profile
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    wires = _Wire(), _Wire()
    kernel = _Kernel.instance(iopub_socket=wires[0], shell_wire=wires[1], config=config)
    comm.create_comm = _refuse_comm
    return kernel


class _Notebook(NotebookClient):
    """nbclient without a kernel to start."""

    def __init__(self, notebook: Any, kernel: _Kernel, **settings: Any) -> None:
        super().__init__(notebook, km=None, **settings)
        self.own = _Client(kernel)
        self.kc = self.own  # type: ignore[assignment]


def run_notebook(
    kernel: _Kernel, notebook: Any, *, on_cell: Callable[[int], None]
) -> CellExecutionError | None:
    """Run every cell of ``notebook`` in this process; outputs are written in it.

    Args:
        kernel: from :func:`make_kernel`.
        notebook: nbformat node, with its parameters; changed in place.
        on_cell: called with the position of each cell that starts.

    Returns:
        The error that stopped it, as nbclient words it; None when all cells ran.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = kernel.streams or (_Stream(kernel, "stdout"), _Stream(kernel, "stderr"))
    try:
        return asyncio.run(_run(kernel, notebook, on_cell))
    finally:
        sys.stdout, sys.stderr = before


async def _run(kernel: _Kernel, notebook: Any, on_cell: Callable[[int], None]) -> CellExecutionError | None:
    for name in ("iopub_socket", "shell_wire"):
        setattr(kernel, name, _Wire())  # of this loop
    assert kernel.shell is not None
    kernel.shell.displayhook.pub_socket = kernel.iopub_socket
    kernel.shell.display_pub.pub_socket = kernel.iopub_socket
    client = _Notebook(notebook, kernel, store_widget_state=False, record_timing=False, timeout=None)
    client.reset_execution_trackers()
    try:
        for index, cell in enumerate(notebook.cells):
            on_cell(index)
            await client.async_execute_cell(cell, index)
    except CellExecutionError as error:
        return error
    except DeadKernelError:
        raise client.own.broken or RuntimeError("le noyau ne répond plus") from None
    finally:
        notebook.metadata["language_info"] = dict(kernel.language_info)
    return None
