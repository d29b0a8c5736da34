"""What actors said is read once, however many needs it is asked of. All is made up."""

from pathlib import Path

import pandas as pd

from ctg_lib.consultation import coverage
from ctg_lib.consultation.actors import EXCERPT_COLUMNS, MEETING_COLUMNS, Actors
from ctg_lib.consultation.folder import Consultation
from ctg_lib.study import excerpts

D = pd.Timestamp


def test_excerpts_and_groups_are_found_once(larzac, monkeypatch):
    study = type(larzac)(larzac.project, larzac.config, larzac.geography, larzac.manifest)
    meetings = [(f"E0{n}", "entretien", D(2026, 5, n), "", "parents", 6.0, "", ("petite_enfance",), False, "tenu", None)
                for n in (1, 2)]  # fmt: skip
    heard = [(f"E0{n}-01", f"E0{n}", "parents", "", "petite_enfance", "pe_places", "besoin", 1.0, "", "", "", False, "", "A", "")
             for n in (1, 2)]  # fmt: skip
    actors = Actors(
        pd.DataFrame(meetings, columns=list(MEETING_COLUMNS)),
        pd.DataFrame(heard, columns=list(EXCERPT_COLUMNS)),
    )
    study.__dict__["consultation"] = Consultation(Path("consultation"), actors=actors)
    times: list[str] = []
    for module, name in ((coverage, "said"), (excerpts, "merged_groups")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, real=real, name=name: times.append(name) or real(*a))
    assert excerpts.exchanges_of(study, "pe_places") == 2
    assert excerpts.groups_of(study, "pe_places") == ("parents",)
    once = list(times)
    for need in ("pe_places", "pe_horaires"):
        excerpts.groups_of(study, need)
        excerpts.exchanges_of(study, need)
    assert "said" in once and times == once
    assert len(excerpts.excerpts_of(study)) == 2
