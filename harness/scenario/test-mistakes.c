/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every way in which a scenario can be wrong is named with its place and what to do. Lines: processes begin in line 5;
 * a usual one has three lines of processes, links in line 10, steps from line 13 on.
 */
#include "test-util.h"

#include <string.h>

#define F "scenario.json:"
#define MASTER "\"master\": {\"role\": \"master\", \"pipeline\": \"videotestsrc ! ipcpipelinesink name=video\"}"
#define VIEWER                                                                                                         \
  "\"viewer\": {\"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src ! fakesink name=sink\", \"observe\": "    \
  "[\"sink.sink\"]}"
#define EOS "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}"

typedef struct {
  const gchar *name;
  const gchar *processes, *links, *steps; /* NULL: the usual */
  const gchar *expected;
} Trap;

/* A step that is wrong by itself; it stands in line 13 and is followed by a good one. */
typedef struct {
  const gchar *name;
  const gchar *step;
  const gchar *expected; /* without "scenario.json:13: $.steps[0]"; "" for none */
} StepTrap;

static const Trap traps[] = {
  { "process-name", "\"my master\": {}", "", NULL,
      F "5: $.processes[\"my master\"]: \"my master\": a name has letters, digits, `-` and `_` and begins with a "
        "letter\n" F "11: $.steps[0].process: unknown process \"master\": there is none" },
  { "process-members", "\"master\": {\"pipeline\": [], \"rol\": \"master\", \"start\": 1}", "", NULL,
      F "5: $.processes.master.pipeline: the list is empty\n" F
        "5: $.processes.master.rol: unknown member \"rol\": did you mean \"role\"?\n" F
        "5: $.processes.master.start: expected true or false, found a number\n" F
        "5: $.processes.master: \"role\" is missing" },
  { "process-is-no-object", MASTER ",\n\"viewer\": \"ipcpipelinesrc\"", "", NULL,
      F "6: $.processes.viewer: expected an object, found a text" },
  { "role", "\"master\": {\"role\": \"slav\", \"pipeline\": \"fakesrc\"}", "", NULL,
      F "5: $.processes.master.role: unknown role \"slav\": did you mean \"slave\"?" },
  { "no-master", VIEWER, "", "{\"wait\": \"message\", \"process\": \"viewer\", \"type\": \"eos\"}",
      F "4: $.processes: no process is a master" },
  { "no-processes", "", "", NULL,
      F "4: $.processes: no processes\n" F "11: $.steps[0].process: unknown process \"master\": there is none" },
  { "observe",
      "\"master\": {\"role\": \"master\", \"pipeline\": \"fakesrc name=one ! fakesink name=sink\",\n"
      "\"observe\": [\"sink\", 3, \"snk.sink\", \"queue0.src\", \"queue0.src\"]}",
      "", NULL,
      F "6: $.processes.master.observe[0]: \"sink\": expected \"element.pad\"\n" F
        "6: $.processes.master.observe[1]: expected a text, found a number\n" F
        "6: $.processes.master.observe[4]: \"queue0.src\" is in the list already" },
  { "observed-element",
      "\"master\": {\"role\": \"master\", \"pipeline\": \"fakesrc name=one ! fakesink name=sink\",\n"
      "\"observe\": [\"snk.sink\", \"queue0.src\"]}",
      "", NULL, F "6: $.processes.master.observe[0]: the pipeline has no `name=snk`: did you mean \"sink\"?" },
  { "environment",
      "\"master\": {\"role\": \"master\", \"pipeline\": \"fakesrc\", \"environment\": [\"A\", \"B=\", \"C=${x}\"]}", "",
      NULL,
      F "5: $.processes.master.environment[2]: unknown ${x}: expected one of media\n" F
        "5: $.processes.master.environment[0]: \"A\": expected \"NAME=value\"" },
  { "environment-media",
      "\"master\": {\"role\": \"master\", \"pipeline\": \"fakesrc\", \"environment\": [\"C=${medai}\"]}", "", NULL,
      F "5: $.processes.master.environment[0]: unknown ${medai}: did you mean \"media\"?" },
  { "allow-log", "\"master\": {\"role\": \"master\", \"pipeline\": \"fakesrc\", \"allow-log\": [\"fine\", \"(\"]}", "",
      NULL, F "5: $.processes.master.allow-log[1]: not a regular expression: *" },
  { "allow",
      "\"master\": {\"role\": \"master\", \"pipeline\": \"fakesrc\",\n\"allow\": [\"no-leaks\",\n\"no-leak\",\n"
      "\"data-intact\"]}",
      "", NULL,
      F "7: $.processes.master.allow[1]: unknown rule \"no-leak\": did you mean \"no-leaks\"?\n" F
        "8: $.processes.master.allow[2]: \"data-intact\" is not about one process: it is allowed for all in $.allow" },
  { "name-twice", "\"master\": {\"role\": \"master\", \"pipeline\": \"queue name=a ! queue name=b ! queue name=a\"}",
      "", NULL, F "5: $.processes.master.pipeline: `name=a` is given twice" },
  { "unknown-variable", "\"master\": {\"role\": \"master\", \"pipeline\": \"filesrc location=${movie}/x\"}", "", NULL,
      F "5: $.processes.master.pipeline: unknown ${movie}: expected one of media" },
  { "variable-not-closed", "\"master\": {\"role\": \"master\", \"pipeline\": \"filesrc location=${media/x\"}", "", NULL,
      F "5: $.processes.master.pipeline: \"${\" without a closing brace" },

  { "groups", NULL, NULL,
      "{\"together\": [[" EOS "]]},\n{\"together\": [[" EOS "], 3, []]},\n{\"together\": 1},\n{\"until\": \"f\"},\n"
      "{\"until\": \"f\", \"steps\": [{\"wait\": \"exit\", \"process\": \"no\"}]},\n{\"until\": \"f\", \"steps\": [" EOS
      "], \"stps\": 1},\n{\"repeat\": -1, \"steps\": []},\n{\"repeat\": 2},\n" EOS,
      F "13: $.steps[0].together: expected at least two lists of steps\n" F
        "14: $.steps[1].together[1]: expected a list of steps, found a number\n" F
        "14: $.steps[1].together[2]: no steps: nothing would be done\n" F
        "15: $.steps[2].together: expected a list, found a number\n" F "16: $.steps[3]: \"steps\" is missing\n" F
        "17: $.steps[4].steps[0].process: unknown process \"no\": expected one of master, viewer, spare\n" F
        "18: $.steps[5].stps: unknown member \"stps\": did you mean \"steps\"?\n" F
        "19: $.steps[6].repeat: expected a whole number from 0 on, found a number\n" F
        "20: $.steps[7]: \"repeat\" needs \"steps\": the list of what is repeated" },
  { "link-process", NULL, "\"video\": {\"from\": \"maste.video\", \"to\": \"viewer.src\"}", NULL,
      F "10: $.links.video.from: unknown process \"maste\": did you mean \"master\"?" },
  { "link-role", NULL, "\"video\": {\"from\": \"viewer.src\", \"to\": \"master.video\"}", NULL,
      F "10: $.links.video.from: process \"viewer\" is a slave, expected a master\n" F
        "10: $.links.video.to: process \"master\" is a master, expected a slave" },
  { "link-element", NULL, "\"video\": {\"from\": \"master.vidoe\", \"to\": \"viewer.source\"}", NULL,
      F "10: $.links.video.from: the pipeline of master has no `name=vidoe`: did you mean \"video\"?\n" F
        "10: $.links.video.to: the pipeline of viewer has no `name=source`: expected one of src, sink" },
  { "link-factory", NULL, "\"video\": {\"from\": \"master.video\", \"to\": \"viewer.sink\"}", NULL,
      F "10: $.links.video.to: viewer.sink is a fakesink, expected an ipcpipelinesrc" },
  { "link-form", NULL, "\"video\": {\"from\": \"master\", \"to\": \"viewer.src.src\"}", NULL,
      F "10: $.links.video.from: \"master\": expected \"process.element\"\n" F
        "10: $.links.video.to: \"viewer.src.src\": expected \"process.element\"" },
  { "link-words", NULL,
      "\"video\": {\"from\": \"master.video\", \"to\": \"viewer.src\", \"transport\": \"pipe\", \"relay\": \"yes\", "
      "\"via\": 1}",
      NULL,
      F "10: $.links.video.transport: unknown transport \"pipe\": did you mean \"pipes\"?\n" F
        "10: $.links.video.relay: expected true or false, found a text\n" F
        "10: $.links.video.via: unknown member \"via\": expected one of from, to, transport, relay, start, for, "
        "comment" },
  { "link-end-twice", NULL,
      "\"one\": {\"from\": \"master.video\", \"to\": \"viewer.src\"},\n\"two\": {\"from\": \"master.video\", \"to\": "
      "\"viewer.src\"}",
      NULL,
      F "11: $.links.two: master.video is the end of link \"one\" already\n" F
        "11: $.links.two: viewer.src is the end of link \"one\" already" },
  { "link-end-of-a-spare", NULL,
      "\"one\": {\"from\": \"master.video\", \"to\": \"viewer.src\"},\n\"two\": {\"from\": \"master.video\", \"to\": "
      "\"spare.src\"}",
      NULL, "" },
  { "link-is-missing", NULL, "\"video\": {}", "{\"act\": \"connect\", \"link\": \"video\"}, " EOS,
      F "10: $.links.video: \"from\" is missing\n" F "10: $.links.video: \"to\" is missing" },

  { "no-steps", NULL, NULL, "", F "12: $.steps: no steps: nothing would be done" },
  { "shows-nothing", NULL, NULL, "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"playing\"}",
      F "12: $.steps: no step waits for or checks anything: this shows nothing" },
  { "many-at-once", NULL, NULL,
      "{\"act\": \"set-state\", \"process\": \"mastr\", \"state\": \"PLAYING\"},\n{\"wait\": \"mesage\"},\n3,\n" EOS,
      F "13: $.steps[0].process: unknown process \"mastr\": did you mean \"master\"?\n" F
        "13: $.steps[0].state: unknown state \"PLAYING\": did you mean \"playing\"?\n" F
        "14: $.steps[1].wait: unknown wait \"mesage\": did you mean \"message\"?\n" F
        "15: $.steps[2]: expected an object, found a number" },
  { "spawn-of-a-running-one", NULL, NULL,
      "{\"act\": \"spawn\", \"process\": \"viewer\"},\n"
      "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"stop\"},\n"
      "{\"act\": \"spawn\", \"process\": \"viewer\"},\n" EOS,
      F "13: $.steps[0].process: viewer runs already: give it \"start\": false, or end it before\n" F
        "15: $.steps[2].process: viewer runs already: give it \"start\": false, or end it before" },
  { "spawn-after-the-end", NULL, NULL,
      "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"kill\"},\n"
      "{\"act\": \"spawn\", \"process\": \"viewer\"},\n{\"act\": \"spawn\", \"process\": \"spare\"},\n" EOS,
      "" },
  { "spawn-twice", NULL, NULL,
      "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"kill\"},\n"
      "{\"act\": \"spawn\", \"process\": \"viewer\"},\n{\"act\": \"spawn\", \"process\": \"viewer\"},\n" EOS,
      F "15: $.steps[2].process: viewer runs already: give it \"start\": false, or end it before" },
  { "step-on-one-that-does-not-run", NULL, NULL,
      "{\"act\": \"connect\", \"link\": \"video\", \"to\": \"spare.src\"},\n"
      "{\"wait\": \"state\", \"process\": \"spare\", \"state\": \"ready\"},\n"
      "{\"act\": \"spawn\", \"process\": \"spare\"},\n"
      "{\"wait\": \"state\", \"process\": \"spare\", \"state\": \"ready\"}",
      F
      "13: $.steps[0].to: spare does not run here: it has \"start\": false and no spawn step comes before this\n" F
      "14: $.steps[1].process: spare does not run here: it has \"start\": false and no spawn step comes before this" },
  { "marks", NULL, NULL,
      "{\"act\": \"mark\", \"name\": \"one\"},\n{\"act\": \"mark\", \"name\": \"one\"},\n{\"act\": \"mark\", \"name\": "
      "\"start\"},\n"
      "{\"wait\": \"exit\", \"process\": \"viewer\", \"since\": \"two\"},\n"
      "{\"wait\": \"exit\", \"process\": \"viewer\", \"since\": \"one\"},\n"
      "{\"act\": \"mark\", \"name\": \"two\"}",
      F "14: $.steps[1].name: mark \"one\" was set before\n" F
        "15: $.steps[2].name: \"start\" is the beginning of the history\n" F
        "16: $.steps[3].since: unknown mark \"two\": expected one of start, one" },
  { "packets-of-a-direct-link", NULL,
      "\"video\": {\"from\": \"master.video\", \"to\": \"viewer.src\", \"relay\": false}",
      "{\"wait\": \"packet\", \"link\": \"video\", \"type\": \"BUFFER\"}",
      F "13: $.steps[0].link: video goes without the relay, no packet of it is seen: leave out \"relay\": false" },
};

