"""Every cell of every chapter for territories of all kinds, from the metropolis to the smallest: no nonsense."""

import re

import pytest
from chapter_words import text_of
from test_messages import NONSENSE, methods_of, outputs_of

from ctg_lib.display import marks
from ctg_lib.study import open_study
from ctg_lib.study.chapters import CHAPTERS


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "200054781",  # Métropole du Grand Paris
        "200023414",  # Métropole Rouen Normandie
        "249740119",  # an intercommunality of La Réunion
        "200067205",  # CA du Cotentin
        "241200187",  # Rodez Agglomération: no peer has a higher coverage but one
        "241200914",  # Muse et Raspes du Tarn: modes of childcare missing
        "200054807",  # Métropole Aix-Marseille-Provence
        "200059889",  # several départements or many communes: whatever it holds must make sense
    ],
)
def test_any_epci_of_france_makes_sense(project, code, monkeypatch):
    # figures are drawn whole; only writing them as SVG and PNG, which no text depends on, is left out here
    monkeypatch.setattr(marks, "export", lambda canvas: (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b""))
    study = open_study(code, project)
    for name in CHAPTERS:
        chapter = study.chapter(name)
        for method in methods_of(chapter):
            for output in outputs_of(chapter, method):
                bare = re.sub(r"^:+ \{.*$", "", text_of(output), flags=re.MULTILINE)
                assert not NONSENSE.search(bare), (name, method, bare)
