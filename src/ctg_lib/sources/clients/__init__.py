"""Clients of the publishers' services: one per protocol, all on one polite HTTP session.

``melodi`` (Insee), ``opendatasoft`` (Cnaf, Éducation nationale, DARES …), ``datagouv``, ``plain`` (a file
at an address). They know addresses, paging and error shapes; they know nothing of the manifest nor of what
the figures mean. Only ``ctg data fetch`` uses them: nothing else in the project opens a connection.
"""
