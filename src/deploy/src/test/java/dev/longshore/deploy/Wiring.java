package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// The linter of the platform's wiring: whatever one object says of another - a parent, a host
/// name, a certificate, an issuer, a Secret and its key, a Service and its port, a selector -
/// points at something that is there.
final class Wiring {
  private final PlatformObjects platform;
  private final List<String> problems = new ArrayList<>();

  private Wiring(PlatformObjects platform) {
    this.platform = platform;
  }

  /// What points at nothing, a sentence each.
  static List<String> problems(PlatformObjects platform) {
    Wiring wiring = new Wiring(platform);
    wiring.checkNamespaces();
    wiring.checkRoutes();
    wiring.checkCertificates();
    wiring.checkIssuerSecrets();
    wiring.checkPods();
    wiring.checkElasticsearch();
    wiring.checkBackendTls();
    wiring.checkMonitors();
    wiring.checkUpstreamValues();
    wiring.checkAccess();
    return wiring.problems;
  }

  private void checkNamespaces() {
    for (Manifest manifest : platform.objects()) {
      if (!manifest.namespace().isEmpty()
          && platform.find("Namespace", "", manifest.namespace()).isEmpty()) {
        problems.add(manifest + " lies in a namespace that nobody makes");
      }
    }
  }

  private void checkRoutes() {
    platform
        .ofKind("HTTPRoute", "GRPCRoute", "TCPRoute")
        .forEach(
            route -> {
              for (JsonNode parent : route.body().at("/spec/parentRefs")) {
                checkParent(route, parent);
              }
              for (JsonNode rule : route.body().at("/spec/rules")) {
                for (JsonNode backend : rule.path("backendRefs")) {
                  checkService(
                      route,
                      backend.path("namespace").asText(route.namespace()),
                      backend.path("name").asText(),
                      backend.path("port").asInt());
                }
              }
            });
  }

  private void checkParent(Manifest route, JsonNode parent) {
    String namespace = parent.path("namespace").asText(route.namespace());
    String name = parent.path("name").asText();
    Optional<Manifest> gateway = platform.find("Gateway", namespace, name);
    if (gateway.isEmpty()) {
      problems.add(route + " names the Gateway " + namespace + "/" + name + ", which is not there");
      return;
    }
    String section = parent.path("sectionName").asText();
    List<JsonNode> listeners =
        StreamSupport.stream(gateway.get().body().at("/spec/listeners").spliterator(), false)
            .filter(it -> section.isEmpty() || it.path("name").asText().equals(section))
            .toList();
    if (listeners.isEmpty()) {
      problems.add(
          route + " names the listener " + section + ", which " + gateway.get() + " lacks");
      return;
    }
    for (JsonNode listener : listeners) {
      if (takes(listener, route)) {
        return;
      }
    }
    problems.add(
        route
            + " is taken by no listener of "
            + gateway.get()
            + ": its host names or the labels of its namespace fit none");
  }

  private boolean takes(JsonNode listener, Manifest route) {
    JsonNode wanted = listener.at("/allowedRoutes/namespaces/selector/matchLabels");
    JsonNode labels =
        platform
            .find("Namespace", "", route.namespace())
            .map(it -> it.body().at("/metadata/labels"))
            .orElse(listener);
    boolean allowed =
        wanted.properties().stream().allMatch(it -> it.getValue().equals(labels.get(it.getKey())));
    JsonNode hosts = route.body().at("/spec/hostnames");
    String host = listener.path("hostname").asText();
    return allowed
        && (hosts.isMissingNode()
            || host.isEmpty()
            || StreamSupport.stream(hosts.spliterator(), false)
                .allMatch(it -> covers(host, it.asText())));
  }

  /// Whether a listener's host name has a route's in it; a wildcard has one more label or several.
  private static boolean covers(String listener, String host) {
    return listener.equals(host)
        || (listener.startsWith("*.") && host.endsWith(listener.substring(1)));
  }

  private void checkService(Manifest from, String namespace, String name, int port) {
    if (!ports(namespace, name).contains(port)) {
      problems.add(
          "%s names the Service %s/%s with port %d, which is not there"
              .formatted(from, namespace, name, port));
    }
  }

