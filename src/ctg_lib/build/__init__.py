"""Run chapters, keep what is still valid, assemble, batch, provenance; and build the observations store."""
