/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of a scenario file's members around its steps. Static; nothing is owned.
 */
#include "format.h"

/* clang-format off: one member a line reads as a table */

static const gchar *const roles[] = { "master", "slave", NULL };
static const gchar *const transports[] = { "socketpair", "pipes", "tcp", NULL };

#define NEED_PATTERN "^(element:[A-Za-z0-9_-]+|[a-z][A-Za-z0-9._()-]*)$"
#define RULE_PATTERN "^[a-z][a-z0-9-]*$"
#define PLACE_PATTERN "^[^.]+\\.[^.]+$"

const IpcMember ipc_file_members[] = {
  { .name = "$schema", .type = IPC_MEMBER_TEXT, .doc = "Path to scenario.schema.json, for editors." },
  { .name = "shows",
      .type = IPC_MEMBER_TEXT,
      .required = TRUE,
      .doc = "One sentence: what holds when this scenario passes." },
  { .name = "requirements",
      .type = IPC_MEMBER_LIST,
      .required = TRUE,
      .pattern = "^[A-Z]+(-[A-Z]+)*-([0-9]+|[A-Z]+)$",
      .expected = "an ID of docs/protocol.md such as SEEK-1",
      .doc = "IDs of the requirements in docs/protocol.md that this shows." },
  { .name = "parameters",
      .type = IPC_MEMBER_PARAMETERS,
      .doc = "Names and their values: a list of scalars, or an object of labels and values of any kind. Each "
             "combination is a case of its own, name[parameter=label,...]; ${name} stands for the value wherever "
             "it is written, ${name.member} for a part of it. {\"values\": ..., \"full\": ...} keeps those of "
             "`full` for run --full. {\"values-from\": FILE, \"only\": [LABEL, ...]} takes them from a file, an "
             "object of labels and values whose path is relative to this one's." },
  { .name = "exclude",
      .type = IPC_MEMBER_EXCLUDE,
      .doc = "Combinations that are left out, each an object of parameters and their labels (one or a list)." },
  { .name = "processes",
      .type = IPC_MEMBER_PROCESSES,
      .required = TRUE,
      .doc = "The processes by name; at least one is a master." },
  { .name = "links",
      .type = IPC_MEMBER_LINKS,
      .doc = "By name: which ipcpipelinesink is connected with which ipcpipelinesrc." },
  { .name = "needs",
      .type = IPC_MEMBER_NEEDS,
      .pattern = NEED_PATTERN,
      .expected = "a capability or \"element:NAME\"",
      .doc = "What both sides, or with {\"master\": [...], \"slave\": [...]} each, must have: capabilities of the "
             "implementation as its worker tells them (\"ipcpipelinesink.stats\"), otherwise the case is "
             "unsupported; elements (\"element:vp8dec\"), otherwise it is skipped." },
  { .name = "needs-version",
      .type = IPC_MEMBER_TEXT,
      .pattern = "^[0-9]+\\.[0-9]+(\\.[0-9]+)?$",
      .expected = "a version such as 1.24",
      .doc = "The least version of GStreamer; with an older one the case is skipped." },
  { .name = "allow",
      .type = IPC_MEMBER_LIST,
      .pattern = RULE_PATTERN,
      .expected = "the name of a rule",
      .doc = "Names of always-on rules that this scenario breaks on purpose; where one process does so, its own "
             "\"allow\" says it better." },
  { .name = "within",
      .type = IPC_MEMBER_WITHIN,
      .fallback = "\"120s\"",
      .doc = "How long the steps may take all together, scaled by --timeout-scale." },
  { .name = "steps",
      .type = IPC_MEMBER_STEPS,
      .required = TRUE,
      .doc = "What is done, waited for and checked, in this order." },
  { .name = NULL }
};

#define FOR(what)                                                                                                      \
  {                                                                                                                    \
    .name = "for", .type = IPC_MEMBER_FOR,                                                                             \
    .doc = "Makes one " what " for each value: {\"i\": [1, 4]} counts, {\"i\": {\"in\": [...]}} goes through a list; " \
           "${i} is the value, in the name too."                                                                       \
  }

