"""Whatever an indicator reads can be fetched, or the catalogue of downloads says why it cannot.

The datasets are those that indicators really ask the store for; what an offer brings is written here by hand
from the readers' own documentation, never asked of them.
"""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml
from small_worlds import world

from ctg_lib.build.fetch.catalogue import load_catalogue
from ctg_lib.indicators import coverage
from ctg_lib.indicators.catalogue import ROWS
from ctg_lib.indicators.registry import registry
from ctg_lib.observations import Store

CATALOGUE = Path(__file__).parents[2] / "data" / "raw" / "catalogue.yml"

BY_LAYOUT = {
    "filosofi": "filosofi", "cnaf_txcouv": "txcouv_pe", "cnaf_nbpla": "nbpla_pe", "cnaf_s_ben": "s_ben_f",
    "cnaf_qf": "ndur_s_qf", "depp_effectifs": "effectifs_ecoles", "depp_annuaire": "annuaire_education",
    "depp_valeur_ajoutee": "ival_colleges", "dares_defm": "defm", "france_services": "france_services",
    "mednum": "mediation_numerique", "ssmsi_communale": "ssmsi", "carte_loyers": "carte_loyers", "fthd": "fthd",
    "finess": "finess", "insee_base_cc": "base_cc", "insee_caf_com": "data_caf", "bpe_detail": "bpe_detail",
}  # fmt: skip
"""Layout -> the dataset its reader writes, where it is always the same."""
BY_OFFER = {
    "insee_migcom_2022": "migcom", "insee_migsco_2022": "migsco",
    "drees_apl_generalistes_2022_2024": "apl_generalistes", "drees_apl_infirmieres": "apl_infirmieres",
    "drees_apl_dentistes": "apl_chirurgiens_dentistes", "drees_apl_sages_femmes": "apl_sages_femmes",
    "drees_apl_kinesitherapeutes": "apl_kinesitherapeutes",
    "cnaf_aah_taux_incapacite_dep": "aah_dep", "cnaf_aah_age_dep": "aah_dep",
}  # fmt: skip
GEOGRAPHY = {"DS_POPULATIONS_REFERENCE"}
"""Held by the project's geography (``geo_populations``), offered on request."""


def brought(offer):
    """The dataset that an offer's file brings to the store; None for a detail that no indicator reads."""
    if offer.layout == "melodi":
        return offer.dataset
    if offer.layout == "education_ips":
        return "ips_colleges" if "colleges" in offer.dataset else "ips_ecoles"
    return BY_OFFER.get(offer.id) or BY_LAYOUT.get(offer.layout)


@pytest.fixture(scope="module")
def offers():
    return load_catalogue(CATALOGUE).offers


@pytest.fixture(scope="module")
def not_offered():
    """Pattern of datasets -> why they are not offered."""
    content = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["not_offered"]
    return {name: item["reason"] for item in content for name in item["datasets"]}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Datasets that the indicators ask the store for, each with the indicators that do."""
    data = world(tmp_path_factory.mktemp("empty"), [])
    asked: dict[str, set[str]] = {}
    original = Store.read
    for name, rule in registry().items():

        def note(self, dataset, *args, name=name, **more):
            asked.setdefault(dataset, set()).add(name)
            return original(self, dataset, *args, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Store, "read", note)
            rule.compute(data)
    return asked


def test_the_datasets_read_are_really_seen(read):
    assert {"migcom", "migsco", "apl_kinesitherapeutes", "filosofi", "DS_RP_MENAGES_COMP"} <= set(read)
    assert "arrivees" in read["migcom"]
    assert len(read) >= 50


def test_every_dataset_an_indicator_reads_has_an_offer_or_a_reason(read, offers, not_offered):
    offered = {brought(offer) for offer in offers}
    silent = {
        name: sorted(ids)
        for name, ids in read.items()
        if name not in offered and not any(fnmatchcase(name, pattern) for pattern in not_offered)
    }
    assert not silent


def test_a_reason_is_not_given_for_what_is_offered_or_never_read(read, offers, not_offered):
    assert all(len(reason) > 15 for reason in not_offered.values())
    offered = {brought(offer) for offer in offers} - {None}
    for pattern in not_offered:
        assert not any(fnmatchcase(name, pattern) for name in offered), pattern
        assert any(fnmatchcase(name, pattern) for name in read), pattern


FREE = [row for row in (*ROWS, *coverage.BEYOND.values()) if row.open and not row.set_aside]


@pytest.mark.parametrize("row", FREE, ids=lambda row: f"{row.id} {row.label[:30]}")
def test_the_coverage_advises_a_download_only_where_one_is_offered(row, offers):
    """« pas encore téléchargé : ctg data fetch » without ``--only`` brings what is not on request."""
    ready = {brought(offer) for offer in offers if not offer.on_request} | GEOGRAPHY
    for file in row.files:
        assert file.absent or {need.split(":")[0] for need in file.needs} & ready, file.title


def test_addresses_not_yet_confirmed_are_marked(offers):
    """Put together after other files of the same series: to be confirmed by the first download."""
    marks = {offer.id: offer.verified for offer in offers}
    for name in ("insee_migcom_2022", "insee_migsco_2022", "insee_rp_scolarisation_detail_2023"):
        assert marks[name] == "G"
