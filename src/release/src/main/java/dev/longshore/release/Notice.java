package dev.longshore.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The file NOTICE: each library of the images with its licences, and the notices and texts that
/// its jar has. Where a jar has none and its licence asks for one, the text is a resource of this
/// module.
final class Notice {
  private static final Pattern TEXT =
      Pattern.compile("(.*/)?(LICEN[CS]E|NOTICE|COPYING)([.-][^/]*)?", Pattern.CASE_INSENSITIVE);

  /// Libraries whose jars lack the text that their licence asks for.
  private static final List<String> TEXTS_OF_OURS = List.of("re2j");

  /// More than the text of the Apache licence with its appendix: something else is said as well.
  private static final int APACHE_CHARS = 12_000;

  private static final String HEAD =
      """
      Longshore
      Copyright 2026 The Longshore authors

      Licensed under the Apache License, Version 2.0; the file LICENSE has its text.

      The images contain the libraries below. Where several licences are named, the choice is the recipient's. Those that are
      under the Apache License, Version 2.0, come with its text in LICENSE too.

      The images also contain a part of OpenJDK, under the GNU General Public License, version 2, with the Classpath exception,
      whose texts are in /opt/java/legal, and Debian's GNU C library, under the GNU Lesser General Public License, version 2.1 or
      newer, whose texts are in /usr/share/doc.

      This file is written by `./longshore notice`.


      Libraries
      =========

      """;

  private Notice() {}

  /// What the file has to be for what was built.
  static String of(Path project) throws IOException {
    Map<String, TreeSet<String>> products = new TreeMap<>();
    TreeMap<String, List<String>> texts = new TreeMap<>();
    for (String product : Library.PRODUCTS) {
      List<Library> libraries = Library.of(project, product);
      for (Library library : libraries) {
        String licences = String.join(" or ", library.licences());
        products
            .computeIfAbsent(
                "%s %s: %s".formatted(library.coordinates(), library.version(), licences),
                it -> new TreeSet<>())
            .add(product);
      }
      for (Path jar : jars(project.resolve(product).resolve("target/lib"), libraries)) {
        readTexts(jar, texts);
      }
    }
    StringBuilder notice = new StringBuilder(HEAD);
    products.forEach(
        (line, of) -> notice.append("%s (%s)\n".formatted(line, String.join(", ", of))));
    notice.append("\n\nNotices and licences of libraries\n=================================\n");
    for (String name : TEXTS_OF_OURS) {
      if (products.keySet().stream().anyMatch(it -> it.contains(":" + name + " "))) {
        texts.computeIfAbsent(resource(name), it -> new ArrayList<>()).add(name);
      }
    }
    TreeSet<String> sections = new TreeSet<>();
    texts.forEach(
        (text, origins) ->
            sections.add(
                "\n--- %s\n\n%s\n".formatted(String.join(", ", new TreeSet<>(origins)), text)));
    sections.forEach(notice::append);
    return notice.toString();
  }

  private static List<Path> jars(Path folder, List<Library> libraries) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> libraries.stream().anyMatch(it -> it.isIn(file.getFileName().toString())))
          .sorted()
          .toList();
    }
  }

  /// @param texts by text the libraries that have it
  private static void readTexts(Path jar, Map<String, List<String>> texts) throws IOException {
    String library = jar.getFileName().toString().replaceFirst("-[0-9][^/]*$", "");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.isDirectory()
            && !entry.getName().endsWith(".class")
            && TEXT.matcher(entry.getName()).matches()) {
          String text =
              new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
          String clean =
              text.replace("\r", "").lines().map(String::stripTrailing).toList().stream()
                  .reduce((one, other) -> one + "\n" + other)
                  .orElse("")
                  .strip();
          if (!isApacheLicence(clean)) {
            texts.computeIfAbsent(clean, it -> new ArrayList<>()).add(library);
          }
        }
      }
    }
  }

  private static boolean isApacheLicence(String text) {
    String words = text.replaceAll("\\s+", " ");
    return words.startsWith("Apache License Version 2.0") && words.length() < APACHE_CHARS;
  }

  private static String resource(String name) {
    try (InputStream text = Notice.class.getResourceAsStream("licences/" + name + ".txt")) {
      if (text == null) {
        throw new IllegalStateException("no text of the licence of " + name);
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
