"""Odd cells, by nbclient with a kernel of its own and by the warm engine: what comes out is the same."""

from __future__ import annotations

from typing import Any

import pytest
from both_engines import both, cells

from ctg_lib.build.warm.pool import Pool

ODD = {
    "another program writes": "import subprocess\nsubprocess.run(['sh', '-c', 'echo dehors; echo erreur >&2'])",
    "os.write": "import os\n_ = os.write(1, b'un\\n'), os.write(2, 'deux é\\n'.encode())",
    "C writes": "import ctypes\nlibc = ctypes.CDLL(None)\n_ = libc.printf(b'de C %d\\n', 3), libc.fflush(None)",
    "os.system": "os.system('echo par le shell')",
    "bytes that are no text": "_ = os.write(1, b'\\xff\\xfe fin\\n')",
    "a display updated here": "h = display('un', display_id='x')\nh.update('deux')",
    "a display updated from another cell": "h.update('trois')",
    "two places under one name": "display('a', display_id='y')\ndisplay('b', display_id='y')",
    "both are updated": "from IPython.display import update_display, clear_output\nupdate_display('c', display_id='y')",
    "cleared at once": "print('perdu')\nclear_output()\nprint('gardé')",
    "cleared when something comes": "print('perdu')\nclear_output(wait=True)\nprint('gardé')",
    "cleared, and nothing comes": "print('reste')\nclear_output(wait=True)",
    "cleared several times": "for i in range(3):\n    clear_output(wait=True)\n    display(i)",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nprint('attendu')\n'valeur'",
    "async for and with": """
        async def numbers():
            for i in range(3):
                await asyncio.sleep(0)
                yield i
        [i async for i in numbers()]
    """,
    "a task goes on from one cell to the next": """
        async def later():
            await asyncio.sleep(0.01)
            return 'fini'
        task = asyncio.create_task(later())
    """,
    "and is awaited there": "await task",
    "a result with metadata": """
        class Rich:
            def _repr_mimebundle_(self, include=None, exclude=None):
                return {'text/html': '<b>é</b>', 'text/plain': 'é'}, {'text/html': {'isolated': True}}
        Rich()
    """,
    "metadata of figures": "display({'text/plain': 'x', 'image/svg+xml': '<svg/>'}, metadata={'ctg': {'alt': 'dit « cela »'}}, raw=True)",
    "several kinds": "from IPython.display import HTML, JSON, Latex, Markdown, Math\ndisplay(HTML('<i>h</i>'), Markdown('*m*'), JSON({'a': [1, None]}), Latex('$x$'), Math('y'))",
    "an image": "from IPython.display import Image, SVG\nImage(data=bytes.fromhex('89504e470d0a1a0a0000000d4948445200000001000000010800000000'), format='png', width=5)",
    "results in a row": "1\n2\n'trois'",
    "no result after a semicolon": "1;",
    "None": "None",
    "history of results": "_, __, Out[max(Out)]",
    "in and out": "len(In), _ih[-1]",
    "nothing": "",
    "blanks and a comment": "  \n# rien\n\n",
    "unicode": "print('é « ☃ » 𝄞')\n'ñ\\u202f1\\u00a0000'",
    "long text": "print('x' * 5_000)",
    "many small writes": "import sys\nfor i in range(2000):\n    _ = sys.stdout.write('.')\n    sys.stdout.flush()",
    "both streams": "print('a'); print('b', file=sys.stderr); print('c')",
    "writelines, and what a stream says of itself": "sys.stdout.writelines(['a', 'b\\n'])\nsys.stdout.isatty(), sys.stdout.writable(), sys.stdout.encoding, sys.stdout.errors, sys.stdout.name",
    "a stream's descriptor": "sys.stdout.fileno() >= 0",
    "printed with carriage returns": "print('1 %', end='\\r'); print('2 %', end='\\r'); print('fini')",
    "a warning": "import warnings\nwarnings.warn('attention', stacklevel=1)",
    "the same warning in a function": "def f():\n    warnings.warn('encore', DeprecationWarning, stacklevel=2)\nf()",
    "logging": "import logging\nlogging.basicConfig(stream=sys.stdout, force=True, format='%(levelname)s %(message)s')\nlogging.warning('journal')",
    "logging to the default stream": "logging.getLogger('autre').error('là')",
    "an error": "1 / 0",
    "an error in a function of a former cell": "def g(x):\n    return 1 / x\ng(0)",
    "an error in a library": "import json\njson.loads('{')",
    "an error with a cause": "try:\n    g(0)\nexcept ZeroDivisionError as e:\n    raise ValueError('é') from e",
    "an error with notes": "e = ValueError('v')\ne.add_note('une note')\nraise e",
    "errors in a group": "raise ExceptionGroup('plusieurs', [ValueError('a'), TypeError('b')])",
    "a syntax error": "x = (1,\ny = 2",
    "an unknown name": "inconnu",
    "an unknown module": "import inconnu_module",
    "output before an error": "print('avant')\ndisplay('vu')\nraise RuntimeError('après')",
    "an error in an await": "async def bad():\n    raise KeyError('k')\nawait bad()",
    "an error while showing": """
        class Bad:
            def __repr__(self):
                raise ValueError('ne se montre pas')
        Bad()
    """,
    "an error in a rich display": """
        class BadHtml:
            def _repr_html_(self):
                raise ValueError('html')
            def __repr__(self):
                return 'simple'
        BadHtml()
    """,
    "an exception with a bad text": "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E()",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "assert": "assert 1 == 2, 'faux'",
    "%%capture": "%%capture kept\nprint('pris')\ndisplay('aussi')",
    "what was captured": "kept.stdout, len(kept.outputs)",
    "shown again": "kept.show()",
    "redirect_stdout": "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as f:\n    print('dedans')\nf.getvalue()",
    "!": "!echo bang; echo bangerr >&2",
    "! kept": "out = !printf 'a\\nb'\nout",
    "! that fails": "!exit 3\n_exit_code",
    "system": "get_ipython().system('echo systeme')",
    "%%bash": "%%bash\necho de bash\necho erreur >&2",
    "%%bash that fails": "%%bash\nexit 2",
    "%%html and %%javascript": "%%html\n<b>x</b>",
    "%%writefile and %run": "%%writefile petit.py\nprint('lancé', __name__)\nz = 5",
    "%run": "%run petit.py\nz",
    "%who": "%who_ls int",
    "%pwd, %env": "%env DITES=oui\n!echo $DITES",
    "an unknown magic": "%inconnue",
    "%pdb is off": "%pdb off",
    "%precision": "%precision 3\n3.14159",
    "%xmode": "%xmode Plain\n1 / 0",
    "%xmode back": "%xmode Context",
    "help": "len?",
    "help twice": "g??",
    "threads print": """
        import threading
        threads = [threading.Thread(target=print, args=(f'fil {i}',)) for i in range(3)]
        for t in threads:
            t.start(); t.join()
    """,
    "a thread that ends with an error": """
        def broken():
            raise ValueError('dans un fil')
        t = threading.Thread(target=broken, name='fil'); t.start(); t.join()
    """,
    "a thread that displays": "t = threading.Thread(target=display, args=('du fil',)); t.start(); t.join()",
    "a process pool": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(2) as pool:
            print(sorted(pool.map(abs, [-1, -2])))
    """,
    "a child": "pid = os.fork()\nif pid == 0:\n    os.write(1, b'enfant\\n'); os._exit(0)\n_ = os.waitpid(pid, 0)",
    "multiprocessing": "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(1) as pool:\n    print(pool.map(abs, [-3]))",
    "set_next_input": "get_ipython().set_next_input('1 + 1')",
    "globals": "__name__, '__file__' in globals(), '__doc__' in globals(), __builtins__.__name__",
    "an input hook": "get_ipython().events.register('post_run_cell', lambda result: print('après la cellule'))",
    "is called": "'vu'",
    "sys.displayhook": "sys.displayhook('x')",
    "a formatter": "get_ipython().display_formatter.formatters['text/plain'].for_type(complex, lambda c, p, cycle: p.text('complexe'))\n1j",
    "pandas": "import pandas as pd\npd.DataFrame({'é': [1, None], 'b': ['x', 'y']})",
    "a styler's text": "pd.Series([1.5, 2], name='s')",
    "a figure": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 1))\nax.set_title('é')\nplt.show()",
    "a figure at the end of its cell": "_ = plt.plot([1, 2])\nprint('puis la figure')",
    "a figure and its object": "plt.plot([2, 1])",
    "two figures": "for i in range(2):\n    plt.figure(figsize=(1, 1)); plt.plot([i, 1])",
    "an error with a figure open": "plt.figure(figsize=(1, 1)); plt.plot([1, 3])\n1 / 0",
    "sys.exit, allowed here": "sys.exit(3)",
    "exit, allowed here": "raise SystemExit",
    "goes on": "print('fin')",
}  # fmt: skip


@pytest.fixture(scope="module")
def odd(forked: Pool, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Any]]:
    """All odd cells in one notebook, each allowed to fail."""
    notebook = cells(*ODD.values(), tags=("raises-exception",))
    first, second = both(forked, notebook, tmp_path_factory.mktemp("odd"))
    return first["cells"], second["cells"]


@pytest.mark.parametrize("index", range(len(ODD)), ids=list(ODD))
def test_odd_cell(odd: tuple[list[Any], list[Any]], index: int) -> None:
    assert odd[1][index] == odd[0][index]
