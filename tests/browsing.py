"""A real browser for the tests that read pages as their readers do, and what axe finds in a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""WCAG 2.2, levels A and AA."""


@contextmanager
def opened_browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright (which brings no browser of its own); skips without it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine: install the package chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


ALIKE = """
() => {
  const numbers = new Map(), known = new WeakMap(), groups = new Map();
  const number = text => numbers.get(text) ?? (numbers.set(text, numbers.size), numbers.size - 1);
  const drawn = ["color", "backgroundColor", "backgroundImage", "opacity", "fontSize", "fontWeight", "fontStyle",
    "textShadow", "textDecorationLine", "textDecorationColor", "borderBottomColor", "borderBottomStyle",
    "display", "visibility", "position", "zIndex", "filter", "mixBlendMode", "overflow", "clip", "clipPath"];
  const look = element => {
    if (!element) return -1;
    if (known.has(element)) return known.get(element);
    const style = getComputedStyle(element), above = look(element.parentElement);
    const found = number([above, element.localName, ...drawn.map(name => style[name])].join("|"));
    known.set(element, found);
    return found;
  };
  const speaks = e => e.matches("a, input, select, textarea, button, svg text") ||
    [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
  for (const element of document.querySelectorAll("body, body *")) {
    if (!speaks(element)) continue;
    const key = look(element);
    groups.has(key) ? groups.get(key).push(element) : groups.set(key, [element]);
  }
  const read = [...groups.values()].flatMap(all => all.length > 3 ? [all[0], all[1], all.at(-1)] : all);
  read.forEach(element => element.setAttribute("data-read", ""));
  axe.configure({rules: [{id: "color-contrast", selector: "[data-read]"},
    {id: "link-in-text-block", selector: "a[href][data-read], [role=link][data-read]"}]});
  return read.length;
}
"""
"""Of the elements with text, three (the first two, the last) of each kind: those drawn alike, themselves and
all that they lie in (colours, backgrounds, weight, size, decoration, place): their contrast is the same. The two
rules of axe that read colours, which take nine tenths of its time on pages of long tables, then read these."""


def violations(page: Any, *, alike: bool = False) -> list[tuple[str, str]]:
    """(rule, first element at fault) of each violation that axe finds in a page.

    Args:
        alike: of the elements drawn alike, have colours read in three only (:data:`ALIKE`); all other rules
            read the whole page.
    """
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": RULES, "preload": False, "resultTypes": ["violations"]}
    page.evaluate(Axe().axe_script)
    if alike:
        assert page.evaluate(ALIKE) > 0
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found]
