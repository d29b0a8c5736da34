"""What gives a person away by its form: addresses, telephone numbers, account numbers, plates, dates of birth.

Every repetition is bounded: a text of any length is read in a time in proportion to it.
"""

from __future__ import annotations

import re

_SPACE = r"[ \t\u00a0\u202f\u2009]"
_GAP = rf"(?:{_SPACE}{{0,2}}[.\-/_–]{_SPACE}{{0,2}}|{_SPACE}{{1,3}})"
_AT = rf"(?:{_SPACE}{{0,2}}(?:@|\(at\)|\[at\]|\(arobase\)|\(a\)){_SPACE}{{0,2}}|{_SPACE}(?:arobase|arobas){_SPACE})"
_DOT = rf"(?:\.|{_SPACE}{{0,2}}(?:\(dot\)|\(point\)|\[dot\]|\[point\]){_SPACE}{{0,2}}|{_SPACE}point{_SPACE})"
_MAIL = re.compile(rf"[\w.+\-]{{1,64}}{_AT}[\w\-]{{1,63}}(?:{_DOT}[\w\-]{{1,63}}){{1,4}}", re.IGNORECASE)
_HALF_MAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{2,63}(?!\w)")
_URL = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\[\]\"»]{1,2000}"
    r"|\b(?:[a-z]{2,3}\.)?(?:facebook|fb|instagram|insta|tiktok|snapchat|twitter|x|linkedin|youtube|wa|t|discord|whatsapp|telegram)"
    r"\.(?:com|me|gg|fr)/[^\s<>\[\]\"»]{1,2000}",
    re.IGNORECASE,
)
_NETWORKS = r"facebook|fb|messenger|instagram|insta|snapchat|snap|tiktok|tik tok|twitter|telegram|whatsapp|discord|linkedin"
_HANDLE = re.compile(
    r"(?<![\w@./])@[A-Za-z_][\w.\-]{1,40}"
    rf"|(?<![\w@./])(?:{_NETWORKS}){_SPACE}{{0,2}}[:=]{_SPACE}{{0,2}}(?P<handle>[\w.\-@]{{3,40}})"
    rf"|(?<!\w)(?:pseudo|compte|profil){_SPACE}(?:{_NETWORKS}){_SPACE}{{0,2}}[:=]?{_SPACE}{{0,2}}(?P<handle2>[\w.\-@]{{3,40}})",
    re.IGNORECASE,
)
_IBAN = re.compile(
    rf"(?<!\w)[A-Z]{{2}}\d{{2}}(?:{_SPACE}?[A-Z0-9]{{4}}){{3,7}}(?:{_SPACE}?[A-Z0-9]{{1,3}})?(?!\w)", re.I
)
_NIR_GAP = r"[ \u00a0\u202f.\-]?"
_NIR = re.compile(
    rf"(?<!\d)[1278]{_NIR_GAP}\d{{2}}{_NIR_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_NIR_GAP}(?:\d{{2}}|2[ABab]){_NIR_GAP}"
    rf"\d{{3}}{_NIR_GAP}\d{{3}}(?:{_NIR_GAP}\d{{2}})?(?!\d)"
)
_PHONE = re.compile(
    # +33 6 …, 0033 …, +33 (0)6 …; then ten figures from 0, however they are cut
    rf"(?<![\w+])(?:\+|00){_SPACE}?33{_GAP}?(?:\(0\){_SPACE}?|0)?[1-9](?:{_GAP}?\d){{8}}(?!\d)"
    rf"|(?<![\d,])(?<!\d[.])[0Oo]{_GAP}?[1-9](?:{_GAP}?[0-9Oo]){{8}}(?![\d])"
    rf"|(?<![\w+])\+{_SPACE}?\d{{1,3}}(?:{_GAP}?\d){{7,12}}(?!\d)",
    re.IGNORECASE,
)
_CALLED = re.compile(  # « tél : 99 00 12 34 », without its beginning
    rf"(?<!\w)t[ée]l(?:[ée]phone)?{_SPACE}{{0,2}}[.:]{{0,2}}{_SPACE}{{0,2}}(?P<called>\d(?:{_GAP}?\d){{5,9}})(?!\d)",
    re.IGNORECASE,
)
_DIGIT_WORDS = (
    "z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    "quarante|cinquante|soixante|septante|huitante|nonante|cent"
)
_NUMBER = rf"(?:{_DIGIT_WORDS}|et|\d{{1,2}})"
_SPOKEN = re.compile(
    rf"(?<![\w\-])(?:z[ée]ro|0[1-9]?)(?:[\s,.\-]{{1,3}}{_NUMBER}){{4,19}}(?![\w])", re.IGNORECASE
)
_PLATE = re.compile(
    r"(?<![\w\-])(?:[A-Z]{2}[ \-]?\d{3}[ \-]?[A-Z]{2}|\d{2,4}[ \-]?[A-Z]{2,3}[ \-](?:\d{2}|2[AB]|97\d))(?![\w\-])"
    r"|(?<![\w\-])[a-z]{2}-\d{3}-[a-z]{2}(?![\w\-])"
)
_MONTHS = (
    "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre|janv|f[ée]vr?|avr|"
    "juil|sept|oct|nov|d[ée]c"
)
_DAY = (
    rf"(?:\d{{1,2}}(?:er)?{_SPACE}?[/.\-]{_SPACE}?\d{{1,2}}{_SPACE}?[/.\-]{_SPACE}?(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}(?:er)?{_SPACE}(?:{_MONTHS})\.?(?:{_SPACE}\d{{4}})?|\d{{4}}-\d{{2}}-\d{{2}}|(?:(?:{_MONTHS}){_SPACE})?(?:19|20)\d{{2}})"
)
_BIRTH = re.compile(
    rf"(?<!\w)(?:n[ée]e?s?{_SPACE}(?:le|la|en|un|au|depuis)|nai(?:ssance|t)(?:{_SPACE}(?:le|en))?|anniversaire(?:{_SPACE}\w{{2,6}})?|"
    rf"date{_SPACE}de{_SPACE}naissance|n[ée]e?\(e\)(?:{_SPACE}le|{_SPACE}en)?|ddn){_SPACE}{{0,2}}:?{_SPACE}{{0,2}}(?P<day>{_DAY})(?!\d)",
    re.IGNORECASE,
)
_FILE_NUMBER = re.compile(
    rf"(?<!\w)(?:n°|n[uo]m[ée]ro|num|matricule|allocataire|dossier|adh[ée]rent|compte|carte)\.?"
    rf"[^\d\n\[\]]{{0,30}}?(?P<number>\d(?:{_SPACE}?\d){{4,20}}{_SPACE}?[A-Z]?)(?![\w])",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\d.,])\d{7,40}(?![\d])|(?<!\d)\d{4}(?:[ \-]\d{4}){3}(?!\d)")
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_POINT = re.compile(r"(?<![\d.,])-?\d{1,2}[.,]\d{4,12}\s?[,;/ ]\s?-?\d{1,3}[.,]\d{4,12}")

