// Starts what every page has, and fetches the rest only where a page has use for it.

import "./dialogs.js";
import "./drafts.js";
import "./keys.js";
import "./limits.js";
import "./live.js";
import "./refresh.js";
import "./submit.js";

const WHERE_FOUND = [
  [".items", () => import("./inbox.js")],
  ["[data-kept]", () => import("./kept.js")],
  ["[data-autosave]", () => import("./autosave.js")],
  ["[data-remarks]", () => import("./remarks.js")],
  ["[data-bulk-go], [data-goes-on]", () => import("./bulk.js")],
  ["[data-adds]", () => import("./phrases.js")],
  [".blk", () => import("./paragraphs.js")],
];

function fetchWhatIsNeeded() {
  for (const [selector, load] of WHERE_FOUND) if (document.querySelector(selector)) load();
}

fetchWhatIsNeeded();
document.addEventListener("htmx:after:swap", fetchWhatIsNeeded);
