/// `incidentio_configs`: an alert source of incident.io, which reads Alertmanager's payload.
@NullMarked
package dev.longshore.alerting.receiver.incidentio;

import org.jspecify.annotations.NullMarked;
