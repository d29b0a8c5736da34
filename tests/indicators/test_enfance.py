"""Schools, pupils, indices: small worlds by hand, and the reference territory's published figures."""

import numpy as np
import pytest

EPCI = "200000001"
UAI = {"0120001A": "12001", "0120002B": "12001", "0120003C": "12002"}


def directory(schools=UAI, nature="ecole"):
    return [
        ("structure", uai, "etablissements", f"commune={c};nature={nature};secteur=public", "2026-10-09", 1)
        for uai, c in schools.items()
    ]


def bpe(first, second):
    """Insee's count of schools, zeros written: so many primary schools in each commune."""
    return [
        ("commune", c, "FACILITIES", f"facility_type={t}", "2025", n if t == "C108" else 0)
        for c, n in (("12001", first), ("12002", second))
        for t in ("C107", "C108", "C109", "C201")
    ]


def pupils(period, numbers, classes=(2, 1, 1)):
    rows = []
    for uai, n, k in zip(UAI, numbers, classes, strict=True):
        if n is None:
            continue
        rows += [
            ("structure", uai, "eleves", "", period, n + 6),  # ULIS are in the file's own total
            ("structure", uai, "eleves", "niveau=preelementaire", period, n * 0.4),
            ("structure", uai, "eleves", "niveau=elementaire", period, n * 0.6),
            ("structure", uai, "eleves", "niveau=cp", period, n / 10),
            ("structure", uai, "classes", "", period, k),
            ("structure", uai, "eleves", "niveau=ulis", period, 6),
        ]
    return rows


@pytest.fixture
def school_world(tiny):
    rows = [*pupils("2020", (60, 20, 20)), *pupils("2025", (50, 20, 10))]
    return tiny({"effectifs_ecoles": rows, "annuaire_education": directory(), "DS_BPE": bpe(2, 1)})


def test_pupils_of_a_territory_by_level(one, school_world):
    row = one(school_world, "eleves", period="2025")
    assert (row["value"], row["method"], row["status"]) == (80, "exhaustive", "observed")
    assert row["sources"] == "src_effectifs_ecoles"
    assert one(school_world, "eleves", "niveau=cp", period="2025")["value"] == 8
    assert one(school_world, "eleves", place=("commune", "12001"), period="2025")["value"] == 70


def test_pupils_of_each_school_but_never_its_ulis(one, result, school_world):
    row = one(school_world, "eleves", "commune=12002", ("structure", "0120003C"), "2025")
    assert row["value"] == 10
    rows = result(school_world, "eleves")
    assert not rows["breakdown"].str.contains("ulis").any()
    here = rows[rows["code"].eq("0120003C") & rows["period"].eq("2025")].set_index("breakdown")["value"]
    levels = here["commune=12002;niveau=elementaire"] + here["commune=12002;niveau=preelementaire"]
    assert here["commune=12002"] == levels  # not the file's total, from which the ULIS could be found


def test_pupils_by_class(one, school_world):
    row = one(school_world, "eleves_par_classe", period="2025")
    assert (row["value"], row["numerator"], row["denominator"]) == (20, 80, 4)  # 98 with ULIS


def test_change_of_pupils_over_five_years(one, school_world):
    row = one(school_world, "evolution_eleves")
    assert (row["value"], row["period"], row["denominator"]) == (-20, "2020-2025", 100)


def test_a_school_no_directory_places_hides_its_departement(tiny, one):
    """Nobody knows in which commune of Aveyron the school closed since was: no total for that year."""
    rows = [*pupils("2020", (60, 20, 20)), *pupils("2025", (50, 20, 10))]
    rows += [
        ("structure", "0129999Z", "eleves", f"niveau={level}", "2020", n)
        for level, n in (("preelementaire", 5), ("elementaire", 10))
    ]
    data = tiny({"effectifs_ecoles": rows, "annuaire_education": directory(), "DS_BPE": bpe(2, 1)})
    assert one(data, "eleves", period="2025")["value"] == 80
    assert not (one_or_none(data, "2020")["value"].notna()).any()


