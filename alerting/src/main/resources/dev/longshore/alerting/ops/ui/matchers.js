// Matchers as Alertmanager writes them, words, and what they match.

const MATCHER = /^("(?:[^"\\]|\\.)*"|[^\s=!~"{},]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,"]+)/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/// What quotes hold. Alertmanager's escapes are `\"`, `\\` and `\n`; any other backslash is one, as
/// in `pod=~"web-\d+"`.
function unquoted(text) {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(["\\n])/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
  return text.startsWith("'") ? text.slice(1, -1) : text;
}

/// A text in quotes, with the escapes that Alertmanager knows: JSON has others, such as `\t`.
export function quoted(text) {
  return `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/// A matcher. One whose expression the browser can't read has `problem`, and matches nothing.
export function matcher(name, op, value) {
  const made = { name, op, value, problem: "" };
  if (op.endsWith("~")) {
    try {
      made.pattern = pattern(value);
    } catch (e) {
      made.problem = `${text(made)}: ${e.message}`;
    }
  }
  return made;
}

/// RE2's expression, anchored, as JavaScript's: flags may stand in front of it alone.
function pattern(expression) {
  const leading = /^\(\?([is]+)\)/.exec(expression);
  const rest = (leading ? expression.slice(leading[0].length) : expression).replaceAll("(?P<", "(?<");
  return new RegExp(`^(?:${rest})$`, leading && leading[1].includes("i") ? "si" : "s");
}

/// Reads what somebody types, or what a link holds: `checkout severity="page", pod=~web.*`.
///
/// @return `matchers`, and the `words` that are none
export function parse(typed) {
  let rest = typed.trim();
  if (rest.startsWith("{") && rest.endsWith("}")) rest = rest.slice(1, -1);
  const matchers = [];
  const words = [];
  while ((rest = rest.replace(/^[\s,]+/, ""))) {
    const found = MATCHER.exec(rest);
    const word = found ? null : /^"((?:[^"\\]|\\.)*)"|^[^\s,]+/.exec(rest) || [rest];
    if (found) matchers.push(matcher(unquoted(found[1]), found[2], unquoted(found[3])));
    else words.push(word[1] === undefined ? word[0] : unquoted(word[0]));
    rest = rest.slice((found || word)[0].length);
  }
  return { matchers, words };
}

/// A matcher as text: `pod=~"web.*"`.
export function text({ name, op, value }) {
  return (NAME.test(name) ? name : quoted(name)) + op + quoted(value);
}

/// Matchers in braces, as links hold them.
export function braces(matchers) {
  return `{${matchers.map(text).join(", ")}}`;
}

/// Matchers that labels, and no others of the same names, satisfy.
export function ofLabels(labels) {
  return Object.entries(labels).map(([name, value]) => matcher(name, "=", value));
}

/// Whether a matcher matches labels; a label that is missing is empty.
export function matches(it, labels) {
  const value = labels[it.name] ?? "";
  switch (it.op) {
    case "=": return value === it.value;
    case "!=": return value !== it.value;
    case "=~": return Boolean(it.pattern && it.pattern.test(value));
    default: return Boolean(it.pattern && !it.pattern.test(value));
  }
}

export function matchesAll(matchers, labels) {
  return matchers.every(it => matches(it, labels));
}

/// A matcher of the API's JSON, and back.
export function ofApi({ name, value, isRegex, isEqual = true }) {
  return matcher(name, isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=", value);
}

export function toApi({ name, op, value }) {
  return { name, value, isRegex: op.endsWith("~"), isEqual: op.startsWith("=") };
}
