// The form of a silence: what it covers as chips, until when, who and why.

import { ask, h, own, say } from "./dom.js";
import { fetchJson, myName, now, rememberName, silenceById, state } from "./api.js";
import { ofApi, parse, text, toApi } from "./matchers.js";
import { counts, distinct } from "./groups.js";
import { localTimes, millis, shortDuration, time } from "./time.js";
import { counted } from "./texts.js";
import { coveredItem, current, notice, ownComment, send } from "./silences.js";
import { link } from "./alerts.js";
import { doubts } from "./silence-rules.js";

const PRESETS = ["30m", "2h", "8h", "1d", "3d"];
const SHOWN = 50;

let rerender = () => {};

/// What is filled in, of the address that is shown.
let form = null;

export function init(render) {
  rerender = render;
}

function open(at) {
  const from = silenceById(at.id || at.query.get("from") || "");
  const isEdited = Boolean(at.id && from);
  const begun = from && from.status.state === "active";
  const left = from ? Date.parse(from.endsAt) - Math.max(Date.parse(from.startsAt), begun ? now() : 0) : 0;
  form = {
    address: location.hash,
    id: isEdited ? from.id : "",
    old: isEdited ? from : null,
    matchers: from ? from.matchers.map(ofApi) : parse(at.query.get("filter") || "").matchers,
    // One that was ended early says nothing about how long the next is to last.
    lasts: from ? shortDuration(from.status.state === "expired" ? Math.max(left, 30 * 60e3) : left) : "2h",
    by: isEdited ? from.createdBy : myName(),
    comment: from ? ownComment(from) : at.query.get("comment") || "",
    starts: isEdited && from.status.state === "pending" ? local(Date.parse(from.startsAt)) : "",
    // Who changes the comment alone does not move the end by the minutes that this takes.
    keepsEnd: isEdited && from.status.state !== "expired",
    covered: null, asked: "", problem: "", sending: false, adding: "",
  };
  preview();
}

/// A time as an input of the kind `datetime-local` has it.
function local(ms) {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
}

/// Asks the server what is covered: its regular expressions decide, not the browser's.
async function preview() {
  const mine = form;
  const asked = mine.matchers.map(it => `filter=${encodeURIComponent(text(it))}`).join("&");
  mine.asked = asked;
  if (!asked) {
    mine.covered = null;
    rerender();
    return;
  }
  try {
    const covered = await fetchJson(`api/v2/alerts?${asked}`);
    if (mine.asked === asked) Object.assign(mine, { covered, problem: "" });
  } catch (e) {
    if (mine.asked === asked) Object.assign(mine, { covered: null, problem: e.message });
  }
  rerender();
}

function drop(index) {
  const dropped = form.matchers[index];
  form.matchers = form.matchers.filter((_, i) => i !== index);
  say(`Dropped ${text(dropped)}`);
  preview();
  document.getElementById("adding")?.focus();
}

function take() {
  const { matchers, words } = parse(form.adding);
  if (words.length) {
    form.problem = `'${words[0]}' is not a matcher; write name="value" or name=~"expression"`;
  } else if (matchers.length) {
    const have = new Set(form.matchers.map(text));
    form.matchers = [...form.matchers, ...matchers.filter(it => !have.has(text(it)))];
    form.adding = "";
    const field = document.getElementById("adding");
    if (field) field.value = "";
    form.problem = "";
    preview();
  }
  return !words.length;
}

function begin() {
  return form.starts ? new Date(form.starts).getTime() : form.old && form.old.status.state === "active" ? Date.parse(form.old.startsAt) : now();
}

function ends() {
  if (form.keepsEnd) return Date.parse(form.old.endsAt);
  return (form.starts ? new Date(form.starts).getTime() : now()) + millis(form.lasts);
}

/// What others did with a silence since it was opened here.
async function changes(old) {
  const known = await current(old.id);
  if (known.status.state === "expired" && old.status.state !== "expired") return ["The silence was ended meanwhile. Saving makes a new one."];
  if (known.updatedAt === old.updatedAt) return [];
  return [`Somebody has changed the silence since you opened it: it lasts until ${time(known.endsAt, now())}, with ${known.matchers.map(ofApi).map(text).join(", ")}: ${ownComment(known)}`];
}

async function submit(event) {
  event.preventDefault();
  if (form.sending || !take()) { rerender(); return; }
  const mine = form;
  mine.problem = "";
  if (!mine.matchers.length) mine.problem = "A silence needs a matcher; without one it would cover everything.";
  for (const [field, name] of [["by", "your name"], ["comment", "why"]]) {
    if (!mine.problem && !mine[field].trim()) mine.problem = `Fill in ${name}: others will want to know.`;
  }
  if (!mine.problem && document.getElementById("starts")?.validity.badInput) mine.problem = "Begins: the date or the time is not complete.";
  let endsAt = 0;
  try { endsAt = ends(); } catch (e) { mine.problem ||= `For: ${e.message}`; }
  if (mine.problem) { rerender(); return; }
  mine.sending = true;
  rerender();
  try {
    if (mine.covered === null) await preview();
    if (mine.problem) return;
    const total = distinct(state.groups || []).length;
    const open = doubts(mine.matchers, mine.covered || [], total);
    if (open.length && !await ask("Silence all of this?", open, "Silence it")) return;
    const others = mine.old ? await changes(mine.old) : [];
    if (others.length && !await ask("Save this all the same?", others, "Save it")) return;
    // Who edits somebody's silence is not that person.
    if (!mine.old || mine.by !== mine.old.createdBy) rememberName(mine.by);
    const id = await send({
      ...(mine.id ? { id: mine.id } : {}), ...(mine.old && mine.old.annotations ? { annotations: mine.old.annotations } : {}),
      matchers: mine.matchers.map(toApi), startsAt: new Date(begin()).toISOString(), endsAt: new Date(endsAt).toISOString(),
      createdBy: mine.by.trim(), comment: mine.comment.trim(),
    });
    say("Silenced");
    if (form === mine) {
      form = null;
      location.hash = `#/silences/${id}`;
    }
  } catch (e) {
    mine.problem = e.isAway ? `Whether it was made is not known: ${e.message}. Look at the silences before you try again.` : e.message;
  } finally {
    mine.sending = false;
    rerender();
  }
}

