package dev.longshore.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Markdown file as far as tests ask about it: headings, links, and fenced blocks.
///
/// @param headings texts of all headings, in their order, without markup
/// @param anchors what a link may name behind `#`, as forges make it of headings
/// @param links targets of all inline links and images
/// @param snippets fenced blocks
record Markdown(
    List<String> headings, List<String> anchors, List<String> links, List<Snippet> snippets) {
  private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?) *#*");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^()\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  /// A fenced block.
  ///
  /// @param line of its first line, from 1
  /// @param language the first word behind the fence; empty when there is none
  record Snippet(int line, String language, String text) {}

  static Markdown read(Path file) throws IOException {
    List<String> headings = new ArrayList<>();
    List<String> anchors = new ArrayList<>();
    List<String> links = new ArrayList<>();
    List<Snippet> snippets = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("```")) {
        String language = line.substring(3).strip().split(" ", 2)[0];
        int begin = ++i;
        while (i < lines.size() && !lines.get(i).startsWith("```")) {
          i++;
        }
        snippets.add(
            new Snippet(begin + 1, language, String.join("\n", lines.subList(begin, i)) + "\n"));
        continue;
      }
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        headings.add(heading.group(1).replace("`", ""));
        anchors.add(anchor(heading.group(1), anchors));
      }
      LINK.matcher(CODE.matcher(line).replaceAll("code"))
          .results()
          .forEach(link -> links.add(link.group(1)));
    }
    return new Markdown(headings, anchors, links, snippets);
  }

  /// As GitHub, GitLab and Gitea do: lower case, letters, digits, dashes and underscores stay, a
  /// blank becomes a dash, and a repeated one is numbered.
  private static String anchor(String heading, List<String> before) {
    String anchor =
        heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\-_ ]", "").replace(' ', '-');
    String unique = anchor;
    for (int i = 1; before.contains(unique); i++) {
      unique = anchor + "-" + i;
    }
    return unique;
  }
}
