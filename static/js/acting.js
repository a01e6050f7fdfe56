// The end of a delegation, to the second: a page that acts for somebody else asks the server again at that moment.
// The server decides; a list that is no longer hers answers 404 and refresh.js leaves it.

const LONGEST = 2_000_000_000; // what a timer takes at most, about 23 days
const A_MOMENT = 300;

for (const bar of document.querySelectorAll("[data-acting-until]")) {
  const left = new Date(bar.dataset.actingUntil) - Date.now() + A_MOMENT;
  if (left > 0 && left < LONGEST) setTimeout(() => end(bar), left);
}

function end(bar) {
  bar.remove();
  document.body.dispatchEvent(new CustomEvent("dieu-hanh:changed", { detail: { items: [] }, bubbles: true }));
}
