/// `msteams_configs` and `msteamsv2_configs`: messages in a channel of Microsoft Teams, by
/// connectors and by workflows.
@NullMarked
package dev.longshore.alerting.receiver.msteams;

import org.jspecify.annotations.NullMarked;
