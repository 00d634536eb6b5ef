package dev.longshore.gotemplate;

import dev.longshore.gotemplate.TemplateException.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of a template: it walks the nodes and writes text. One thread.
final class Execution {

  /// How a sequence ended.
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Functions functions;
  private final Map<String, Tree> trees;
  private final Bounds bounds;
  private final Output output;
  private final Evaluation evaluation;
  private final Tree tree;

  private Execution(
      Tree tree,
      Map<String, Tree> trees,
      Functions functions,
      Bounds bounds,
      Output output,
      @Nullable Object data) {
    this.tree = tree;
    this.trees = trees;
    this.functions = functions;
    this.bounds = bounds;
    this.output = output;
    this.evaluation = new Evaluation(this, tree, functions, bounds);
    evaluation.declare("$", data);
  }

  /// Runs a template from the top.
  static String run(
      Tree tree, Map<String, Tree> trees, Functions functions, Bounds bounds, @Nullable Object data)
      throws TemplateException {
    Output output = new Output();
    Execution execution = new Execution(tree, trees, functions, bounds, output, data);
    for (Map.Entry<String, String> variable : functions.variables().entrySet()) {
      Object value =
          data instanceof TemplateObject object
              ? object.member(variable.getValue(), List.of())
              : null;
      execution.evaluation.declare(
          variable.getKey(), value == TemplateObject.NO_SUCH_MEMBER ? null : value);
    }
    execution.walkAll(data);
    return output.toString();
  }

  /// Runs another template within this run, for a function.
  String call(String name, @Nullable Object data) throws TemplateException {
    Output inner = new Output();
    Tree called = trees.get(name);
    if (called == null) {
      throw new TemplateException(
          Kind.MISUSE, "template " + Quote.quote(name) + " not defined", false);
    }
    call(called, inner, data);
    return inner.toString();
  }

  private void call(Tree called, Output to, @Nullable Object data) throws TemplateException {
    bounds.enterCall();
    new Execution(called, trees, functions, bounds, to, data).walkAll(data);
    bounds.leaveCall();
  }

  private void walkAll(@Nullable Object dot) throws TemplateException {
    walk(tree.nodes(), dot);
  }

  private Flow walk(Node.Sequence sequence, @Nullable Object dot) throws TemplateException {
    for (Node node : sequence.nodes()) {
      Flow flow = walk(node, dot);
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow walk(Node node, @Nullable Object dot) throws TemplateException {
    try {
      bounds.step();
      bounds.enter();
      Flow flow = walkBounded(node, dot);
      bounds.leave();
      return flow;
    } catch (TemplateException e) {
      throw evaluation.placed(node, e);
    }
  }

  private Flow walkBounded(Node node, @Nullable Object dot) throws TemplateException {
    switch (node) {
      case Node.Text text -> output.append(text.text());
      case Node.Action action -> {
        Object value = evaluation.pipeline(action.pipeline(), dot);
        if (action.pipeline().variables().isEmpty()) {
          output.append(Print.shown(value));
        }
      }
      case Node.Branch branch -> {
        int scope = evaluation.scope();
        Flow flow =
            branch.kind() == Node.Branch.Kind.RANGE ? range(branch, dot) : branch(branch, dot);
        evaluation.endScope(scope);
        return flow;
      }
      case Node.Break _ -> {
        return Flow.BREAK;
      }
      case Node.Continue _ -> {
        return Flow.CONTINUE;
      }
      case Node.Call call -> {
        Tree called = trees.get(call.name());
        if (called == null) {
          throw new TemplateException(
              Kind.MISUSE, "template " + Quote.quote(call.name()) + " not defined");
        }
        Object data = call.pipeline() == null ? null : evaluation.pipeline(call.pipeline(), dot);
        call(called, output, data);
      }
      default -> throw new TemplateException("unknown node: " + node);
    }
    return Flow.ON;
  }

  private Flow branch(Node.Branch branch, @Nullable Object dot) throws TemplateException {
    Object value = evaluation.pipeline(branch.pipeline(), dot);
    if (Values.isTrue(value)) {
      return walk(branch.then(), branch.kind() == Node.Branch.Kind.WITH ? value : dot);
    }
    return branch.otherwise() == null ? Flow.ON : walk(branch.otherwise(), dot);
  }

  private Flow range(Node.Branch range, @Nullable Object dot) throws TemplateException {
    Object value = evaluation.pipeline(range.pipeline(), dot);
    int scope = evaluation.scope();
    boolean any = false;
    switch (Values.plain(value)) {
      case null -> {}
      case List<?> list -> {
        any = !list.isEmpty();
        for (int i = 0; i < list.size(); i++) {
          if (iterate(range, (long) i, list.get(i), scope) == Flow.BREAK) {
            break;
          }
        }
      }
      case Map<?, ?> map -> {
        any = !map.isEmpty();
        bounds.weigh(map);
        for (String key : Values.keys(map)) {
          if (iterate(range, key, Values.get(map, key), scope) == Flow.BREAK) {
            break;
          }
        }
      }
      case Long count -> {
        any = count > 0;
        for (long i = 0; i < count; i++) {
          if (iterate(range, i, i, scope) == Flow.BREAK) {
            break;
          }
        }
      }
      default ->
          throw evaluation.placed(
              range.pipeline(),
              new TemplateException("range can't iterate over " + Print.shown(value)));
    }
    return any || range.otherwise() == null ? Flow.ON : walk(range.otherwise(), dot);
  }

  private Flow iterate(
      Node.Branch range, @Nullable Object index, @Nullable Object element, int scope)
      throws TemplateException {
    bounds.step();
    List<Node.Variable> variables = range.pipeline().variables();
    for (int i = 0; i < variables.size(); i++) {
      // With two variables the index comes first; with one it is the element.
      Object value = variables.size() == 2 && i == 0 ? index : element;
      evaluation.set(variables.get(i).name(), value);
    }
    Flow flow = walk(range.then(), element);
    evaluation.endScope(scope);
    return flow;
  }
}
