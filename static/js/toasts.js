// Short news in the corner. At least ten seconds, held under the pointer or focus; never for errors.

import { icon, make, words } from "./page.js";

const SHOWN_FOR = 10_000;
const AFTER_HOVER = 4_000;
const AT_MOST = 3;

/** Show a line of text, with a second line, a link or both. */
export function toast(text, { sub = "", href = "", iconName = "check" } = {}) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const line = make("p", "", text);
  if (sub) line.append(make("small", "", sub));
  const box = make("div", "toast", icon(iconName), line);
  if (href) box.append(link(href, text));
  box.append(closer(box));
  keepWhileWatched(box);
  region.append(box);
  while (region.childElementCount > AT_MOST) region.firstElementChild.remove();
}

function link(href, text) {
  const open = make("a", "btn sm", words.open);
  open.href = href;
  open.setAttribute("aria-label", `${words.open}: ${text}`);
  return open;
}

function closer(box) {
  const button = make("button", "icon-btn", icon("x"));
  button.type = "button";
  button.setAttribute("aria-label", words.close);
  button.addEventListener("click", () => box.remove());
  return button;
}

function keepWhileWatched(box) {
  let timer = setTimeout(() => box.remove(), SHOWN_FOR);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => box.remove(), AFTER_HOVER);
  };
  box.addEventListener("mouseenter", hold);
  box.addEventListener("mouseleave", release);
  box.addEventListener("focusin", hold);
  box.addEventListener("focusout", release);
}
