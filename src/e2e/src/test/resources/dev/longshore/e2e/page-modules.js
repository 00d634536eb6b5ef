// What the modules of alerting's page promise. Run in the page, as the body of an asynchronous function.

const { parse, text, matchesAll, matcher, braces, ofApi, ofLabels, toApi } = await import("./ui/matchers.js");
const { parseHash, address } = await import("./ui/router.js");
const { counts, distinct, rank, shownGroups } = await import("./ui/groups.js");
const { millis, shortDuration, age, axisTime, localTimes, time } = await import("./ui/time.js");
const { linksOf, partsOf, textsOf, isUrl } = await import("./ui/texts.js");
const { doubts, coversAnything, coversOwn } = await import("./ui/silence-rules.js");
const { columns, readout, spans } = await import("./ui/timeline.js");
const { askedSources, severityIs } = await import("./ui/header.js");
const { coveredBy, ownComment } = await import("./ui/silences.js");
const { groupName } = await import("./ui/notifications.js");

const failures = [];

function equal(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) failures.push(`${what}: ${a}, not ${b}`);
}

// Matchers and words, as people type them and as links have them.
const read = typed => { const { matchers, words } = parse(typed); return [...matchers.map(text), ...words]; };
equal(read("checkout"), ["checkout"], "a plain word is a word");
equal(read("a=b c=d"), ['a="b"', 'c="d"'], "spaces separate matchers");
equal(read('{severity="page", pod=~"web.*"}'), ['severity="page"', 'pod=~"web.*"'], "Alertmanager's braces");
equal(read('pod=~"a{2},b" crash'), ['pod=~"a{2},b"', "crash"], "commas and braces within quotes");
equal(read("pod=~web.{3} node!=n1"), ['pod=~"web.{3}"', 'node!="n1"'], "braces of an expression without quotes");
equal(read('"two words"'), ["two words"], "words in quotes stay together");
equal(read('"app.kubernetes.io/name"="shop"'), ['"app.kubernetes.io/name"="shop"'], "names in quotes");
equal(read('msg="say \\"no\\""'), ['msg="say \\"no\\""'], "quotes within quotes");
equal(read("pod="), ["pod="], "what is not complete is a word");
equal(read('"unclosed'), ['"unclosed'], "a quote without an end is a word");
equal(read(JSON.stringify('exit "1" in C:\\jobs')), ['exit "1" in C:\\jobs'], "a word that an address holds in quotes");
equal(parse('pod=~"web-\\d+"').matchers[0].value, "web-\\d+", "a backslash that is no escape is one");
const strange = { path: 'C:\\temp\\new "x"', text: "a\tb\nc", "app.kubernetes.io/name": "שלום", zero: "\u0001" };
equal(Object.fromEntries(parse(braces(ofLabels(strange))).matchers.map(it => [it.name, it.value])), strange, "any label as a link has it, and back");
equal(text(matcher("a", "=", "x\ty")), 'a="x\ty"', "the escapes are Alertmanager's");
equal(braces(parse("a=b").matchers), '{a="b"}', "as links have them");
const matches = (typed, labels) => matchesAll(parse(typed).matchers, labels);
equal(matches("pod=~web", { pod: "web-1" }), false, "expressions are anchored");
equal(matches("pod=~(?i)WEB.*", { pod: "web-1" }), true, "RE2's flags");
equal(matches("team=", {}), true, "nothing is asked by a matcher without a value");
equal(matches('team=""', {}), true, "a label that is missing is empty");
equal(matches("team!=shop", {}), true, "a label that is missing is not another");
equal(matches("team!~s.*", { team: "shop" }), false, "negative expressions");
equal(Boolean(matcher("pod", "=~", "(").problem), true, "an expression that is none has a problem");
equal(toApi(ofApi({ name: "a", value: "b", isRegex: true, isEqual: false })), { name: "a", value: "b", isRegex: true, isEqual: false }, "the API's matchers");

// A silence that this version can't use.
const unusable = { id: "7f", comment: "[matches nothing: too large] patching", status: { state: "pending", problem: "too large" }, matchers: [] };
equal(ownComment(unusable), "patching", "the comment that somebody wrote");
equal(ownComment({ comment: "[matches nothing: x] y", status: { state: "active" } }), "[matches nothing: x] y", "of one that can be used");
equal(coveredBy(unusable), [], "what it covers");

