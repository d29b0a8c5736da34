"""What axe is asked in two ways finds the same: every element, or three of each kind."""

from pathlib import Path

import pytest
from browsing import violations

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title><style>
body {{ color: #222; background: #fff }} a {{ color: #036 }}
.pale {{ {pale} }} .behind {{ {behind} }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eee; background: #111 }} a {{ color: #9cf }} {dark} }}
</style></head><body><main><h1>Essai</h1><p>Un <a href="#t">lien</a> dans un texte.</p>
<table id="t"><caption>Communes</caption><tr><th scope="col">Nom</th></tr>{rows}</table>{more}</main></body></html>"""


def page_of(browser, folder: Path, scheme: str, **parts: str):
    rows = [f"<tr><td>Commune {n}</td></tr>" for n in range(40)]
    rows[20] = '<tr class="behind"><td class="pale">Commune 20</td></tr>'
    empty = dict.fromkeys(("pale", "behind", "dark", "more"), "")
    file = folder / "essai.html"
    file.write_text(PAGE.format(**{**empty, **parts}, rows="".join(rows)), encoding="utf-8")
    page = browser.new_context(color_scheme=scheme).new_page()
    page.goto(file.as_uri())
    return page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "parts", "rules"),
    [
        ("light", {}, []),
        ("light", {"pale": "color: #ccc"}, ["color-contrast"]),
        ("light", {"behind": "background: #444"}, ["color-contrast"]),
        ("light", {"pale": "opacity: .3"}, ["color-contrast"]),
        ("light", {"dark": ".pale { color: #333 }"}, []),
        ("dark", {"dark": ".pale { color: #333 }"}, ["color-contrast"]),
        ("light", {"more": "<p>Voir <a href='#t' style='color:#223;text-decoration:none'>ici</a> ou là.</p>"},
         ["link-in-text-block"]),
        ("light", {"more": "<img src='data:,'>"}, ["image-alt"]),
    ],
)  # fmt: skip
def test_one_of_forty_rows_is_enough_to_be_found(browser, tmp_path, scheme, parts, rules):
    page = page_of(browser, tmp_path, scheme, **parts)
    assert [rule for rule, _ in violations(page)] == rules
    assert violations(page, alike=True) == violations(page)
    page.context.close()
