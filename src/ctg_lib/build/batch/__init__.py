"""Reports of many territories: ``ctg batch``.

:mod:`choice` says which ones, :mod:`turn` makes one report in a process that has made others before,
:mod:`crew` deals them out to processes of this machine, :mod:`cluster` to those of a Dask cluster,
:mod:`gather` puts their figures together, :mod:`front` makes the page that leads to all of them,
:mod:`run` holds it all.

A batch keeps no record of its own progress. Each report is put in place whole, with a stamp of what it was
made from (:mod:`ctg_lib.build.validity`): the same command, given again after any interruption, leaves those
that would be the same and makes the others.
"""
