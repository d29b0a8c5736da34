"""From an action back to files, from a finding to the actions that answer it."""

from plan_samples import action, agreement, indicator, partnership, proposal

from ctg_lib.agreement.trace import Excerpt, Trace


def ids(nodes):
    return [node.id for node in nodes]


def test_an_action_is_traced_back_to_the_files_of_its_evidence():
    made = agreement(actions=[action(origins=("PR01",), previous=("B01",))], proposals=[proposal()])
    trace = Trace.of(made, partnership(bilan=[{"id": "B01", "name": "Avant", "next": "adapter"}]))
    back = {kind: ids(nodes) for kind, nodes in trace.back("A01").items()}
    assert back == {
        "objectif": ["OB1"], "orientation": ["OR1"], "axe": ["AX1"], "enjeu": ["E01"], "besoin": ["N01"], "constat": ["K001"],
        "preuve": ["offre:S01"], "mesure": ["IN01"], "proposition": ["PR01"], "bilan": ["B01"], "fichier": ["offre.xlsx"],
    }  # fmt: skip
    assert (
        trace.nodes[("bilan", "B01")].label == "Avant"
        and trace.nodes[("preuve", "offre:S01")].label == "24 places"
    )


def test_an_evidence_that_says_nothing_yet_is_told_by_its_reference():
    trace = Trace.of(
        agreement(evidence=[{"finding": "K001", "kind": "enquete", "ref": "parents/heures/tot"}])
    )
    assert trace.evidence_of("K001")[0].label == "enquête parents, heures, tot"


def test_files_are_those_that_the_study_gives():
    trace = Trace.of(agreement(), files=lambda ref: [f"data/{ref.kind}/{ref.name}.csv"])
    assert ids(trace.back("A01")["fichier"]) == ["data/offre/S01.csv"]


def test_an_action_with_issues_of_its_own_does_not_rest_on_the_others_of_its_axis():
    both = [{"id": "AX1", "title": "Axe", "issues": ("E01", "E02")}]
    own = Trace.of(agreement(axes=both))
    assert ids(own.back("A01")["enjeu"]) == ["E01"] == ids(own.answers("A01"))
    none = Trace.of(agreement(axes=both, actions=[action(issues=())]))
    assert ids(none.back("A01")["enjeu"]) == ["E01", "E02"] == ids(none.answers("A01"))


def test_actions_of_a_finding_named_or_through_an_issue():
    lines = [action(findings=()), action("A02", state="abandonnee"), action("A03", issues=("E02",))]
    trace = Trace.of(agreement(actions=lines))
    assert ids(trace.actions_of("K001")) == ["A03"]
    assert ids(trace.actions_of("K001", direct=False)) == ["A01", "A03"]


def test_what_has_no_action():
    trace = Trace.of(agreement(actions=[action(issues=("E02",), findings=())]))
    assert ids(trace.findings_without_action) == ["K001"]
    assert not Trace.of(agreement()).findings_without_action


def test_what_is_named_and_does_not_exist_is_a_node_without_a_label():
    trace = Trace.of(agreement(actions=[action(findings=("K999",))]))
    assert trace.findings_of("A01")[0].label == "" and ids(trace.findings_of("A01")) == ["K999"]


def test_needs_that_turn_in_a_circle_do_not_hang():
    needs = [
        {"id": "N01", "label": "un", "findings": ("K001",)},
        {"id": "N02", "label": "deux", "findings": ("K001",)},
    ]
    issues = [{"id": "E01", "title": "Enjeu", "theme": "enfance", "needs": ("N01", "N02")}]
    assert ids(Trace.of(agreement(needs=needs, issues=issues)).back("A01")["besoin"]) == ["N01", "N02"]


