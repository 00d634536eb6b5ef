package dev.longshore.agent.redact;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the name of a key says about its value.
@SuppressWarnings("ImmutableEnumChecker") // the arrays are never changed
enum KeyName {
  /// The value is a secret, whatever it looks like: `password`, `api_key`, `clientSecret`.
  SECRET(
      "password",
      "passwd",
      "passphrase",
      "pwd",
      "apikey",
      "accesskey",
      "secretkey",
      "privatekey",
      "authkey",
      "accountkey",
      "signingkey",
      "encryptionkey",
      "masterkey",
      "storagekey",
      "clientsecret",
      "appsecret",
      "apisecret",
      "consumersecret",
      "sharedsecret",
      "sessionsecret",
      "jwtsecret",
      "authsecret",
      "totpsecret",
      "secretaccesskey"),
  /// The value is a secret if it looks like one: `token`, `secret`.
  MAYBE("token", "secret"),
  /// The same, but only as a word of its own: `db_pass`, not `bypass`.
  WORD("pass"),
  /// HTTP's header, whose value has a scheme before it.
  AUTHORIZATION("authorization"),
  /// The signature of a shared access signature.
  SIGNATURE("sig");

  /// Names that end like a secret's and are none.
  private static final byte[][] INNOCENT =
      ascii(
          "pagetoken",
          "nexttoken",
          "continuationtoken",
          "continuetoken",
          "synctoken",
          "cancellationtoken",
          "unexpectedtoken",
          "invalidtoken",
          "imagepullsecret",
          "tlssecret");

  private static final int LONGEST = 64;

  private static final Ending[][] BY_LAST_TWO = byLastTwo();

  private final byte[][] endings;

  /// Whether two characters, in any case, are the last of one of the names; so most keys are passed
  /// over with one look.
  private static final boolean[] LAST_TWO = lastTwo();

  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record Ending(KeyName name, byte[] text) {}

  KeyName(String... endings) {
    this.endings = ascii(endings);
  }

  private static byte[][] ascii(String... texts) {
    byte[][] all = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      all[i] = Characters.ascii(texts[i]);
    }
    return all;
  }

  private static Ending[][] byLastTwo() {
    List<List<Ending>> all = new ArrayList<>();
    for (int i = 0; i < 1 << 10; i++) {
      all.add(new ArrayList<>());
    }
    for (KeyName name : values()) {
      for (byte[] text : name.endings) {
        all.get(index(text[text.length - 2], text[text.length - 1])).add(new Ending(name, text));
      }
    }
    return all.stream().map(of -> of.toArray(Ending[]::new)).toArray(Ending[][]::new);
  }

  private static boolean[] lastTwo() {
    boolean[] two = new boolean[1 << 10];
    for (int i = 0; i < two.length; i++) {
      two[i] = BY_LAST_TWO[i].length > 0;
    }
    // The end of a terminal's colour, behind which the key stands.
    two[index((byte) '0', (byte) 'm')] = true;
    two[index((byte) '9', (byte) 'm')] = true;
    return two;
  }

  private static int index(byte first, byte second) {
    return ((first & 31) << 5) | (second & 31);
  }

  /// Whether a key that ends before `end` may be one.
  static boolean mayEnd(byte[] bytes, int end) {
    return LAST_TWO[index(bytes[end - 2], bytes[end - 1])];
  }

  /// The kind of the key that ends before `end`, or null.
  static @Nullable KeyName of(byte[] bytes, int end, int floor) {
    int lowest = Math.max(floor, end - LONGEST);
    for (Ending ending : BY_LAST_TWO[index(bytes[end - 2], bytes[end - 1])]) {
      int at = begin(bytes, end, lowest, ending.text);
      if (at >= 0 && (ending.name.isPartOfWords() || isWord(bytes, at, floor))) {
        return isInnocent(bytes, end, lowest) ? null : ending.name;
      }
    }
    return null;
  }

  private static boolean isInnocent(byte[] bytes, int end, int floor) {
    for (byte[] innocent : INNOCENT) {
      if (begin(bytes, end, floor, innocent) >= 0) {
        return true;
      }
    }
    return false;
  }

  private boolean isPartOfWords() {
    return this != WORD && this != SIGNATURE;
  }

  /// Where an ending begins, `_`, `-` and `.` in it passed over and in any case; -1 where it is not
  /// there.
  private static int begin(byte[] bytes, int end, int floor, byte[] ending) {
    int i = end - 1;
    int wanted = ending.length - 1;
    while (wanted >= 0) {
      if (i < floor) {
        return -1;
      }
      byte b = bytes[i];
      if ((b | 0x20) == ending[wanted]) {
        wanted--;
      } else if (wanted == ending.length - 1 || (b != '_' && b != '-' && b != '.')) {
        return -1;
      }
      i--;
    }
    return i + 1;
  }

  private static boolean isWord(byte[] bytes, int at, int floor) {
    if (at <= floor || !Characters.is(bytes[at - 1], Characters.ALPHANUMERIC)) {
      return true;
    }
    boolean camel = bytes[at] <= 'Z' && bytes[at - 1] >= 'a';
    return camel;
  }
}
