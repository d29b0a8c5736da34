"""Typography: French spaces and numbers, and what must be left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.display import typography as t
from ctg_lib.values import Value

N, T = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Attention : deux", f"Attention{N}: deux"),
        ("Attention: deux", f"Attention{N}: deux"),
        ("Pourquoi ? Parce que !", f"Pourquoi{T}? Parce que{T}!"),
        ("un; deux", f"un{T}; deux"),
        ("Quoi ?!", f"Quoi{T}?!"),
        ("« cité »", f"«{N}cité{N}»"),
        ("«cité» : oui", f"«{N}cité{N}»{N}: oui"),
        ('Le "pacte" local', f"Le «{N}pacte{N}» local"),
        ("l'école d'Aveyron", "l’école d’Aveyron"),
        ("60,5 %", f"60,5{T}%"),
        ("60,5%", f"60,5{T}%"),
        ("1 234 567 habitants", f"1{T}234{T}567{N}habitants"),
        ("en 2023 150 000 foyers", f"en 2023 150{T}000 foyers"),
        ("**Titre :** suite", f"**Titre{N}:** suite"),
        ("**Titre** : suite", f"**Titre**{N}: suite"),
        ("etc. ; puis", f"etc.{T}; puis"),
        ("attendre...", "attendre…"),
        ("n° 5", f"n°{N}5"),
        ("20 €", f"20{N}€"),
        ("de 7 h 30 à 18 h", f"de 7{N}h{N}30 à 18{N}h"),
        ("ouvert 8 h 24 places", f"ouvert 8{N}h{N}24{N}places"),
        ("4 h 1 200 enfants", f"4{N}h 1{T}200{N}enfants"),
        ("(la somme ; bornée)", f"(la somme{T}; bornée)"),
        ("voir https://a.fr/x?b=1;c : oui", f"voir https://a.fr/x?b=1;c{N}: oui"),
    ],
)
def test_typeset(given_text, expected):
    assert t.typeset(given_text) == expected


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("le 9 février 2027", f"le 9{N}février 2027"),
        (f"ouvrir à 6{N}h 30", f"ouvrir à 6{N}h{N}30"),
        (f"14{N}h 2027 réponses", f"14{N}h 2027 réponses"),
    ],
)
def test_dates_and_hours_hold_on_a_line(given_text, expected):
    assert t.bound(given_text) == expected == t.bound(expected)


@pytest.mark.parametrize(
    "text",
    [
        "à 14:00 ou 9:30",
        "https://exemple.fr/a?b=c;d!e",
        "`x ? y : z`",
        "age=Y15T24;sex=F",
        [r"C:\Users\moi\a", r"!", r"b"][0],
        "```\na ? b : c\n```",
        '::: {.callout-note title="L\'essentiel : x"}',
        "[lien](https://a.fr/b?c 't')".replace(" 't'", ""),
        '[lien](a.html "titre : x")',
        "[^note-1]: texte",
        "## Population {#pop data-x='a ; b'}",
        "le 1er janvier, la 2e année",
        "&nbsp;",
        "ECOSYSTEM:12",
        "code 12100, SIREN 241200906",
        "{{< include a.md >}}",
        "| a | b |\n|:--|--:|",
        "moi@example.org",
        "../donnees/a.csv",
    ],
)
def test_typeset_leaves_alone(text):
    assert t.typeset(text) == text


def test_typeset_html_touches_text_nodes_only():
    html = (
        '<p title="Quoi ? oui" style="color:red; x">Quoi ? <b>oui</b> : l\'an&nbsp;1</p>'
        "<code>a ? b : c</code><script>if (a ? b : c) {}</script><!-- a ; b -->"
    )
    assert t.typeset_html(html) == (
        f'<p title="Quoi ? oui" style="color:red; x">Quoi{T}? <b>oui</b>{N}: l’an&nbsp;1</p>'
        "<code>a ? b : c</code><script>if (a ? b : c) {}</script><!-- a ; b -->"
    )


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("le 9 février 2027, puis le 1er mars", "le 9\u00a0février 2027, puis le 1er\u00a0mars"),
        ("l’annexe 7. Article 3", "l’annexe\u00a07. Article\u00a03"),
        ("[à compléter\u00a0: date]", "[à\u00a0compléter\u00a0: date]"),
        ("«\u00a0un «\u00a0mot\u00a0» dit\u00a0»", "«\u00a0un “mot” dit\u00a0»"),
        ("«\u00a0un\u00a0» et «\u00a0deux\u00a0»", "«\u00a0un\u00a0» et «\u00a0deux\u00a0»"),
        ("«\u00a0un «\u00a0mot\u00a0» sans fin", "«\u00a0un «\u00a0mot\u00a0» sans fin"),
    ],
)
def test_bound_keeps_together_and_nests_quotes(given_text, expected):
    assert t.bound(given_text) == expected == t.bound(expected)


def test_a_range_of_numbers_is_held_together_in_text_alone():
    held = t.hold_ranges(
        '<title>11–17 ans</title><td title="3–11">Les 11–17 ans, 1,5–2,5 et 2023–2024</td><svg>3–4</svg>'
        "<option>3–11 ans</option><code>1–2</code><!-- 1–2 --><p>a–b, 12 – 13, T1–T4, 1–2–3</p>"
    )
    assert held == (
        '<title>11–17 ans</title><td title="3–11">Les <span class="ctg-range">11–17</span> ans, '
        '<span class="ctg-range">1,5–2,5</span> et <span class="ctg-range">2023–2024</span></td><svg>3–4</svg>'
        "<option>3–11 ans</option><code>1–2</code><!-- 1–2 --><p>a–b, 12 – 13, T1–T4, 1–2–3</p>"
    )
    assert t.hold_ranges(held) == held
    assert t.hold_ranges("a < b, 3–4 & c") == 'a < b, <span class="ctg-range">3–4</span> & c'


FRAGMENTS = st.lists(
    st.sampled_from(
        ["mot", " ", ":", ";", "!", "?", "«", "»", '"', "'", "%", "12", "345", N, T, "...", "**", "`", "\n",
         "<b>", "</b>", "<p>", "&amp;", "https://a.fr/b?c", "(", ")", "[", "]", "{", "}", ".", ",", "€",
         "ans", "n°", "…", "_", ":::", "\\"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(FRAGMENTS)
def test_filters_are_idempotent_and_keep_the_words(text):
    for filtered in (t.typeset, t.typeset_html):
        once = filtered(text)
        assert filtered(once) == once

        def bare(s):
            for a, b in (("’", "'"), ("...", "…"), ("«", '"'), ("»", '"')):
                s = s.replace(a, b)
            return "".join(s.split())

        assert bare(once) == bare(text)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: t.number(1234.5, 1), f"1{T}234,5"),
        (lambda: t.number(-0.04, 1), "0,0"),
        (lambda: t.number(-3.25, 1), "−3,3"),
        (lambda: t.number(2.5), "3"),
        (lambda: t.number(0.285, 2), "0,29"),
        (lambda: t.number(6746, unit="habitants"), f"6{T}746{N}habitants"),
        (lambda: t.percent(17.3, 1), f"17,3{T}%"),
        (lambda: t.euros(1234567), f"1{T}234{T}567{N}€"),
        (lambda: t.signed(3.7, 1), "+3,7"),
        (lambda: t.signed(-0.4, 1, "point"), f"−0,4{N}point"),
        (lambda: t.signed(0.01, 1), "0,0"),
        (lambda: t.count_range(793, 889), "entre 793 et 889"),
        (lambda: t.count_range(58, 58), "58"),
        (lambda: t.count_range(0.5, 1.5, 1, "%"), f"entre 0,5 et 1,5{T}%"),
        (lambda: t.counted(16, "commune"), f"16{N}communes"),
        (lambda: t.counted(0, "place"), f"0{N}place"),
        (lambda: t.plural(1.9, "enfant"), "enfant"),
        (lambda: t.plural(2, "lieu"), "lieux"),
        (lambda: t.plural(2, "hôpital"), "hôpitaux"),
        (lambda: t.plural(3, "avis"), "avis"),
        (lambda: t.plural(2, "lieu de vie", "lieux de vie"), "lieux de vie"),
        (lambda: t.enumerate_fr(["a", "b", "c"]), "a, b et c"),
        (lambda: t.value_text(Value(60.5, unit="%", decimals=1)), f"60,5{T}%"),
        (lambda: t.value_text(Value(None, 58, 144, status="rounded")), "entre 58 et 144"),
        (lambda: t.value_text(Value(None, status="secret")), "secret statistique"),
        (lambda: t.value_text(Value(None)), "non disponible"),
        (lambda: t.value_text(Value(0.0)), "0"),
    ],
)
def test_numbers_and_words(call, expected):
    assert call() == expected


def test_missing_is_never_a_number():
    for missing in (None, float("nan")):
        with pytest.raises(ValueError, match="missing value"):
            t.number(missing)
    with pytest.raises(ValueError, match="above high"):
        t.count_range(2, 1)
    with pytest.raises(ValueError, match="give the plural"):
        t.plural(2, "assistante maternelle")


def test_sort_key_is_french():
    names = ["Nant", "Élan", "L'Hospitalet", "La Cavalerie", "Œuf", "Etat", "oeil", "Zut"]
    assert sorted(names, key=t.sort_key) == [
        "Élan", "Etat", "La Cavalerie", "L'Hospitalet", "Nant", "oeil", "Œuf", "Zut",
    ]  # fmt: skip
