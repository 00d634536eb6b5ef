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
      "passwords",
      "passwd",
      "passphrase",
      "pwd",
      "bindpw",
      "rootpw",
      "adminpass",
      "dbpass",
      "keypass",
      "rootpass",
      "storepass",
      "userpass",
      "rediscliauth",
      "apikey",
      "apikeys",
      "accesskey",
      "secretkey",
      "secretkeybase",
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
  MAYBE(
      "token",
      "secret",
      "appkey",
      "applicationkey",
      "functionskey",
      "licensekey",
      "registryauth",
      "subscriptionkey"),
  /// The same, but only as a word of its own: `db_pass`, not `bypass`.
  WORD("pass", "\"pw"),
  /// The value is a secret if it is base64 of `user:password`, as in the configuration of Docker
  /// and npm.
  BASIC("auth"),
  /// HTTP's header, whose value has a scheme before it.
  AUTHORIZATION("authorization"),
  /// HTTP's header with sessions among its values.
  COOKIE("cookie"),
  /// The value is that of the key that stands before it: `"name":"DB_PASSWORD","value":"…"`.
  VALUE("value"),
  /// The signature of an address that lets in whoever has it.
  SIGNATURE("sig", "amzsignature", "googsignature", "&signature", "?signature");

  /// Names that end like a secret's and are none.
  private static final byte[][] INNOCENT =
      ascii(
          "pagetoken",
          "nexttoken",
          "continuationtoken",
          "continuetoken",
          "synctoken",
          "resumetoken",
          "requesttoken",
          "clienttoken",
          "idempotencytoken",
          "cancellationtoken",
          "unexpectedtoken",
          "publickeytoken",
          "invalidtoken",
          "imagepullsecret",
          "tlssecret");

  private static final int LONGEST = 64;
  private static final byte[] PASSED_OVER = Characters.ascii("_-.");
  private static final int HASH_BITS = 15;

  private static final Ending[][] BY_LAST_TWO = byLastTwo();

  private final byte[][] endings;

  /// Whether two characters, in any case, are the last of one of the names; so most keys are passed
  /// over with one look.
  private static final boolean[] LAST_TWO = lastTwo();

  /// A bit for each hash of four characters that one of the names can end with.
  private static final long[] LAST_FOUR = lastFour();

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

  private static long[] lastFour() {
    long[] four = new long[1 << (HASH_BITS - 6)];
    for (KeyName name : values()) {
      for (byte[] text : name.endings) {
        int last = (text[text.length - 1] << 24) | (text[text.length - 2] << 16);
        ends(four, last, 8, text, text.length - 3);
      }
    }
    for (byte[] quote : EscapedQuote.ENDINGS) {
      add(four, (quote[3] << 24) | (quote[2] << 16) | (quote[1] << 8) | quote[0]);
    }
    for (int i = 0; i < 1 << 10; i++) {
      // The end of a terminal's colour, behind which the key stands.
      int any = ((i & 31) << 8) | (i >>> 5);
      add(four, ('m' << 24) | ('0' << 16) | any);
      add(four, ('m' << 24) | ('9' << 16) | any);
    }
    for (int any = 0; any < 32; any++) {
      // What may follow the key: the bracket of a form's field, and a verb.
      add(four, ('D' << 24) | ('5' << 16) | ('%' << 8) | any);
      add(four, ('s' << 24) | ('i' << 16) | (' ' << 8) | any);
    }
    return four;
  }

  /// Adds what can stand before the last characters of a name: the one before them, or what is
  /// passed over; anything before its first.
  private static void ends(long[] four, int last, int shift, byte[] text, int next) {
    if (shift < 0) {
      add(four, last);
      return;
    }
    if (next >= 0) {
      ends(four, last | (text[next] << shift), shift - 8, text, next - 1);
      for (byte passed : PASSED_OVER) {
        ends(four, last | (passed << shift), shift - 8, text, next);
      }
    } else {
      for (int any = 0; any < 32; any++) {
        ends(four, last | (any << shift), shift - 8, text, next);
      }
    }
  }

  private static void add(long[] four, int characters) {
    int hash = hash(characters);
    four[hash >>> 6] |= 1L << hash;
  }

  private static int hash(int characters) {
    return ((characters & 0x1f1f1f1f) * 0x9e3779b1) >>> (32 - HASH_BITS);
  }

  /// Whether a key may be one that ends with these four characters, the last one highest. Asked of
  /// nearly every key, so it is one look into a table of a few KiB, which is seldom wrong.
  static boolean mayEndWith(int lastFour) {
    int hash = hash(lastFour);
    return (LAST_FOUR[hash >>> 6] & (1L << hash)) != 0;
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
    return switch (this) {
      case SECRET, MAYBE, AUTHORIZATION -> true;
      case WORD, BASIC, COOKIE, VALUE, SIGNATURE -> false;
    };
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
    if (at <= floor
        || !Characters.is(bytes[at - 1], Characters.ALPHANUMERIC)
        || !Characters.is(bytes[at], Characters.ALPHANUMERIC)) {
      return true;
    }
    boolean camel = bytes[at] <= 'Z' && bytes[at - 1] >= 'a';
    return camel;
  }
}
