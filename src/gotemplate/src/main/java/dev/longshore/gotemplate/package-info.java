/// The Go template language of annotations, labels and Slack texts, with the functions of
/// Prometheus and of Alertmanager.
///
/// A template is parsed when it is loaded: bad syntax and unknown functions are found then. What
/// can go wrong later is the data: such an error names the template, the line and the expression,
/// and it costs nothing but the text. Everything is bounded: the depth of nesting, the steps of an
/// execution, the length of what it makes.
@NullMarked
package dev.longshore.gotemplate;

import org.jspecify.annotations.NullMarked;
