package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;
import java.util.ArrayList;
import java.util.List;

/// How one kind of token looks: how it begins, and which and how many characters follow.
///
/// @param begin its first characters
/// @param characters of [Characters], of what follows
/// @param least how many follow at least
/// @param most how many follow at most
/// @param mixed whether there must be both letters and digits among them
/// @param tail what else belongs to it behind them
@SuppressWarnings("ArrayRecordComponent") // never changed
record TokenShape(
    byte[] begin, BuiltIn pattern, int characters, int least, int most, boolean mixed, Tail tail) {

  /// What follows a token's first run of characters.
  enum Tail {
    NONE,
    /// Parts behind dots.
    PARTS,
    /// The rest of base64, whose other characters end a run.
    BASE64
  }

  private static final int LONGEST_LOOK = 1024;
  private static final int ANY_NUMBER = Integer.MAX_VALUE;
  private static final int ALPHANUMERIC = Characters.ALPHANUMERIC;
  private static final int TOKEN = Characters.TOKEN;
  private static final int HEX = Characters.LOWER_HEX;

  private static final TokenShape[][] BY_FIRST = byFirst(all());

  private static List<TokenShape> all() {
    List<TokenShape> all = new ArrayList<>();
    for (String begin : List.of("AKIA", "ASIA", "ABIA", "ACCA")) {
      add(all, begin, BuiltIn.AWS_KEY, Characters.UPPER_OR_DIGIT, 16, 16);
    }
    add(all, "AIza", BuiltIn.GCP_KEY, TOKEN, 35, 35);
    add(all, "GOCSPX-", BuiltIn.GCP_KEY, TOKEN, 24, ANY_NUMBER);
    for (String begin : List.of("ghp_", "gho_", "ghu_", "ghs_", "ghr_")) {
      add(all, begin, BuiltIn.GITHUB_TOKEN, TOKEN, 30, ANY_NUMBER);
    }
    add(all, "github_pat_", BuiltIn.GITHUB_TOKEN, TOKEN, 22, ANY_NUMBER);
    for (String begin :
        List.of(
            "glpat-",
            "gldt-",
            "glrt-",
            "glcbt-",
            "glptt-",
            "glft-",
            "glimt-",
            "glagent-",
            "gloas-",
            "glsoat-",
            "glffct-",
            "GR1348941")) {
      all.add(
          new TokenShape(
              Characters.ascii(begin),
              BuiltIn.GITLAB_TOKEN,
              TOKEN,
              16,
              ANY_NUMBER,
              true,
              Tail.PARTS));
    }
    add(all, "npm_", BuiltIn.NPM_TOKEN, ALPHANUMERIC, 36, ANY_NUMBER);
    add(all, "pypi-AgE", BuiltIn.PYPI_TOKEN, TOKEN, 16, ANY_NUMBER);
    for (String begin :
        List.of(
            "xoxb-", "xoxp-", "xoxa-", "xoxo-", "xoxr-", "xoxs-", "xoxc-", "xoxd-", "xoxe-",
            "xapp-")) {
      mixed(all, begin, BuiltIn.SLACK_TOKEN, TOKEN, 10);
    }
    for (String begin : List.of("sk_live_", "sk_test_", "rk_live_", "rk_test_")) {
      add(all, begin, BuiltIn.STRIPE_KEY, ALPHANUMERIC, 16, ANY_NUMBER);
    }
    base64(all, "whsec_", BuiltIn.STRIPE_KEY, 10);
    services(all);
    return all;
  }

  private static void services(List<TokenShape> all) {
    BuiltIn service = BuiltIn.SERVICE_TOKEN;
    mixed(all, "sk-ant-", service, TOKEN, 24);
    mixed(all, "sk-proj-", service, TOKEN, 24);
    mixed(all, "sk-svcacct-", service, TOKEN, 24);
    mixed(all, "sk-admin-", service, TOKEN, 24);
    mixed(all, "sk-or-v1-", service, ALPHANUMERIC, 40);
    mixed(all, "sk-", service, ALPHANUMERIC, 32);
    mixed(all, "gsk_", service, ALPHANUMERIC, 40);
    mixed(all, "csk-", service, ALPHANUMERIC, 40);
    mixed(all, "xai-", service, ALPHANUMERIC, 60);
    mixed(all, "pplx-", service, ALPHANUMERIC, 40);
    mixed(all, "r8_", service, ALPHANUMERIC, 37);
    mixed(all, "pcsk_", service, TOKEN, 40);
    mixed(all, "lsv2_", service, TOKEN, 40);
    mixed(all, "tvly-", service, TOKEN, 28);
    base64(all, "ABSK", service, 60);
    mixed(all, "EAA", service, ALPHANUMERIC, 100);
    add(all, "hf_", service, ALPHANUMERIC, 30, ANY_NUMBER);
    add(all, "dckr_pat_", service, TOKEN, 20, ANY_NUMBER);
    add(all, "dckr_oat_", service, TOKEN, 20, ANY_NUMBER);
    for (String begin : List.of("dop_v1_", "doo_v1_", "dor_v1_")) {
      add(all, begin, service, HEX, 64, 64);
    }
    add(all, "dapi", service, HEX, 32, 32);
    all.add(new TokenShape(Characters.ascii("dapi"), service, TOKEN, 34, 34, true, Tail.NONE));
    mixed(all, "glsa_", service, TOKEN, 24);
    base64(all, "glc_", service, 40);
    base64(all, "fm2_", service, 40);
    mixed(all, "HRKU-", service, TOKEN, 36);
    mixed(all, "figd_", service, TOKEN, 36);
    mixed(all, "CFPAT-", service, TOKEN, 40);
    mixed(all, "nfp_", service, ALPHANUMERIC, 36);
    mixed(all, "phx_", service, ALPHANUMERIC, 40);
    mixed(all, "xkeysib-", service, TOKEN, 70);
    mixed(all, "xsmtpsib-", service, TOKEN, 70);
    add(all, "AGE-SECRET-KEY-1", service, Characters.UPPER_OR_DIGIT, 58, 58);
    add(all, "lin_api_", service, ALPHANUMERIC, 32, ANY_NUMBER);
    mixed(all, "ntn_", service, ALPHANUMERIC, 40);
    mixed(all, "NRAK-", service, ALPHANUMERIC, 20);
    mixed(all, "NRII-", service, TOKEN, 24);
    mixed(all, "PMAK-", service, TOKEN, 40);
    add(all, "pul-", service, HEX, 40, 40);
    add(all, "rubygems_", service, HEX, 48, 48);
    for (String begin : List.of("shpat_", "shpca_", "shppa_", "shpss_")) {
      add(all, begin, service, ALPHANUMERIC, 32, 32);
    }
    add(all, "sbp_", service, HEX, 40, 40);
    mixed(all, "sq0atp-", service, TOKEN, 20);
    mixed(all, "sq0csp-", service, TOKEN, 30);
    mixed(all, "ATATT3", service, TOKEN, 50);
    mixed(all, "ATCTT3", service, TOKEN, 50);
    mixed(all, "ATBB", service, ALPHANUMERIC, 28);
    mixed(all, "sntrys_", service, TOKEN, 40);
    mixed(all, "sntryu_", service, TOKEN, 40);
    mixed(all, "pscale_tkn_", service, TOKEN, 30);
    mixed(all, "pscale_pw_", service, TOKEN, 30);
    add(all, "SK", service, HEX, 32, 32);
  }

  private static void add(
      List<TokenShape> all, String begin, BuiltIn pattern, int characters, int least, int most) {
    all.add(
        new TokenShape(
            Characters.ascii(begin), pattern, characters, least, most, false, Tail.NONE));
  }

  private static void mixed(
      List<TokenShape> all, String begin, BuiltIn pattern, int characters, int least) {
    all.add(
        new TokenShape(
            Characters.ascii(begin), pattern, characters, least, ANY_NUMBER, true, Tail.NONE));
  }

  private static void base64(List<TokenShape> all, String begin, BuiltIn pattern, int least) {
    all.add(
        new TokenShape(
            Characters.ascii(begin), pattern, TOKEN, least, ANY_NUMBER, true, Tail.BASE64));
  }

  private static TokenShape[][] byFirst(List<TokenShape> all) {
    TokenShape[][] byFirst = new TokenShape[128][];
    for (int b = 0; b < byFirst.length; b++) {
      int first = b;
      byFirst[b] = all.stream().filter(shape -> shape.begin[0] == first).toArray(TokenShape[]::new);
    }
    return byFirst;
  }

  /// Whether some token begins with this byte.
  static boolean mayBegin(byte b) {
    return b >= 0 && BY_FIRST[b].length > 0;
  }

  static TokenShape[] beginningWith(byte b) {
    return BY_FIRST[b];
  }

  /// Where such a token ends that begins at `at`, or 0 when none does.
  ///
  /// @param end of the run in which it stands
  int end(byte[] bytes, int at, int end) {
    if (!Bytes.startsWith(bytes, at, end, begin)) {
      return 0;
    }
    int body = at + begin.length;
    // However long a run is and however often the mark is in it, each is looked at briefly.
    int reach = Math.min(end, body + LONGEST_LOOK);
    if (mixed && !Characters.isMixed(bytes, body, reach)) {
      return 0;
    }
    int limit = most == ANY_NUMBER ? end : Math.min(end, body + most + 1);
    int last = Characters.runEnd(bytes, body, limit, characters);
    int count = last - body;
    if (count < least
        || count > most
        || (most != ANY_NUMBER && last < end)
        || (mixed && !Characters.isMixed(bytes, body, last))) {
      return 0;
    }
    return last;
  }

  /// Where the token ends whose first run of characters ends at `end`.
  ///
  /// @param to the message's end
  int tailEnd(byte[] bytes, int end, int to) {
    return switch (tail) {
      case NONE -> end;
      case BASE64 -> Characters.runEnd(bytes, end, to, Characters.BASE64);
      case PARTS -> {
        int i = end;
        while (i + 1 < to
            && bytes[i] == '.'
            && Characters.is(bytes[i + 1], Characters.ALPHANUMERIC)) {
          i = Characters.runEnd(bytes, i + 1, to, Characters.TOKEN);
        }
        yield i;
      }
    };
  }
}
