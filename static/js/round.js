// The forms of a round: a box for all agencies of a kind, and ticking agencies that get more time chooses "those below".

document.addEventListener("change", ({ target }) => {
  const kind = target.closest("[data-kind]");
  if (kind) tickKind(kind, target);
  if (target.closest("[data-chosen]")) chooseBelow(target.form);
});

/** All of a kind ticks every agency of it; leaving one of them out leaves "all" out. */
function tickKind(kind, target) {
  const all = kind.querySelector("[data-all]");
  const boxes = [...kind.querySelectorAll("input")].filter((box) => box !== all);
  if (target === all) for (const box of boxes) box.checked = all.checked;
  else all.checked = boxes.every((box) => box.checked);
}

function chooseBelow(form) {
  const below = form.querySelector("input[name=whom][value=chosen]");
  if (below) below.checked = true;
}
