"""One territory of one edition: what it is called and which communes it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from ctg_lib.geography import names


@dataclass(frozen=True)
class Territory:
    """A commune, EPCI, EPT, département, région, France, secteur or study, on 1 January of ``edition``.

    Attributes:
        level: one of ``values.LEVELS``, or ``ept``, ``arrondissement_municipal``.
        code: Insee code, SIREN, ``FR``/``FM``/``FHM``, or the secteur's own code.
        published: the name as its publisher writes it (« CC Larzac et Vallées »).
        edition: year of the composition.
        kind: CC, CA, CU, METRO, MET69, EPT; metro, drom, com; commune-actuelle …
        members: codes of its communes, sorted (the commune itself for a commune).
        epci, ept, departements, regions: codes of those that hold at least one of its communes,
            sorted; empty where there are none.
        article: Insee TNCC, None where the files give none.
        together: of a study of several territories, each of them; it is then named by their full names.
    """

    level: str
    code: str
    published: str
    edition: int
    kind: str = ""
    members: tuple[str, ...] = ()
    epci: tuple[str, ...] = ()
    ept: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    article: int | None = field(default=None, repr=False)
    together: tuple[Territory, ...] = field(default=(), repr=False, compare=False)

    @property
    def name(self) -> str:
        """What a reader meets first : « Communauté de communes Larzac et Vallées », « La Cavalerie »."""
        if self.together:
            return " et ".join(each.name for each in self.together)
        if self.level in ("epci", "ept"):
            return names.epci_names(self.published, self.kind)[0]
        return names.typographic(self.published)

    @property
    def short_name(self) -> str:
        """For tables, maps and legends : « Larzac et Vallées »."""
        if self.level in ("epci", "ept"):
            return names.epci_names(self.published, self.kind)[1]
        return names.typographic(self.published)

    def de(self) -> str:
        """« de la Communauté de communes … », « du Clapier », « de l’Aveyron », « d’Occitanie »."""
        if self.together:
            return " et ".join(each.de() for each in self.together)
        return names.de(self.level, self.code, self.name, self.article)

    def le(self) -> str:
        """« la Communauté de communes … », « l’Aveyron », « La Cavalerie »."""
        if self.together:
            return " et ".join(each.le() for each in self.together)
        return names.le(self.level, self.code, self.name, self.article)

    def a(self) -> str:
        """« dans la Communauté de communes … », « à La Cavalerie », « en Occitanie »."""
        if self.together:
            return f"dans {self.le()}"
        return names.a(self.level, self.code, self.name, self.article)

    def dans(self) -> str:
        """The same as :meth:`a`, under the name that reads best in a sentence."""
        return self.a()

    @property
    def is_commune(self) -> bool:
        """Whether it is one commune."""
        return self.level == "commune"

    @property
    def departement(self) -> str:
        """Code of its only département; empty when it has several or none."""
        return self.departements[0] if len(self.departements) == 1 else ""

    def __str__(self) -> str:
        return self.name
