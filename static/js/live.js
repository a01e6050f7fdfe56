// Live updates. The socket says only "there is news up to n"; the news is fetched over HTTP with the reader's own rights.
// Asked again on every hint, on reconnection, when the tab is looked at, when the network returns, and once a minute.

import { icon, make, sessionEnded, signIn, user, words } from "./page.js";
import { toast } from "./toasts.js";

const FEED = document.body.dataset.feed;
const MINUTE = 60_000;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;
const RESTART_SPREAD = 30_000; // close code 1012: the server restarts, everybody comes back at once
const SAY_LOST_AFTER = 2_500;
const TOASTS_AT_ONCE = 3;
const CLOSED_SIGN_IN = 4401;
const CLOSED_RESTART = 1012;
const CLOSED_TOO_MANY = 4429; // too many pages of one account hold a socket: this one lives without, and asks now and then
const CURSOR = `seq:${user}`;

let cursor = firstCursor();
let attempt = 0;
let lostAt = 0;
let lostTimer = 0;
let retryTimer = 0;
let hiddenAt = 0;
let asking = null;
let askAgain = false;
let ended = false;
let mustAnnounce = false; // back after a loss: what was missed is not replayed, so the page looks again

/** How far this page knows the feed: what the server drew, else what the tab's last page had reached. */
function firstCursor() {
  const known = document.body.dataset.seq || sessionStorage.getItem(CURSOR);
  return known ? Number(known) : null;
}

/** Tell the page that something changed; refresh.js and pages listen. */
function announce(detail) {
  document.body.dispatchEvent(new CustomEvent("dieu-hanh:changed", { detail, bubbles: true }));
}

// ——— the feed ———

/** Fetch what is new since the cursor. Calls made meanwhile become one more call, not many. */
function ask() {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = fetchNews().finally(() => {
    asking = null;
    if (!askAgain) return;
    askAgain = false;
    ask();
  });
  return asking;
}

async function fetchNews() {
  let response;
  try {
    response = await fetch(`${FEED}?after=${cursor ?? 0}`, { headers: { Accept: "application/json" }, cache: "no-cache" });
  } catch {
    return; // no network: the socket says so, and asks again when it is back
  }
  if (sessionEnded(response)) sayEnded();
  else if (response.ok) take(await response.json());
}

function take({ head, unread, items, reset }) {
  const isFirst = cursor === null;
  const isNew = !isFirst && (reset || head > cursor);
  const fresh = isFirst || reset ? [] : items.filter((item) => item.seq > cursor && !item.withdrawn);
  cursor = head;
  sessionStorage.setItem(CURSOR, head);
  showUnread(unread);
  fresh.slice(-TOASTS_AT_ONCE).forEach((item) => toast(item.text, { sub: item.detail, href: item.url, iconName: item.icon || "bell" }));
  if (isNew || mustAnnounce) announce({ items: fresh });
  mustAnnounce = false;
}

function showUnread(count) {
  const badge = document.getElementById("bell-n");
  if (badge) {
    badge.querySelector("[data-n]").textContent = count;
    badge.hidden = count === 0;
  }
  document.body.dataset.unread = count;
  showInTitle();
}

function showInTitle() {
  const count = Number.parseInt(document.body.dataset.unread, 10);
  if (Number.isNaN(count)) return;
  const bare = document.title.replace(/^\(\d+\) /, "");
  document.title = count ? `(${count}) ${bare}` : bare;
}

// ——— the socket ———

function connect() {
  clearTimeout(retryTimer);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/ws/`);
  socket.addEventListener("open", onOpen);
  socket.addEventListener("message", onHint);
  socket.addEventListener("close", (event) => onClose(event.code));
}

function onOpen() {
  attempt = 0;
  if (lostAt) mustAnnounce = true;
  sayConnected();
  ask();
}

function onHint(event) {
  let seq;
  try {
    ({ seq } = JSON.parse(event.data));
  } catch {
    return;
  }
  if (cursor === null || seq > cursor) ask();
}

function onClose(code) {
  if (ended) return;
  if (code === CLOSED_SIGN_IN) {
    sayEnded();
    return;
  }
  sayLost();
  const grown = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** attempt);
  const longest = { [CLOSED_RESTART]: RESTART_SPREAD, [CLOSED_TOO_MANY]: 2 * LAST_RETRY }[code] ?? grown;
  attempt += 1;
  retryTimer = setTimeout(connect, Math.random() * longest);
  ask();
}

// ——— what the reader sees of it ———

function setDots(state, text) {
  for (const dot of document.querySelectorAll("[data-live-dot]")) {
    dot.dataset.state = state;
    dot.textContent = text;
  }
}

function sayConnected() {
  lostAt = 0;
  clearTimeout(lostTimer);
  setDots("on", words.liveOn);
  document.getElementById("conn").replaceChildren();
}

function sayLost() {
  setDots("lost", words.liveLost);
  if (lostAt) return;
  lostAt = Date.now();
  lostTimer = setTimeout(() => {
    const again = make("button", "btn sm", words.reconnect);
    again.type = "button";
    again.addEventListener("click", connect);
    showBar(words.lost, again);
  }, SAY_LOST_AFTER);
}

/** The session is over: go and sign in, but never from under somebody who is writing. */
function sayEnded() {
  if (ended) return;
  ended = true;
  clearTimeout(lostTimer);
  clearTimeout(retryTimer);
  setDots("lost", words.liveLost);
  if (!document.querySelector("[data-touched]")) {
    signIn();
    return;
  }
  const again = make("button", "btn sm", words.signIn);
  again.type = "button";
  again.addEventListener("click", signIn);
  showBar(words.expired, again);
}

function showBar(text, button) {
  document.getElementById("conn").replaceChildren(make("div", "lost", icon("offline"), make("span", "", text), button));
}

// ——— when to look ———

function everyMinute() {
  setTimeout(() => {
    if (!ended) ask();
    everyMinute();
  }, MINUTE * (0.8 + Math.random() * 0.4));
}

function onVisibility() {
  if (document.hidden) {
    hiddenAt = Date.now();
    return;
  }
  if (hiddenAt && Date.now() - hiddenAt > MINUTE) mustAnnounce = true;
  ask();
}

if (FEED) {
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("online", () => (lostAt ? connect() : ask()));
  document.addEventListener("htmx:after:settle", showInTitle);
  showInTitle();
  document.addEventListener("input", (event) => {
    if (event.target.form?.method === "post") event.target.form.setAttribute("data-touched", "");
  });
  connect();
  everyMinute();
}