// Addresses.
equal(parseHash("").page, "alerts", "no address");
equal(parseHash("#/alerts?filter=%7Ba%3D%22b%22%7D&receiver=team").query.get("receiver"), "team", "Alertmanager's link");
equal([parseHash("#/silences/7f").page, parseHash("#/silences/7f").id], ["silence", "7f"], "a silence");
equal([parseHash("#/silences/edit/7f").page, parseHash("#/silences/7f/edit").id], ["silence-form", "7f"], "its form");
equal(parseHash("#/silences/new?filter={}").page, "silence-form", "a new silence");
equal(parseHash("#/explain?alert=1").page, "why", "links of older messages");
equal(parseHash("#/nowhere").page, "unknown", "a page that is none");
equal(parseHash("#/alerts/7").page, "unknown", "a page below one");
equal(address("/alerts", { q: "", filter: "{a}" }), "#/alerts?filter=%7Ba%7D", "empty parameters are left out");

// What is shown, and in which order.
const alert = (name, severity, startsAt, status = {}) => ({
  fingerprint: name, startsAt, labels: { alertname: name, ...(severity ? { severity } : {}) }, annotations: { summary: `${name} is bad` },
  status: { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [], ...status },
});
const silenced = { state: "suppressed", silencedBy: ["s"] };
const groups = [
  { receiver: { name: "team" }, labels: {}, alerts: [alert("Old", "warning", "2026-11-28T01"), alert("Quiet", "page", "2026-11-28T09", silenced), alert("New", "warning", "2026-11-28T02")] },
  { receiver: { name: "pager" }, labels: {}, alerts: [alert("Down", "critical", "2026-11-28T00"), alert("Quiet", "page", "2026-11-28T09")] },
];
const filter = changes => ({ matchers: [], words: [], hidden: {}, receiverPattern: null, ...changes });
const names = shown => shown.map(group => group.alerts.map(it => it.fingerprint));
equal(names(shownGroups(groups, filter(), matchesAll)), [["Quiet", "Down"], ["New", "Old", "Quiet"]], "by severity, then the newest, suppressed ones last");
equal(names(shownGroups(groups, filter({ hidden: { silenced: true } }), matchesAll)), [["Quiet", "Down"], ["New", "Old"]], "silenced ones hidden");
equal(names(shownGroups(groups, filter({ words: ["NEW is"] }), matchesAll)), [["New"]], "words are searched in annotations, in any case");
equal(names(shownGroups(groups, filter({ receiverPattern: /^(?:pag.*)$/ }), matchesAll)), [["Quiet", "Down"]], "by receiver");
const sums = counts(distinct(groups));
equal([sums.active, sums.silenced, sums.bySeverity.map(it => `${it.count} ${it.name}`)], [4, 0, ["1 critical", "1 page", "2 warning"]],
  "an alert that notifies in one of two groups counts once, as active");
equal([rank({ severity: "CRITICAL" }), rank({}), rank({ severity: "bananas" })], [0, 2, 2], "severities");

equal(counts([alert("A", "Critical"), alert("B", "critical"), alert("C", "p1")]).bySeverity.map(it => text(severityIs(it.values))), ['severity=~"Critical|critical"', 'severity="p1"'],
  "severities in the spellings that alerts have");

equal(askedSources([{ name: "main", rules: 2 }, { name: "logs", rules: 0 }]).map(it => it.name), ["main"], "a source that no rule asks is not called up");

// Times.
equal(millis("1d12h"), 129600e3, "durations");
equal(["", "2", "h", "0m", "2 hours", "9999999w"].map(it => { try { return millis(it); } catch { return "refused"; } }), Array(6).fill("refused"), "what is no duration");
equal([shortDuration(5400e3), shortDuration(10e3)], ["1h30m", "1m"], "durations as people write them");
equal([age(59e3), age(600e3), age(7800e3), age(90000e3)], ["59 s", "10 min", "2 h 10 min", "1 d 1 h"], "ages");
const noon = Date.parse("2026-11-28T12:00:00Z");
equal(localTimes("until 2026-11-28T12:00:00.5Z, since 2026-11-28 12:00:00 UTC", noon), `until ${time(noon, noon)}, since ${time(noon, noon)}`, "times within texts");