static const StepTrap step_traps[] = {
  { "no-verb", "{\"process\": \"master\"}", ": a step needs one of \"act\", \"wait\", \"check\"" },
  { "verb-misspelt", "{\"chek\": \"state\"}", ".chek: unknown member \"chek\": did you mean \"check\"?" },
  { "two-verbs", "{\"act\": \"mark\", \"wait\": \"state\"}",
      ": a step is one of act, wait and check: this has \"act\" and \"wait\"" },
  { "verb-is-no-text", "{\"act\": [\"mark\"]}", ".act: expected a text, found a list" },
  { "query-of-two",
      "{\"act\": \"query\", \"process\": \"master\", \"query\": \"caps\", \"element\": \"video\", \"pad\": "
      "\"a.sink\"}",
      ".pad: either an \"element\" is asked or a \"pad\"" },
  { "query-of-no-peer", "{\"act\": \"query\", \"process\": \"master\", \"query\": \"caps\", \"peer\": true}",
      ".peer: \"peer\" goes with \"pad\"" },
  { "query-made-twice",
      "{\"act\": \"query\", \"process\": \"master\", \"query\": \"custom\", \"structure\": \"a;\", "
      "\"fields\": {}}",
      ".structure: the query is made of \"structure\" or of \"fields\", not of both" },
  { "kind-of-another-verb", "{\"act\": \"message\"}",
      ".act: \"message\" is no act: did you mean {\"wait\": \"message\"}?" },
  { "kind-unknown", "{\"check\": \"sound\"}",
      ".check: unknown check \"sound\": expected one of state, query, property, count, order, time, duration, log" },
  { "member-misspelt", "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\", \"soruce\": \"x\"}",
      ".soruce: unknown member of wait message \"soruce\": did you mean \"source\"?" },
  { "comment-is-no-text", "{\"act\": \"mark\", \"name\": \"m\", \"comment\": 1}",
      ".comment: expected a text, found a number" },
  { "member-missing", "{\"act\": \"set-state\", \"process\": \"master\"}",
      ": act set-state needs \"state\": The state to go to." },
  { "empty-text", "{\"act\": \"mark\", \"name\": \"\"}", ".name: the text is empty" },
  { "mark-name", "{\"act\": \"mark\", \"name\": \"a b\"}",
      ".name: \"a b\": a name has letters, digits, `-` and `_` and begins with a letter" },
  { "text-with-unknown-variable",
      "{\"act\": \"emit-signal\", \"process\": \"master\", \"element\": \"video\", \"signal\": \"${x}\"}",
      ".signal: unknown ${x}: expected one of media" },
  { "element-misspelt",
      "{\"act\": \"emit-signal\", \"process\": \"master\", \"element\": \"vidio\", \"signal\": \"x\"}",
      ".element: the pipeline of master has no `name=vidio`: did you mean \"video\"?" },
  { "element-made-up-by-gstreamer",
      "{\"act\": \"emit-signal\", \"process\": \"master\", \"element\": \"videotestsrc0\", \"signal\": \"x\"}", "" },
  { "limit-of-what-is-not-waited-for",
      "{\"act\": \"seek\", \"process\": \"master\", \"background\": true, \"within\": \"1s\"}",
      ".within: \"within\" means nothing with \"background\": true" },
  { "one-process-to-compare", "{\"check\": \"time\", \"processes\": [\"viewer\"]}",
      ".processes: expected at least two processes" },
  { "unknown-process-to-compare", "{\"check\": \"time\", \"processes\": [\"viewer\", \"viewr\"]}",
      ".processes[1]: unknown process \"viewr\": did you mean \"viewer\"?" },
  { "process-to-compare-that-does-not-run", "{\"check\": \"time\", \"processes\": [\"viewer\", \"spare\"]}",
      ".processes: spare does not run here: it has \"start\": false and no spawn step comes before this" },
  { "int-is-a-text", "{\"wait\": \"packet\", \"link\": \"video\", \"type\": \"ACK\", \"count\": \"5\"}",
      ".count: expected a whole number, found a text" },
  { "int-is-broken", "{\"wait\": \"packet\", \"link\": \"video\", \"type\": \"ACK\", \"count\": 1.5}",
      ".count: expected a whole number, found 1.5" },
  { "int-with-a-zero-fraction", "{\"wait\": \"packet\", \"link\": \"video\", \"type\": \"ACK\", \"count\": 5.0}", "" },
  { "int-too-small", "{\"wait\": \"packet\", \"link\": \"video\", \"type\": \"ACK\", \"count\": 0}",
      ".count: 0 is out of range: expected 1 to 1000000" },
  { "int-too-large", "{\"wait\": \"exit\", \"process\": \"viewer\", \"status\": 256}",
      ".status: 256 is out of range: expected 0 to 255" },
  { "number-is-null", "{\"act\": \"seek\", \"process\": \"master\", \"rate\": null}",
      ".rate: expected a number, found null" },
  { "bool-is-a-text", "{\"act\": \"seek\", \"process\": \"master\", \"expect\": \"true\"}",
      ".expect: expected true or false, found a text" },
  { "packet-type", "{\"wait\": \"packet\", \"link\": \"video\", \"type\": \"BUFER\"}",
      ".type: unknown type \"BUFER\": did you mean \"BUFFER\"?" },
  { "link-unknown", "{\"act\": \"connect\", \"link\": \"vido\"}",
      ".link: unknown link \"vido\": did you mean \"video\"?" },
  { "time-without-unit", "{\"wait\": \"position\", \"process\": \"master\", \"at-least\": \"5\"}",
      ".at-least: \"5\" is no time: expected nanoseconds, or a text such as \"1.5s\", \"20ms\", \"300us\", \"5ns\"" },
  { "time-too-fine", "{\"wait\": \"position\", \"process\": \"master\", \"at-least\": \"0.5ns\"}",
      ".at-least: \"0.5ns\" is no time: expected nanoseconds, or a text such as \"1.5s\", \"20ms\", \"300us\", "
      "\"5ns\"" },
  { "time-too-long", "{\"act\": \"seek\", \"process\": \"master\", \"start\": \"9999999999s\"}",
      ".start: \"9999999999s\" is no time: expected nanoseconds, or a text such as \"1.5s\", \"20ms\", \"300us\", "
      "\"5ns\"" },
  { "time-is-broken", "{\"act\": \"seek\", \"process\": \"master\", \"start\": 1.5}",
      ".start: expected a time (nanoseconds, or a text such as \"1.5s\"), found a number" },
  { "time-none", "{\"wait\": \"position\", \"process\": \"master\", \"at-least\": \"none\"}",
      ".at-least: \"none\" is no time for at-least" },
  { "time-negative", "{\"wait\": \"exit\", \"process\": \"viewer\", \"deadline\": \"-1s\"}",
      ".deadline: -1000000000 is out of range: expected 1 to 3600000000000" },
  { "time-from-the-end", "{\"act\": \"seek\", \"process\": \"master\", \"stop-type\": \"end\", \"stop\": \"-1.5s\"}",
      "" },
  { "seek-stop-without-type", "{\"act\": \"seek\", \"process\": \"master\", \"stop\": \"5s\"}",
      ".stop: \"stop\" means nothing with \"stop-type\": \"none\", which is the default" },
  { "seek-stop-type-without-stop", "{\"act\": \"seek\", \"process\": \"master\", \"stop-type\": \"set\"}",
      ".stop-type: \"stop-type\": \"set\" needs a stop" },
  { "seek-start-without-type",
      "{\"act\": \"seek\", \"process\": \"master\", \"start-type\": \"none\", \"start\": \"1s\"}",
      ".start: \"start\" means nothing with \"start-type\": \"none\"" },
  { "seek-start-none", "{\"act\": \"seek\", \"process\": \"master\", \"start\": \"none\"}",
      ".start: \"start-type\": \"set\" needs a start" },
  { "seek-rate-0", "{\"act\": \"seek\", \"process\": \"master\", \"rate\": 0}",
      ".rate: a rate of 0 is none: pause the pipeline instead" },
  { "seek-flags", "{\"act\": \"seek\", \"process\": \"master\", \"flags\": [\"flsh\", \"accurate\", \"accurate\"]}",
      ".flags[0]: unknown word \"flsh\": did you mean \"flush\"?|.flags[2]: \"accurate\" is in the list already" },
  { "seek-flags-no-list", "{\"act\": \"seek\", \"process\": \"master\", \"flags\": \"flush\"}",
      ".flags: expected a list, found a text" },
  { "seek-instant", "{\"act\": \"seek\", \"process\": \"master\", \"flags\": [\"instant-rate-change\"]}",
      ".flags: instant-rate-change goes with \"start-type\": \"none\" and \"stop-type\": \"none\" and without flush "
      "only" },
  { "event-structure", "{\"act\": \"send-event\", \"process\": \"master\", \"event\": \"caps\"}",
      ": an event of type caps needs \"fields\" or a \"structure\"" },
  { "event-made-twice",
      "{\"act\": \"push-event\", \"process\": \"master\", \"pad\": \"video.sink\", \"event\": \"caps\", \"structure\": "
      "\"a;\", \"fields\": {}}",
      ".structure: an event is made of \"fields\" or of a \"structure\", not of both" },
  { "event-fields",
      "{\"act\": \"push-event\", \"process\": \"master\", \"pad\": \"video.sink\", \"event\": \"caps\", \"fields\": "
      "[]}",
      ".fields: expected an object, found a list" },
  { "branch", "{\"act\": \"add-branch\", \"process\": \"master\", \"name\": \"b\", \"description\": [\"queue\", 3]}",
      ".description[1]: expected a text, found a number" },
  { "no-duration", "{\"check\": \"duration\", \"from\": \"start\", \"process\": \"master\", \"element\": \"video\"}",
      ": how long? Give \"at-least\" or \"at-most\"" },
  { "log-pattern", "{\"check\": \"log\", \"process\": \"master\", \"pattern\": \"(\"}",
      ".pattern: not a regular expression: *" },
  { "quiet", "{\"wait\": \"quiet\", \"kinds\": [\"bufer\"], \"time\": \"1ms\"}",
      ".kinds[0]: unknown word \"bufer\": did you mean \"buffer\"?|.time: 1000000 is out of range: expected 50000000 "
      "to "
      "10000000000" },
  { "event-without-structure", "{\"act\": \"send-event\", \"process\": \"master\", \"event\": \"custom-both\"}", "" },
  { "message-of-error",
      "{\"act\": \"post-message\", \"process\": \"master\", \"element\": \"video\", \"type\": \"error\"}",
      ": a message of type error needs \"domain\"|: a message of type error needs \"code\"|"
      ": a message of type error needs \"text\"" },
  { "message-of-element",
      "{\"act\": \"post-message\", \"process\": \"master\", \"element\": \"video\", \"type\": \"element\", \"text\": "
      "\"x\"}",
      ".text: a message of type element has no \"text\"|: a message of type element needs a \"structure\"" },
  { "connect-to-a-master", "{\"act\": \"connect\", \"link\": \"video\", \"to\": \"master.video\"}",
      ".to: process \"master\" is a master, expected a slave" },
  { "value-is-a-list",
      "{\"act\": \"set-property\", \"process\": \"viewer\", \"element\": \"sink\", \"property\": \"sync\", \"value\": "
      "[]}",
      ".value: expected a text, a number, true, false or null, found a list" },
  { "pad-form", "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"sink\"}",
      ".pad: \"sink\": expected \"element.pad\"" },
  { "pad-not-observed", "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"other.src\"}",
      ".pad: other.src is not observed: add it to $.processes.viewer.observe" },
  { "pad-misspelt", "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"sink.snk\"}",
      ".pad: sink.snk is not observed: did you mean \"sink.sink\"?" },
  { "pad-of-a-link", "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"src.src\"}", "" },
  { "match-is-no-object", "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\", \"match\": 1}",
      ".match: expected an object, found a number" },
  { "match-is-empty",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\", \"match\": {\"comment\": \"x\"}}",
      ".match: nothing to match: name at least one member" },
  { "match-member",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"domian\": \"x\"}}",
      ".match.domian: unknown member \"domian\": did you mean \"domain\"?" },
  { "match-list", "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"code\": [1]}}",
      ".match.code: expected a text, a number, true, false or null, found a list" },
  { "match-condition",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"code\": {\"atleast\": 1}}}",
      ".match.code.atleast: unknown condition \"atleast\": did you mean \"at-least\"?" },
  { "match-no-condition",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"code\": {}}}",
      ".match.code: no condition: expected some of at-least, at-most, matches, not" },
  { "match-bounds",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"code\": {\"at-least\": 3, "
      "\"at-most\": 2}}}",
      ".match.code: \"at-least\" is above \"at-most\": nothing can fulfil both" },
  { "match-bound-is-a-text",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"code\": {\"at-least\": "
      "\"3\"}}}",
      ".match.code.at-least: expected a number to compare with, found a text" },
  { "match-regex",
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"error\", \"match\": {\"text\": {\"matches\": "
      "\"[a\"}}}",
      ".match.text.matches: not a regular expression: *" },
  { "match-time",
      "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"sink.sink\", \"match\": {\"pts\": \"1 s\"}}",
      ".match.pts: \"1 s\" is no time: expected nanoseconds, \"none\", or a text such as \"1.5s\"" },
  { "exit-both", "{\"wait\": \"exit\", \"process\": \"viewer\", \"status\": 0, \"signal\": \"kill\"}",
      ".signal: a process ends with a \"status\" or by a \"signal\", not both" },
  { "property-neither",
      "{\"check\": \"property\", \"process\": \"viewer\", \"element\": \"sink\", \"property\": \"sync\"}",
      ": check property needs either \"value\" or \"match\"" },
  { "query-that-needs-a-structure",
      "{\"check\": \"query\", \"process\": \"master\", \"query\": \"positon\", \"match\": {\"result\": true}}",
      ".query: unknown query \"positon\": did you mean \"position\"?" },
  { "count-of-nothing", "{\"check\": \"count\", \"kind\": \"log\"}",
      ": how many? Give \"equals\", \"at-least\" or \"at-most\"" },
  { "count-of-both", "{\"check\": \"count\", \"kind\": \"log\", \"equals\": 1, \"at-most\": 2}",
      ".equals: \"equals\" leaves nothing for \"at-least\" and \"at-most\"" },
  { "count-bounds", "{\"check\": \"count\", \"kind\": \"log\", \"at-least\": 3, \"at-most\": 2}",
      ".at-least: \"at-least\" is above \"at-most\": nothing can fulfil both" },
  { "count-always", "{\"check\": \"count\", \"kind\": \"log\", \"at-least\": 0}",
      ".at-least: \"at-least\": 0 is always so" },
  { "count-packets-of-a-process",
      "{\"check\": \"count\", \"kind\": \"packet\", \"process\": \"master\", \"equals\": 1}",
      ".process: packets are counted on a \"link\"" },
  { "count-messages-of-a-link", "{\"check\": \"count\", \"kind\": \"message\", \"link\": \"video\", \"equals\": 1}",
      ".link: only packets are counted on a link: message is counted in a \"process\"" },
  { "count-type", "{\"check\": \"count\", \"kind\": \"message\", \"type\": \"eso\", \"equals\": 1}",
      ".type: unknown type \"eso\": did you mean \"eos\"?" },
  { "count-type-of-buffers", "{\"check\": \"count\", \"kind\": \"buffer\", \"type\": \"eos\", \"equals\": 1}",
      ".type: a record of kind buffer has no \"type\"" },
  { "count-pad",
      "{\"check\": \"count\", \"kind\": \"message\", \"pad\": \"sink.sink\", \"process\": \"viewer\", \"equals\": 1}",
      ".pad: a record of kind message has no \"pad\"" },
  { "count-pad-of-nobody", "{\"check\": \"count\", \"kind\": \"buffer\", \"pad\": \"sink.sink\", \"equals\": 1}",
      ".pad: \"pad\" needs a \"process\"" },
  { "count-match", "{\"check\": \"count\", \"kind\": \"buffer\", \"equals\": 1, \"match\": {\"ptx\": 1}}",
      ".match.ptx: unknown member \"ptx\": did you mean \"pts\"?" },
  { "fault-of-nobody", "{\"wait\": \"fault\", \"link\": \"video\", \"name\": \"cut\"}",
      ".name: unknown fault on this link \"cut\": there is none" },
  { "fault-misspelt",
      "{\"wait\": \"fault\", \"link\": \"video\", \"name\": \"cutt\"},\n"
      "{\"act\": \"fault\", \"link\": \"video\", \"name\": \"cut\", \"do\": \"drop\"}",
      ".name: unknown fault on this link \"cutt\": did you mean \"cut\"?" },
  { "until-no-fault",
      "{\"until\": \"cutt\", \"steps\": [{\"act\": \"fault\", \"link\": \"video\", \"name\": \"cut\", \"do\": "
      "\"drop\"}]}",
      ".until: unknown fault \"cutt\": did you mean \"cut\"?" },
  { "order-of-one", "{\"check\": \"order\", \"items\": [{\"kind\": \"mark\"}]}",
      ".items: fewer than two items have no order" },
  { "order-items",
      "{\"check\": \"order\", \"items\": [{\"type\": \"eos\"}, {\"kind\": \"mesage\"}, 3, {\"kind\": \"buffer\", "
      "\"type\": \"x\"}]}",
      ".items[0]: \"kind\" is missing|.items[1].kind: unknown kind \"mesage\": did you mean \"message\"?|"
      ".items[2]: expected an object, found a number|"
      ".items[3].type: unknown member \"type\": expected one of kind, process, pad, pts, dts, duration, offset, "
      "offset-end, flags, size, md5, metas" },
  { "order-names",
      "{\"check\": \"order\", \"items\": [{\"kind\": \"packet\", \"link\": \"vid\", \"type\": \"EOS\"}, "
      "{\"kind\": \"log\", \"process\": \"m\"}]}",
      ".items[0].link: unknown link \"vid\": expected one of video|"
      ".items[0].type: unknown type \"EOS\": expected one of ACK, QUERY_RESULT, BUFFER, EVENT, SINK_MESSAGE_EVENT, "
      "QUERY, STATE_CHANGE, STATE_LOST, MESSAGE, GERROR_MESSAGE, MEMORY_RELEASE|"
      ".items[1].process: unknown process \"m\": expected one of master, viewer, spare" },
};

