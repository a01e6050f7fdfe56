// The opinion's page, kept true while it is written:
//   [data-said-box], [data-said], template[data-said-template]   the list of the remarks written, with links to them
//   [data-said-count]   says how many go with the answer: data-none, data-one, data-many
//   [data-redline]      a comparison that the server drew; it goes once the wording beside it is changed
//   form#agree          agreement in one press: only while nothing else is written

const SHORT = 60;
const form = document.querySelector("form[data-opinion]");
const agree = document.querySelector("button[form=agree]");

/** What is written of a remark: its words, else its suggested wording; nothing of an empty row. */
const wordsOf = (row) => [...row.querySelectorAll("textarea")].map((field) => field.value.trim()).find(Boolean) ?? "";
const written = () => [...form.querySelectorAll("[data-row]:not([hidden])")].filter(wordsOf);

function placeOf(row) {
  const field = row.querySelector("[data-anchor-field]");
  return field.selectedOptions[0]?.text ?? "";
}

const short = (text) => (text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text);

function entry(row) {
  const line = form.querySelector("template[data-said-template]").content.firstElementChild.cloneNode(true);
  const link = line.querySelector("a");
  link.href = `#${row.id}`;
  link.textContent = placeOf(row);
  line.querySelector("small").textContent = short(wordsOf(row));
  return line;
}

function count(rows) {
  const place = form.querySelector("[data-said-count]");
  const { none, one, many } = place.dataset;
  place.textContent = [none, one][rows.length] ?? many.replace("{n}", rows.length);
}

function refresh() {
  const rows = written();
  form.querySelector("[data-said]").replaceChildren(...rows.map(entry));
  form.querySelector("[data-said-box]").hidden = !rows.length;
  count(rows);
  if (agree) agree.hidden = rows.length > 0 || Boolean(form.elements.namedItem("reason").value.trim());
}

document.addEventListener("input", (event) => {
  if (!form.contains(event.target)) return;
  if (event.target.name?.endsWith("-suggestion")) event.target.closest("details").querySelector("[data-redline]")?.remove();
  refresh();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-said] a") && document.querySelector(new URL(event.target.href).hash);
  row?.querySelector("textarea")?.focus({ preventScroll: true });
});

refresh();
