"""Each kind of mistake, and the one line its author gets to read."""
# ruff: noqa: E501 - a table: one case, one line

from __future__ import annotations

from dataclasses import dataclass

import pytest

from workflows.parse import read

FIELDS = "allowed here: description, do, effect, id, retry, timeout, undo, verify, with"
KINDS = "a step has one of: approve, assert, break, call, continue, do, for_each, if, parallel, receive, return, session, set, switch, throw, try, wait, while"
TOP = "allowed here: aether, affinity, cleanup, defaults, description, evidence, inputs, limits, name, needs, on_failure, outputs, park, prefer, priority, restore, sla, steps, timeout, video"


@dataclass(frozen=True)
class Case:
    id: str
    codes: str
    text: str
    expected: tuple[str, ...]


def step(name: str, codes: str, text: str, *expected: str) -> Case:
    """A document whose only step is `text`; its lines start in column 5."""
    lines = "\n    ".join(text.splitlines())
    return Case(name, codes, f"aether: 1\nname: x\nsteps:\n  - {lines}\n", tuple(f"x.yaml:{line}" for line in expected))


def document(name: str, codes: str, text: str, *expected: str) -> Case:
    return Case(name, codes, text, tuple(f"x.yaml{line}" for line in expected))


STEP_CASES = (
    step("unknown-field", "unknown-field", "id: pay\ndo: a.b\ntimeot: 3s", f"6:5: step 'pay', field 'timeot': unknown field; did you mean 'timeout'? {FIELDS}"),
    step("parameter-outside-with", "unknown-field", "do: a.b\nurl: x", f"5:5: field 'url': unknown field; the parameters of a node go under 'with'; {FIELDS}"),
    step(
        "two-kinds", "unknown-field",
        "if: true\nwait: 3s",
        "5:5: field 'wait': unknown field; a step is of one kind, and 'if' makes it so; "
        "allowed here: description, elif, else, id, if, then, timeout",
    ),
    step("missing-field", "missing-field", "id: a\nif: true", "4:5: step 'a', field 'then': is missing; list the steps under 'then'"),
    step("missing-message", "missing-field", "throw: {}", "4:12: field 'throw.message': is missing; add 'message: …'"),
    step("misspelt-once", "unknown-field", "wait: {untl: x}", "4:12: field 'wait.untl': unknown field; did you mean 'until'? allowed here: until"),
    step("condition-without-braces", "wrong-value", "assert: x > 3", "4:13: field 'assert': expected true, false or a '${{ … }}' expression, found 'x > 3'; write 'assert: ${{ x > 3 }}'"),
    step("condition-of-the-predecessor", "wrong-value", 'assert: "{{ x }}"', "4:13: field 'assert': expected true, false or a '${{ … }}' expression, found '{{ x }}'; write 'assert: ${{ x }}'"),
    step("condition-yes", "wrong-value", "break: yes", "4:12: field 'break': expected true, false or a '${{ … }}' expression, found 'yes'; write 'break: true'"),
    step("condition-in-text", "wrong-value", "break: a ${{ x }}", "4:12: field 'break': expected true, false or a '${{ … }}' expression, found 'a ${{ x }}'; put the whole of it inside one '${{ … }}'"),
    step("condition-empty", "wrong-value", 'break: ""', "4:12: field 'break': expected true, false or a '${{ … }}' expression, found ''; write '${{ … }}' around it"),
    step("condition-number", "wrong-type", "break: 1", "4:12: field 'break': expected true, false or a '${{ … }}' expression, found 1"),
    step("node-name", "wrong-name", "do: Browser.Click", "4:9: field 'do': 'Browser.Click' is not the name of a node: expected one such as 'browser.click'; write 'browser.click'"),
    step("node-without-family", "wrong-name", "do: click", "4:9: field 'do': 'click' is not the name of a node: expected one such as 'browser.click'; write 'browser.click'"),
    step("node-of-no-family", "wrong-name", "do: frobnicate", "4:9: field 'do': 'frobnicate' is not the name of a node: expected one such as 'browser.click'"),
    step("id", "wrong-name", "id: 3 b\ndo: a.b", "4:9: step '3 b', field 'id': '3 b' is not a name: expected letters, digits and '_', not starting with a digit; write '_3_b'"),
    step("id-of-signs", "wrong-name", "id: '-'\ndo: a.b", "4:9: step '-', field 'id': '-' is not a name: expected letters, digits and '_', not starting with a digit"),
    step("id-too-long", "out-of-range", f"id: {'a' * 101}\nwait: 3s", f"4:9: step {'a' * 101!r}, field 'id': is too long: at most 100 are allowed"),
    step("variable", "wrong-name", "set: {a-b: 1}", "4:11: field 'set.a-b': 'a-b' is not a name: expected letters, digits and '_', not starting with a digit; write 'a_b'"),
    step("no-variables", "empty", "set: {}", "4:10: field 'set': is empty; add an entry"),
    step("duration", "wrong-value", "do: a.b\ntimeout: 3x", "5:14: field 'timeout': expected a duration such as '30s', '1h30m' or '500ms', not '3x'"),
    step("duration-without-unit", "wrong-value", "do: a.b\ntimeout: 30", "5:14: field 'timeout': expected a duration with its unit, such as '30s', not 30; write '30s'"),
    step("duration-expression", "wrong-value", "do: a.b\ntimeout: ${{ x }}", "5:14: field 'timeout': expected a duration such as '30s', '1h30m' or '500ms', not '${{ x }}'; an expression cannot be used here"),
    step("delays", "wrong-value", "do: a.b\nretry: {delays: [1s, 2]}", "5:26: field 'retry.delays[1]': expected a duration with its unit, such as '30s', not 2; write '2s'"),
    step("delays-many", "out-of-range", f"do: a.b\nretry: {{delays: [{'1s,' * 51}]}}", "5:21: field 'retry.delays': is too long: at most 50 are allowed"),
    step("jitter", "out-of-range", "do: a.b\nretry: {delays: [], jitter: 2}", "5:33: field 'retry.jitter': expected at most 1, found 2"),
    step("jitter-quoted", "wrong-type", "do: a.b\nretry: {delays: [], jitter: '0.2'}", "5:33: field 'retry.jitter': expected a number, found '0.2'; remove the quotes"),
    step("effect", "wrong-value", "do: a.b\neffect: reed", "5:13: field 'effect': expected 'read', 'idempotent' or 'once', found 'reed'; did you mean 'read'?"),
    step("effect-number", "wrong-value", "do: a.b\neffect: 1", "5:13: field 'effect': expected 'read', 'idempotent' or 'once', found 1"),
    step("empty-with", "wrong-type", "do: a.b\nwith:", "5:10: field 'with': expected a mapping, found nothing; fill it in, or remove it"),
    step("limit", "out-of-range", "while: true\ndo: [break]\nlimit: 0", "6:12: field 'limit': expected at least 1, found 0"),
    step("no-steps", "empty", "while: true\ndo: []", "5:9: field 'do': is empty; list at least one step"),
    step("steps-not-a-list", "wrong-type", "while: true\ndo: {do: a.b}", "5:9: field 'do': expected a list, found a mapping"),
    step("loop-over-number", "wrong-type", "for_each: 3\ndo: a.b", "4:15: field 'for_each': expected a list, a mapping or a '${{ … }}' expression, found 3"),
    step("loop-body", "wrong-type", "for_each: []\ndo: {do: a.b}", "5:9: field 'do': expected the name of a node or a list of steps, found a mapping"),
    step("loop-options", "fields-at-odds", "id: l\nfor_each: []\nwith: {}\ndo: [break]", "4:5: step 'l': only a step that calls a node can have 'with'; here 'do' is a list of steps"),
    step("in-a-loop", "wrong-value", "for_each: []\ndo:\n- id: b\n  do: a.b\n  effect: no", "8:15: step 'b', field 'effect': expected 'read', 'idempotent' or 'once', found 'no'"),
    step("elif", "wrong-type", "id: i\nif: true\nthen: [break]\nelif:\n- 3", "8:7: step 'i', field 'elif[0]': expected a mapping, found 3"),
    step("case", "missing-field", "switch: 1\ncases: [{do: [break]}]", "5:13: field 'cases[0].when': is missing; add 'when: …'"),
    step("try-alone", "fields-at-odds", "id: t\ntry: [break]", "4:5: step 't': a 'try' needs 'catch' or 'finally'"),
    step("catch-on", "wrong-type", "try: [break]\ncatch: [{on: 3, do: [break]}]", "5:18: field 'catch[0].on': expected the name of an error or a list of names, found 3"),
    step("catch-on-item", "wrong-type", "try: [break]\ncatch: [{on: [3], do: [break]}]", "5:19: field 'catch[0].on[0]': expected text, found 3; put it in quotes"),
    step("wait-number", "wrong-type", "wait: 3", "4:11: field 'wait': expected a duration such as '30s', a '${{ … }}' expression or a mapping with 'until', found 3"),
    step("wait-true", "wrong-type", "wait: true", "4:11: field 'wait': expected a duration such as '30s', a '${{ … }}' expression or a mapping with 'until', found true"),
    step("throw-list", "wrong-type", "throw: []", "4:12: field 'throw': expected a message, or a mapping with 'message', 'type', 'kind' and 'details', found a list"),
    step("long-value", "wrong-name", f"do: {'A' * 99}", f"4:9: field 'do': '{'A' * 57}…' is not the name of a node: expected one such as 'browser.click'"),
    step("later-construct", "unknown-step", "id: p\nmatch: []", f"4:5: step 'p': no known kind of step with 'match'; {KINDS}"),
    step("no-branches", "wrong-type", "id: p\nparallel: []", "5:15: step 'p', field 'parallel': expected a mapping, found a list"),
    step("no-branch", "empty", "id: p\nparallel: {}", "5:15: step 'p', field 'parallel': is empty; add an entry"),
    step("empty-branch", "empty", "id: p\nparallel: {a: [], b: [break]}", "5:19: step 'p', field 'parallel.a': is empty; list at least one step"),
    step("branch-not-a-list", "wrong-type", "parallel: {parallel: {do: a.b}}", "4:26: field 'parallel.parallel': expected a list, found a mapping"),
    step("branch-name", "wrong-name", "parallel: {a-b: [break]}", "4:16: field 'parallel.a-b': 'a-b' is not a name: expected letters, digits and '_', not starting with a digit; write 'a_b'"),
    step("in-a-branch", "wrong-value", "parallel:\n  a:\n  - id: b\n    do: a.b\n    effect: no", "8:17: step 'b', field 'effect': expected 'read', 'idempotent' or 'once', found 'no'"),
    step("branches-or-rounds", "wrong-value", "parallel: {a: [break]}\non_error: stop", "5:15: field 'on_error': expected 'cancel' or 'wait', found 'stop'"),
    step("rounds", "out-of-range", "for_each: []\nparallel: 0\ndo: a.b", "5:15: field 'parallel': expected at least 1, found 0"),
    step("rounds-in-words", "wrong-type", "for_each: []\nparallel: yes\ndo: a.b", "5:15: field 'parallel': expected a whole number, found 'yes'"),
    step("rounds-one-by-one", "fields-at-odds", "for_each: []\non_error: wait\ndo: a.b", "4:5: 'on_error' needs 'parallel' beside it: rounds one after the other end with the first that fails"),
    step("undo-of-steps", "fields-at-odds", "for_each: []\nundo: [break]\ndo: [break]", "4:5: only a step that calls a node can have 'undo'; here 'do' is a list of steps"),
    step("undo", "empty", "do: a.b\nundo: []", "5:11: field 'undo': is empty; list at least one step"),
    step("in-an-undo", "missing-field", "do: a.b\nundo:\n- id: u\n  if: true", "6:7: step 'u', field 'then': is missing; list the steps under 'then'"),
    step("verify", "wrong-type", "id: v\ndo: a.b\nverify: true", "6:13: step 'v', field 'verify': expected a mapping, found true"),
    step("verify-nothing", "missing-field", "id: v\ndo: a.b\nverify: {with: {}}", "6:13: step 'v', field 'verify.do': is missing; name the node that looks, such as 'do: http.request'"),
    step("verify-node", "wrong-name", "do: a.b\nverify: {do: look}", "5:18: field 'verify.do': 'look' is not the name of a node: expected one such as 'browser.click'"),
    step("verify-holds", "wrong-value", "do: a.b\nverify: {do: a.b, holds: result.ok}", "5:30: field 'verify.holds': expected true, false or a '${{ … }}' expression, found 'result.ok'; write 'holds: ${{ result.ok }}'"),
    step("verify-absence", "wrong-value", "do: a.b\nverify: {do: a.b, absence: prove}", "5:32: field 'verify.absence': expected 'proves' or 'unsure', found 'prove'; did you mean 'proves'?"),
    step("retry-on", "wrong-name", "do: a.b\nretry: {delays: [], on: {robot: [1s]}}", "5:30: field 'retry.on.robot': 'robot' is not an error type: expected one such as 'ServerFailedError'; write its name as messages and histories do"),
    step("retry-on-delay", "wrong-value", "do: a.b\nretry: {delays: [], on: {OddError: [3]}}", "5:41: field 'retry.on.OddError[0]': expected a duration with its unit, such as '30s', not 3; write '3s'"),
    step("retry-on-list", "wrong-type", "do: a.b\nretry: {delays: [], on: [1s]}", "5:29: field 'retry.on': expected a mapping, found a list"),
    step("call", "wrong-type", "id: c\ncall: {do: a.b}", "5:11: step 'c', field 'call': expected text, found a mapping"),
    step("call-both-ways", "fields-at-odds", "id: c\ncall: a.yaml\ninline: true\ndetach: true", "4:5: step 'c': 'inline' and 'detach' exclude each other: what this run does itself it cannot leave alone"),
    step("call-timed", "fields-at-odds", "id: c\ncall: a.yaml\ntimeout: 3s\ndetach: true", "4:5: step 'c': 'timeout' and 'detach' exclude each other: nobody waits for a run that is left alone"),
    step("approve", "unknown-field", "approve: ok?\nexpire: 3d", "5:5: field 'expire': unknown field; did you mean 'expires'? allowed here: approve, by, description, expires, form, id, on_expiry"),
    step("approve-by", "wrong-type", "approve: ok?\nby: ada", "5:9: field 'by': expected a list, found 'ada'; write '[ada]'"),
    step("approve-form", "missing-field", "approve: ok?\nform: {amount: {}}", "5:20: field 'form.amount.type': is missing; write one of string, integer, number, boolean, list, object, file, any"),
    step("approve-without-end", "fields-at-odds", "approve: ok?\non_expiry: [return]", "4:5: 'on_expiry' needs 'expires' beside it: without it nothing ever expires"),
    step("receive", "empty", "receive: ''", "4:14: field 'receive': is empty; fill it in"),
    step("receive-without-end", "fields-at-odds", "receive: paid\non_expiry: [return]", "4:5: 'on_expiry' needs 'expires' beside it: without it nothing ever expires"),
    step("session", "wrong-type", "session: browser\ndo: [break]", "4:14: field 'session': expected a mapping, found 'browser'"),
    step("session-needs", "wrong-value", "session: {needs: [A b]}\ndo: [break]", "4:23: field 'session.needs[0]': 'A b' is not a tag: expected at most 50 lower-case letters, digits and . _ -"),
    step("session-without-steps", "missing-field", "session: {}", "4:5: field 'do': is missing; list the steps under 'do'"),
    step("near-miss", "unknown-step", "foreach: []", f"4:5: no known kind of step with 'foreach'; did you mean 'for_each'? {KINDS}"),
    step("verb", "unknown-step", "click: '#x'", f"4:5: no known kind of step with 'click'; write 'do: browser.click', with its parameters under 'with'; {KINDS}"),
    step("node-as-key", "unknown-step", "http.request: {url: x}", f"4:5: no known kind of step with 'http.request'; write 'do: http.request', with its parameters under 'with'; {KINDS}"),
    step("action", "unknown-step", "action: http.request", f"4:5: no known kind of step with 'action'; write 'do: http.request', with its parameters under 'with'; {KINDS}"),
    step("uses", "unknown-step", "uses: click@v3", f"4:5: no known kind of step with 'uses'; write 'do: browser.click', with its parameters under 'with'; {KINDS}"),
    step("only-an-id", "unknown-step", "id: x", f"4:5: step 'x': no known kind of step; {KINDS}"),
    step("bare-node", "unknown-step", "http.request", "4:5: a step is a mapping, not 'http.request'; write 'do: http.request', with its parameters under 'with'"),
    step("bare-word", "unknown-step", "stop", "4:5: a step is a mapping, not 'stop'; write 'do: browser.click', with its parameters under 'with'"),
    step("step-number", "unknown-step", "3", f"4:5: a step is a mapping, not 3; {KINDS}"),
)  # fmt: skip

