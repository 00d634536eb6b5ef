package dev.longshore.rulelab.elastalert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.logs.LogRig;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Promise: a converted filter finds the lines that the filter itself finds, in a text that is
/// analyzed and in a keyword.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FiltersIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private LogRig rig;

  @BeforeAll
  void open() {
    rig = new LogRig();
    line("the disk is full", "ERROR", "checkout", 500);
    line("disk full", "disk full", "checkout-eu", 503);
    line("full speed", "error", "cart", 200);
    line("all is well", "Info", "cart", 404);
    line("disk-full on /dev/sda1", "WARN", "a*b", 600);
    line("net OR disk", "NOT", "check out", 100);
  }

  private void line(String message, String level, String service, int offset) {
    rig.lines(
        1,
        Duration.ofMinutes(1),
        "message",
        message,
        "log.level",
        level,
        "service.name",
        service,
        "log.offset",
        offset);
  }

  @AfterAll
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{match: {message: disk full}}",
        "{match: {message: {query: disk full, operator: and}}}",
        "{match: {message: disk-full}}",
        "{match: {message: OR}}",
        "{match: {log.level: disk full}}",
        "{match: {log.level: NOT}}",
        "{match_phrase: {message: disk full}}",
        "{match_phrase: {message: {query: disk full, slop: 2}}}",
        "{multi_match: {query: disk full, fields: [message, log.level]}}",
        "{term: {log.level: error}}",
        "{term: {log.level: {value: error, case_insensitive: true}}}",
        "{terms: {log.level: [ERROR, WARN]}}",
        "{prefix: {service.name: check}}",
        "{prefix: {service.name: a*}}",
        "{prefix: {service.name: {value: CHECK, case_insensitive: true}}}",
        "{wildcard: {service.name: 'check*u?'}}",
        "{wildcard: {service.name: {value: 'CH*-EU', case_insensitive: true}}}",
        "{wildcard: {service.name: 'a\\*?'}}",
        "{wildcard: {service.name: {value: 'A\\*B', case_insensitive: true}}}",
        "{wildcard: {log.level: 'disk\\ f*'}}",
        "{regexp: {service.name: 'ca.|check.*'}}",
        "{regexp: {service.name: 'a.b|\\/x|/y'}}",
        "{range: {log.offset: {gt: 200, lte: 503}}}",
        "{range: {log.offset: {gte: 500}}}",
        "{exists: {field: service.name}}",
        "{bool: {must_not: [{match: {message: disk}}]}}",
        "{bool: {should: [{match: {message: full}}, {term: {log.level: WARN}}],"
            + " minimum_should_match: 2}}",
        "{bool: {must: [{exists: {field: message}}], should: [{match: {message: net}}, {term:"
            + " {log.level: WARN}}], minimum_should_match: 1}}",
        "{bool: {must: [{match: {message: disk}}], must_not: [{bool: {must_not: [{range:"
            + " {log.offset: {lt: 501}}}]}}]}}",
        "{query_string: {query: 'disk full', default_field: message}}",
        "{query_string: {query: 'message:fu* AND NOT log.level:error', analyze_wildcard: true}}",
      })
  void findsTheSameLines(String filter) throws Exception {
    Object parsed = new Load(LoadSettings.builder().build()).loadFromString(filter);
    ObjectNode converted = JSON.createObjectNode();
    converted.putObject("query_string").put("query", Filters.query(parsed));
    Set<String> found = found(converted);
    assertThat(found).as(converted.toString()).isEqualTo(found(JSON.valueToTree(parsed)));
    assertThat(found).as("the filter finds something, and not all").hasSizeBetween(1, 7);
  }

  private Set<String> found(JsonNode query) throws Exception {
    ObjectNode search = JSON.createObjectNode().put("size", 100);
    search.set("query", query);
    Set<String> messages = new TreeSet<>();
    JSON.readTree(rig.call("POST", "/" + rig.stream + "/_search", search.toString()))
        .path("hits")
        .path("hits")
        .forEach(it -> messages.add(it.path("_source").path("message").asText()));
    return messages;
  }
}