static void
assert_mistakes (const gchar *text, const gchar *expected)
{
  GPtrArray *cases = ipc_test_load (text, expected);

  g_clear_pointer (&cases, g_ptr_array_unref);
}

static void
test_trap (gconstpointer data)
{
  const Trap *trap = data;
  g_autofree gchar *text = ipc_test_scenario (trap->processes, trap->links, trap->steps);

  assert_mistakes (text, trap->expected);
}

static void
test_step_trap (gconstpointer data)
{
  const StepTrap *trap = data;
  g_autofree gchar *steps = g_strconcat (trap->step, ",\n" EOS, NULL);
  g_autofree gchar *text = ipc_test_scenario (NULL, NULL, steps);
  g_autoptr (GString) expected = g_string_new (trap->expected);

  g_string_replace (expected, "|", "\n" F "13: $.steps[0]", 0);
  if (expected->len > 0)
    g_string_prepend (expected, F "13: $.steps[0]");
  assert_mistakes (text, expected->str);
}

static void
test_top_level (void)
{
  assert_mistakes ("[]", F "1: $: expected an object, found a list");
  assert_mistakes ("{\n}", F "1: $: \"shows\" is missing\n" F "1: $: \"requirements\" is missing\n" F
                             "1: $: \"processes\" is missing\n" F "1: $: \"steps\" is missing");
  assert_mistakes ("{\"shows\": 1,\n\"requirements\": [\"SEEK-1\", \"seek\", \"SEEK-1\", \"X-\", 7],\n"
                   "\"allow\": [\"Rule\"],\n\"processes\": [],\n\"link\": {},\n\"comment\": 1,\n"
                   "\"steps\": {}}",
      F "1: $.shows: expected a text, found a number\n" F
        "2: $.requirements[1]: \"seek\": expected an ID of docs/protocol.md such as SEEK-1\n" F
        "2: $.requirements[2]: \"SEEK-1\" is in the list already\n" F
        "2: $.requirements[3]: \"X-\": expected an ID of docs/protocol.md such as SEEK-1\n" F
        "2: $.requirements[4]: expected a text, found a number\n" F
        "3: $.allow[0]: \"Rule\": expected the name of a rule\n" F
        "4: $.processes: expected an object, found a list\n" F
        "5: $.link: unknown member \"link\": did you mean \"links\"?\n" F
        "6: $.comment: expected a text, found a number\n" F "7: $.steps: expected a list, found an object");
  assert_mistakes ("{\"shows\": \"x\", \"requirements\": [\"SEEK-1\"],\n\"allow\": "
                   "[\"no-leaks\",\n\"data-intakt\"],\n\"processes\": {" MASTER "},\n\"steps\": [" EOS "]}",
      F "3: $.allow[1]: unknown rule \"data-intakt\": did you mean \"data-intact\"?");
  assert_mistakes ("{\"shows\": \"x\", \"requirements\": [\"SEEK-1\"],\n\"within\": \"none\",\n\"processes\": {" MASTER
                   "},\n\"steps\": [" EOS "]}",
      F "2: $.within: \"none\" is no time for within");
  assert_mistakes ("{\"shows\": \"x\", \"requirements\": [\"SEEK-1\"],\n\"within\": \"2h\",\n\"processes\": {" MASTER
                   "},\n\"steps\": [" EOS "]}",
      F "2: $.within: *");
  assert_mistakes ("{\"shows\": \"\", \"requirements\": [], \"processes\": {}, \"steps\": []}",
      F "1: $.shows: the text is empty\n" F "1: $.requirements: the list is empty\n" F
        "1: $.processes: no processes\n" F "1: $.steps: no steps: nothing would be done");
}

