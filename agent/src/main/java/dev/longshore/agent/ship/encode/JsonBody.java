package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LevelNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A message that is one JSON object: whether it is, whether a `flattened` field takes it, and
/// where in it message, level, error and the named numbers stand. No tree is built. Reused for each
/// body.
///
/// What Elasticsearch 8.19 refuses in a `flattened` field, seen by trying it: objects nested deeper
/// than 20 (arrays do not count), more than 1,000 levels of nesting in all, NUL in a key, a key
/// twice in one object (escapes do not hide it), a path, one separator and a value of together more
/// than 32,766 bytes, and numbers of more than 1,000 characters. It takes empty keys, keys of dots,
/// a key that is a value here and an object there, NUL in values, half surrogate pairs and 1e999.
final class JsonBody {
  static final int MAX_OBJECTS = 20;

  /// Below the 1,000 of Elasticsearch's parser, the document around it included.
  static final int MAX_NESTING = 900;

  static final int MAX_KEY_AND_VALUE_BYTES = 32_766;
  static final int MAX_NUMBER_BYTES = 1_000;

  private static final int NOT_JSON = -1;
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final LevelNames levelNames;
  private final JsonScanner scanner = new JsonScanner();
  private final KeySet keys = new KeySet();
  private final Found found = new Found();
  private final NumberLeaves numbers = new NumberLeaves();

  private byte[] bytes = new byte[0];
  private int start;
  private int end;
  private boolean refused;

  // One entry for each open object or array, the innermost at `depth - 1`.
  private boolean[] isObject = new boolean[64];
  private int[] objectIds = new int[64];
  private int[] pathBytes = new int[64];
  private int[] places = new int[64];
  private int depth;
  private int objectDepth;
  private int objectsSeen;

  // Of the member at hand.
  private int keyPathBytes;
  private int slot;
  private boolean namedLevel;

  // Of an array that is a stack trace, while it is open.
  private int arrayDepth;
  private int arrayStart;
  private int arrayRank;

  /// @param levelNames members that hold a level, besides the known ones
  JsonBody(LevelNames levelNames) {
    this.levelNames = levelNames;
  }