equal([time(Date.parse("2026-11-28T00:00:05"), noon), axisTime(Date.parse("2026-11-28T00:30:00"), Date.parse("2026-11-28T00:00:00"), 1800e3, noon)].map(it => it.includes("24:")), [false, false],
  "an hour after midnight is 00");

// Links and texts.
const parts = it => partsOf(it).map(part => part.url ? `<${part.url}>` : part.text);
equal(parts("see https://wiki.example/db(1) (or http://b.example/x?a=1,2)."), ["see ", "<https://wiki.example/db(1)>", " (or ", "<http://b.example/x?a=1,2>", ")."], "links within a text");
equal(parts('no javascript:alert(1), nor http://; "https://q.example"'), ['no javascript:alert(1), nor http://; "', "<https://q.example>", '"'], "what is no link");
equal(linksOf({ z: "https://z.example", dashboard: "https://d.example", summary: "see https://s.example", runbook_url: "https://r.example", bad: "javascript:alert(1)" }).map(it => it.name),
  ["Runbook", "Dashboard", "z"], "runbook and dashboard first; no scripts, no sentences");
equal(textsOf({ description: "d", extra: "e", summary: "s" }), [{ name: "", text: "s" }, { name: "", text: "d" }, { name: "extra", text: "e" }], "the summary first");
equal(isUrl("http://a b"), false, "a link has no spaces");

// What is asked before something is silenced.
equal(coversAnything(parse('alertname=~".+"').matchers), true, "any name");
equal(coversAnything(parse('alertname!="Watchdog"').matchers), true, "all but one");
equal(coversAnything(parse("namespace=shop").matchers), false, "one namespace");
equal(coversOwn(parse("alertname=~Longshore.*").matchers, []), true, "own alerts, though none fires");
equal(coversOwn(parse("severity=critical").matchers, []), true, "a severity that own alerts have");
equal(coversOwn(parse("severity=critical namespace=shop").matchers, []), false, "a severity within a namespace");
equal(doubts(parse("namespace=shop").matchers, [alert("A"), alert("B")], 2).length, 1, "all that fires");
equal(doubts(parse("namespace=shop").matchers, [alert("A")], 2), [], "a part of what fires");

// The chart, and names of groups.
const life = spans({ state: "firing", activeAt: "2026-11-28T11:00:00Z", startsAt: "2026-11-28T11:05:00Z", decisions: [{ at: "2026-11-28T11:05:01Z", stage: "eval", what: "fires" }] }, noon);
equal(life.bars.map(it => `${it.kind} ${age(it.to - it.from)}`), ["pending 5 min", "firing 55 min"], "a pending and a firing span");
const [elevenPast, noonPast] = [Date.parse("2026-11-28T11:05:00Z"), noon];
equal(columns(life), [[Date.parse("2026-11-28T11:00:00Z"), elevenPast, elevenPast + 1e3, noonPast], [0.62, 0.62, null, null], [null, 0.62, 0.62, 0.62], [null, null, 0.95, null], [null, null, null, null]],
  "the columns of pending, firing, decisions and notifications");
equal([elevenPast, elevenPast + 1e3, noonPast - 1].map(at => readout(life, at, noon)), [`${time(elevenPast, noon)} firing`, `${time(elevenPast + 1e3, noon)} eval: fires`, `${time(noonPast - 1, noon)} firing`],
  "what is said of a time on the chart");
equal(readout(spans({ state: "gone", decisions: [] }, noon), noon - 5, noon), `${time(noon - 5, noon)} not active`, "a time without a state");
const local = (day, hour) => new Date(2026, 10, day, hour, 4, 5).getTime();
equal([axisTime(local(28, 12), undefined, 3600e3, local(28, 13)), axisTime(local(28, 12), local(28, 11), 5e3, local(28, 13))], ["12:04", "12:04:05"], "times on the axis");
equal([axisTime(local(28, 1), local(27, 23), 3600e3, local(28, 13)), axisTime(local(27, 1), undefined, 3600e3, local(28, 13)), axisTime(local(28, 1), local(27, 1), 86400e3, local(28, 13))].map(it => it.includes("\n") || !it.includes(":")),
  [true, true, true], "the day, where it is another");
equal(spans({ state: "gone", decisions: [] }, noon).bars, [], "nothing is known of its time");
equal(groupName('{}/{team="a"}:{alertname="X"}'), '{alertname="X"}', "a group's labels");
equal(groupName("{}:{}"), "all alerts of the route", "a group without labels");

return failures;
