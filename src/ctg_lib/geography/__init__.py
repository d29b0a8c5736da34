"""Which territories exist in which year, who belongs to whom, what they are called, how they touch.

    geo = load_geography(project)              # edition 2026
    larzac = geo.territory("241200906")        # or "larzac et vallees", "12063", "DEP-12", "FHM"
    larzac.de()                                # « de la Communauté de communes Larzac et Vallées »
    geo.neighbours("241200906")                # EPCI that touch it, across département borders
    geo.carry(frame, from_year=2014).frame     # counts of the communes of 2014, in those of the edition
    geo.composition_sentence("241200906")      # « composition stable depuis 2021 »

The edition is the composition on 1 January of that year. Everything is read from
``data/raw/geography/``, which ``scripts/rebuild_geography.py`` writes and checks.
"""

from ctg_lib.geography.atlas import EDITIONS, Geography, load_geography
from ctg_lib.geography.names import french_sort_key, slug
from ctg_lib.geography.passage import Carried, Passage
from ctg_lib.geography.territory import Territory

__all__ = [
    "EDITIONS", "Carried", "Geography", "Passage", "Territory", "french_sort_key", "load_geography", "slug",
]  # fmt: skip
