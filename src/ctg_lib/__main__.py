"""``python -m ctg_lib``: the ``ctg`` command."""

from ctg_lib.cli import main

if __name__ == "__main__":
    main()
