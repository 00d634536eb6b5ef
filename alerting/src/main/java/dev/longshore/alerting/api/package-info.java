/// Alertmanager's HTTP API v2, so that Prometheus, amtool, karma and Grafana work with Longshore as
/// they are; and Longshore's own `explain`.
///
/// Requests are parsed on their own threads and carried out on the alerting loop. What is wrong
/// with a request is answered as Alertmanager does, with a JSON string; what is sound in it is
/// taken all the same. The format is that of `api/v2/openapi.yaml` of Alertmanager 0.34.
@NullMarked
package dev.longshore.alerting.api;

import org.jspecify.annotations.NullMarked;
