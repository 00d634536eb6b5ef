package dev.longshore.alerting.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What of a rule's PromQL expression is worth a look over time: the side of a comparison that
/// varies, as `a / b` of `a / b > 0.05`, which has values also while the rule is not true.
///
/// As [PromqlText] this is no parser: it looks for operators outside of brackets and strings, and
/// an expression whose form it does not know is taken whole, with gaps where it is not true.
///
/// @param expression has the labels of the rule's samples
/// @param condition the comparison with a constant, such as `> 0.05`; empty when there is none
public record PlottedExpression(String expression, String condition) {
  private static final Set<String> SETS = Set.of("and", "or", "unless");

  /// `0x1f`, `1h30m`, `1_000`, `1.5e3`, `.5`, `Inf`.
  private static final String NUMBER =
      "(?:0x[0-9a-f_]+|(?:[0-9]+(?:ms|[smhdwy]))+"
          + "|(?:[0-9][0-9_]*\\.?[0-9_]*|\\.[0-9_]+)(?:e[-+]?[0-9_]+)?|inf|nan)";

  /// Numbers and sums of numbers; no name of a series or a function.
  private static final Pattern CONSTANT =
      Pattern.compile("(?i)[-+(\\s]*" + NUMBER + "(?:[-+*/%^()\\s]+" + NUMBER + ")*[)\\s]*");

  private static final int LONGEST_CONDITION = 40;

  /// An operator outside of brackets.
  private record Operator(int at, String text) {
    int end() {
      return at + text.length();
    }
  }

  public static PlottedExpression of(String promql) {
    String whole = withoutBrackets(promql.strip());
    List<Operator> operators = operators(whole);
    int end = whole.length();
    for (Operator operator : operators.reversed()) {
      if (operator.text.equals("or")) {
        return new PlottedExpression(whole, "");
      }
      end = SETS.contains(operator.text) ? operator.at : end;
    }
    String first = withoutBrackets(whole.substring(0, end).strip());
    List<Operator> comparisons = operators(first);
    return comparisons.size() == 1
        ? compared(first, comparisons.getFirst())
        : new PlottedExpression(first, "");
  }

  private static PlottedExpression compared(String text, Operator operator) {
    String left = text.substring(0, operator.at).strip();
    String right = text.substring(operator.end()).strip();
    // With `bool` the comparison is the value, and with `group_right` the labels are the other
    // side's.
    if (right.matches("(?is)(bool\\b.*|.*\\bgroup_right\\b.*)")) {
      return new PlottedExpression(text, "");
    }
    if (CONSTANT.matcher(right).matches()) {
      return new PlottedExpression(left, condition(operator.text, right));
    }
    if (CONSTANT.matcher(left).matches()) {
      return new PlottedExpression(right, condition(flipped(operator.text), left));
    }
    return new PlottedExpression(left, "");
  }

  private static String condition(String operator, String constant) {
    String condition = operator + " " + constant.replaceAll("\\s+", " ");
    return condition.length() > LONGEST_CONDITION ? "" : condition;
  }

  private static String flipped(String operator) {
    return switch (operator) {
      case ">" -> "<";
      case "<" -> ">";
      case ">=" -> "<=";
      case "<=" -> ">=";
      default -> operator;
    };
  }

  private static String withoutBrackets(String text) {
    String inner = text;
    while (inner.startsWith("(") && closing(inner) == inner.length() - 1) {
      inner = inner.substring(1, inner.length() - 1).strip();
    }
    return inner;
  }

  /// Where the bracket closes that the text begins with; -1 when it does not.
  private static int closing(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i = next(text, i)) {
      char c = text.charAt(i);
      depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<Operator> operators(String text) {
    List<Operator> operators = new ArrayList<>();
    int depth = 0;
    for (int i = 0; i < text.length(); i = next(text, i)) {
      char c = text.charAt(i);
      depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
      if (depth > 0) {
        continue;
      }
      String word = token(text, i);
      boolean compares = "<>=!".indexOf(c) >= 0;
      if (compares || SETS.contains(word.toLowerCase(Locale.ROOT))) {
        operators.add(new Operator(i, word.toLowerCase(Locale.ROOT)));
      }
    }
    return operators;
  }

  /// A string, a comment, a word or an operator of comparison is one step; else a character.
  private static int next(String text, int from) {
    char c = text.charAt(from);
    if (c == '#') {
      int end = text.indexOf('\n', from);
      return end < 0 ? text.length() : end;
    }
    if (c == '"' || c == '\'' || c == '`') {
      int at = from + 1;
      while (at < text.length() && text.charAt(at) != c) {
        at += c != '`' && text.charAt(at) == '\\' ? 2 : 1;
      }
      return Math.min(text.length(), at + 1);
    }
    return from + token(text, from).length();
  }

  private static String token(String text, int from) {
    int end = from;
    while (end < text.length() && isWord(text.charAt(end))) {
      end++;
    }
    if (end == from) {
      boolean two =
          "<>=!".indexOf(text.charAt(from)) >= 0
              && from + 1 < text.length()
              && text.charAt(from + 1) == '=';
      end = from + (two ? 2 : 1);
    }
    return text.substring(from, end);
  }

  private static boolean isWord(char c) {
    return c == '_' || c == ':' || Character.isLetterOrDigit(c);
  }
}
