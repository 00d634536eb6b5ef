package dev.longshore.alerting.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Groups are told when Alertmanager would tell them, with all that belongs to them.
final class DispatcherTest {
  private static final Labels POD_A =
      Labels.of("alertname", "PodDown", "severity", "page", "pod", "checkout-7d9f");
  private static final Labels POD_B =
      Labels.of("alertname", "PodDown", "severity", "page", "pod", "cart-5c4b");

  private final ManualClock clock = new ManualClock();
  private final List<Throwable> failures = new ArrayList<>();
  private final Loop loop = new Loop("test", clock, failures::add);
  private final List<AlertGroup> flushed = new ArrayList<>();
  private final List<AlertGroup> changed = new ArrayList<>();
  private final List<String> silenced = new ArrayList<>();
  private boolean broken;

  @Test
  void aNewGroupIsToldAfterTheGroupWaitWithAllThatCameMeanwhile() {
    Dispatcher dispatcher = dispatcher(root(List.of("alertname")));
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(20));
    dispatcher.put(firing(POD_B));
    pass(Duration.ofSeconds(9));
    assertThat(flushed).isEmpty();

    pass(Duration.ofSeconds(1));

    assertThat(flushed).hasSize(1);
    assertThat(flushed.getFirst().key()).isEqualTo("{}:{alertname=\"PodDown\"}");
    assertThat(flushed.getFirst().labels()).isEqualTo(Labels.of("alertname", "PodDown"));
    assertThat(labels(flushed.getFirst())).containsExactly(POD_A, POD_B);
  }

  @Test
  void whatHasBeenFiringForLongerThanTheWaitIsToldAtOnce() {
    Dispatcher dispatcher = dispatcher(root(List.of("alertname")));
    dispatcher.put(firing(POD_A).withStartsAt(clock.now().minusSeconds(31)));
    loop.runDue();
    assertThat(flushed).hasSize(1);
  }

  @Test
  void aGroupIsLookedAtEachGroupIntervalWhileItHasAlerts() {
    Dispatcher dispatcher = dispatcher(root(List.of()));
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(30));
    pass(Duration.ofMinutes(5));
    assertThat(flushed).hasSize(2);

    dispatcher.put(ended(POD_A));
    pass(Duration.ofMinutes(5));
    assertThat(flushed).hasSize(3);
    assertThat(dispatcher.groups()).isEmpty();
    pass(Duration.ofMinutes(30));
    assertThat(flushed).hasSize(3);
  }

  @Test
  void changesBetweenTwoLooksArePassedOnTogether() {
    Dispatcher dispatcher = dispatcher(root(List.of()));
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(30));

    dispatcher.put(firing(POD_B));
    dispatcher.put(ended(POD_A));
    assertThat(changed).isEmpty();
    pass(Dispatcher.CHANGES_EVERY);

    assertThat(changed).hasSize(1);
    assertThat(labels(changed.getFirst())).containsExactlyInAnyOrder(POD_A, POD_B);
    assertThat(flushed).hasSize(1);
  }

  @Test
  void nothingIsPassedOnBeforeTheFirstLook() {
    Dispatcher dispatcher = dispatcher(root(List.of()));
    dispatcher.put(firing(POD_A));
    dispatcher.put(firing(POD_B));
    pass(Duration.ofSeconds(5));
    assertThat(changed).isEmpty();
  }

  @Test
  void groupingByEverythingMakesEachAlertAGroup() {
    Dispatcher dispatcher =
        dispatcher(route("{}", "", new Route.Grouping(true, List.of()), List.of()));
    dispatcher.put(firing(POD_A));
    dispatcher.put(firing(POD_B));
    pass(Duration.ofSeconds(30));
    assertThat(flushed).hasSize(2);
  }

  @Test
  void theFirstMatchingChildGetsItAndMoreWhereTheyContinue() {
    Route pages = child("severity=\"page\"", "pages", true);
    Route shop = child("pod=~\"checkout.*\"", "shop", false);
    Route rest = child("alertname=\"PodDown\"", "rest", false);
    Route root = route("{}", "", Route.Grouping.NONE, List.of(pages, shop, rest));
    Dispatcher dispatcher = dispatcher(root);

    assertThat(dispatcher.receivers(POD_A)).containsExactly("pages", "shop");
    assertThat(dispatcher.receivers(POD_B)).containsExactly("pages", "rest");
    assertThat(dispatcher.receivers(Labels.of("alertname", "DiskFull"))).containsExactly("team");
  }

  @Test
  void whatIsSilencedStaysInItsGroupAndSaysSo() {
    Dispatcher dispatcher = dispatcher(root(List.of()));
    silenced.add("7b1c");
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(30));
    assertThat(flushed.getFirst().members().getFirst().suppression().silencedBy())
        .containsExactly("7b1c");
    assertThat(notifiable(flushed.getFirst())).isEmpty();

    silenced.clear();
    dispatcher.refresh();
    pass(Dispatcher.CHANGES_EVERY);
    assertThat(notifiable(changed.getFirst())).hasSize(1);
  }

  @Test
  void anInhibitedAlertSaysByWhichAndIsFreeWhenThatEnds() {
    Labels node = Labels.of("alertname", "NodeDown", "node", "n1");
    Labels pod = Labels.of("alertname", "PodDown", "node", "n1");
    InhibitRule rule =
        new InhibitRule(
            "",
            Matchers.parse("alertname=NodeDown"),
            Matchers.parse("alertname=~\"Pod.*\""),
            List.of("node"));
    Dispatcher dispatcher =
        dispatcher(new Routing(root(List.of("alertname")), List.of(rule), Map.of()));
    dispatcher.put(firing(pod));
    dispatcher.put(firing(node));
    assertThat(dispatcher.suppression(firing(pod)).inhibitedBy())
        .containsExactly(node.fingerprint());
    assertThat(dispatcher.suppression(firing(pod.with("node", "n2"))).isNotifiable()).isTrue();

    dispatcher.put(ended(node));
    assertThat(dispatcher.suppression(firing(pod)).isNotifiable()).isTrue();
  }

  @Test
  void alertsThatMatchBothSidesDoNotInhibitEachOther() {
    InhibitRule rule =
        new InhibitRule(
            "", Matchers.parse("severity=page"), Matchers.parse("alertname=PodDown"), List.of());
    Dispatcher dispatcher = dispatcher(new Routing(root(List.of()), List.of(rule), Map.of()));
    dispatcher.put(firing(POD_A));
    dispatcher.put(firing(POD_B));
    assertThat(dispatcher.suppression(firing(POD_A)).isNotifiable()).isTrue();
    dispatcher.put(firing(Labels.of("alertname", "NodeDown", "severity", "page")));
    assertThat(dispatcher.suppression(firing(POD_A)).inhibitedBy()).hasSize(1);
  }

  @Test
  void labelsThatBothLackAreEqual() {
    InhibitRule rule =
        new InhibitRule(
            "",
            Matchers.parse("alertname=NodeDown"),
            Matchers.parse("alertname=PodDown"),
            List.of("zone"));
    Dispatcher dispatcher = dispatcher(new Routing(root(List.of()), List.of(rule), Map.of()));
    dispatcher.put(firing(Labels.of("alertname", "NodeDown")));
    assertThat(dispatcher.suppression(firing(POD_A)).inhibitedBy()).hasSize(1);
    assertThat(dispatcher.suppression(firing(POD_A.with("zone", "a"))).isNotifiable()).isTrue();
  }

  @Test
  void aMutedRouteSaysByWhichInterval() {
    // The manual clock begins on a Monday at 06:00 UTC.
    TimeInterval morning =
        new TimeInterval(
            List.of(TimeInterval.times("00:00", "08:00")),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            ZoneOffset.UTC);
    Route child =
        new Route(
            "{}/{severity=\"page\"}",
            Matchers.parse("severity=page"),
            "pages",
            Route.Grouping.NONE,
            false,
            Route.Timing.STANDARD,
            List.of("morning"),
            List.of(),
            List.of());
    Dispatcher dispatcher =
        dispatcher(
            new Routing(
                route("{}", "", Route.Grouping.NONE, List.of(child)),
                List.of(),
                Map.of("morning", List.of(morning))));
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(30));
    assertThat(flushed.getFirst().members().getFirst().suppression().mutedBy())
        .containsExactly("morning");
    pass(Duration.ofHours(2));
    assertThat(notifiable(flushed.getLast())).hasSize(1);
  }

  @Test
  void aReloadKeepsTheTimersOfGroupsThatStay() {
    Dispatcher dispatcher = dispatcher(root(List.of("alertname")));
    Alert alert = firing(POD_A);
    dispatcher.put(alert);
    pass(Duration.ofSeconds(30));
    pass(Duration.ofMinutes(4));

    dispatcher.reload(new Routing(root(List.of("alertname")), List.of(), Map.of()), List.of(alert));
    loop.runDue();
    assertThat(flushed).hasSize(1);
    pass(Duration.ofMinutes(1));
    assertThat(flushed).hasSize(2);
    assertThat(failures).isEmpty();
  }

  /// Alertmanager 0.33 writes this key for these labels.
  @Test
  void theKeyOfAGroupIsAlertmanagersWithWhatCanNotBeSeenToo() {
    Dispatcher dispatcher = dispatcher(root(List.of("g")));
    String value = "x\ty\u0001\u200b\"\\\n\r\u007fé😀\ufeff\u0080";
    dispatcher.put(firing(Labels.of("alertname", "PodDown", "g", value)));
    pass(Duration.ofMinutes(1));
    assertThat(flushed.getFirst().key())
        .isEqualTo("{}:{g=\"x\\ty\\x01\\u200b\\\"\\\\\\n\\r\\x7fé😀\\ufeff\\u0080\"}");
  }

  @Test
  void aReloadThatRegroupsTellsTheNewGroups() {
    Dispatcher dispatcher = dispatcher(root(List.of("alertname")));
    dispatcher.put(firing(POD_A));
    pass(Duration.ofMinutes(1));
    dispatcher.reload(
        new Routing(root(List.of("pod")), List.of(), Map.of()),
        List.of(firing(POD_A).withStartsAt(ManualClock.START)));
    loop.runDue();
    assertThat(flushed.getLast().key()).isEqualTo("{}:{pod=\"checkout-7d9f\"}");
    assertThat(dispatcher.groups()).hasSize(1);
  }

  @Test
  void siblingsWithEqualMatchersHaveGroupsOfTheirOwnAndEachIsTold() {
    Route chat = child("severity=\"page\"", "chat", true);
    Route pager = child("severity=\"page\"", "pager", false);
    Dispatcher dispatcher = dispatcher(route("{}", "", Route.Grouping.NONE, List.of(chat, pager)));
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(30));

    assertThat(flushed).extracting(AlertGroup::receiver).containsExactly("chat", "pager");
    assertThat(flushed).extracting(AlertGroup::key).containsOnly("{}/{severity=\"page\"}:{}");
    assertThat(flushed).extracting(AlertGroup::id).doesNotHaveDuplicates();
  }

  @Test
  void catchAllSiblingsAreEachToldAndSurviveAReload() {
    Route everything = child("", "log-everything", true);
    Route team = child("", "team", false);
    Routing routing =
        new Routing(
            route("{}", "", Route.Grouping.NONE, List.of(everything, team)), List.of(), Map.of());
    Dispatcher dispatcher = dispatcher(routing);
    dispatcher.put(firing(POD_A));
    dispatcher.reload(routing, List.of(firing(POD_A)));
    pass(Duration.ofSeconds(30));

    assertThat(flushed).extracting(AlertGroup::receiver).containsExactly("log-everything", "team");
  }

  @Test
  void aGroupWhoseListenerThrowsIsLookedAtAgain() {
    Dispatcher dispatcher = dispatcher(root(List.of()));
    broken = true;
    dispatcher.put(firing(POD_A));
    pass(Duration.ofSeconds(30));
    assertThat(failures).hasSize(1);

    broken = false;
    pass(Duration.ofMinutes(5));
    assertThat(flushed).hasSize(1);
  }

  /// The alerts that fire and are not suppressed.
  private List<Alert> notifiable(AlertGroup group) {
    return group.members().stream()
        .filter(it -> it.suppression().isNotifiable() && !it.alert().isResolvedAt(clock.now()))
        .map(AlertGroup.Member::alert)
        .toList();
  }

  private void pass(Duration time) {
    clock.advance(time);
    loop.runDue();
  }

  private Dispatcher dispatcher(Route root) {
    return dispatcher(new Routing(root, List.of(), Map.of()));
  }

  private Dispatcher dispatcher(Routing routing) {
    GroupListener listener =
        new GroupListener() {
          @Override
          public void flush(AlertGroup group, Instant now) {
            if (broken) {
              throw new IllegalStateException("no berth");
            }
            flushed.add(group);
          }

          @Override
          public void changed(AlertGroup group, Instant now) {
            changed.add(group);
          }
        };
    return new Dispatcher(
        routing, clock, loop, (_, _) -> List.copyOf(silenced), listener, (_, _, _, _) -> {});
  }

  private static Route root(List<String> groupBy) {
    return route("{}", "", new Route.Grouping(false, groupBy), List.of());
  }

  private static Route child(String matchers, String receiver, boolean continues) {
    return new Route(
        Route.keyOf("{}", Matchers.parse(matchers)),
        Matchers.parse(matchers),
        receiver,
        Route.Grouping.NONE,
        continues,
        Route.Timing.STANDARD,
        List.of(),
        List.of(),
        List.of());
  }

  private static Route route(
      String key, String matchers, Route.Grouping grouping, List<Route> children) {
    return new Route(
        key,
        Matchers.parse(matchers),
        "team",
        grouping,
        false,
        Route.Timing.STANDARD,
        List.of(),
        List.of(),
        children);
  }

  private Alert firing(Labels labels) {
    return alert(labels, null);
  }

  private Alert ended(Labels labels) {
    return alert(labels, clock.now());
  }

  private Alert alert(Labels labels, @Nullable Instant endsAt) {
    return new Alert(
        labels,
        Labels.EMPTY,
        clock.now(),
        endsAt,
        clock.now(),
        "",
        Alert.Origin.RULE,
        Evidence.NONE);
  }

  private static List<Labels> labels(AlertGroup group) {
    return group.members().stream().map(it -> it.alert().labels()).toList();
  }
}
