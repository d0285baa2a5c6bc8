/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records in a line each, for the texts that say what was last seen. */

#include "describe.h"
#include "history/history.h"
#include "history/match.h"

/* The members that tell records of a kind apart, in the order in which they are said. */
static const gchar *const telling[]
    = { "type", "pad", "direction", "event", "from", "to-state", "query", "message", "result", "old", "new", "pending",
        "pts", "domain", "code", "text", "status", "signal", "how", "end", "name", "error", NULL };

/**
 * ipc_record_describe:
 * @record: a record
 *
 * Returns: (transfer full): what it says, in one line
 */
gchar *
ipc_record_describe (JsonObject *record)
{
  GString *line = g_string_new (NULL);
  const gchar *who = ipc_record_string (record, "process");
  const gchar *kind = ipc_record_string (record, "kind");
  const gchar *to = ipc_record_string (record, "to");
  const gchar *source = ipc_record_string (record, "source");

  if (!who)
    who = ipc_record_string (record, "link");
  if (who)
    g_string_append_printf (line, "%s: ", who);
  g_string_append (line, kind ? kind : "?");
  for (guint i = 0; telling[i]; i++) {
    JsonNode *node = json_object_get_member (record, telling[i]);
    g_autofree gchar *text = node && JSON_NODE_HOLDS_VALUE (node) ? ipc_match_text (node) : NULL;

    if (text && i > 0)
      g_string_append_printf (line, " %s=%s", telling[i], text);
    else if (text)
      g_string_append_printf (line, " %s", json_node_get_string (node));
  }
  if (source)
    g_string_append_printf (line, " from %s", source);
  if (to)
    g_string_append_printf (line, " to %s", to);
  return g_string_free (line, FALSE);
}
