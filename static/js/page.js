// What the modules need to know about the page they are on: its words, its icons, its token, who reads it.

const SVG = "http://www.w3.org/2000/svg";

/** The words of templates/c/words.html, translated there: data-say-live-on is words.liveOn. */
export const words = Object.fromEntries(
  Object.entries(document.getElementById("words")?.dataset ?? {}).map(([name, text]) => [
    name[3].toLowerCase() + name.slice(4),
    text,
  ]),
);

/** Who is signed in, as a string; empty where nobody is. */
export const user = document.body.dataset.user ?? "";

/** The anti-forgery token to send with a POST. */
export const token = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

/** An icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** An element with a class and children; a string child is text, never markup. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Whether keys pressed in this element are text. */
export const isField = (element) =>
  Boolean(element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));

/** Go to the sign-in page and come back to this one afterwards. */
export function signIn() {
  const url = new URL(document.body.dataset.signIn || "/", location.href);
  url.searchParams.set("next", location.pathname + location.search);
  location.assign(url);
}

/** Whether an answer says that the session has ended. */
export function sessionEnded(response) {
  const page = new URL(document.body.dataset.signIn || "/", location.href).pathname;
  return response.status === 401 || (response.redirected && new URL(response.url).pathname === page);
}
