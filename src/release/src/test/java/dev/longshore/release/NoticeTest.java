package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// NOTICE says of each library of the images under which licence it is, and has the text.
class NoticeTest {
  private static final Path PROJECT = ProjectFolder.find();

  /// A sentence of each licence's text.
  private static final Map<String, String> TEXTS =
      Map.of(
          "MIT", "Permission is hereby granted, free of charge",
          "BSD-2-Clause", "Redistribution and use in source and binary forms",
          "BSD-3-Clause", "Redistribution and use in source and binary forms",
          "EDL 1.0", "Redistribution and use in source and binary forms",
          "Go License", "Copyright (c) 2009 The Go Authors",
          "EPL-2.0", "Eclipse Public License - v 2.0",
          "CC0-1.0", "Creative Commons");

  @Test
  void isWhatTheBillsOfMaterialsMakeOfIt() throws Exception {
    assertThat(PROJECT.resolve("NOTICE"))
        .as("./longshore notice writes it anew")
        .hasContent(Notice.of(PROJECT));
  }

  @Test
  void hasTheTextOfALicenceOfEachLibrary() throws Exception {
    String notice = Files.readString(PROJECT.resolve("NOTICE"));
    for (Library library : VulnerabilitiesMain.all(PROJECT)) {
      assertThat(library.licences()).as(library.coordinates()).isNotEmpty();
      assertThat(library.licences())
          .as("the licence of %s has no text in NOTICE", library.coordinates())
          .anyMatch(
              it -> it.equals("Apache-2.0") || notice.contains(TEXTS.getOrDefault(it, "no text")));
    }
  }

  @Test
  void goesIntoTheImages() throws Exception {
    assertThat(Files.readString(PROJECT.resolve("Dockerfile")))
        .contains("COPY LICENSE NOTICE /licenses/");
  }
}
