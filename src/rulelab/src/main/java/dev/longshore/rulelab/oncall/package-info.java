/// `longshore alerting import opsgenie|grafana-oncall`: what other products know of people on call,
/// made into an on-call file of ours, from the answers of their APIs.
///
/// What can go wrong: something has no counterpart here. It is left out, and named in the notes;
/// what is converted means what it meant there.
@NullMarked
package dev.longshore.rulelab.oncall;

import org.jspecify.annotations.NullMarked;