  /// Reads `[from, to)`.
  ///
  /// @return false when it is no JSON object
  boolean read(byte[] text, int from, int to, NumberNames names) {
    int last = to - 1;
    while (last > from && isBlank(text[last])) {
      last--;
    }
    int first = Bytes.afterByteOrderMark(text, from, to);
    while (first < last && isBlank(text[first])) {
      first++;
    }
    if (last <= first || text[first] != '{' || text[last] != '}') {
      return false;
    }
    bytes = text;
    start = first;
    end = last + 1;
    refused = false;
    depth = 0;
    objectDepth = 0;
    objectsSeen = 0;
    arrayDepth = 0;
    scanner.forgetLineBreaks();
    keys.clear();
    found.clear();
    numbers.clear(names);
    return document();
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  private boolean document() {
    keyPathBytes = -1;
    int i = open(start, true);
    boolean fresh = true;
    while (true) {
      i = scanner.blanks(bytes, i, end);
      if (i >= end) {
        return false;
      }
      boolean object = isObject[depth - 1];
      if (bytes[i] == (object ? '}' : ']')) {
        i++;
        depth--;
        objectDepth -= object ? 1 : 0;
        if (depth == arrayDepth && arrayDepth > 0) {
          found.takeArray(arrayRank, depth, arrayStart, i);
          arrayDepth = 0;
        }
        if (depth == 0) {
          return i == end;
        }
        fresh = false;
        continue;
      }
      if (!fresh) {
        i = bytes[i] == ',' ? scanner.blanks(bytes, i + 1, end) : end;
      }
      if (object) {
        i = key(i);
      }
      if (i < 0 || i >= end) {
        return false;
      }
      fresh = bytes[i] == '{' || bytes[i] == '[';
      i = fresh ? open(i, bytes[i] == '{') : scalar(i);
      if (i < 0) {
        return false;
      }
    }
  }

  /// Reads a key and its colon; returns where the value begins.
  private int key(int at) {
    if (at >= end || bytes[at] != '"') {
      return NOT_JSON;
    }
    int quote = scanner.string(bytes, at + 1, end);
    if (quote < 0) {
      return NOT_JSON;
    }
    refused |= scanner.broken();
    if (refused) {
      // No key is kept any more, but level and message are still looked for.
      int place = places[depth - 1];
      slot =
          place == Fields.NOTHING || scanner.escapes()
              ? Fields.UNKNOWN
              : slotOf(place, bytes, at + 1, quote - at - 1);
    } else {
      learn(at + 1, quote);
    }
    namedLevel = levelNames.hasKeys() && depth == 1 && levelNames.isKey(bytes, at + 1, quote);
    int i = scanner.blanks(bytes, quote + 1, end);
    return i < end && bytes[i] == ':' ? scanner.blanks(bytes, i + 1, end) : NOT_JSON;
  }

  private static int slotOf(int place, byte[] name, int from, int length) {
    return Fields.among(place).slot(name, from, length, Fields.hash(name, from, length));
  }

  private void learn(int from, int to) {
    boolean escapes = scanner.escapes();
    if (!keys.add(objectIds[depth - 1], bytes, from, to, escapes)) {
      refused = true;
    }
    byte[] names = keys.names();
    int name = keys.lastStart();
    int length = keys.lastEnd() - name;
    if (escapes && Bytes.indexOf(names, name, name + length, (byte) 0) >= 0) {
      refused = true;
    }
    keyPathBytes = pathBytes[depth - 1] + length;
    if (keyPathBytes > MAX_KEY_AND_VALUE_BYTES) {
      refused = true;
    }
    int place = places[depth - 1];
    slot =
        place == Fields.NOTHING
            ? Fields.UNKNOWN
            : Fields.among(place).slot(names, name, length, keys.lastHash());
    numbers.key(names, name, length, pathBytes[depth - 1]);
  }

  private int scalar(int at) {
    return switch (bytes[at]) {
      case '"' -> {
        int quote = scanner.string(bytes, at + 1, end);
        if (quote >= 0 && scanner.broken()) {
          // Nothing of it may stand in a document.
          refused = true;
          arrayDepth = 0;
          quote++;
        } else if (quote >= 0) {
          leaf(at + 1, quote, true);
          quote++;
        }
        yield quote;
      }
      case 't' -> scanner.literal(bytes, at, end, TRUE);
      case 'f' -> scanner.literal(bytes, at, end, FALSE);
      case 'n' -> scanner.literal(bytes, at, end, NULL);
      case 'N' -> notANumber(at, NAN);
      case 'I' -> notANumber(at, INFINITY);
      default -> {
        if (bytes[at] == '-' && at + 1 < end && bytes[at + 1] == 'I') {
          yield notANumber(at + 1, INFINITY);
        }
        int to = scanner.number(bytes, at, end);
        if (to >= 0) {
          leaf(at, to, false);
        }
        yield to;
      }
    };
  }

  /// JSON has no such numbers, but Python and others write them: the body is refused, and what it
  /// says is read all the same.
  private int notANumber(int at, byte[] word) {
    refused = true;
    return scanner.literal(bytes, at, end, word);
  }

  private void leaf(int from, int to, boolean string) {
    if (keyPathBytes + 1 + scanner.textBytes() > MAX_KEY_AND_VALUE_BYTES
        || (!string && scanner.textBytes() > MAX_NUMBER_BYTES)) {
      refused = true;
    }
    int place = places[depth - 1];
    if (place != Fields.NOTHING && isObject[depth - 1]) {
      Fields fields = Fields.among(place);
      found.take(fields.meaning(slot), fields.rank(slot), depth, from, to, string);
      if (namedLevel && depth == 1) {
        found.take(Fields.LEVEL, Found.LAST_RANK, depth, from, to, string);
      }
    }
    if (place == Fields.IN_TAGS && string && Level.of(bytes, from, to) != Level.NONE) {
      found.take(Fields.TAG, 0, depth, from, to, true);
    }
    if (isObject[depth - 1]) {
      numbers.leaf(bytes, from, to, string, scanner, keyPathBytes);
    }
  }

  private int open(int at, boolean object) {
    if (depth == isObject.length) {
      isObject = Arrays.copyOf(isObject, depth * 2);
      objectIds = Arrays.copyOf(objectIds, depth * 2);
      pathBytes = Arrays.copyOf(pathBytes, depth * 2);
      places = Arrays.copyOf(places, depth * 2);
    }
    places[depth] = placeOf(at, object);
    isObject[depth] = object;
    pathBytes[depth] = keyPathBytes + 1;
    objectIds[depth] = objectsSeen;
    depth++;
    if (object) {
      objectDepth++;
      objectsSeen++;
    }
    if (objectDepth > MAX_OBJECTS || depth > MAX_NESTING) {
      refused = true;
    }
    return at + 1;
  }

  /// The place of what opens at `at`: that of its name, or of the array that it is an element of.
  private int placeOf(int at, boolean object) {
    if (depth == 0) {
      return Fields.IN_BODY;
    }
    int parent = places[depth - 1];
    if (parent == Fields.NOTHING || !isObject[depth - 1]) {
      return parent;
    }
    Fields fields = Fields.among(parent);
    if (object) {
      return fields.objectMeaning(slot);
    }
    int next = scanner.blanks(bytes, at + 1, end);
    boolean texts = next < end && bytes[next] == '"';
    if (!texts && fields.listMeaning(slot) != Fields.NOTHING) {
      return fields.listMeaning(slot);
    }
    if (texts && fields.textsMeaning(slot) != Fields.NOTHING) {
      return fields.textsMeaning(slot);
    }
    if (arrayDepth == 0 && fields.meaning(slot) == Fields.STACK) {
      arrayDepth = depth;
      arrayStart = at;
      arrayRank = fields.rank(slot);
    }
    return Fields.NOTHING;
  }

  /// Whether it is JSON that a `flattened` field does not take.
  boolean refused() {
    return refused;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /// Whether line breaks stand between its tokens, which a bulk body can't have.
  boolean lineBreaks() {
    return scanner.lineBreaks();
  }

  Found found() {
    return found;
  }

  NumberLeaves numbers() {
    return numbers;
  }
}