def one_or_none(data, period):
    from ctg_lib.indicators.enfance import eleves

    rows = eleves(data)
    return rows[rows["level"].eq("epci") & rows["period"].eq(period) & rows["breakdown"].eq("")]


def test_a_partial_list_gives_no_total_unless_insee_counts_the_same(tiny, one, result):
    """The BPE counts two schools in the second commune, the list has one: the commune is not known."""
    data = tiny(
        {
            "effectifs_ecoles": pupils("2025", (50, 20, 10)),
            "annuaire_education": directory(),
            "DS_BPE": bpe(2, 2),
        }
    )
    row = one(data, "eleves")
    assert (row["status"], row["method"]) == ("missing", "incomplete")
    assert np.isnan(row["value"])
    assert one(data, "eleves", place=("commune", "12001"))["value"] == 70


def test_schools_and_the_zero_of_a_kind(one, school_world):
    assert one(school_world, "ecoles", period="2026-10-09")["value"] == 3
    assert one(school_world, "ecoles", "secteur=public")["value"] == 3
    assert one(school_world, "ecoles", period="2025")["value"] == 3  # Insee's BPE
    assert one(school_world, "colleges", period="2025")["value"] == 0


def test_schools_of_the_reference_territory(larzac):
    """Annuaire de l'éducation, October 2026: nine schools, one of them private, and one collège."""
    assert larzac.value("ecoles").value == 9
    assert larzac.value("ecoles", "secteur=prive").value == 1
    assert larzac.value("colleges").value == 1
    value = larzac.value("ecoles", "", ("epci", "241200906"), "2025")
    assert (value.value, value.method) == (9, "exhaustive")


def test_schools_that_left_the_file(tiny, one):
    rows = [*pupils("2020", (60, 20, 20)), *pupils("2025", (50, 20, None))]
    places = {**UAI, "0120004D": "12002"}  # merged into a new one: still one school counted by Insee
    rows += [("structure", "0120004D", "eleves", "", "2025", 20)]
    data = tiny({"effectifs_ecoles": rows, "annuaire_education": directory(places), "DS_BPE": bpe(2, 1)})
    row = one(data, "ecoles_disparues")
    assert (row["value"], row["period"], row["method"]) == (1, "2020-2025", "exhaustive")
    assert one(data, "ecoles_disparues", place=("commune", "12001"))["value"] == 0


def ips(uai, commune, value, pupils, status=None):
    where = f"commune={commune};secteur=public"
    rows = [("structure", uai, "ips", where, "2024-2025", value, None, None, status)]
    return [*rows, ("structure", uai, "effectifs", where, "2024-2025", pupils)]


@pytest.fixture
def ips_world(tiny):
    rows = [
        *ips("0120001A", "12001", 100.0, 60), *ips("0120002B", "12001", 90.0, 20),
        *ips("0120003C", "12002", None, 15, "not_significant"),
    ]  # fmt: skip
    return tiny({"ips_ecoles": rows, "DS_BPE": bpe(2, 1)})


def test_mean_index_is_that_of_published_schools_only(one, ips_world):
    row = one(ips_world, "ips_moyen_ecoles")
    assert row["value"] == 98  # (100 × 60 + 90 × 20) / 80 = 97.5, to the point; NS is not zero
    assert (row["method"], row["status"]) == ("pupil_weighted", "estimated")
    coverage = one(ips_world, "ecoles_ips_publie")
    assert (coverage["value"], coverage["denominator"]) == (2, 3)


