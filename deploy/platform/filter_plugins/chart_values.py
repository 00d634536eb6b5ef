"""What of a chart's values its values.schema.json does not accept, in sentences that name the file, the key and what is accepted.

Keys, kinds, choices and patterns are compared: what all of our schemas say. What a schema says besides (oneOf, anyOf), and charts of
others, are left to Helm itself, which the preflight asks as well.
"""
import difflib
import json
import os
import re

KINDS = {
    "object": dict,
    "array": (list, tuple),
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
# So many keys are read at a glance.
FEW = 25


def _is_kind(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS[kind])


def _step(path, key):
    return "%s[%d]" % (path, key) if isinstance(key, int) else "%s.%s" % (path, key)


def _unknown(path, key, accepted):
    near = difflib.get_close_matches(key.lower(), [it.lower() for it in accepted], 1, 0.6)
    found = [it for it in accepted if near and it.lower() == near[0]]
    if found:
        told = "did you mean '%s'?" % found[0]
    elif len(accepted) <= FEW:
        told = "accepted are: %s" % ", ".join(sorted(accepted))
    else:
        told = "the chart's README.md lists what is accepted"
    return "unknown key %s; %s" % (_step(path, key), told)


def _problems(value, schema, path):
    # Helm takes a key that is set to null out.
    if value is None or schema is True:
        return
    if schema is False:
        yield path, "%s is the chart's own" % path
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_kind(value, it) for it in kinds):
        yield path, "%s is %s; accepted is: %s" % (path, json.dumps(value, default=str), " or ".join(kinds))
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, "%s is %s; accepted are: %s" % (path, json.dumps(value), ", ".join(json.dumps(it) for it in schema["enum"]))
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield path, "%s is %s; accepted is what matches %s" % (path, json.dumps(value), schema["pattern"])
    if isinstance(value, (int, float)) and value < schema.get("minimum", value):
        yield path, "%s is %s; accepted is %s and more" % (path, value, schema["minimum"])
    if isinstance(value, dict):
        known = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        for key, child in value.items():
            if key in known:
                yield from _problems(child, known[key], _step(path, key))
            elif more is False:
                yield _step(path, key), _unknown(path, str(key), list(known))
            elif isinstance(more, dict):
                yield from _problems(child, more, _step(path, key))
    elif isinstance(value, (list, tuple)) and isinstance(schema.get("items"), dict):
        for index, child in enumerate(value):
            yield from _problems(child, schema["items"], _step(path, index))


def _file(path, folders):
    """The file that sets a variable and has the key that the path ends in; empty where none is found, as on the command line."""
    keys = re.sub(r"\[\d+\]", "", path).split(".")
    wanted = [re.compile(r"(?m)^%s:" % re.escape(keys[0]))]
    wanted += [re.compile(r"(?<![\w-])[\"']?%s[\"']?\s*:" % re.escape(it)) for it in keys[1:]]
    for folder in folders:
        for parent, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                try:
                    with open(os.path.join(parent, name), encoding="utf-8") as file:
                        text = file.read()
                except UnicodeDecodeError:
                    continue
                if all(it.search(text) for it in wanted):
                    return os.path.join(parent, name)
    return ""


def chart_values_problems(values, schema, variable, folders=()):
    """
    :param values: what a variable has
    :param schema: the text of the chart's values.schema.json
    :param variable: such as agent_values
    :param folders: where variables are set, the strongest first
    """
    problems = []
    for path, told in _problems(values, json.loads(schema), variable):
        file = _file(path, folders)
        told += "" if told.endswith("?") else "."
        problems.append("%s: %s" % (file, told) if file else re.sub("^unknown", "Unknown", told))
    return problems


class FilterModule(object):
    def filters(self):
        return {"chart_values_problems": chart_values_problems}