function field(name, title, props, hint) {
  return h("div", { class: "field", key: name },
    h("label", { for: name }, title),
    h("input", { id: name, name, initial: form[name], autocomplete: "off", oninput: event => { form[name] = event.target.value; if (name === "lasts" || name === "starts") { form.keepsEnd = false; rerender(); say(endText()); } }, ...props }),
    hint);
}

function endText() {
  try {
    return `until ${time(ends(), now())}`;
  } catch (e) {
    return e.message;
  }
}

function coverage() {
  if (!form.matchers.length) return [h("p", { class: "meta" }, "Add at least one matcher.")];
  if (!form.covered) return [h("p", { class: "meta" }, form.problem ? "What it covers is not known." : "Asking what it covers…")];
  const total = distinct(state.groups || []).length;
  const suppressed = form.covered.length - counts(form.covered).active;
  return [
    h("h2", { key: "covers" }, form.covered.length ? `Covers ${form.covered.length.toLocaleString()} of ${counted(total, "alert")} that ${total === 1 ? "fires" : "fire"} now` : "Covers nothing that fires now"),
    suppressed ? h("p", { class: "meta", key: "suppressed" }, `${suppressed.toLocaleString()} of them notify nobody already.`) : null,
    h("ul", { class: "covered", key: "list" }, form.covered.slice(0, SHOWN).map(coveredItem)),
    form.covered.length > SHOWN ? h("p", { class: "meta", key: "more" }, `and ${(form.covered.length - SHOWN).toLocaleString()} more`) : null,
    doubts(form.matchers, form.covered, total).map(it => h("p", { class: "banner doubt", key: it }, it)),
  ];
}

export function view(at) {
  const waitsFor = at.id || at.query.get("from");
  if (waitsFor && !state.silences) return { title: "Silence", nodes: [h("h1", { tabindex: "-1" }, "Silence"), h("p", {}, "Waiting for the first answer…")] };
  if (at.id && !silenceById(at.id) && !form?.sending) {
    return { title: "No such silence", nodes: [h("h1", { tabindex: "-1" }, "There is no such silence"), h("p", {}, link("#/silences", "All silences"))] };
  }
  if (!form || form.address !== location.hash) open(at);
  const title = form.id ? "Edit the silence" : "New silence";
  return {
    title,
    nodes: [
      h("h1", { tabindex: "-1", key: "title" }, title),
      notice(),
      h("div", { class: "two", key: form.address }, h("form", { class: "silence-form", onsubmit: submit, novalidate: true },
        h("fieldset", { class: "field" },
          h("legend", {}, "Matchers: all of them must match"),
          h("ul", { class: "chips" }, form.matchers.map((it, i) => h("li", { key: text(it) },
            h("button", { type: "button", class: "chip", "aria-label": `Drop ${text(it)}`, onclick: () => drop(i) }, own(text(it)), h("span", { "aria-hidden": "true" }, " ✕"))))),
          h("label", { for: "adding" }, "Add a matcher"),
          h("div", { class: "beside" },
            h("input", { id: "adding", autocomplete: "off", spellcheck: "false", autocapitalize: "off", initial: "", placeholder: 'namespace="shop"',
              oninput: event => { form.adding = event.target.value; },
              onkeydown: event => { if (event.key === "Enter") { event.preventDefault(); take(); rerender(); } } }),
            h("button", { type: "button", onclick: () => { take(); rerender(); } }, "Add"))),
        field("lasts", "For", { required: true, size: "8" }, [
          h("span", { class: "toggles" }, PRESETS.map(it => h("button", { type: "button", class: "toggle", key: it, "aria-pressed": String(form.lasts === it),
            onclick: () => { form.lasts = it; form.keepsEnd = false; document.getElementById("lasts").value = it; rerender(); say(endText()); } }, it))),
          h("span", { class: "meta" }, endText())]),
        form.old && form.old.status.state === "active" ? null : field("starts", "Begins (empty: at once)", { type: "datetime-local" }),
        field("by", "Your name", { required: true, autocomplete: "name" }),
        field("comment", "Why", { required: true }),
        h("p", { class: "problem", role: "alert" }, localTimes(form.problem, now())),
        h("div", { class: "actions" },
          h("button", { type: "submit", class: "main", disabled: form.sending }, form.sending ? "Sending…" : form.id ? "Save" : "Silence"),
          link(form.id ? `#/silences/${form.id}` : "#/alerts", "Cancel"))),
      h("section", { "aria-live": "polite", class: "coverage" }, coverage())),
    ],
  };
}

