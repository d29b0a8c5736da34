"""A table that can be filtered and sorted in the notebook, and that is whole without it.

The rows stand in the HTML; the script only adds a box and buttons. It asks the kernel and the network for
nothing, bears no id of its own, and reads the numbers that are shown: it knows no more digits than the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from ctg_lib.display.output import Bundle
from ctg_lib.display.table import Table
from ctg_lib.study.explore.card import STYLE

FEW = 8
"""Rows under which a box to filter them is only in the way."""

SCRIPT = """<script>
(() => {
  const fold = (text) => text.normalize('NFD').replace(/[\\u0300-\\u036f]/g, '').replace(/[’']/g, ' ').toLowerCase();
  const number = (text) => {
    const plain = text.replace(/[\\s\\u00a0\\u202f]/g, '').replace('\\u2212', '-').replace(',', '.');
    const found = plain.match(/^[+-]?\\d+(\\.\\d+)?/);
    return found ? parseFloat(found[0]) : NaN;
  };
  const filter = (box, rows) => {
    const texts = rows.map((row) => fold(row.textContent));
    const label = document.createElement('label'), input = document.createElement('input');
    const count = document.createElement('span'), bar = document.createElement('p');
    input.type = 'search';
    count.setAttribute('role', 'status');
    label.append('Filtrer : ', input);
    bar.append(label, ' ', count);
    input.addEventListener('input', () => {
      const words = fold(input.value).split(/\\s+/).filter(Boolean);
      rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
      count.textContent = rows.filter((row) => !row.hidden).length + ' sur ' + rows.length;
    });
    input.addEventListener('keydown', (event) => event.stopPropagation());
    box.prepend(bar);
  };
  const sort = (heads, head, column, rows, body) => {
    const up = head.getAttribute('aria-sort') !== 'ascending';
    heads.forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const keys = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
    const numbers = rows.filter((row) => !isNaN(number(keys.get(row)))).length * 2 > rows.length;
    const order = (a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (!numbers) return (up ? 1 : -1) * x.localeCompare(y, 'fr');
      const [m, n] = [number(x), number(y)];
      if (isNaN(m) || isNaN(n)) return isNaN(m) - isNaN(n);
      return (up ? 1 : -1) * (m - n);
    };
    [...rows].sort(order).forEach((row) => body.append(row));
  };
  for (const box of document.querySelectorAll('.ctg-x-browse:not([data-ready])')) {
    const table = box.querySelector('table');
    if (!table || !table.tHead || !table.tBodies.length) continue;
    box.dataset.ready = 'yes';
    const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
    if (rows.length > FEW) filter(box, rows);
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'ctg-x-sort';
      button.title = 'Trier';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => sort(heads, head, column, rows, body));
    });
  }
})();
</script>""".replace("FEW", str(FEW))


@dataclass(frozen=True)
class Browse:
    """A table with a box to filter its rows and headers that sort them."""

    table: Table

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        data, metadata = self.table._repr_mimebundle_()
        markup = f'{STYLE}\n<div class="ctg-x"><div class="ctg-x-browse">\n{data["text/html"]}\n</div>{SCRIPT}</div>'
        return {**data, "text/html": markup}, metadata
