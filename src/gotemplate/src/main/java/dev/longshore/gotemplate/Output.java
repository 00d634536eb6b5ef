package dev.longshore.gotemplate;

/// Text that grows, up to a bound.
final class Output {
  private final StringBuilder text = new StringBuilder();

  Output append(CharSequence more) throws TemplateException {
    if (text.length() + (long) more.length() > Bounds.MAX_LENGTH) {
      throw Bounds.tooLong();
    }
    text.append(more);
    return this;
  }

  Output append(char c) throws TemplateException {
    if (text.length() >= Bounds.MAX_LENGTH) {
      throw Bounds.tooLong();
    }
    text.append(c);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
