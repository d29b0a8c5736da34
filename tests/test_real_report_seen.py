"""The pages of two real reports in a real browser, at two widths, light and dark."""

import pytest
from browsing import violations
from real_reports import STUDIES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("study", "width", "scheme"),
    [
        *((STUDIES[0], width, scheme) for width in (1280, 375) for scheme in ("light", "dark")),
        (STUDIES[1], 1280, "light"),  # the same pages with less in them: the two farthest settings
        (STUDIES[1], 375, "dark"),
    ],
)
def test_pages_in_a_real_browser(report_of, browser, study, width, scheme):
    """axe finds nothing (WCAG 2.2 A, AA), nothing scrolls sideways, nothing is asked from the network.

    The first setting has the colours of every element read; the others, of each kind of element
    (:data:`browsing.ALIKE`).
    """
    whole = (study, width, scheme) == (STUDIES[0], 1280, "light")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    for file in sorted((report_of(study) / "report").glob("*.html")):
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(
            "async () => { for (const i of document.images) { i.loading = 'eager'; await i.decode().catch(() => 0) } }"
        )
        broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        assert broken == [], (file.name, broken)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, (file.name, width)
        assert violations(page, alike=not whole) == [], file.name
        assert wrong == [], (file.name, wrong)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