_NUMBERED = rf"\d{{1,4}}{_SPACE}?(?:bis|ter|quater|[a-dA-D](?!\w))?{_SPACE}?,?{_SPACE}{{0,2}}"
_STREET = (
    r"rue|ruelle|avenue|av\.?|ave\.?|boulevard|bvd\.?|bld\.?|bd\.?|chemin|ch\.|chem\.|impasse|imp\.?|all[ée]es?|quai|lotissement|lot\.|"
    r"faubourg|fbg|traverse|sentier|hameau|lieu[ \-]dit|esplanade|domaine|rocade|venelle|calade"
)
"""Kinds of streets that are nothing else beside a number."""
_STREET_OR_NOT = r"place|pl\.|route|rte\.?|cours|passage|cit[ée]|voie|square|r[ée]sidence|r[ée]s\.|clos|mont[ée]e|promenade|mas|quartier|c[ôo]te"
"""Those that are also something else: « 1 place en crèche », « 30 minutes de route »."""
_PARTICLE = rf"(?:(?:de{_SPACE}la|de{_SPACE}l['’]|du|des|de|d['’]|la|le|les|l['’]|aux?|à){_SPACE}?){{0,2}}"
_WORD = r"[^\W\d_][\w'’\-]{0,40}"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞŒ][\w'’\-]{0,40}"
_KNOWN = r"(?:mairie|[ée]glise|march[ée]|fontaine|gare|poste|[ée]coles?|f[êe]tes|foire|forge|temple|ch[âa]teau|moulin|lavoir|halle|cimeti[èe]re)"
_SMALL = r"(?:de|du|des|d|la|le|les|l|et|sur|en|aux?|saint|sainte|st|ste|g[ée]n[ée]ral|docteur|abb[ée]|mar[ée]chal|pr[ée]sident)"
_MORE = rf"(?:[ \-](?:(?i:{_SMALL})['’ \-])?{_CAPITAL}){{0,4}}"
_TOWN = rf"(?:{_SPACE}?,?{_SPACE}?\d{{5}}(?!\d))?"
_ADDRESS = re.compile(
    rf"(?<![\w.,]){_NUMBERED}(?i:{_STREET}){_SPACE}{{1,2}}(?i:{_PARTICLE})(?i:{_SMALL}{_SPACE})?{_WORD}{_MORE}{_TOWN}"
    rf"|(?<![\w.,]){_NUMBERED}(?i:{_STREET_OR_NOT}){_SPACE}{{1,2}}(?i:{_PARTICLE})(?:{_CAPITAL}|(?i:{_KNOWN})(?!\w)){_MORE}{_TOWN}"
    # without a number: where one lives
    rf"|(?<=[ '’])(?i:habit(?:e|ons|ant)|vi(?:s|vons|vant)|log(?:e|eons|eant)|demeurant|domicili[ée]e?s?|adresse{_SPACE}?:?){_SPACE}{{1,2}}"
    rf"(?P<street>(?i:(?:au|à{_SPACE}la|dans{_SPACE}la|dans{_SPACE}le|sur{_SPACE}la){_SPACE})?(?i:{_STREET}){_SPACE}(?i:{_PARTICLE})(?i:{_SMALL}{_SPACE})?"
    rf"{_WORD}{_MORE})"
    rf"|(?<!\w)(?i:lieu[ \-]dit|hameau){_SPACE}(?i:{_PARTICLE})(?:«{_SPACE}?)?{_CAPITAL}{_MORE}(?:{_SPACE}?»)?"
)
_FLAT = re.compile(
    rf"(?<!\w)(?:appartement|appt\.?|apt\.?|b[âa]timent|b[âa]t\.?|escalier|porte|bo[îi]te{_SPACE}postale|bp){_SPACE}(?:n°{_SPACE}?)?(?:\d{{1,4}}[A-Z]?|[A-Z]\d{{0,3}})(?!\w)",
    re.IGNORECASE,
)

RULES: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = (
    ("courriel", _MAIL, ()),
    ("site", _URL, ()),
    ("courriel", _HALF_MAIL, ()),
    ("compte", _HANDLE, ("handle", "handle2")),
    ("banque", _IBAN, ()),
    ("securite_sociale", _NIR, ()),
    ("telephone", _PHONE, ()),
    ("telephone", _CALLED, ("called",)),
    ("telephone", _SPOKEN, ()),
    ("naissance", _BIRTH, ("day",)),
    ("adresse", _ADDRESS, ("street",)),
    ("adresse", _FLAT, ()),
    ("plaque", _PLATE, ()),
    ("numero", _FILE_NUMBER, ("number",)),
    ("numero", _IP, ()),
    ("adresse", _POINT, ()),
    ("numero", _LONG_NUMBER, ()),
)
"""(kind, pattern, groups of which the first that matched is masked alone; the whole match otherwise), in order."""
