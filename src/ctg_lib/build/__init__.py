"""Run chapters, keep what is still valid, assemble, batch, provenance; and build the observations store."""

from ctg_lib.build.late import put_off

put_off()
