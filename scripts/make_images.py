"""Remake the pictures of the README from the reports in outputs/ (after `make report`).

    .venv/bin/python scripts/make_images.py

Chromium, light scheme, 1280 × 900; PNG files of few colours, so that the repository stays light.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STUDY = "241200906"
PAGES = {
    "synthese.png": ("00-synthese.html", "h1"),
    "enfance.png": ("05-enfance-ecole.html", "#chiffres-cles"),
}
"""Picture -> (page, what stands at its top)."""
SIZE = {"width": 1280, "height": 900}
COLOURS = 64


def main() -> int:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    report = ROOT / "outputs" / STUDY / "report"
    browser_path = (
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    if not report.is_dir() or browser_path is None:
        print(f"Il faut {report.relative_to(ROOT)} (« make report ») et Chromium.", file=sys.stderr)
        return 1
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        for name, (file, top) in PAGES.items():
            page.goto((report / file).as_uri())
            page.locator(top).first.evaluate("element => element.scrollIntoView({block: 'start'})")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
            picture.save(folder / name, optimize=True)
            print(f"{folder.relative_to(ROOT) / name} : {(folder / name).stat().st_size // 1024} Kio")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
