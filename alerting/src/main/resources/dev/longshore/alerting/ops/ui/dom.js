// Descriptions of elements, and how the document becomes what is described. Nodes stay the same
// ones over a refresh, so that focus, selection, scroll and what is typed stay with them. All text
// goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/// An element. Properties are attributes, but `key` (its identity among its siblings), `on…`
/// (handlers), `initial` (an input's value when it is made), `focus` (takes the focus when made) and
/// `mount` (is handed the element each time it is shown; what is in the element is then its business).
export function h(tag, props, ...children) {
  return {
    tag,
    props: props || {},
    children: children.flat(Infinity).filter(it => it !== null && it !== undefined && it !== false && it !== ""),
  };
}

/// Text from elsewhere within a line of ours: what is written from right to left in it, or turns the direction round, turns
/// nothing else round.
export function own(text) {
  return h("bdi", {}, text);
}

/// Makes the children of an element what is described.
export function patch(parent, wanted) {
  const focused = document.activeElement;
  children(parent, wanted.flat(Infinity).filter(it => it));
  if (focused && focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
}

function children(parent, wanted) {
  const keyed = new Map();
  const keys = new Set(wanted.map(it => it.props && it.props.key).filter(it => it !== undefined));
  for (const node of [...parent.childNodes]) {
    if (node.ownKey === undefined) continue;
    if (keys.has(node.ownKey)) keyed.set(node.ownKey, node);
    else node.remove();
  }
  let cursor = parent.firstChild;
  for (const description of wanted) {
    const node = nodeFor(description, cursor, keyed, parent);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
  while (cursor) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
}

function nodeFor(description, cursor, keyed, parent) {
  if (!description.tag) {
    const text = String(description);
    if (cursor && cursor.nodeType === Node.TEXT_NODE) {
      if (cursor.data !== text) cursor.data = text;
      return cursor;
    }
    return document.createTextNode(text);
  }
  const { key } = description.props;
  const old = key !== undefined ? keyed.get(key)
    : cursor && cursor.nodeType === Node.ELEMENT_NODE && cursor.ownKey === undefined ? cursor : null;
  const node = old && old.localName === description.tag ? old : made(description, parent);
  attributes(node, description.props);
  if (description.props.mount) description.props.mount(node);
  else children(node, description.children);
  if (description.props.focus && node !== old) queueMicrotask(() => node.focus());
  return node;
}

function made({ tag, props }, parent) {
  const node = tag === "svg" || parent.namespaceURI === SVG
    ? document.createElementNS(SVG, tag) : document.createElement(tag);
  node.ownKey = props.key;
  if (props.initial !== undefined) node.value = props.initial;
  return node;
}

function attributes(node, props) {
  const before = node.ownProps || {};
  for (const name of Object.keys(before)) {
    if (!(name in props)) attribute(node, name, undefined);
  }
  for (const [name, value] of Object.entries(props)) {
    if (before[name] !== value) attribute(node, name, value);
  }
  node.ownProps = props;
}

function attribute(node, name, value) {
  if (["key", "initial", "focus", "mount"].includes(name)) return;
  if (name.startsWith("on")) node[name] = value || null;
  else if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/// Whether somebody has selected text within an element.
export function isSelecting(element) {
  const selection = document.getSelection();
  return Boolean(selection && !selection.isCollapsed && selection.anchorNode
    && element.contains(selection.anchorNode) && selection.toString().trim());
}

/// Asks before something is done. Escape and "Cancel" do nothing.
export function ask(question, details, yes) {
  return new Promise(resolve => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "question");
    patch(dialog, [
      h("h2", { id: "question" }, question),
      details.map(it => h("p", {}, it)),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "danger", onclick: () => dialog.close("yes") }, yes),
        h("button", { type: "button", onclick: () => dialog.close("") }, "Cancel")),
    ]);
    dialog.onclose = () => { dialog.remove(); resolve(dialog.returnValue === "yes"); };
    document.body.append(dialog);
    dialog.showModal();
  });
}

/// Says something to who listens instead of looking.
export function say(text) {
  document.getElementById("said").textContent = text;
}
