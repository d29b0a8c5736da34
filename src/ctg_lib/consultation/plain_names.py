"""Names of files, sheets and columns as they are told: none that may be a person's.

A file « saisie Josiane Dupuy.csv », a sheet « Josiane », a column « Avis de Kevin T » name people, and no rule knows
every name. So it is the other way round: a name is repeated only where each of its words is one that is known here;
any other is told by its rank or its letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ctg_lib.consultation.first_names import words_of
from ctg_lib.consultation.masking import mask
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.spreadsheet import column_letters

_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d{6}(?!\d)")
KNOWN = words_of(
    """
    limesurvey lime survey surveys odk kobo kobotoolbox central collect saisie saisies export exports exporte reponse
    reponses resultat resultats result results answers data donnees enquete enquetes questionnaire questionnaires papier
    papiers online ligne internet web formulaire formulaires form forms fictif fictive fictifs demo exemple test essai
    copie copy sauvegarde final finale finales definitif definitive provisoire brut brute brutes complet complete complets
    partiel partielle version submissions submission csv xlsx excel tableur classeur fichier fichiers liste
    feuille feuil sheet tableau table page onglet labels libelles codes code utf ascii
    lot lots partie suite debut fin vague vagues premier premiere deuxieme second seconde troisieme dernier derniere
    ancien ancienne anciens nouveau nouvelle ancre tous toutes tout autre autres total
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre janv fev avr juil sept oct nov dec
    lundi mardi mercredi jeudi vendredi samedi dimanche
    parent parents habitant habitants jeune jeunes association associations professionnel professionnels famille familles
    enfant enfants ado ados adolescent adolescents senior seniors adulte adultes acteur acteurs elu elus
    caf msa ecole ecoles college colleges lycee lycees creche creches mairie mairies commune communes secteur secteurs
    nord sud est ouest ctg epci diagnostic consultation verbatim verbatims entretien entretiens rencontre rencontres
    forum forums seminaire extrait extraits relecture vote votes presence presences present presents seance seances
    partenaire partenaires local locaux thematique thematiques libre libres relire resume resumes public publics
    besoin besoins theme themes question questions horaire horaires colonne inconnue inconnu vide nom noms prenom prenoms
    email mail e courriel adresse adresses telephone tel phone number portable mobile ip ipaddr address token jeton acces
    first last firstname lastname name full user username submitter submitted by id ids enumerator enqueteur
    subscriberid subscriber sim serial simserial simid imei deviceid device phonenumber date naissance birth of ne nee le
    refurl url referrer attribute attribut location gps geopoint geolocation latitude longitude altitude precision
    mode canal channel passation effacement formversion reference electronique postale rue numero commentaire commentaires remarque remarques note notes avis
    photo photos image images pdf page pages jpg png faux fausse abime abimee abimes binaire vide vides rien une
    a au aux avec d dans de des du en et l la les ou par pour sans sur un une v n no x xml json txt tsv zip md
    """
)
"""Words, folded, that tell of no one."""
SUFFIXES = words_of(
    ".csv .tsv .txt .xlsx .xlsm .xls .ods .odt .doc .docx .pdf .zip .json .xml .md .yml .yaml .sav .rtf .jpg .jpeg .png"
)
"""Ends of file names that are told."""


def plain(text: str, known: Iterable[str] = ()) -> bool:
    """Whether a name is made of known words and figures alone, and of one letter apart at most (« liste B »).

    Args:
        text: the name, without the suffix of its file.
        known: more words that are known: ids of a study's own questionnaires, its secteurs.
    """
    more = {word for each in known for word in _WORD.findall(fold(each))}
    words = _WORD.findall(fold(text))
    unknown = [word for word in words if word not in KNOWN and word not in more]
    if any(len(word) > 1 for word in unknown) or len(unknown) > 1:
        return False
    return not mask(_DATE.sub("", text), model=False).kinds


def plain_files(paths: Iterable[Path], folder: Path, known: Iterable[str] = ()) -> dict[Path, str]:
    """Files as they are told: « reponses/parents.csv », or « reponses/fichier n° 3 (.csv) ».

    The number is the file's rank among those of the folder given, by name without regard to capitals, as a file manager
    shows them; the folder that holds it is told where its name is plain.

    Args:
        paths: files told, all of them.
        folder: from which they are told.
        known: see :func:`plain`.
    """
    known = tuple(known)
    inside = {path: path.relative_to(folder) for path in paths}
    ranked = sorted(inside, key=lambda path: (fold(inside[path].as_posix()), inside[path].as_posix()))
    out = {}
    for rank, path in enumerate(ranked, start=1):
        *folders, name = inside[path].parts
        suffix = Path(name).suffix if Path(name).suffix.lower() in SUFFIXES else ""
        kept = []
        for part in folders:
            if not plain(part, known):
                break
            kept.append(part)
        stem = name.removesuffix(suffix)
        if len(kept) < len(folders) or not plain(stem, known):
            name = f"fichier n° {rank}" + (f" ({suffix.lower()})" if suffix else "")
        out[path] = "/".join([*kept, name])
    return out


def plain_sheet(title: str, position: int) -> str:
    """A sheet as it is told: its title, or « n° 2 »."""
    return title if plain(title) else f"n° {position}"


def plain_column(heading: str, position: int, shown: str) -> str:
    """A column as it is told: ``shown`` where the heading is plain, or its letter (``position`` from 0)."""
    return shown if heading and plain(heading) else column_letters(position + 1)
