"""All that is known of one study: the only object a notebook opens.

from ctg_lib.study import open_study
etude = open_study("241200906")
etude.value("taux_couverture")
etude.compare("part_65_plus").reading
"""

from ctg_lib.study.core import Compared, Study, open_study

__all__ = ["Compared", "Study", "open_study"]