/* What the scanner finds and what the loader finds come in one go. */
static void
test_duplicates_and_other_mistakes_together (void)
{
  g_autofree gchar *text = ipc_test_scenario (NULL, NULL,
      "{\"act\": \"mark\", \"name\": \"a\", \"name\": \"b\"},\n{\"wait\": \"message\", \"process\": \"master\", "
      "\"type\": \"eso\"}");
  assert_mistakes (text, F "13: $.steps[0].name: \"name\" is given twice, first in line 13\n" F
                           "14: $.steps[1].type: unknown type \"eso\": did you mean \"eos\"?");
}

/* A text that is no JSON is looked at as what it was meant to be: who mends it need not come back for the rest. */
static void
test_syntax_and_other_mistakes_together (void)
{
  g_autofree gchar *text = ipc_test_scenario (NULL, NULL,
      "{'wait': \"mesage\"},\n// later\n{\"wait\": \"state\", \"process\": \"master\", \"state\": redy,}\n"
      "{\"wait\": \"exit\", \"process\": \"viewer\", \"status\": 0400, \"deadline\": 5s, \"x\": 1}");

  assert_mistakes (text,
      F "13: $.steps[0]: texts are written in double quotes\n" F
        "13: $.steps[0].wait: unknown wait \"mesage\": did you mean \"message\"?\n" F
        "14: $.steps: comments are not JSON: use a \"comment\" member\n" F
        "15: $.steps[1].state: unknown word redy: texts are written in double quotes\n" F
        "15: $.steps[1]: a comma before `}`: nothing follows it\n" F "16: $.steps: a comma is missing before this\n" F
        "16: $.steps[2].status: 0400: a number does not begin with 0\n" F
        "16: $.steps[2].deadline: 5s is not a number (times with a unit are texts: \"1.5s\")\n" F
        "16: $.steps[2].x: unknown member of wait exit \"x\": expected one of process, status, "
        "signal, since, deadline, comment");
}

