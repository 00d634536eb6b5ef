package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;
import org.jspecify.annotations.Nullable;

/// Finds what the text of an XML element is by the element's tags: `<password>…</password>`,
/// `<wsse:Password Type="…">…</wsse:Password>`, `<property name="db.password">…</property>`,
/// `<name>db.password</name><value>…</value>`. What has no end tag is no element: `<password>` is
/// what a usage text says. Reused for each message.
final class XmlElement {
  private static final byte[] CDATA = Characters.ascii("<![CDATA[");
  private static final byte[] CDATA_END = Characters.ascii("]]>");
  private static final int SHORTEST_KEY = 3;
  private static final int LONGEST_TAG = 256;
  private static final int LONGEST_TEXT = 8 << 10;

  /// Elements whose text is the value of what their attribute `name` or `key` says.
  private static final byte[][] OF_NAMED_VALUES = {
    Characters.ascii("property"),
    Characters.ascii("prop"),
    Characters.ascii("entry"),
    Characters.ascii("string"),
    Characters.ascii("setting"),
    Characters.ascii("param"),
    Characters.ascii("item"),
    Characters.ascii("field"),
    Characters.ascii("add"),
    Characters.ascii("env")
  };

  private byte[] bytes = new byte[0];
  private boolean json;
  private int to;
  private int from;
  private int end;

  void begin(Message message) {
    bytes = message.bytes();
    json = message.isJson();
    to = message.to();
  }

  /// Where the text begins that [#of] found.
  int from() {
    return from;
  }

  int end() {
    return end;
  }

  /// What the name of the element says whose tag ends at `at`, if its text is found; else null.
  @Nullable KeyName of(int at, int floor) {
    if (at - floor < SHORTEST_KEY) {
      return null;
    }
    int keyEnd = at;
    boolean attribute = bytes[at - 1] == '"' || bytes[at - 1] == '\'';
    if (attribute) {
      keyEnd = at - 1 - Characters.backslashes(bytes, at - 1, floor);
    }
    if (keyEnd - floor < SHORTEST_KEY || !KeyName.mayEnd(bytes, keyEnd)) {
      return null;
    }
    KeyName name = KeyName.of(bytes, keyEnd, floor);
    if (name == null || name == KeyName.COOKIE || name == KeyName.SIGNATURE) {
      return null;
    }
    int start = nameStart(keyEnd, floor);
    if (attribute) {
      return isNamedValue(start, floor) && opened(at) ? name : null;
    }
    if (start > floor && bytes[start - 1] == '<') {
      KeyName of = name == KeyName.VALUE ? named(start - 1, floor) : name;
      return of != null && opened(at) ? of : null;
    }
    int tag = beforeSlash(start, floor);
    return name != KeyName.VALUE && tag >= 0 && closed(tag, floor) ? name : null;
  }

  private int nameStart(int keyEnd, int floor) {
    int start = Characters.runStart(bytes, keyEnd, floor, Characters.KEY);
    return start > floor && bytes[start - 1] == ':'
        ? Characters.runStart(bytes, start - 1, floor, Characters.KEY)
        : start;
  }

  /// Where `<` stands of an end tag whose name begins at `start`, or -1. JSON may have a backslash
  /// before the slash.
  private int beforeSlash(int start, int floor) {
    if (start <= floor || bytes[start - 1] != '/') {
      return -1;
    }
    int tag = start - 2 - Characters.backslashes(bytes, start - 1, floor);
    return tag >= floor && bytes[tag] == '<' ? tag : -1;
  }

  private boolean isEndTag(int tag) {
    int i = tag + 1;
    while (i < to && bytes[i] == '\\') {
      i++;
    }
    return i < to && bytes[i] == '/';
  }

  /// Whether the attribute is one that names the element's value.
  private boolean isNamedValue(int value, int floor) {
    int lowest = Math.max(floor, value - LONGEST_TAG);
    int tag = value;
    while (tag > lowest && bytes[tag - 1] != '<' && bytes[tag - 1] != '>') {
      tag--;
    }
    if (tag == lowest || bytes[tag - 1] != '<' || !NamedValue.isLabelled(bytes, value, tag)) {
      return false;
    }
    int blank = Characters.runEnd(bytes, tag, value, Characters.KEY);
    for (byte[] element : OF_NAMED_VALUES) {
      if (blank - tag == element.length && Bytes.startsWith(bytes, tag, blank, element)) {
        return true;
      }
    }
    return false;
  }

  /// The kind of the name that is the text of the element before the one whose tag begins at `tag`.
  private @Nullable KeyName named(int tag, int floor) {
    int i = NamedValue.beforeSpace(bytes, tag, floor);
    if (i <= floor || bytes[i - 1] != '>') {
      return null;
    }
    int lowest = Math.max(floor, i - LONGEST_TAG);
    int before = i - 1;
    while (before > lowest && bytes[before] != '<') {
      before--;
    }
    return bytes[before] == '<' && isEndTag(before)
        ? NamedValue.secret(bytes, before, floor)
        : null;
  }

  /// The text behind a start tag that ends at `at`.
  private boolean opened(int at) {
    from = at + 1;
    int limit = Math.min(to, from + LONGEST_TEXT);
    if (Bytes.startsWith(bytes, from, to, CDATA)) {
      from += CDATA.length;
      end = Bytes.indexOf(bytes, from, limit, CDATA_END);
      return end > from && isText();
    }
    end = Bytes.indexOf(bytes, from, limit, (byte) '<');
    return end > from && isEndTag(end) && isText();
  }

  /// The text before an end tag that begins at `tag`.
  private boolean closed(int tag, int floor) {
    end = tag;
    int lowest = Math.max(floor, tag - LONGEST_TEXT);
    boolean cdata =
        tag - lowest > CDATA_END.length
            && Bytes.startsWith(bytes, tag - CDATA_END.length, tag, CDATA_END);
    byte before = (byte) (cdata ? '<' : '>');
    end -= cdata ? CDATA_END.length : 0;
    from = end;
    while (from > lowest && bytes[from - 1] != before) {
      from--;
    }
    if (from == lowest || (cdata && !Bytes.startsWith(bytes, from - 1, end, CDATA))) {
      return false;
    }
    from += cdata ? CDATA.length - 1 : 0;
    return from < end && isText();
  }

  /// Leaves out white space around the text. In a JSON object, the text is in one string.
  private boolean isText() {
    while (from < end && bytes[from] >= 0 && bytes[from] <= ' ') {
      from++;
    }
    while (end > from && bytes[end - 1] >= 0 && bytes[end - 1] <= ' ') {
      end--;
    }
    int i = from;
    while (json && i < end && bytes[i] != '"') {
      i += bytes[i] == '\\' ? 2 : 1;
    }
    return from < end && (!json || i == end);
  }
}