MERGED = [
    {"id": "K001", "sentence": "Constat un.", "theme": "enfance", "state": "accepte"},
    {"id": "K002", "sentence": "Constat deux.", "theme": "enfance", "state": "fusionne", "merged": "K001"},
    {"id": "K003", "sentence": "Constat trois.", "theme": "enfance", "state": "fusionne", "merged": "K002"},
]
PROOFS = [{"finding": f"K00{n}", "kind": "offre", "ref": f"S0{n}", "said": f"{n} places"} for n in (1, 2, 3)]


def test_what_a_merged_finding_rests_on_follows_and_it_leads_to_the_actions_of_the_other():
    trace = Trace.of(agreement(findings=MERGED, evidence=PROOFS))
    assert ids(trace.evidence_of("K001")) == ["offre:S01", "offre:S02", "offre:S03"]
    assert ids(trace.back("A01")["preuve"]) == ["offre:S01", "offre:S02", "offre:S03"]
    assert ids(trace.actions_of("K003")) == ["A01"] == ids(trace.actions_of("K002", direct=False))
    assert ids(trace.findings_of("A01")) == ["K001"]
    assert [trace.gathered(id) for id in ("K001", "K002", "K003")] == [
        ("K001", "K002", "K003"),
        ("K002", "K003"),
        ("K003",),
    ]
    assert trace.gathered("K999") == ("K999",)


def test_findings_merged_into_each_other_do_not_hang():
    both = [MERGED[0] | {"state": "fusionne", "merged": "K002"}, MERGED[1]]
    trace = Trace.of(agreement(findings=both, evidence=PROOFS[:2]))
    assert ids(trace.evidence_of("K001")) == ["offre:S01", "offre:S02"]
    assert ids(trace.actions_of("K002")) == ["A01"]
    assert trace.gathered("K001") == ("K001", "K002") and trace.gathered("K002") == ("K002", "K001")


def test_excerpts_stand_between_the_words_of_actors_and_the_files():
    said = [{"finding": "K001", "kind": "parole", "ref": "en_mercredi", "said": "dans 2 échanges"}]
    heard = [Excerpt("E05-01", "en_mercredi", "parents ; enfance", "Je pose mes congés.", ("consultation/entretiens.xlsx",)),
             Excerpt("E05-02", "autre", "parents ; enfance")]  # fmt: skip
    trace = Trace.of(agreement(evidence=said), excerpts=heard)
    back = trace.back("A01")
    assert ids(back["extrait"]) == ["E05-01"] and back["extrait"][0].quote == "Je pose mes congés."
    assert ids(back["fichier"]) == ["consultation/entretiens.xlsx"]
    assert [n.id for n in trace.over("extrait", "E05-01") if n.kind == "action"] == ["A01"]
    assert ids(trace.find("e05-01")) == ["E05-01"] and ids(trace.find("EN_MERCREDI")) == [
        "parole:en_mercredi"
    ]


def test_what_rests_on_a_thing_leaves_out_actions_that_answer_another_issue_of_the_axis():
    both = [{"id": "AX1", "title": "Axe", "issues": ("E01", "E02")}]
    lines = [
        action(findings=()),
        action("A02", issues=("E02",), findings=()),
        action("A03", state="abandonnee"),
    ]
    trace = Trace.of(agreement(axes=both, actions=lines, proposals=[proposal(follow="instruire")]))
    over = trace.over("constat", "K001")
    assert [n.id for n in over if n.kind == "action"] == ["A01"]
    assert [n.id for n in over if n.kind == "proposition"] == ["PR01"]
    assert {n.id for n in over} >= {"N01", "E01", "AX1"}


def test_an_indicator_of_the_plan_leads_to_its_action_and_its_files():
    lines = [indicator(indicator="taux_couverture", breakdown="mode=eaje")]
    trace = Trace.of(agreement(indicators=lines), files=lambda ref: [f"{ref.kind}/{ref}"])
    assert ids(trace.under("mesure", "IN01")) == ["indicateur/taux_couverture|mode=eaje"]
    assert ids(trace.over("mesure", "IN01"))[0] == "A01"
    assert trace.find("rien") == ()
