// The copies of unsaved text on this computer: one per person and autosave URL, gone once the server has the text, and all
// gone at sign-out or when somebody else signs in.

import { user } from "./page.js";

const PREFIX = "draft:";
const OWN = `${PREFIX}${user}:`;
const keyOf = (url) => OWN + url;

/** Keep the values [[name, value], …] written on top of a version. */
export function keep(url, version, values) {
  try {
    localStorage.setItem(keyOf(url), JSON.stringify({ version: String(version), values, sent: false }));
  } catch {
    // no room or no permission: the text is still in the page
  }
}

/** The copy for this URL, or null. */
export const read = (url) => JSON.parse(localStorage.getItem(keyOf(url)) ?? "null");

/** The server has the text. */
export const drop = (url) => localStorage.removeItem(keyOf(url));

/** The text was sent with a form: keep the copy until a later page shows that it arrived. */
export function markSent(url) {
  const copy = read(url);
  if (copy) localStorage.setItem(keyOf(url), JSON.stringify({ ...copy, sent: true }));
}

function dropWhere(test) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && test(key)) localStorage.removeItem(key);
}

/** A page came after the form: copies that were sent and have no place on it have arrived. */
function dropArrived() {
  const here = new Set([...document.querySelectorAll("[data-autosave]")].map((holder) => keyOf(holder.dataset.autosave)));
  dropWhere((key) => !here.has(key) && JSON.parse(localStorage.getItem(key)).sent);
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) dropWhere(() => true);
});

dropWhere((key) => !key.startsWith(OWN));
dropArrived();
