/// The operator's `filters`: which records are left out of the index, by where they come from and
/// what they say. The first rule that matches decides; without one, a record is shipped.
///
/// A decision is a function of the record's bytes, its metadata snapshot and its id, so a record
/// that is read again has the same fate. What can go wrong: a rule that drops more than was meant,
/// which is why each is counted, for each container, and can be tried on recorded lines.
@NullMarked
package dev.longshore.agent.filter;

import org.jspecify.annotations.NullMarked;