  /// The ports of a Service; of one that an operator makes, those that its documentation says.
  private Set<Integer> ports(String namespace, String name) {
    Optional<Manifest> service = platform.find("Service", namespace, name);
    if (service.isPresent()) {
      return StreamSupport.stream(service.get().body().at("/spec/ports").spliterator(), false)
          .map(it -> it.path("port").asInt())
          .collect(Collectors.toSet());
    }
    if (name.endsWith("-es-http")
        && platform.find("Elasticsearch", namespace, name.replace("-es-http", "")).isPresent()) {
      return Set.of(9200);
    }
    if (name.endsWith("-kb-http")
        && platform.find("Kibana", namespace, name.replace("-kb-http", "")).isPresent()) {
      return Set.of(5601);
    }
    boolean operated =
        platform.values().values().stream()
            .anyMatch(
                it -> it.component().equals("monitoring") && it.namespace().equals(namespace));
    if (!operated) {
      return Set.of();
    }
    return switch (name) {
      case "prometheus-operated" -> Set.of(9090);
      case "monitoring-grafana" -> Set.of(80);
      default -> Set.of();
    };
  }

  private void checkCertificates() {
    platform
        .ofKind("Gateway")
        .forEach(
            gateway -> {
              String issuer =
                  gateway
                      .body()
                      .at("/metadata/annotations/cert-manager.io~1cluster-issuer")
                      .asText();
              for (JsonNode listener : gateway.body().at("/spec/listeners")) {
                for (JsonNode certificate : listener.at("/tls/certificateRefs")) {
                  String name = certificate.path("name").asText();
                  if (issuer.isEmpty()
                      && platform.find("Secret", gateway.namespace(), name).isEmpty()) {
                    problems.add(
                        gateway + " names the certificate " + name + ", which nobody makes");
                  }
                }
              }
              if (!issuer.isEmpty()) {
                checkIssuer(gateway, issuer);
              }
            });
    platform
        .ofKind("Certificate")
        .forEach(it -> checkIssuer(it, it.body().at("/spec/issuerRef/name").asText()));
  }

  private void checkIssuer(Manifest from, String issuer) {
    if (platform.find("ClusterIssuer", "", issuer).isEmpty()) {
      problems.add(from + " names the ClusterIssuer " + issuer + ", which is not there");
    }
  }

  /// cert-manager looks for the Secrets of ClusterIssuers in its own namespace.
  private void checkIssuerSecrets() {
    platform
        .ofKind("ClusterIssuer")
        .forEach(
            issuer -> {
              for (JsonNode solver : issuer.body().at("/spec/acme/solvers")) {
                for (JsonNode provider : solver.path("dns01")) {
                  provider
                      .properties()
                      .forEach(
                          it -> {
                            if (it.getKey().endsWith("SecretRef")) {
                              checkSecret(issuer.toString(), "cert-manager", it.getValue());
                            }
                          });
                }
              }
              String authority = issuer.body().at("/spec/ca/secretName").asText();
              if (!authority.isEmpty()
                  && platform.ofKind("Certificate").noneMatch(it -> makes(it, authority))) {
                problems.add(issuer + " wants the Secret " + authority + ", which nobody makes");
              }
            });
  }

  private static boolean makes(Manifest certificate, String secret) {
    return certificate.body().at("/spec/secretName").asText().equals(secret);
  }

  private void checkSecret(String from, String namespace, JsonNode reference) {
    String name = reference.path("name").asText();
    String key = reference.path("key").asText();
    boolean there =
        platform
            .find("Secret", namespace, name)
            .map(it -> key.isEmpty() || it.body().path("data").has(key))
            .orElse(false);
    if (!there) {
      problems.add(
          "%s names the Secret %s/%s with the key '%s', which nobody makes"
              .formatted(from, namespace, name, key));
    }
  }

  private void checkPods() {
    platform
        .ofKind("DaemonSet", "StatefulSet", "Pod")
        .forEach(
            owner -> {
              JsonNode pod =
                  owner.kind().equals("Pod")
                      ? owner.body().get("spec")
                      : owner.body().at("/spec/template/spec");
              pod.findValues("secretKeyRef")
                  .forEach(it -> checkSecret(owner.toString(), owner.namespace(), it));
              for (JsonNode volume : pod.path("volumes")) {
                checkVolume(owner, volume);
                volume.at("/projected/sources").forEach(it -> checkVolume(owner, it));
              }
              String account = pod.path("serviceAccountName").asText();
              if (!account.isEmpty()
                  && platform.find("ServiceAccount", owner.namespace(), account).isEmpty()) {
                problems.add(
                    owner + " names the ServiceAccount " + account + ", which is not there");
              }
            });
    platform
        .ofKind("ConfigMap")
        .forEach(
            it ->
                it.body()
                    .path("data")
                    .properties()
                    .forEach(file -> checkAddresses(it, file.getValue().asText())));
  }

