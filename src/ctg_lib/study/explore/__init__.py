"""Exploring a study in JupyterLab: what it shows of itself, and the questions an analyst asks of it.

:class:`ctg_lib.study.Study` has the methods (``find``, ``indicator``, ``compare``, ``map``, ``explain``,
``to_excel``, ``choose``); this package makes their answers. Each answer is an object that JupyterLab shows,
with HTML that needs neither kernel nor network nor script, Markdown, and plain text; and that gives its numbers
to pandas (``.table``). All numbers are those of :meth:`Study.table`, after disclosure control.

Tables are made interactive by a script of forty lines (:mod:`.browse`), not by itables: its tables are empty
until its script runs (in a notebook opened without trust, or printed), it adds 700 kB to each notebook, and
its ids are drawn at random. Choosing with the mouse rests on ipywidgets (:mod:`.choose`): what was chosen is
shown as an ordinary output, which stays when the notebook is saved, executed by papermill or converted.
"""
