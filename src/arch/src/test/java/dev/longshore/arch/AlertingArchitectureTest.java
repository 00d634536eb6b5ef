package dev.longshore.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.NullMarked;

/// Who may know whom in alerting.
@AnalyzeClasses(
    packages = {
      "dev.longshore.agent",
      "dev.longshore.alerting",
      "dev.longshore.gotemplate",
      "dev.longshore.rulelab",
      "dev.longshore.shared"
    },
    importOptions = ImportOption.DoNotIncludeTests.class)
final class AlertingArchitectureTest {
  private static final String ALERTING = "dev.longshore.alerting.";

  @ArchTest
  static final ArchRule theProductsDoNotSeeEachOther =
      slices().matching("dev.longshore.(agent|alerting)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule sharedSeesNoProduct =
      noClasses()
          .that()
          .resideInAPackage("dev.longshore.shared..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.longshore.alerting..", "dev.longshore.gotemplate..", "dev.longshore.rulelab..");

  @ArchTest
  static final ArchRule templatesKnowNoProduct =
      noClasses()
          .that()
          .resideInAPackage("dev.longshore.gotemplate..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.longshore.alerting..", "dev.longshore.agent..");

  @ArchTest
  static final ArchRule alertsSeeNoStage =
      noClasses()
          .that()
          .resideInAPackage(ALERTING + "alert..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("dev.longshore.alerting..")
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.resideInAPackage(ALERTING + "alert.."))));

  @ArchTest static final ArchRule onlySlackSeesSlack = only("receiver.slack", "com.slack..");

  /// Two HTTP clients are enough: the JDK's, and Elasticsearch's own, which `shared.elastic` hides.
  /// Of OkHttp, which Slack's client is built on, the requests and replies are used.
  @ArchTest
  static final ArchRule noOtherHttpClientThanTheJdks =
      noClasses()
          .that()
          .resideInAPackage("dev.longshore.alerting..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.http..", "io.vertx..", "okhttp3.internal..");

  @ArchTest static final ArchRule onlySlackSeesOkHttp = only("receiver.slack", "okhttp3..");

  @ArchTest
  static final ArchRule kindsOfReceiversDoNotSeeEachOther =
      slices()
          .matching(
              ALERTING
                  + "receiver.(slack|webhook|pagerduty|opsgenie|email|msteams|discord|telegram"
                  + "|mattermost|rocketchat|webex|victorops|incidentio|jira|pushover|sns|wechat)..")
          .should()
          .notDependOnEachOther();

  @ArchTest static final ArchRule onlyEmailSeesMail = only("receiver.email", "jakarta.mail..");

  @ArchTest
  static final ArchRule onlyTheWatchOfRulesSeesTheKubernetesClient =
      only("rule.cluster", "io.fabric8..");

  @ArchTest static final ArchRule onlyTheStateSeesSqlite = only("state", "org.sqlite..");

  @ArchTest
  static final ArchRule onlyItsStoreSeesPostgresql = only("state.postgres", "org.postgresql..");

  @ArchTest
  static final ArchRule leadershipSeesNoStageButTheState =
      noClasses()
          .that()
          .resideInAPackage(ALERTING + "leadership..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("dev.longshore.alerting..")
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.resideInAnyPackage(
                              ALERTING + "leadership..", ALERTING + "state.."))));

  @ArchTest
  static final ArchRule logsSeeRulesAndAlertsAlone =
      noClasses()
          .that()
          .resideInAPackage(ALERTING + "logs..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("dev.longshore.alerting..")
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.resideInAnyPackage(
                              ALERTING + "logs..", ALERTING + "rule..", ALERTING + "alert.."))));

  @ArchTest
  static final ArchRule clocksOnlyInSharedClock =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.longshore.alerting..", "dev.longshore.gotemplate..", "dev.longshore.rulelab..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", Duration.class)
          .orShould()
          .callMethod(Instant.class, "now");

  @ArchTest
  static final ArchRule theServiceRunsWithoutTheRuleLaboratory =
      noClasses()
          .that()
          .resideInAPackage("dev.longshore.alerting..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.longshore.rulelab..");

  @ArchTest
  static final ArchRule partsOfTheRuleLaboratoryHaveNoCycles =
      slices().matching("dev.longshore.rulelab.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.longshore.alerting.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              ArchConditions.be(
                  DescribedPredicate.describe(
                      "in a package that is @NullMarked",
                      (JavaClass it) -> it.getPackage().isAnnotatedWith(NullMarked.class))));

  private static ArchRule only(String room, String library) {
    return noClasses()
        .that()
        .resideInAPackage("dev.longshore.alerting..")
        .and()
        .resideOutsideOfPackage(ALERTING + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .allowEmptyShould(true);
  }
}
