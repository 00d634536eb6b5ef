package dev.longshore.alerting.receiver.slack;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Slack's markup: three characters are escaped, all else is text; a text is cut between code
/// points and never inside an entity or a link.
///
/// Values from outside are *guarded* before a template sees them: `&`, `<`, `>`, `!` and `@` become
/// characters of Unicode's private use, which no template's author writes. After the template has
/// run, [#released] knows what came from outside and escapes exactly that; links to the web are let
/// through, mentions never are.
public final class Markup {
  private static final char AMP = '\ue0a0';
  private static final char LESS = '\ue0a1';
  private static final char GREATER = '\ue0a2';
  private static final char BANG = '\ue0a3';
  private static final char AT = '\ue0a4';

  /// Between `@` and a name it keeps `link_names` from linking.
  private static final String ZERO_WIDTH = "\u200b";

  private static final Pattern LINK =
      Pattern.compile(
          LESS
              + "(https?:[^\\s|<>"
              + LESS
              + GREATER
              + "]{1,2000})(\\|[^\\n<>"
              + LESS
              + GREATER
              + "]{1,500})?"
              + GREATER);
  private static final Pattern LOOSE_AMPERSAND = Pattern.compile("&(?!(?:amp|lt|gt);)");
  private static final Pattern TAIL = Pattern.compile("(&[a-z]{0,3}|<[^>]*)$");

  private Markup() {}

  /// Text that can be shown: no control characters but line feeds and tabs, no halves of
  /// characters, nothing that turns the direction of what follows.
  public static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
      boolean control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
      if (c >= 0xd800 && c <= 0xdfff) {
        clean.append('\ufffd');
      } else if (!turns && !control && !(c >= AMP && c <= AT)) {
        clean.appendCodePoint(c);
      }
    }
    return clean.toString();
  }

  /// Cleans a text and escapes it for mrkdwn; no name in it is linked.
  public static String escaped(String text) {
    return clean(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("@", "@" + ZERO_WIDTH);
  }

  /// Marks a text as one from outside.
  static String guarded(String text) {
    return clean(text)
        .replace('&', AMP)
        .replace('<', LESS)
        .replace('>', GREATER)
        .replace('!', BANG)
        .replace('@', AT);
  }

  /// mrkdwn from what a template wrote.
  static String released(String text) {
    String links =
        LINK.matcher(clean0(text))
            .replaceAll(
                match -> {
                  String label = match.group(2) == null ? "" : match.group(2);
                  return Matcher.quoteReplacement("<" + match.group(1) + label + ">");
                });
    String ours = LOOSE_AMPERSAND.matcher(links).replaceAll("&amp;");
    // A value within the author's own angle brackets, as in <{{ .GeneratorURL }}|source>.
    return ours.replace("<" + BANG, "&lt;!")
        .replace("<" + AT, "&lt;@" + ZERO_WIDTH)
        .replace(String.valueOf(BANG), "!")
        .replace(String.valueOf(AMP), "&amp;")
        .replace(String.valueOf(LESS), "&lt;")
        .replace(String.valueOf(GREATER), "&gt;")
        .replace(String.valueOf(AT), "@" + ZERO_WIDTH);
  }

  /// What a template wrote, as plain text: for titles, addresses and names.
  static String plain(String text) {
    return clean(
        text.replace(AMP, '&')
            .replace(LESS, '<')
            .replace(GREATER, '>')
            .replace(BANG, '!')
            .replace(AT, '@'));
  }

  private static String clean0(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (String part :
        text.split("(?<=[" + AMP + "-" + AT + "])|(?=[" + AMP + "-" + AT + "])", -1)) {
      boolean mark = part.length() == 1 && part.charAt(0) >= AMP && part.charAt(0) <= AT;
      clean.append(mark ? part : clean(part));
    }
    return clean.toString();
  }

  /// A time in the reader's own zone.
  public static String time(Instant when) {
    return "<!date^%d^{date_short_pretty} {time_secs}|%s>"
        .formatted(when.getEpochSecond(), Instant.ofEpochSecond(when.getEpochSecond()));
  }

  /// At most so many UTF-16 units of a plain text, with `…` where something was cut.
  public static String cutPlain(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = Math.max(0, limit - 1);
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  /// At most so many units of mrkdwn: neither an entity nor a link is cut in two.
  public static String cut(String mrkdwn, int limit) {
    if (mrkdwn.length() <= limit) {
      return mrkdwn;
    }
    String head = cutPlain(mrkdwn, limit);
    String body = head.substring(0, head.length() - 1);
    return TAIL.matcher(body).replaceFirst("") + "…";
  }
}