/* A word of any size is neither compared at length nor shown. */
static void
test_long_words (void)
{
  g_autofree gchar *word = g_strnfill (500000, 'x');
  g_autofree gchar *shown = g_strnfill (64, 'x');
  g_autofree gchar *step = g_strdup_printf ("{\"check\": \"%s\"},\n" EOS, word);
  g_autofree gchar *text = ipc_test_scenario (NULL, NULL, step);
  g_autofree gchar *expected = g_strdup_printf (F "13: $.steps[0].check: unknown check \"%s...\": expected one of "
                                                  "state, query, property, count, order, time, duration, log",
      shown);

  assert_mistakes (text, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (traps); i++) {
    g_autofree gchar *path = g_strconcat ("/mistakes/", traps[i].name, NULL);

    g_test_add_data_func (path, &traps[i], test_trap);
  }
  for (guint i = 0; i < G_N_ELEMENTS (step_traps); i++) {
    g_autofree gchar *path = g_strconcat ("/mistakes/step/", step_traps[i].name, NULL);

    g_test_add_data_func (path, &step_traps[i], test_step_trap);
  }
  g_test_add_func ("/mistakes/top-level", test_top_level);
  g_test_add_func ("/mistakes/duplicates-and-others-together", test_duplicates_and_other_mistakes_together);
  g_test_add_func ("/mistakes/syntax-and-others-together", test_syntax_and_other_mistakes_together);
  g_test_add_func ("/mistakes/long-words", test_long_words);
  return g_test_run ();
}
