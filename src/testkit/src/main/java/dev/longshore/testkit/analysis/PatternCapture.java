package dev.longshore.testkit.analysis;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.plugin.Inject;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.analysis.TokenFilterFactory;
import org.elasticsearch.plugin.settings.AnalysisSettings;
import org.elasticsearch.plugin.settings.BooleanSetting;
import org.elasticsearch.plugin.settings.ListSetting;

/// The token filter that emits what the groups of patterns capture.
@NamedComponent("pattern_capture")
public final class PatternCapture implements TokenFilterFactory {
  private final Settings settings;

  /// The settings of a filter in an index.
  @AnalysisSettings
  public interface Settings {
    /// Regular expressions with groups.
    @ListSetting(path = "patterns")
    List<String> patterns();

    /// Whether the token itself is emitted too.
    @BooleanSetting(path = "preserve_original", defaultValue = true)
    boolean preserveOriginal();
  }

  @Inject
  public PatternCapture(Settings settings) {
    this.settings = settings;
  }

  @Override
  public TokenStream create(TokenStream tokens) {
    Pattern[] patterns = settings.patterns().stream().map(Pattern::compile).toArray(Pattern[]::new);
    return new PatternCaptureGroupTokenFilter(tokens, settings.preserveOriginal(), patterns);
  }
}
