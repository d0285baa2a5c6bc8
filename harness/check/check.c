/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of rules, and the pass that runs them all over one history. What each rule means stands
 * in the rules-*.c files; here is only their order and what leaves out what the scenario allows.
 */
#include "check.h"
#include "flow.h"
#include "rules.h"

typedef void (*RuleFunc) (IpcCheck *check);

static const IpcRule rules[] = {
  { "framing", "FRAME-1", "All bytes on a link are packets of the protocol." },
  { "direction", "FRAME-3", "Each packet travels in a direction that its type may take." },
  { "fields", "FRAME-2", "The fields of each packet are within their range." },
  { "ids", "FRAME-4", "Each side numbers its own packets 1, 2, 3 ... without a gap; replies carry the request's." },
  { "reply-once", "REPLY-1", "Each request that wants an answer gets exactly one, unless its link ended first." },
  { "reply-kind", "REPLY-2", "Each answer is of the kind that its request wants." },
  { "no-stray-reply", "REPLY-3", "No answer comes that nobody asked for." },
  { "sticky-failure", "BUF-4", "After a failed push, buffers are refused until a flush or a restart." },
  { "agreed-first", "EXT-1", "What is beyond the legacy protocol is sent only after both sides have agreed on it." },
  { "greeting", "EXT-5",
      "A master greets each peer once, before its first STATE_CHANGE; what comes later repeats it." },
  { "returned-greeting", "EXT-3", "A greeting that comes back is answered FALSE and goes no further." },
  { "data-intact", "BUF-1",
      "Buffers arrive once, in order and unchanged; only a flush, a refusal or a lost peer explains "
      "a missing one." },
  { "events-intact", "EVT-1", "Downstream events arrive with type, seqnum and content, serialized ones in order." },
  { "upstream-events-intact", "EVT-4",
      "Upstream events of the slave arrive in the master with type, seqnum and content." },
  { "eos-forwarded", "EVT-5", "An EOS that goes in on one side comes out on the other." },
  { "messages-intact", "MSG-1", "Messages of the slave are posted in the master unchanged." },
  { "no-criticals", "LOG-1", "No warning or critical in the log of a process.", TRUE },
  { "no-leaks", "LIFE-4", "No object is alive when a process has finished.", TRUE },
  { "null-in-time", "LIFE-2", "Every pipeline reaches NULL when asked to.", TRUE },
  { "no-crash", "LIFE-3", "No process ends by a signal that nobody sent.", TRUE },
  { "process-exit", "LIFE-3", "Each process ends in the end, with status 0 unless another was asked for.", TRUE },
  { "signals-untouched", "PROC-1", "What a process does on signals is the same at its end as it was at its start.",
      TRUE },
};

static const RuleFunc functions[G_N_ELEMENTS (rules)] = {
  ipc_rule_framing,
  ipc_rule_direction,
  ipc_rule_fields,
  ipc_rule_ids,
  ipc_rule_reply_once,
  ipc_rule_reply_kind,
  ipc_rule_no_stray_reply,
  ipc_rule_sticky_failure,
  ipc_rule_agreed_first,
  ipc_rule_greeting,
  ipc_rule_returned_greeting,
  ipc_rule_data_intact,
  ipc_rule_events_intact,
  ipc_rule_upstream_events_intact,
  ipc_rule_eos_forwarded,
  ipc_rule_messages_intact,
  ipc_rule_no_criticals,
  ipc_rule_no_leaks,
  ipc_rule_null_in_time,
  ipc_rule_no_crash,
  ipc_rule_process_exit,
  ipc_rule_signals_untouched,
};

/**
 * ipc_check_rules:
 * @n_rules: (out): how many there are
 *
 * Returns: the always-on rules, in the order in which they are run; static.
 */
const IpcRule *
ipc_check_rules (guint *n_rules)
{
  *n_rules = G_N_ELEMENTS (rules);
  return rules;
}

void
ipc_finding_free (IpcFinding *finding)
{
  if (finding == NULL)
    return;
  g_free (finding->text);
  g_free (finding);
}

void
ipc_check_found (IpcCheck *check, const gchar *requirement, guint record, const gchar *format, ...)
{
  IpcFinding *finding = g_new0 (IpcFinding, 1);
  va_list args;

  finding->rule = check->rule->name;
  finding->requirement = requirement != NULL ? requirement : check->rule->requirement;
  finding->record = record;
  va_start (args, format);
  finding->text = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (finding->text, "\r\n", ' ');
  g_ptr_array_add (check->findings, finding);
}

static gint
compare_findings (gconstpointer a, gconstpointer b)
{
  const IpcFinding *fa = *(const IpcFinding *const *)a, *fb = *(const IpcFinding *const *)b;
  return fa->record < fb->record ? -1 : fa->record > fb->record;
}

/**
 * ipc_check_history:
 * @history: what a case left
 * @allowed: (nullable): what is broken on purpose
 *
 * Returns: (transfer full): the findings, in order of the history; those without a record come last
 */
GPtrArray *
ipc_check_history (IpcHistory *history, const IpcCheckAllowed *allowed)
{
  g_autoptr (IpcModel) model = ipc_model_new (history);

  return ipc_check_model (model, allowed);
}

/**
 * ipc_check_model:
 * @model: what a case left, sorted
 * @allowed: (nullable): what is broken on purpose
 *
 * Returns: (transfer full): the findings, as ipc_check_history()
 */
GPtrArray *
ipc_check_model (IpcModel *model, const IpcCheckAllowed *allowed)
{
  g_autoptr (GPtrArray) ends = ipc_flow_ends (model);
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_finding_free);
  const IpcCheckAllowed nothing = { 0 };
  IpcCheck check = { model, ends, NULL, findings, allowed != NULL ? allowed : &nothing };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (check.allowed->rules != NULL && g_strv_contains (check.allowed->rules, rules[i].name))
      continue;
    check.rule = &rules[i];
    functions[i](&check);
  }
  g_ptr_array_sort (findings, compare_findings);
  return findings;
}