const IpcMember ipc_process_members[] = { { .name = "role",
                                              .type = IPC_MEMBER_WORD,
                                              .required = TRUE,
                                              .words = roles,
                                              .doc = "A master has a plain pipeline, a slave an ipcslavepipeline." },
  { .name = "pipeline",
      .type = IPC_MEMBER_TEXT_OR_LIST,
      .required = TRUE,
      .doc
      = "The pipeline in gst-launch syntax; a list is joined with spaces. ${media} is the folder of the media files." },
  { .name = "observe",
      .type = IPC_MEMBER_LIST,
      .pattern = PLACE_PATTERN,
      .expected = "\"element.pad\"",
      .doc = "Pads whose buffers, events and queries are reported, each \"element.pad\". Those of ipcpipelinesink and "
             "ipcpipelinesrc always are." },
  { .name = "environment",
      .type = IPC_MEMBER_LIST,
      .pattern = "^[A-Za-z_][A-Za-z0-9_]*=",
      .expected = "\"NAME=value\"",
      .doc = "Further environment variables, each \"NAME=value\"." },
  { .name = "allow",
      .type = IPC_MEMBER_LIST,
      .pattern = RULE_PATTERN,
      .expected = "the name of a rule",
      .doc = "Names of always-on rules about processes that this one breaks on purpose (\"process-exit\")." },
  { .name = "allow-log",
      .type = IPC_MEMBER_LIST,
      .doc = "Regular expressions for warnings and criticals that are expected in its log." },
  { .name = "start", .type = IPC_MEMBER_BOOL, .fallback = "true", .doc = "false: a spawn step starts it." },
  FOR ("process"), { .name = NULL } };

const IpcMember ipc_link_members[] = { { .name = "from",
                                           .type = IPC_MEMBER_TEXT,
                                           .required = TRUE,
                                           .pattern = PLACE_PATTERN,
                                           .expected = "\"process.element\"",
                                           .doc = "\"process.element\": an ipcpipelinesink of a master." },
  { .name = "to",
      .type = IPC_MEMBER_TEXT,
      .required = TRUE,
      .pattern = PLACE_PATTERN,
      .expected = "\"process.element\"",
      .doc = "\"process.element\": an ipcpipelinesrc of a slave." },
  { .name = "transport",
      .type = IPC_MEMBER_WORD,
      .words = transports,
      .fallback = "\"socketpair\"",
      .doc = "What carries the bytes." },
  { .name = "relay",
      .type = IPC_MEMBER_BOOL,
      .fallback = "true",
      .doc = "false: straight from process to process, nothing is captured." },
  { .name = "start", .type = IPC_MEMBER_BOOL, .fallback = "true", .doc = "false: an act connect connects it first." },
  FOR ("link"), { .name = NULL } };

const IpcMember ipc_needs_members[] = { { .name = "master",
                                            .type = IPC_MEMBER_LIST,
                                            .pattern = NEED_PATTERN,
                                            .expected = "a capability or \"element:NAME\"",
                                            .doc = "What masters must have." },
  { .name = "slave",
      .type = IPC_MEMBER_LIST,
      .pattern = NEED_PATTERN,
      .expected = "a capability or \"element:NAME\"",
      .doc = "What slaves must have." },
  { .name = NULL } };

const IpcMember ipc_together_members[] = { { .name = "together",
                                               .type = IPC_MEMBER_STEP_LISTS,
                                               .required = TRUE,
                                               .doc = "Lists of steps, played side by side, each in its order. The "
                                                      "group ends when all have ended; the first step that fails "
                                                      "fails." },
  { .name = NULL } };

const IpcMember ipc_until_members[] = {
  { .name = "until",
      .type = IPC_MEMBER_TEXT,
      .required = TRUE,
      .doc = "Name of a fault. Once it has struck, what is left of the steps, the one that is under way included, "
             "is given up, and the scenario goes on behind the group. It has to strike: if it does not, though "
             "the steps have ended or one of them has failed, that is the failure." },
  { .name = "steps", .type = IPC_MEMBER_STEPS, .required = TRUE, .doc = "What is played." }, { .name = NULL }
};

const IpcMember ipc_repeat_members[]
    = { { .name = "repeat", .type = IPC_MEMBER_COUNT, .required = TRUE, .doc = "How many times." },
        { .name = "steps", .type = IPC_MEMBER_STEPS, .required = TRUE, .doc = "What is played again and again." },
        { .name = NULL } };

/* clang-format on */

IpcStepField
ipc_member_field (const IpcMember *member)
{
  const IpcStepField field = { .name = member->name,
    .type = IPC_FIELD_TIME,
    .fallback = member->fallback,
    .minimum = 1,
    .maximum = IPC_WITHIN_MOST,
    .doc = member->doc };

  return field;
}
