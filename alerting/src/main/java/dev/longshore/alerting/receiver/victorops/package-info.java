/// `victorops_configs`: incidents of VictorOps, now Splunk On-Call.
@NullMarked
package dev.longshore.alerting.receiver.victorops;

import org.jspecify.annotations.NullMarked;