DOCUMENT_CASES = (
    document("nothing", "missing-field", "{}",
        ":1:1: field 'aether': is missing; write 'aether: 1' in the first line",
        ":1:1: field 'name': is missing; name the automation, such as 'name: invoice-intake'",
        ":1:1: field 'steps': is missing; list what to do under 'steps'"),
    document("version", "wrong-value", "{aether: 2, name: x, steps: [break]}",
        ":1:10: field 'aether': expected version 1 of the language, found 2; write 'aether: 1', or use a build that reads that version"),
    document("name", "wrong-name", "{aether: 1, name: '%', steps: [break]}",
        ":1:19: field 'name': '%' is not a name: expected at most 200 letters, digits, spaces and . _ / -"),
    document("number-as-name", "wrong-type", "{aether: 1, name: 5, steps: [break]}",
        ":1:19: field 'name': expected text, found 5; put it in quotes"),
    document("needs", "wrong-value", "{aether: 1, name: x, needs: [A], steps: [break]}",
        ":1:30: field 'needs[0]': 'A' is not a tag: expected at most 50 lower-case letters, digits and . _ -"),
    document("needs-text", "wrong-type", "{aether: 1, name: x, needs: browser, steps: [break]}",
        ":1:29: field 'needs': expected a list, found 'browser'; write '[browser]'"),
    document("needs-long-text", "wrong-type", f"{{aether: 1, name: x, needs: {'b' * 61}, steps: [break]}}",
        f":1:29: field 'needs': expected a list, found '{'b' * 57}…'"),
    document("on-failure", "wrong-value", "{aether: 1, name: x, on_failure: stop, steps: [break]}",
        ":1:34: field 'on_failure': expected 'park' or 'fail', found 'stop'"),
    document("unknown", "unknown-field", "{aether: 1, name: x, step: [], steps: [break]}",
        ":1:22: field 'step': unknown field; did you mean 'steps'? "
        f"{TOP}"),
    document("steps-misspelt", "unknown-field", "{aether: 1, name: x, setps: []}",
        ":1:22: field 'setps': unknown field; did you mean 'steps'? "
        f"{TOP}"),
    document("input", "wrong-type", "{aether: 1, name: x, inputs: {a: file}, steps: [break]}",
        ":1:34: field 'inputs.a': expected a mapping, found 'file'"),
    document("input-type", "wrong-value", "{aether: 1, name: x, inputs: {a: {type: str}}, steps: [break]}",
        ":1:41: field 'inputs.a.type': expected 'string', 'integer', 'number', 'boolean', 'list', 'object', 'file' or 'any', "
        "found 'str'; did you mean 'string'?"),
    document("input-name", "wrong-name", "{aether: 1, name: x, inputs: {a-b: {type: any}}, steps: [break]}",
        ":1:31: field 'inputs.a-b': 'a-b' is not a name: expected letters, digits and '_', not starting with a digit; write 'a_b'"),
    document("defaults", "wrong-type", "{aether: 1, name: x, defaults: 3, steps: [break]}",
        ":1:32: field 'defaults': expected a mapping, found 3"),
    document("park", "unknown-field", "{aether: 1, name: x, park: {held: 3m}, steps: [break]}",
        ":1:29: field 'park.held': unknown field; did you mean 'hold'? allowed here: hold"),
    document("park-text", "wrong-type", "{aether: 1, name: x, park: 3m, steps: [break]}",
        ":1:28: field 'park': expected a mapping, found '3m'"),
    document("evidence", "wrong-value", "{aether: 1, name: x, evidence: none, steps: [break]}",
        ":1:32: field 'evidence': expected 'failure', 'all' or 'off', found 'none'"),
    document("video", "wrong-type", "{aether: 1, name: x, video: yes, steps: [break]}",
        ":1:29: field 'video': expected true or false, found 'yes'"),
    document("list", "wrong-type", "- a", ":1:1: a document is a mapping, not a list; start it with 'aether: 1'"),
    document("several", "unknown-field wrong-value wrong-type", "aether: 1\nname: x\nqqq: 1\nsteps:\n- {do: a.b, effect: x}\n- break: 1\n",
        ":3:1: field 'qqq': unknown field; " + TOP,
        ":5:21: field 'effect': expected 'read', 'idempotent' or 'once', found 'x'",
        ":6:10: field 'break': expected true, false or a '${{ … }}' expression, found 1"),
)  # fmt: skip