  private void checkVolume(Manifest owner, JsonNode volume) {
    JsonNode secret = volume.path("secret");
    if (!secret.isMissingNode()) {
      String name = secret.path("secretName").asText(secret.path("name").asText());
      if (platform.find("Secret", owner.namespace(), name).isEmpty()) {
        problems.add(owner + " mounts the Secret " + name + ", which nobody makes");
      }
    }
    JsonNode map = volume.path("configMap");
    if (!map.isMissingNode() && !hasConfigMap(owner.namespace(), map.path("name").asText())) {
      problems.add(owner + " mounts the ConfigMap " + map.path("name") + ", which nobody makes");
    }
  }

  /// One of ours, or one that trust-manager copies into the namespace.
  private boolean hasConfigMap(String namespace, String name) {
    return platform.find("ConfigMap", namespace, name).isPresent()
        || platform
            .find("Bundle", "", name)
            .filter(it -> labelled(namespace, it.body().at("/spec/target/namespaceSelector")))
            .isPresent();
  }

  private boolean labelled(String namespace, JsonNode selector) {
    return platform
        .find("Namespace", "", namespace)
        .filter(it -> matches(selector.path("matchLabels"), it.body().at("/metadata/labels")))
        .isPresent();
  }

  private static boolean matches(JsonNode wanted, JsonNode labels) {
    return wanted.properties().stream()
        .map(Map.Entry::getKey)
        .allMatch(it -> wanted.get(it).equals(labels.get(it)));
  }

  /// Addresses of Services in configuration files.
  private void checkAddresses(Manifest from, String text) {
    var address =
        java.util.regex.Pattern.compile("https?://([a-z0-9-]+)\\.([a-z0-9-]+)\\.svc:(\\d+)");
    var found = address.matcher(text);
    while (found.find()) {
      checkService(from, found.group(2), found.group(1), Integer.parseInt(found.group(3)));
    }
  }

  private void checkElasticsearch() {
    platform
        .ofKind("Elasticsearch", "Kibana")
        .forEach(
            it -> {
              for (String list :
                  List.of("/spec/auth/fileRealm", "/spec/auth/roles", "/spec/secureSettings")) {
                for (JsonNode named : it.body().at(list)) {
                  String name = named.path("secretName").asText();
                  if (platform.find("Secret", it.namespace(), name).isEmpty()) {
                    problems.add(it + " names the Secret " + name + ", which nobody makes");
                  }
                }
              }
              String certificate = it.body().at("/spec/http/tls/certificate/secretName").asText();
              if (!certificate.isEmpty()
                  && platform
                      .ofKind("Certificate")
                      .noneMatch(
                          other ->
                              other.namespace().equals(it.namespace())
                                  && makes(other, certificate))) {
                problems.add(it + " wants the certificate " + certificate + ", which nobody makes");
              }
            });
  }

  private void checkBackendTls() {
    platform
        .ofKind("BackendTLSPolicy")
        .forEach(
            policy -> {
              for (JsonNode target : policy.body().at("/spec/targetRefs")) {
                if (ports(policy.namespace(), target.path("name").asText()).isEmpty()) {
                  problems.add(policy + " names a Service that is not there");
                }
              }
              for (JsonNode authority : policy.body().at("/spec/validation/caCertificateRefs")) {
                if (!hasConfigMap(policy.namespace(), authority.path("name").asText())) {
                  problems.add(policy + " names a ConfigMap that nobody makes");
                }
              }
              String host = policy.body().at("/spec/validation/hostname").asText();
              if (platform
                  .ofKind("Certificate")
                  .noneMatch(
                      it -> it.body().at("/spec/dnsNames").toString().contains('"' + host + '"'))) {
                problems.add(policy + " expects the name " + host + ", which no certificate has");
              }
            });
  }

  private void checkMonitors() {
    platform.ofKind("PodMonitor").forEach(it -> checkMonitor(it, "podMetricsEndpoints"));
    platform.ofKind("ServiceMonitor").forEach(it -> checkMonitor(it, "endpoints"));
    platform
        .ofKind("Service")
        .forEach(
            service -> {
              JsonNode selector = service.body().at("/spec/selector");
              if (pods(service.namespace()).noneMatch(it -> matches(selector, labels(it)))) {
                problems.add(service + " selects no pod");
              }
            });
  }

