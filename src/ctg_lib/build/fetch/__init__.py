"""``ctg data fetch``: the only command that uses the network.

catalogue   what can be fetched (``data/raw/catalogue.yml``)
scope       what a territory needs: its communes, its neighbours, what it is compared with
sources     one way of asking and downloading per protocol
plan        what would be downloaded, and how large it is
run         plan, confirmation, files one by one, recap
check       the new file read and compared with the one in place
files       file and manifest entry put in place together
numbers     what changed in the figures
"""

from ctg_lib.build.fetch.run import Request, World, fetch

__all__ = ["Request", "World", "fetch"]
