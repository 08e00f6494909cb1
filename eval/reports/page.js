"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 200; // rows of the list that are drawn at once
  const by = (id) => document.getElementById(id);
  const [list, more, shown, search, count] = ["list", "more", "shown", "search", "count"].map(by);
  const selects = { run: by("run"), category: by("category"), mark: by("mark") };

  const textOf = (row) =>
    (data.texts[row.text] || []).filter(([side]) => side !== "gone").map(([, piece]) => piece).join("");
  const haystacks = data.rows.map((row) =>
    [row.name, textOf(row), row.reply, row.answers, row.second, row.code, row.reason, row.detail, row.error]
      .filter(Boolean).join("\n").toLowerCase());
  const places = new Map(data.rows.map((row, place) => [address(row), place]));

  let found = [];
  let drawn = 0;
  let current = null; // a place in data.rows

  function address(row) {
    return [row.run, row.text, row.sample].join("|");
  }

  // Texts are only ever set as text: what a model wrote is never read as markup.
  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { run, category, mark } = selects;
    found = [];
    data.rows.forEach((row, place) => {
      const fits =
        (run.value === "" || String(row.run) === run.value) &&
        (category.value === "" || row.category === category.value) &&
        (mark.value === "" || (row.marks || []).includes(mark.value)) &&
        words.every((word) => haystacks[place].includes(word));
      if (fits) found.push(place);
    });
    count.textContent = `${found.length} of ${data.rows.length}`;
    list.replaceChildren();
    drawn = 0;
    draw();
    show(found.includes(current) ? current : found[0] ?? null);
  }

  function draw() {
    for (const place of found.slice(drawn, drawn + PAGE)) {
      const row = data.rows[place];
      const button = element("button", undefined, { type: "button", tabindex: "-1", "data-place": place });
      button.append(element("span", `${row.name} · ${row.category}`));
      const about = [data.runs[row.run], ...(row.marks || [])];
      if (row.sample) about.splice(1, 0, `sample ${row.sample}`);
      button.append(element("small", about.join(" · ")));
      const item = element("li");
      item.append(button);
      list.append(item);
    }
    drawn = Math.min(found.length, drawn + PAGE);
    more.hidden = drawn >= found.length;
  }

  function buttonOf(place) {
    return list.querySelector(`button[data-place="${place}"]`);
  }

  function show(place) {
    const before = buttonOf(current);
    if (before) {
      before.removeAttribute("aria-current");
      before.tabIndex = -1;
    }
    current = place;
    shown.replaceChildren();
    if (place === null) {
      shown.append(element("p", "No conversation is like that."));
      return;
    }
    while (!buttonOf(place) && drawn < found.length) draw();
    const button = buttonOf(place);
    if (button) {
      button.setAttribute("aria-current", "true");
      button.tabIndex = 0;
      const box = list.parentElement;
      if (button.offsetTop < box.scrollTop) box.scrollTop = button.offsetTop;
      const below = button.offsetTop + button.offsetHeight - box.clientHeight;
      if (below > box.scrollTop) box.scrollTop = below;
    }
    conversation(data.rows[place]);
  }

  function part(title, ...content) {
    shown.append(element("h3", title), ...content);
  }

  function folded(title, ...content) {
    const made = element("details");
    made.append(element("summary", title), ...content);
    shown.append(made);
  }

  function conversation(row) {
    part(`${row.name}, ${row.category}, ${data.runs[row.run]}`);
    const tags = element("ul", undefined, { class: "tags" });
    for (const mark of row.marks || []) tags.append(element("li", mark));
    if (row.p_ask !== undefined) tags.append(element("li", `p_ask ${row.p_ask.toFixed(3)}`));
    if (row.tests !== undefined) tags.append(element("li", `${row.passed} of ${row.tests} tests`));
    if (row.tokens) tags.append(element("li", `${row.tokens} tokens, ${row.seconds} s`));
    shown.append(tags);
    if (row.error) part("Error", element("pre", row.error));
    part("Request, and what the original says", request(row));
    if (row.questions) {
      const questions = element("ol");
      for (const question of row.questions) {
        const item = element("li", question.text);
        if (question.options && question.options.length) {
          const options = element("ul");
          for (const option of question.options) options.append(element("li", option));
          item.append(options);
        }
        questions.append(item);
      }
      part("Questions", questions);
    } else if (row.reply) {
      part("First reply", element("pre", row.reply));
    }
    if (row.reason) part("The judge", element("pre", row.reason));
    if (row.answers) part("Answers", element("pre", row.answers));
    if (row.code) part("Code", element("pre", row.code));
    if (row.detail) part("Tests", element("pre", row.detail));
    if (row.questions && row.reply) folded("First reply, whole", element("pre", row.reply));
    if (row.second) folded("Second reply, whole", element("pre", row.second));
    if (row.unclarified) {
      const passed = row.unclarified_passed === undefined ? "" : `: ${row.unclarified_passed} tests passed`;
      folded(`Code without asking${passed}`, element("pre", row.unclarified));
    }
    const task = data.tasks[row.name];
    if (task) {
      folded(`The task's tests (${task.tests.length})`, cases(task.tests));
      if (task.solution) folded("Reference solution", element("pre", task.solution));
    }
  }

  function request(row) {
    const pieces = data.texts[row.text];
    if (!pieces) return element("p", "The benchmark's text is not in this report: give --benchmark.");
    const made = element("pre");
    for (const [side, piece] of pieces) {
      made.append(element({ same: "span", gone: "del", new: "ins" }[side], piece));
    }
    return made;
  }

  function cases(tests) {
    const box = element("div", undefined, { class: "cases" });
    const table = element("table");
    for (const test of tests) {
      const line = element("tr");
      line.append(element("td", test.input), element("td", test.relation), element("td", test.output));
      table.append(line);
    }
    box.append(table);
    return box;
  }

  function choose(place) {
    if (place === undefined) return;
    show(place);
    history.replaceState(null, "", `#c=${encodeURIComponent(address(data.rows[place]))}`);
  }

  function step(rows) {
    const at = found.indexOf(current);
    const next = found[Math.max(0, Math.min(found.length - 1, at + rows))];
    choose(next);
    return buttonOf(next);
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(Number(button.dataset.place));
  });
  list.addEventListener("keydown", (event) => {
    const rows = { ArrowDown: 1, ArrowUp: -1, Home: -found.length, End: found.length }[event.key];
    if (!rows) return;
    event.preventDefault();
    step(rows)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
  by("filters").addEventListener("submit", (event) => event.preventDefault());
  by("filters").addEventListener("input", filter);
  more.addEventListener("click", draw);

  const theme = by("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = document.documentElement.dataset.theme || (dark ? "dark" : "light");
    document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  });

  function linked() {
    const match = /^#c=(.*)$/.exec(location.hash);
    if (!match) return null;
    try {
      return places.get(decodeURIComponent(match[1])) ?? null;
    } catch {
      return null; // not an address of ours
    }
  }

  current = linked();
  filter();
  if (current !== null && linked() === current) by("conversations").scrollIntoView();
  addEventListener("hashchange", () => {
    const place = linked();
    if (place !== null) show(place);
  });
})();