TEXT_CASES = (
    document("empty", "empty", "", ": the document is empty; start it with 'aether: 1'"),
    document("comment", "empty", "# a\n", ": the document is empty; start it with 'aether: 1'"),
    document("null", "empty", "null", ": the document is empty; start it with 'aether: 1'"),
    document("colon", "yaml-syntax", "a: b: c", ":1:5: not YAML: mapping values are not allowed in this context; put text that contains ': ' in quotes"),
    document("tab", "yaml-syntax", "a:\n\tb: c", ":2:1: not YAML: found character that cannot start any token while scanning for the next token; "
        "indent with spaces, not with tabs"),
    document("braces", "yaml-syntax", "a: {b: ${{ x }}}", ":1:9: not YAML: did not find expected ',' or '}' while parsing a flow mapping; "
        'put text with brackets or braces, such as "${{ … }}", in quotes'),
    document("duplicate", "duplicate-key", "aether: 1\nname: x\nsteps:\n- id: a\n  do: a.b\n  do: a.c\n",
        ":6:3: step 'a', field 'do': duplicate key, first given in line 5; keep one of them"),
    document("key-number", "key-not-text", "{aether: 1, name: x, steps: [break], outputs: {1: 2}}",
        ":1:48: field 'outputs': a key needs to be text, not 1; put it in quotes"),
    document("key-mapping", "key-not-text", "{aether: 1, name: x, steps: [break], outputs: {a: {{ b }}}}",
        ":1:52: field 'outputs.a': a key needs to be text, not a mapping or list; put text such as \"${{ … }}\" in quotes"),
    document("merge", "yaml-feature", "aether: 1\nname: x\nsteps:\n- do: a.b\n  <<: {timeout: 3s}\n",
        ":5:3: field '<<': merge keys ('<<') are not part of the language; repeat the fields, or use an alias for a whole value"),
    document("tag", "yaml-feature", "{aether: 1, name: x, steps: [break], outputs: {a: !!python/object:os.system x}}",
        ":1:51: field 'outputs.a': the tag '!!python/object:os.system' is not part of the language; remove it; quote what is text"),
    document("tag-of-bytes", "not-text", "a: !<%c0%80> b", ": a tag is written with bytes that are not UTF-8; remove the tag"),
    document("tag-on-list", "yaml-feature", "{aether: 1, name: x, steps: !x [break]}",
        ":1:29: field 'steps': the tag '!x' is not part of the language; remove it; quote what is text"),
    document("integer", "out-of-range", "{aether: 1, name: x, steps: [break], outputs: {a: 9223372036854775808}}",
        ":1:51: field 'outputs.a': '9223372036854775808' is out of range: a whole number needs to fit in 64 bits; put it in quotes to make it text"),
    document("infinity", "out-of-range", "{aether: 1, name: x, steps: [break], outputs: {a: [1, .inf, .nan, 1e999]}}",
        ":1:55: field 'outputs.a[1]': '.inf' is out of range: a number needs to be finite; put it in quotes to make it text",
        ":1:61: field 'outputs.a[2]': '.nan' is out of range: a number needs to be finite; put it in quotes to make it text",
        ":1:67: field 'outputs.a[3]': '1e999' is out of range: a number needs to be finite; put it in quotes to make it text"),
    document("two-documents", "yaml-feature", "aether: 1\n---\na: 1\n", ":2:1: a file holds one document only; remove what follows '---'"),
    document("cycle", "yaml-alias", "a: &a [*a]", ":1:8: the alias *a contains itself; write the value out"),
    document("cycle-of-a-name-used-before", "yaml-alias", "a: &a 1\nb: &a [*a]", ":2:8: the alias *a contains itself; write the value out"),
    document("no-anchor", "yaml-alias", "a: *b", ":1:4: no value is marked &b; mark it before its first use"),
    document("control", "not-text", "a: \x07", ":1:4: the character U+0007 cannot stand in a document; remove it, or write it as an escape in double quotes"),
    document("nul", "not-text", "a\0", ":1:2: the character U+0000 cannot stand in a document; remove it, or write it as an escape in double quotes"),
    document("surrogate", "not-text", "a\n\ud800", ":2:1: the character U+D800 cannot stand in a document; remove it, or write it as an escape in double quotes"),
)  # fmt: skip

CASES = STEP_CASES + DOCUMENT_CASES + TEXT_CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_says_what_is_wrong_and_what_to_do(case: Case) -> None:
    reading = read(case.text, file="x.yaml")

    assert list(case.expected) == [str(problem) for problem in reading.problems]
    assert case.codes.split() == [*dict.fromkeys(problem.code for problem in reading.problems)]


@pytest.mark.parametrize("case", STEP_CASES + DOCUMENT_CASES[:-2] + DOCUMENT_CASES[-1:], ids=lambda case: case.id)
def test_the_rest_can_still_be_checked(case: Case) -> None:
    reading = read(case.text, file="x.yaml")

    assert reading.document is not None
