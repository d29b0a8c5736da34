"""One room decides what may be shown.

- :mod:`policy`: the senders' rules and the project's thresholds, as data, each with its source;
- :mod:`system`: the published tables as equations, the intruder's tools;
- :mod:`remainders`: small counts left of a whole beside its part, in partners' figures;
- :mod:`suppression`: which cells to hide so that no small one can be found again;
- :mod:`protection`: the one function that numbers go through, :func:`protect`;
- :mod:`audit`: what an intruder can find out, cell by cell;
- :mod:`rounding`: rounding to 5 instead of hiding.
"""

from ctg_lib.disclosure.audit import audit
from ctg_lib.disclosure.policy import Policy, policy_of
from ctg_lib.disclosure.protection import Protected, Report, protect, protect_with_report

__all__ = ["Policy", "Protected", "Report", "audit", "policy_of", "protect", "protect_with_report"]