def test_the_mean_index_does_not_give_the_pupils_behind_it(tiny, one, larzac):
    """Pupils of the index (ULIS in) less those of the other file (ULIS out) would be the pupils of the ULIS."""

    def mean(first):
        rows = [*ips("0120001A", "12001", 100.0, first), *ips("0120002B", "12001", 90.0, 20)]
        return one(tiny({"ips_ecoles": rows, "DS_BPE": bpe(2, 1)}), "ips_moyen_ecoles")

    with_ulis, without = mean(64), mean(60)  # exact means: 97.6 and 97.5, which would tell four pupils
    assert np.isnan(with_ulis["numerator"]) and np.isnan(with_ulis["denominator"])
    assert with_ulis["value"] == without["value"] == 98
    # DEPP, 2022-2023: (97.4 × 64 + 106.1 × 41 + 99.5 × 32 + 106.5 × 40) / 177 = 101.85
    row = larzac.table("ips_moyen_ecoles", [("epci", "241200906")])
    row = row[row["period"].eq("2022-2023")].iloc[0]
    assert row["value"] == 102
    assert np.isnan(row["numerator"]) and np.isnan(row["denominator"])
    published = larzac.value("ips_moyen_ecoles", "", ("departement", "12"), "2024-2025")
    assert published.value == 104.9  # the publisher's own mean is left as it is


def test_mean_index_of_colleges(tiny, one):
    where = "commune=12001;secteur=public"
    rows = [
        ("structure", "0121524S", v, where, "2025-2026", n) for v, n in (("ips", 98.5), ("effectifs", 210))
    ]
    row = one(tiny({"ips_colleges": rows}), "ips_moyen_colleges")
    assert (row["value"], row["method"]) == (98.5, "pupil_weighted")
    assert np.isnan(row["denominator"])


def test_no_mean_of_a_country_from_the_schools_of_one_departement(larzac):
    assert larzac.value("ips_moyen_ecoles", "", ("france", "FM"), "2022-2023").status == "missing"


def test_indices_of_schools_and_colleges_as_published(tiny, one, ips_world, larzac):
    row = one(ips_world, "ips_ecoles", "commune=12001;secteur=public", ("structure", "0120001A"))
    assert (row["value"], row["method"]) == (100, "as_published")
    # DEPP, IPS des collèges 2025-2026: Aveyron 106.1, France 106.2
    assert larzac.value("ips_colleges", "", ("departement", "12"), "2025-2026").value == 106.1
    assert larzac.value("ips_colleges", "", ("france", "FR"), "2025-2026").value == 106.2


def test_spread_and_value_added_of_colleges(tiny, one):
    where = "commune=12001;secteur=public"
    data = tiny(
        {
            "ips_colleges": [("structure", "0121524S", "ecart_type_ips", where, "2025-2026", 30.1)],
            "ival_colleges": [
                ("structure", "0121524S", "va_du_taux_de_reussite_g", "secteur=public", "2023", -3)
            ],
        }
    )
    row = one(data, "ecart_type_ips_colleges", where, ("structure", "0121524S"))
    assert (row["value"], row["method"], row["status"]) == (30.1, "as_published", "observed")
    assert one(data, "valeur_ajoutee_colleges", "secteur=public", ("structure", "0121524S"))["value"] == -3


def test_schooling_rates_by_age_and_sex(tiny, one):
    rows = [
        ("epci", EPCI, "POP", b, "2023", v)
        for b, v in (
            ("age=Y6T10", 200), ("age=Y6T10;stud=1", 198), ("age=Y6T10;sex=F", 100), ("age=Y6T10;sex=F;stud=1", 97),
            ("age=Y2T5", 90), ("age=Y2T5;stud=1", 60),
        )
    ]  # fmt: skip
    data = tiny({"DS_RP_EDUCATION_PRINC": rows})
    row = one(data, "taux_scolarisation", "age=Y6T10")
    assert (row["value"], row["method"], row["status"]) == (99, "census", "observed")
    assert one(data, "taux_scolarisation", "age=Y6T10;sex=F")["value"] == 97
    few = one(data, "taux_scolarisation", "age=Y2T5")
    assert (few["status"], few["denominator"]) == ("below_threshold", 90)


def test_ars_and_holiday_centres(tiny, one, larzac):
    rows = [("epci", EPCI, "indfoy_ars", "", "2024-12", 120, 118, 124, "rounded")]
    row = one(tiny({"s_ben_f": rows}), "foyers_ars")
    assert (row["value"], row["lower"], row["upper"], row["method"]) == (120, 118, 124, "rounding")
    # Insee, BPE 2025: La Cavalerie 2, Cornus 1, Nant 1
    assert larzac.value("sites_accueil_loisirs", "type=D505").value == 4
