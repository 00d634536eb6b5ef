// Acknowledgements: who sees to a group, and that somebody does.

import { actions } from "./actions.js";
import { h, patch } from "./dom.js";
import { access, fetchJson, myName, now, rememberName, state } from "./api.js";
import { millis, time } from "./time.js";

const PRESETS = ["", "1h", "2h", "8h", "1d"];

const { init, act, isBusy, problemOf } = actions();
export { init };

function mayAcknowledge() {
  return !["none", "read"].includes(access().you?.role);
}

/// Asks who, why and for how long; null when nothing is to be done.
function askDetails() {
  const wanted = { by: myName(), comment: "", lasts: "" };
  const field = (name, title, props) => h("div", { class: "field", key: name }, h("label", { for: `ack-${name}` }, title),
    h("input", { id: `ack-${name}`, initial: wanted[name], autocomplete: "off", oninput: event => { wanted[name] = event.target.value; }, ...props }));
  return new Promise(resolve => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "question");
    patch(dialog, [h("form", { method: "dialog", onsubmit: () => { dialog.returnValue = "yes"; } },
      h("h2", { id: "question" }, "Acknowledge this group?"),
      h("p", {}, "It is not repeated then, unless more alerts fire in it. Its end is told."),
      access().you?.name ? null : field("by", "Your name", { required: true, autocomplete: "name" }),
      field("comment", "Comment (may be empty)", { focus: Boolean(wanted.by) }),
      h("div", { class: "field" }, h("label", { for: "ack-lasts" }, "For"),
        h("select", { id: "ack-lasts", onchange: event => { wanted.lasts = event.target.value; } },
          PRESETS.map(it => h("option", { value: it, key: it }, it || "as configured")))),
      h("div", { class: "actions" }, h("button", { type: "submit", class: "main" }, "Acknowledge"),
        h("button", { type: "button", onclick: () => dialog.close("") }, "Cancel")))]);
    dialog.onclose = () => { dialog.remove(); resolve(dialog.returnValue === "yes" ? wanted : null); };
    document.body.append(dialog);
    dialog.showModal();
  });
}

async function acknowledge(group) {
  const wanted = await askDetails();
  if (!wanted) return;
  rememberName(wanted.by);
  const body = { group: group.id, createdBy: wanted.by.trim() };
  if (wanted.comment.trim()) body.comment = wanted.comment.trim();
  if (wanted.lasts) body.endsAt = new Date(now() + millis(wanted.lasts)).toISOString();
  await act(group.id, "Acknowledged", () => fetchJson("acknowledgements", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

function escalation(group) {
  const found = (state.overview?.escalations || []).find(it => it.group === group.id && it.receiver === group.receiver);
  if (!found || found.state === "stopped") return null;
  return h("p", { class: "meta", key: "escalation" }, `Escalation ${found.policy}: `
    + (found.due ? `step ${found.step} at ${time(found.due, now())}, unless somebody acknowledges` : "all steps were taken")
    + (found.told.length ? `; told: ${found.told.join(", ")}` : ""));
}

/// Who sees to a group, what is done while nobody does, and what went wrong when somebody wanted to say so.
export function acknowledgement(group) {
  const { acknowledgement: made } = group;
  const problem = problemOf(group.id);
  const escalated = escalation(group);
  if (!made && !problem && !escalated) return null;
  return h("div", { class: "acknowledgement", key: "acknowledgement" },
    made ? h("p", { class: "because" }, `Acknowledged by ${made.createdBy} ${time(made.startsAt, now())}, until ${time(made.endsAt, now())}`, made.comment ? `: ${made.comment}` : "") : null,
    escalated,
    problem ? h("p", { class: "problem", role: "alert" }, problem) : null);
}

/// The button by which somebody says that they see to a group, or no longer do; none where nothing of it notifies.
export function acknowledgeButton(group) {
  const disabled = isBusy(group.id) || !mayAcknowledge();
  const props = { type: "button", disabled, key: "acknowledge" };
  if (group.acknowledgement) {
    return h("button", { ...props, onclick: () => act(group.id, "No longer acknowledged", () => fetchJson(`acknowledgements/${group.id}`, { method: "DELETE" })) }, "End the acknowledgement");
  }
  return group.alerts.some(it => it.status.state === "active")
    ? h("button", { ...props, onclick: () => acknowledge(group) }, "Acknowledge")
    : null;
}
