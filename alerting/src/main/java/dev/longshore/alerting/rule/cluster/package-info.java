/// Rules in objects of the cluster: `PrometheusRule`s of `monitoring.coreos.com/v1`, watched.
///
/// What can go wrong: the API server is away, which leaves what was seen last in force; the kind is
/// not installed or may not be listed, which is told and tried again; an object is broken, which
/// costs nothing but that object. Nobody ever waits for the API server. The client for it is
/// fabric8's, and seen here alone.
@NullMarked
package dev.longshore.alerting.rule.cluster;

import org.jspecify.annotations.NullMarked;
