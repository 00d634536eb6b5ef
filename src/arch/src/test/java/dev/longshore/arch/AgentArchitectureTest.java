package dev.longshore.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.longshore.agent.tail.Tail;
import dev.longshore.agent.tail.TailedFile;
import org.jspecify.annotations.NullMarked;

/// Who may know whom: ARCHITECTURE's map holds because a build that breaks it fails here.
@AnalyzeClasses(
    packages = {"dev.longshore.agent", "dev.longshore.shared"},
    importOptions = ImportOption.DoNotIncludeTests.class)
final class AgentArchitectureTest {
  private static final String AGENT = "dev.longshore.agent.";

  @ArchTest
  static final ArchRule tailSeesNoOtherStage =
      stage("tail")
          .should()
          .dependOnClassesThat(others("tail", "event", "line", "libc"))
          .because("only pipeline joins the stages");

  @ArchTest
  static final ArchRule tailCallsNobodyBackButForCheckpoints =
      noClasses()
          .that()
          .resideOutsideOfPackage(AGENT + "tail..")
          .should()
          .implement(
              resideInAPackage(AGENT + "tail..")
                  .and(DescribedPredicate.not(simpleName("Checkpoints")))
                  .as("an interface of tail other than Checkpoints"))
          .because("what has happened to a file is a value that Tail.poll returns");

  @ArchTest
  static final ArchRule onlyTheReadLoopReadsFiles =
      noClasses()
          .that()
          .resideInAPackage(AGENT + "pipeline..")
          .and()
          .doNotHaveSimpleName("ReadLoop")
          .should()
          .callMethod(Tail.class, "poll")
          .orShould()
          .callMethod(Tail.class, "read", TailedFile.class)
          .orShould()
          .callMethod(Tail.class, "consumed", TailedFile.class, int.class)
          .orShould()
          .callMethod(Tail.class, "defer", TailedFile.class)
          .because("a file has one owner");

  @ArchTest
  static final ArchRule frameSeesNoOtherStage =
      stage("frame").should().dependOnClassesThat(others("frame", "event", "line"));

  @ArchTest
  static final ArchRule enrichSeesNoOtherStage =
      stage("enrich").should().dependOnClassesThat(others("enrich", "event", "line", "redact"));

  @ArchTest
  static final ArchRule bufferSeesNoOtherStage =
      stage("buffer").should().dependOnClassesThat(others("buffer", "event", "line", "libc"));

  @ArchTest
  static final ArchRule shipSeesNoOtherStage =
      stage("ship")
          .should()
          .dependOnClassesThat(
              others("ship", "event", "line", "redact", "filter", "bulk", "deadletter"));

  @ArchTest
  static final ArchRule libcSeesNoOtherPackage =
      stage("libc").should().dependOnClassesThat(others("libc"));

  @ArchTest
  static final ArchRule bulkSeesNoOtherPackage =
      stage("bulk").should().dependOnClassesThat(others("bulk"));

  @ArchTest
  static final ArchRule deadLettersSeeBulkRequestsOnly =
      stage("deadletter").should().dependOnClassesThat(others("deadletter", "event", "bulk"));

  @ArchTest
  static final ArchRule eventsSeeNoStage =
      noClasses()
          .that()
          .resideInAPackage(AGENT + "event..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.longshore.agent..")
                  .and(DescribedPredicate.not(resideInAPackage(AGENT + "event.."))));

  @ArchTest
  static final ArchRule linesSeeNothingOfTheAgent =
      noClasses()
          .that()
          .resideInAPackage(AGENT + "line..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.longshore.agent..")
                  .and(DescribedPredicate.not(resideInAPackage(AGENT + "line.."))));

  @ArchTest
  static final ArchRule redactionSeesLinesOnly =
      stage("redact").should().dependOnClassesThat(others("redact", "line"));

  @ArchTest
  static final ArchRule filtersSeeLinesOnly =
      stage("filter").should().dependOnClassesThat(others("filter", "line"));

  @ArchTest
  static final ArchRule onlyBufferSeesChronicle =
      noClasses()
          .that()
          .resideOutsideOfPackage(AGENT + "buffer..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("net.openhft..");

  @ArchTest
  static final ArchRule fewClassesCallLibc =
      noClasses()
          .that(
              resideInAPackage("dev.longshore..")
                  .and(DescribedPredicate.not(resideInAPackage(AGENT + "libc..")))
                  .and(
                      DescribedPredicate.not(
                          simpleNameStartingWith("Disk").and(resideInAPackage(AGENT + "buffer.."))))
                  .and(
                      DescribedPredicate.not(
                          simpleNameStartingWith("FileOpener")
                              .or(simpleNameStartingWith("Inotify"))
                              .and(resideInAPackage(AGENT + "tail..")))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..");

  @ArchTest
  static final ArchRule onlyEnrichSeesTheKubernetesClient =
      noClasses()
          .that()
          .resideOutsideOfPackage(AGENT + "enrich..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8..");

  @ArchTest
  static final ArchRule onlySharedElasticSeesTheElasticsearchClient =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.longshore.shared.elastic..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "co.elastic.clients..", "org.elasticsearch..", "org.apache.http.."));

  @ArchTest
  static final ArchRule onlySharedWebSeesBcrypt =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.longshore.shared.web..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("at.favre..");

  @ArchTest
  static final ArchRule accessRulesKnowNoRoutes =
      noClasses()
          .that()
          .resideInAPackage("dev.longshore.shared.web..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.longshore.shared.ops..");

  @ArchTest
  static final ArchRule sharedSeesNoProduct =
      noClasses()
          .that()
          .resideInAPackage("dev.longshore.shared..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.longshore.agent..");

  @ArchTest
  static final ArchRule clocksOnlyInSharedClock =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.longshore.shared.clock..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", java.time.Duration.class)
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.longshore.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              com.tngtech.archunit.lang.conditions.ArchConditions.be(
                  DescribedPredicate.describe(
                      "in a package that is @NullMarked",
                      (JavaClass it) -> it.getPackage().isAnnotatedWith(NullMarked.class))));

  private static com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction stage(
      String name) {
    return noClasses().that().resideInAPackage(AGENT + name + "..");
  }

  private static DescribedPredicate<JavaClass> others(String... known) {
    DescribedPredicate<JavaClass> others = resideInAPackage("dev.longshore.agent..");
    for (String name : known) {
      others = others.and(DescribedPredicate.not(resideInAPackage(AGENT + name + "..")));
    }
    return others.as("packages of the agent other than " + String.join(", ", known));
  }
}
