/* What the pages do beyond being read: filter and sort long tables, search, light or dark, values on maps.
   Everything stands in the page without this script. No library, no address called: it works from a folder
   on a USB stick. It writes texts as text, never as markup. */
(function () {
  "use strict";

  const LONG = 15; // rows from which a table gets a filter and sortable columns
  const SHOWN = 20; // results of a search
  const SPACE = "\u00a0";

  /** A new element: tag, attributes (false: left out), children or texts. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(name, "");
      else if (value !== false) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  /** Words without accents, case or signs, one space between them: what is compared. */
  function fold(text) {
    return text
      .toLowerCase()
      .replace(/œ/g, "oe")
      .replace(/æ/g, "ae")
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  }

  function counted(number, one, many) {
    return `${number}${SPACE}${number > 1 ? many : one}`;
  }

  // --- light or dark: the system's, until the reader chooses -------------------------------------------

  const KEY = "ctg-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch (refused) {
      return null;
    }
  }

  function remember(scheme) {
    try {
      if (scheme) window.localStorage.setItem(KEY, scheme);
      else window.localStorage.removeItem(KEY);
    } catch (refused) {
      /* the choice then holds for this page */
    }
  }

  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : system.matches;
  }

  function choose(scheme) {
    if (scheme === "dark" || scheme === "light") document.documentElement.dataset.theme = scheme;
    else delete document.documentElement.dataset.theme;
  }

  choose(remembered()); // at once, before anything is painted

  function themeButton() {
    const button = make("button", { type: "button", class: "theme" });
    const say = () => (button.textContent = isDark() ? "Mode clair" : "Mode sombre");
    button.addEventListener("click", () => {
      const wanted = isDark() ? "light" : "dark";
      const kept = wanted === (system.matches ? "dark" : "light") ? null : wanted;
      choose(kept);
      remember(kept);
      say();
    });
    system.addEventListener("change", say);
    say();
    return button;
  }

  // --- what a cell is worth when a column is sorted ------------------------------------------------------

  const MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split(" ");
  const ABSENT = new Set(
    [
      "", "nd", "n d", "non disponible", "non rempli", "non donne", "non calculee", "masque", "manquant",
      "secret", "secret statistique", "non significatif", "effectif trop faible", "sans objet",
      "compte dans une autre commune",
    ],
  );
  const N = "([+-]? ?(?:\\d{1,3}(?: \\d{3})+|\\d+)(?:,\\d+)?)";
  const END = "(?: ?[%‰€]| [^\\s\\d]+)?(?: \\(.*\\))?$"; // a sign or one word of unit, a remark in brackets
  const RANGES = [
    new RegExp(`^entre ${N}(?: ?[%‰€])? et ${N}${END}`),
    new RegExp(`^(?:de )?${N}(?: ?[%‰€])? (?:à|–|—|-) ${N}${END}`),
    new RegExp(`^(?:de )?${N}[–—-]${N}${END}`),
  ];
  const LESS = new RegExp(`^(?:moins de|au plus|<) ?${N}${END}`);
  const PLAIN = new RegExp(`^(?:(?:environ|près de|au moins|plus de|[>≥~≈]) ?)?${N}${END}`);
  const DAY = /^(?:(\d{1,2})(?:er)? )?([a-z]+) (\d{4})$/;
  const SLASHED = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;

  function toNumber(text) {
    return Number(text.replace(/ /g, "").replace(",", "."));
  }

  /** The number that a cell stands for (a range by its middle, a date in order), or null. */
  function amount(text) {
    const said = text.replace(/\s+/g, " ").replace(/[−‒]/g, "-").trim().toLowerCase();
    const slashed = SLASHED.exec(said);
    if (slashed) return Number(slashed[3]) * 10000 + Number(slashed[2]) * 100 + Number(slashed[1]);
    const day = DAY.exec(said.normalize("NFD").replace(/\p{M}/gu, ""));
    if (day && MONTHS.includes(day[2])) {
      return Number(day[3]) * 10000 + (MONTHS.indexOf(day[2]) + 1) * 100 + Number(day[1] || 0);
    }
    for (const range of RANGES) {
      const found = range.exec(said);
      if (found) return (toNumber(found[1]) + toNumber(found[2])) / 2;
    }
    const less = LESS.exec(said);
    if (less) return toNumber(less[1]) / 2;
    const plain = PLAIN.exec(said);
    return plain ? toNumber(plain[1]) : null;
  }

  const collator = new Intl.Collator("fr", { numeric: true, sensitivity: "base" });

  /** A text as a French list ranks it: without the article that a place's name begins with. */
  function ranked(text) {
    return text.replace(/^(?:l[ae]s?\s|l[’'])/i, "");
  }

  /** Keys of one column: numbers where most known cells are one, else texts; absent ones are null. */
  function columnKeys(rows, column) {
    const cells = rows.map((row) => row.cells[column]);
    const texts = cells.map((cell) => {
      const text = cell.textContent.trim();
      return cell.classList.contains("ctg-status") || ABSENT.has(fold(text)) ? null : text;
    });
    const amounts = texts.map((text) => (text === null ? null : amount(text)));
    const known = texts.filter((text) => text !== null).length;
    const numeric = amounts.filter((value) => value !== null).length * 2 > known;
    return texts.map((text, index) => (numeric && amounts[index] !== null ? amounts[index] : text));
  }

  /** Numbers, then texts, what is absent last whatever the direction; equals stay as they were. */
  function compareKeys(one, other, direction) {
    const group = (key) => (key === null ? 2 : typeof key === "number" ? 0 : 1);
    if (group(one) !== group(other)) return group(one) - group(other);
    if (one === null) return 0;
    return direction * (typeof one === "number" ? one - other : collator.compare(ranked(one), ranked(other)));
  }

  // --- long tables ---------------------------------------------------------------------------------------

  /** Whether a table is one list of rows: one row of headers, no cell over several rows or columns. */
  function isPlain(table) {
    const heads = table.tHead ? table.tHead.rows : [];
    if (heads.length !== 1 || table.tBodies.length !== 1 || table.tBodies[0].rows.length < LONG) return false;
    if ([...table.querySelectorAll("th, td")].some((cell) => cell.rowSpan > 1 || cell.colSpan > 1)) return false;
    return [...table.tBodies[0].rows].every((row) => row.cells.length === heads[0].cells.length);
  }

  function enhanceTable(table) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const last = original[original.length - 1];
    const total = /^(ensemble|total)/.test(fold(last.textContent)) ? last : null; // stays at the foot
    const folded = original.map((row) => ` ${[...row.cells].map((c) => fold(c.textContent)).join(" ")}`);
    const heads = [...table.tHead.rows[0].cells].filter((head) => head.textContent.trim());
    const caption = table.caption ? table.caption.textContent.trim() : "";
    const input = make("input", { type: "search", autocomplete: "off" });
    const hidden = make("span", { class: "visually-hidden" }, `${SPACE}: ${caption}`);
    const label = make("label", {}, make("span", {}, "Filtrer les lignes", caption ? hidden : ""), input);
    const count = make("span", { role: "status", class: "ctg-count" });
    const reset = make("button", { type: "button", hidden: true }, "Rétablir");
    reset.append(make("span", { class: "visually-hidden" }, ` le tableau entier${caption ? `${SPACE}: ${caption}` : ""}`));
    const tools = make("div", { class: "ctg-table-tools" }, label, reset, count);
    let sorted = null; // {head, direction}

    function filter() {
      const terms = fold(input.value).split(" ").filter(Boolean);
      let shown = 0;
      original.forEach((row, index) => {
        const kept = terms.every((term) => folded[index].includes(term));
        row.classList.toggle("ctg-filtered", !kept);
        shown += kept ? 1 : 0;
      });
      const all = counted(original.length, "ligne", "lignes");
      count.textContent = terms.length ? (shown ? `${shown} sur ${all}` : `Aucune ligne sur ${original.length}`) : "";
      changed();
    }

    function order() {
      let rows = original;
      if (sorted) {
        const keys = columnKeys(original, sorted.head.cellIndex);
        const ranks = original.map((_, index) => index).filter((index) => original[index] !== total);
        ranks.sort((a, b) => compareKeys(keys[a], keys[b], sorted.direction));
        rows = ranks.map((index) => original[index]).concat(total || []);
      }
      body.append(...rows);
      for (const head of heads) {
        const on = sorted && sorted.head === head;
        if (on) head.setAttribute("aria-sort", sorted.direction > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      }
      changed();
    }

    function changed() {
      reset.hidden = !sorted && !input.value;
    }

    function sortBy(head) {
      const again = sorted && sorted.head === head;
      sorted = again && sorted.direction < 0 ? null : { head, direction: again ? -1 : 1 };
      order();
      const name = head.textContent.replace(/\s+/g, " ").trim();
      if (!sorted) count.textContent = "Ordre de départ";
      else count.textContent = `Tri ${sorted.direction > 0 ? "croissant" : "décroissant"}${SPACE}: ${name}`;
    }

    for (const head of heads) {
      const button = make("button", { type: "button", class: "ctg-sort" }, ...head.childNodes);
      button.addEventListener("click", () => sortBy(head));
      head.append(button);
    }
    input.addEventListener("input", filter);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !input.value) return;
      input.value = "";
      filter();
    });
    reset.addEventListener("click", () => {
      input.value = "";
      sorted = null;
      order();
      filter();
      count.textContent = "Tableau entier, dans l’ordre de départ";
      input.focus();
    });
    // Paper has the whole table, in its own order.
    window.addEventListener("beforeprint", () => body.append(...original));
    window.addEventListener("afterprint", () => sorted && order());
    // A link to a row that the filter hides shows it.
    window.addEventListener("hashchange", () => {
      const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
      if (!target || !original.some((row) => row.contains(target) && row.classList.contains("ctg-filtered"))) return;
      input.value = "";
      filter();
      target.scrollIntoView();
    });
    const wrap = table.closest(".ctg-table-wrap") || table;
    wrap.before(tools);
  }

  // --- maps ------------------------------------------------------------------------------------------------

  /** The areas of a map say their name and value: pointed at, touched, or walked through with the arrows. */
  function enhanceMap(map) {
    const layer = map.querySelector(".ctg-map-layer");
    const areas = [...layer.querySelectorAll("path")];
    const figure = map.closest("figure");
    const table = figure && figure.querySelector(".ctg-data tbody");
    const rows = table && table.rows.length === areas.length ? [...table.rows] : [];
    const tip = make("div", { class: "ctg-tip", hidden: true, "aria-hidden": "true" });
    const outline = areas[0].cloneNode(); // drawn over the neighbours
    outline.setAttribute("class", "ctg-outline");
    let current = null;

    function show(area, x, y) {
      if (current !== area) {
        hide();
        current = area;
        outline.setAttribute("d", area.getAttribute("d"));
        layer.append(outline);
        const row = rows[areas.indexOf(area)];
        if (row) row.classList.add("ctg-pointed");
        tip.textContent = area.getAttribute("aria-label");
        tip.hidden = false;
      }
      const box = map.getBoundingClientRect();
      const left = Math.min(Math.max(x - box.left - tip.offsetWidth / 2, 0), box.width - tip.offsetWidth);
      const above = y - box.top - tip.offsetHeight - 14;
      tip.style.left = `${left}px`;
      tip.style.top = `${above >= 0 ? above : y - box.top + 22}px`;
    }

    function showInPlace(area) {
      const box = area.getBoundingClientRect();
      show(area, box.left + box.width / 2, box.top + 8);
    }

    function hide() {
      if (!current) return;
      outline.remove();
      const row = rows[areas.indexOf(current)];
      if (row) row.classList.remove("ctg-pointed");
      current = null;
      tip.hidden = true;
    }

    function walk(event) {
      const index = areas.indexOf(event.target);
      const last = areas.length - 1;
      const next = { ArrowRight: index + 1, ArrowDown: index + 1, ArrowLeft: index - 1, ArrowUp: index - 1, Home: 0, End: last };
      if (event.key === "Escape") hide();
      if (!(event.key in next) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      areas[Math.min(Math.max(next[event.key], 0), last)].focus();
    }

    areas.forEach((area, index) => {
      const title = area.querySelector("title");
      area.setAttribute("aria-label", title.textContent);
      title.remove(); // the browser's own bubble would come over ours
      area.setAttribute("role", "option");
      area.setAttribute("tabindex", index ? "-1" : "0");
      area.addEventListener("pointermove", (event) => show(area, event.clientX, event.clientY));
      area.addEventListener("click", (event) => show(area, event.clientX, event.clientY));
      area.addEventListener("focus", () => {
        areas.forEach((other) => other.setAttribute("tabindex", other === area ? "0" : "-1"));
        if (area.matches(":focus-visible")) showInPlace(area);
      });
      area.addEventListener("blur", hide);
      if (rows[index]) {
        rows[index].addEventListener("pointerenter", () => showInPlace(area));
        rows[index].addEventListener("pointerleave", hide);
      }
    });
    layer.addEventListener("keydown", walk);
    map.addEventListener("pointerleave", hide);
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    const title = figure && figure.querySelector(".ctg-title");
    const name = title ? `${SPACE}: ${title.textContent.trim()}` : "";
    layer.removeAttribute("aria-hidden");
    layer.setAttribute("role", "listbox");
    layer.setAttribute("aria-label", `Territoires de la carte, à parcourir avec les flèches${name}`);
    map.append(tip);
  }

  // --- search ----------------------------------------------------------------------------------------------

  const LITTLE = new Set("a au aux ce d de des du en et l la le les ou par pour que qui sur un une".split(" "));

  /** What a question asks for: its words without the little ones and without the mark of the plural. */
  function askedFor(question) {
    const words = fold(question).split(" ").filter(Boolean);
    const strong = words.filter((word) => !LITTLE.has(word));
    return (strong.length ? strong : words).map((word) => (word.length > 3 ? word.replace(/[sx]$/, "") : word));
  }

  /** The parts of the report in which every word is, the best first. */
  function find(index, terms) {
    const found = [];
    index.forEach((part, rank) => {
      let score = 0;
      for (const term of terms) {
        const inTitle = part.foldedTitle.includes(` ${term}`);
        if (!inTitle && !part.folded.includes(` ${term}`)) return;
        score += inTitle ? 4 : 1;
      }
      if (terms.length > 1 && part.folded.includes(` ${terms.join(" ")}`)) score += 2;
      found.push({ part, score, rank });
    });
    found.sort((a, b) => b.score - a.score || a.rank - b.rank);
    return found.map((one) => one.part);
  }

  function matches(word, terms) {
    const folded = ` ${fold(word)}`;
    return terms.some((term) => folded.includes(` ${term}`));
  }

  /** The passage of a text around the first word found, with the words found marked. */
  function passage(text, terms) {
    const words = text.split(/\s+/);
    const first = Math.max(words.findIndex((word) => matches(word, terms)), 0);
    const start = Math.max(first - 6, 0);
    const shown = words.slice(start, start + 24);
    const line = make("span", { class: "search-text" }, start ? "… " : "");
    for (const word of shown) {
      const [, before, core, after] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/u.exec(word);
      line.append(before, matches(word, terms) ? make("mark", {}, core) : core, after, " ");
    }
    if (start + 24 < words.length) line.append("…");
    return line;
  }

  function readIndex() {
    const { pages, parts } = window.ctgIndex;
    return parts.map(([page, anchor, title, text]) => ({
      address: `${pages[page][0]}.html${anchor ? `#${anchor}` : ""}`,
      page: pages[page][1],
      title,
      text,
      foldedTitle: ` ${fold(title)}`,
      folded: ` ${fold(`${pages[page][1]} ${title} ${text}`)}`,
    }));
  }

  function searchBox() {
    const input = make("input", {
      type: "search", id: "ctg-recherche", autocomplete: "off", spellcheck: "false",
      placeholder: "Rechercher dans le rapport",
    });
    const label = make("label", { for: "ctg-recherche", class: "visually-hidden" }, "Rechercher dans le rapport");
    const status = make("p", { role: "status", class: "visually-hidden" });
    const count = make("p", { class: "search-count", "aria-hidden": "true" });
    const list = make("ol", {});
    const panel = make("div", { class: "search-panel", hidden: true }, count, list);
    const box = make("div", { class: "search", role: "search" }, label, input, status, panel);
    let index = null;
    let asked = false;

    function load() {
      if (asked) return;
      asked = true;
      const script = make("script", { src: "assets/search-index.js" });
      script.addEventListener("load", () => {
        index = readIndex();
        answer();
      });
      script.addEventListener("error", () => say("La recherche n’a pas pu être chargée."));
      document.head.append(script);
    }

    function say(text) {
      status.textContent = count.textContent = text;
    }

    function close() {
      panel.hidden = true;
    }

    function entry(part, terms) {
      const link = make("a", { href: part.address }, make("span", { class: "search-title" }, part.title));
      if (part.page !== part.title) link.append(" ", make("span", { class: "search-page" }, part.page));
      if (part.text) link.append(" ", passage(part.text, terms));
      link.addEventListener("click", close);
      return make("li", {}, link);
    }

    function answer() {
      const terms = askedFor(input.value);
      list.replaceChildren();
      if (!terms.length || terms.join("").length < 2) {
        say("");
        close();
        return;
      }
      load();
      panel.hidden = false;
      if (!index) {
        say(count.textContent || "Recherche…");
        return;
      }
      const found = find(index, terms);
      list.append(...found.slice(0, SHOWN).map((part) => entry(part, terms)));
      const all = counted(found.length, "passage trouvé", "passages trouvés");
      if (!found.length) say("Aucun passage trouvé.");
      else say(found.length > SHOWN ? `${all}, les ${SHOWN} premiers ci-dessous` : all);
    }

    function move(event) {
      const links = [...list.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      if (event.key === "Escape" && !panel.hidden) {
        event.preventDefault(); // the words asked for stay
        close();
        input.focus();
      } else if (event.key === "ArrowDown" && links.length) {
        event.preventDefault();
        if (panel.hidden) panel.hidden = false;
        links[Math.min(at + 1, links.length - 1)].focus();
      } else if (event.key === "ArrowUp" && at >= 0) {
        event.preventDefault();
        (at ? links[at - 1] : input).focus();
      } else if (event.key === "Enter" && document.activeElement === input && links.length) {
        event.preventDefault();
        links[0].click();
      }
    }

    input.addEventListener("focus", load);
    input.addEventListener("input", answer);
    box.addEventListener("keydown", move);
    box.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !box.contains(event.relatedTarget)) close();
    });
    document.addEventListener("pointerdown", (event) => box.contains(event.target) || close());
    return box;
  }

  // --- the chapter being read, in sight among the chapters ---------------------------------------------------

  /** Where the column of links scrolls by itself: down to the current chapter, the page staying where it is. */
  function showCurrent(side) {
    const current = side.querySelector('[aria-current="page"]');
    const below = current ? current.getBoundingClientRect().bottom - side.getBoundingClientRect().bottom : 0;
    if (below > 0) side.scrollTop += below + side.clientHeight / 4;
  }

  // --- all of it, when the page is there -------------------------------------------------------------------

  document.addEventListener("DOMContentLoaded", () => {
    const masthead = document.querySelector(".masthead-line");
    const search = document.body.classList.contains("chapter-lot") ? [] : [searchBox()]; // no chapters there
    if (masthead) masthead.append(make("div", { class: "tools" }, ...search, themeButton()));
    document.querySelectorAll(".side").forEach(showCurrent);
    document.querySelectorAll(".ctg-map").forEach(enhanceMap); // before rows change places
    [...document.querySelectorAll("table.ctg-table")].filter(isPlain).forEach(enhanceTable);
  });
})();