  private void checkMonitor(Manifest monitor, String endpoints) {
    JsonNode wanted = monitor.body().at("/spec/selector/matchLabels");
    boolean ofPods = monitor.kind().equals("PodMonitor");
    List<Manifest> chosen =
        (ofPods ? pods(monitor.namespace()) : platform.ofKind("Service"))
            .filter(it -> it.namespace().equals(monitor.namespace()))
            .filter(it -> matches(wanted, ofPods ? labels(it) : it.body().at("/metadata/labels")))
            .toList();
    for (JsonNode endpoint : monitor.body().at("/spec/" + endpoints)) {
      String port = endpoint.path("port").asText();
      if (chosen.stream().noneMatch(it -> it.body().findValuesAsText("name").contains(port))) {
        problems.add(monitor + " chooses nothing with a port named " + port);
      }
    }
  }

  private java.util.stream.Stream<Manifest> pods(String namespace) {
    return platform
        .ofKind("DaemonSet", "StatefulSet")
        .filter(it -> it.namespace().equals(namespace));
  }

  private static JsonNode labels(Manifest owner) {
    return owner.body().at("/spec/template/metadata/labels");
  }

  private void checkUpstreamValues() {
    platform
        .values()
        .forEach(
            (release, chart) -> {
              JsonNode values = chart.values();
              String from = "the release " + release;
              values
                  .findValues("secretKeyRef")
                  .forEach(it -> checkSecret(from, chart.namespace(), it));
              values
                  .findValuesAsText("existingSecret")
                  .forEach(it -> checkNamed(from, chart.namespace(), it));
              values
                  .findValuesAsText("secretName")
                  .forEach(it -> checkNamed(from, chart.namespace(), it));
              for (JsonNode endpoint : values.at("/prometheus/prometheusSpec/alertingEndpoints")) {
                if (isItsAlertmanager(chart, endpoint)) {
                  continue;
                }
                Optional<Manifest> service =
                    platform.find(
                        "Service",
                        endpoint.path("namespace").asText(),
                        endpoint.path("name").asText());
                if (service.isEmpty()
                    || !service
                        .get()
                        .body()
                        .at("/spec/ports")
                        .findValuesAsText("name")
                        .contains(endpoint.path("port").asText())) {
                  problems.add(from + " tells alerts to a Service that is not there: " + endpoint);
                }
              }
            });
  }

  /// Whether alerts are told to the Alertmanager that the same chart makes.
  private static boolean isItsAlertmanager(PlatformObjects.Upstream chart, JsonNode endpoint) {
    return chart.values().at("/alertmanager/enabled").asBoolean()
        && endpoint
            .path("name")
            .asText()
            .equals(chart.values().path("fullnameOverride").asText() + "-alertmanager")
        && endpoint.path("namespace").asText().equals(chart.namespace())
        && endpoint.path("port").asText().equals("http-web");
  }

  private void checkAccess() {
    platform
        .ofKind("SecurityPolicy")
        .forEach(
            policy -> {
              for (JsonNode target : policy.body().at("/spec/targetRefs")) {
                String route = target.path("name").asText();
                if (platform.find("HTTPRoute", policy.namespace(), route).isEmpty()) {
                  problems.add(policy + " guards the HTTPRoute " + route + ", which is not there");
                }
              }
              JsonNode users = policy.body().at("/spec/basicAuth/users");
              if (!users.isMissingNode()) {
                checkKey(policy, users.path("name").asText(), ".htpasswd");
              }
              JsonNode client = policy.body().at("/spec/oidc/clientSecret");
              if (!client.isMissingNode()) {
                checkKey(policy, client.path("name").asText(), "client-secret");
              }
            });
  }

  private void checkKey(Manifest from, String secret, String key) {
    if (platform
        .find("Secret", from.namespace(), secret)
        .filter(it -> it.body().path("data").has(key))
        .isEmpty()) {
      problems.add(from + " names the Secret " + secret + " with the key '" + key + "'");
    }
  }

  private void checkNamed(String from, String namespace, String secret) {
    if (platform.find("Secret", namespace, secret).isEmpty()) {
      problems.add(
          "%s names the Secret %s/%s, which nobody makes".formatted(from, namespace, secret));
    }
  }
}
