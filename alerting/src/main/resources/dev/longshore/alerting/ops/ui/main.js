// Shows the page that the address names, and refreshes it.

import { patch, h, isSelecting, say } from "./dom.js";
import { refresh, state, Failure } from "./api.js";
import { route } from "./router.js";
import { header } from "./header.js";
import * as alerts from "./alerts.js";
import * as silences from "./silences.js";
import * as silenceForm from "./silence-form.js";
import * as why from "./why.js";
import * as rules from "./rules.js";
import * as fleet from "./fleet.js";
import * as notifications from "./notifications.js";
import * as status from "./status.js";

const EACH = 10e3;

/// A list of thousands is some megabytes: it is asked for less often.
const EACH_OF_MANY = 20e3;
const MANY = 2000;

const unknown = {
  view: ({ path }) => ({ title: "No such page", nodes: [h("h1", { tabindex: "-1" }, "There is no such page"), h("p", {}, `Nothing is at ${path}. `, h("a", { href: "#/alerts" }, "Go to the alerts"))] }),
};

const pages = { alerts, silences, silence: silences, "silence-form": silenceForm, why, rules, fleet, notifications, status, unknown };

const main = document.getElementById("main");
const top = document.getElementById("header");
let shownHash = null;

/// How far each step of the browser's history was scrolled. A step that has a number is one that somebody comes back to.
const scrolled = new Map();
let step = 0;

history.scrollRestoration = "manual";
addEventListener("scroll", () => scrolled.set(step, scrollY), { passive: true });

/// Numbers the step that is shown now.
function enter() {
  const known = history.state?.step;
  step = known ?? Math.max(0, ...scrolled.keys()) + 1;
  if (known === undefined) history.replaceState({ step }, "");
  if (!scrolled.has(step)) scrolled.set(step, 0);
}
let wasFrozen = false;
let timer = 0;

function pageOf(at) {
  return pages[at.page] || unknown;
}

/// Shows what is known.
function render() {
  const at = route();
  const isOther = `${at.page} ${at.id}` !== shownHash;
  const frozen = !isOther && isSelecting(main);
  patch(top, header(at.page, frozen));
  wasFrozen = frozen;
  if (frozen) return;
  const { title, nodes } = pageOf(at).view(at);
  document.title = `${title} · Longshore alerting`;
  if (isOther) main.replaceChildren();
  patch(main, nodes);
  if (isOther) {
    const isFirst = shownHash === null;
    shownHash = `${at.page} ${at.id}`;
    scrollTo(0, scrolled.get(step));
    if (!isFirst) {
      const heading = main.querySelector("h1");
      if (heading && !main.contains(document.activeElement)) heading.focus({ preventScroll: true });
      say(title);
    }
  }
  if (at.page === "alerts") alerts.syncField(at.query);
  main.querySelectorAll("[data-more]").forEach(it => nearEnd.observe(it));
}

/// What comes near is shown before somebody asks for it.
const nearEnd = new IntersectionObserver(entries => {
  const near = entries.filter(it => it.isIntersecting && it.target.isConnected);
  near.forEach(it => { nearEnd.unobserve(it.target); alerts.grow(it.target.dataset.more); });
  if (near.length) render();
}, { rootMargin: "600px" });

async function load(at) {
  const page = pageOf(at);
  if (!page.load) return;
  try {
    await page.load(at);
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
  }
}

let turn = 0;

/// Asks for everything that is shown, and shows it.
export async function update() {
  const mine = ++turn;
  clearTimeout(timer);
  const at = route();
  try {
    await Promise.all([refresh(), load(at)]);
    if (mine === turn) render();
  } finally {
    if (mine === turn) timer = setTimeout(update, pause());
  }
}

function pause() {
  const known = (state.groups || []).reduce((sum, it) => sum + it.alerts.length, 0);
  return known > MANY ? EACH_OF_MANY : EACH;
}

addEventListener("hashchange", () => { enter(); render(); load(route()).then(render); });
addEventListener("routereplaced", render);
document.addEventListener("visibilitychange", () => { if (!document.hidden) update(); });
document.addEventListener("selectionchange", () => { if (wasFrozen && !isSelecting(main)) render(); });

document.querySelector(".skip").addEventListener("click", event => { event.preventDefault(); main.focus(); });

/// A fault of the page itself must not look as if nothing had changed.
function fault(reason) {
  const shown = document.getElementById("fault");
  shown.textContent = `This page has a fault, and what it shows may be old: ${reason?.message || reason}. Load it again.`;
  shown.hidden = false;
}
addEventListener("error", event => fault(event.error || event.message));
addEventListener("unhandledrejection", event => fault(event.reason));

for (const page of new Set(Object.values(pages))) page.init?.(render, update);
enter();
dispatchEvent(new Event("started"));
render();
update();
