/// What must not leave the node: secrets, and what the operator or a pod names besides, found in a
/// record's message and replaced by `[redacted]` before anything else reads it.
///
/// [dev.longshore.agent.redact.Redactor] walks over a message once, eight bytes at a time, and
/// looks closer only where a key may end (`=`, `:`) or a token may stand (a run of letters and
/// digits that is longer than words are). What can go wrong: a secret that looks like nothing in
/// particular and has no key before it is not found; a word at the place where a record was cut at
/// `frame.maxRecord` is left out if it may be a part of one.
@NullMarked
package dev.longshore.agent.redact;

import org.jspecify.annotations.NullMarked;
