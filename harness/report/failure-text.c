/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The block that a bad result prints. Everything comes from the case's folder, so that it can be printed again later.
 */
#include <string.h>

#include "check/check.h"
#include "history/history.h"
#include "known-failures.h"
#include "text.h"

#define N_PACKETS 8
#define N_LOG_LINES 12
#define LOG_TAIL_BYTES (16 * 1024)
#define MAX_FINDINGS 10

static gchar *
upper (const gchar *text)
{
  return g_ascii_strup (text, -1);
}

/* What was expected and seen has lines of its own. */
static void
append_reason (GString *out, const IpcResult *result)
{
  const gchar *expected = result->expected != NULL ? strstr (result->reason, ": expected ") : NULL;
  g_autofree gchar *shown
      = expected != NULL ? g_strndup (result->reason, expected - result->reason) : g_strdup (result->reason);

  ipc_text_wrapped (out, 2, "reason    ", shown);
}

static void
append_head (GString *out, const IpcResult *result, gboolean colour)
{
  g_autofree gchar *title = ipc_result_title (result), *verdict = upper (ipc_verdict_name (result->verdict));
  g_autofree gchar *requirements = g_strjoinv (" ", result->requirements);

  ipc_text_styled (out, colour, IPC_STYLE_BAD, verdict);
  g_string_append_c (out, ' ');
  ipc_text_styled (out, colour, IPC_STYLE_BOLD, title);
  g_string_append_printf (out, " (%.1f s)\n", result->seconds);
  if (result->shows != NULL)
    ipc_text_wrapped (out, 2, "shows     ", result->shows);
  if (*requirements != '\0')
    ipc_text_wrapped (out, 2, "covers    ", requirements);
  append_reason (out, result);
  if (result->expected != NULL)
    ipc_text_wrapped (out, 2, "expected  ", result->expected);
  if (result->seen != NULL)
    ipc_text_wrapped (out, 2, "seen      ", result->seen);
}

static void
append_findings (GString *out, const IpcResult *result)
{
  for (guint i = 0; i < result->findings->len && i < MAX_FINDINGS; i++) {
    const IpcFinding *finding = g_ptr_array_index (result->findings, i);
    g_autofree gchar *text = g_strdup_printf ("%s [%s%s%s]", finding->text, finding->rule,
        finding->requirement != NULL ? " " : "", finding->requirement != NULL ? finding->requirement : "");
    ipc_text_wrapped (out, 2, i == 0 ? "found     " : "          ", text);
  }
  if (result->findings->len > MAX_FINDINGS)
    g_string_append_printf (out, "            and %u more\n", result->findings->len - MAX_FINDINGS);
}

/* The telling members of a packet, in few words. */
static gchar *
describe_packet (JsonObject *packet, gint64 t_start)
{
  static const gchar *const members[]
      = { "event", "query", "message", "from", "to-state", "result", "pts", "data-size", "seqnum", "domain", "text" };
  GString *text = g_string_new (NULL);
  gboolean to_slave = g_strcmp0 (ipc_record_string (packet, "to"), "slave") == 0;

  g_string_append_printf (text, "%9.3f %s %s %" G_GINT64_FORMAT,
      (ipc_record_int (packet, "t", t_start) - t_start) / 1e9, to_slave ? "->" : "<-",
      ipc_record_string (packet, "type"), ipc_record_int (packet, "id", -1));
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (packet, members[i]);
    g_autofree gchar *value = NULL;
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
      continue;
    if (json_node_get_value_type (node) == G_TYPE_STRING)
      value = json_node_dup_string (node);
    else
      value = json_to_string (node, FALSE);
    g_string_append_printf (text, " %s=%s", members[i], value);
  }
  return g_string_free (text, FALSE);
}

static gchar *
link_title (JsonObject *packet)
{
  return g_strdup_printf (
      "%s, generation %" G_GINT64_FORMAT, ipc_record_string (packet, "link"), ipc_record_int (packet, "generation", 1));
}

static void
append_link (GString *out, IpcHistory *history, guint end, const gchar *title, gint64 t_start)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = end; i > 0 && lines->len < N_PACKETS; i--) {
    JsonObject *record = ipc_history_get (history, i - 1);
    g_autofree gchar *other = NULL;
    if (!ipc_record_is (record, "packet"))
      continue;
    other = link_title (record);
    if (g_str_equal (other, title))
      g_ptr_array_add (lines, describe_packet (record, t_start));
  }
  g_string_append_printf (out, "  last packets of link %s%s (seconds, -> to slave, <- to master)\n", title,
      end < ipc_history_length (history) ? ", before the teardown" : "");
  for (guint i = lines->len; i > 0; i--)
    ipc_text_wrapped (out, 4, "", g_ptr_array_index (lines, i - 1));
}

/* Where what matters ends: when a step has failed, the packets of the teardown behind it explain nothing. */
static guint
end_of_interest (IpcHistory *history, IpcVerdict verdict)
{
  guint length = ipc_history_length (history);
  gboolean failed = FALSE;

  if (verdict != IPC_VERDICT_FAIL && verdict != IPC_VERDICT_TIMEOUT)
    return length;
  for (guint i = 0; i < length; i++) {
    JsonObject *record = ipc_history_get (history, i);

    if (ipc_record_is (record, "teardown"))
      return failed ? i : length;
    failed |= ipc_record_is (record, "step") && g_strcmp0 (ipc_record_string (record, "event"), "failed") == 0;
  }
  return length;
}

static void
append_links (GString *out, IpcHistory *history, guint end)
{
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 t_start = ipc_history_length (history) > 0 ? ipc_record_int (ipc_history_get (history, 0), "t", 0) : 0;

  for (guint i = 0; i < end; i++) {
    JsonObject *record = ipc_history_get (history, i);
    gchar *title;
    if (!ipc_record_is (record, "packet"))
      continue;
    title = link_title (record);
    if (!g_hash_table_contains (titles, title))
      append_link (out, history, end, title, t_start);
    g_hash_table_add (titles, title);
  }
}

/* The last bytes of a log, which may be huge. */
static gchar *
read_tail (const gchar *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree gchar *bytes = g_malloc0 (LOG_TAIL_BYTES + 1);
  gsize n = 0;

  if (stream == NULL)
    return NULL;
  if (g_seekable_seek (G_SEEKABLE (stream), -LOG_TAIL_BYTES, G_SEEK_END, NULL, NULL)
      || g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, NULL))
    g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, LOG_TAIL_BYTES, &n, NULL, NULL);
  bytes[n] = '\0';
  return g_steal_pointer (&bytes);
}

static void
append_log (GString *out, const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  g_autofree gchar *tail = read_tail (path);
  g_auto (GStrv) lines = NULL;
  guint n, first;

  if (tail == NULL)
    return;
  g_strchomp (tail);
  if (*tail == '\0')
    return;
  lines = g_strsplit (tail, "\n", -1);
  n = g_strv_length (lines);
  first = n > N_LOG_LINES ? n - N_LOG_LINES : 0;
  g_string_append_printf (out, "  end of %s\n", name);
  for (guint i = first; i < n; i++)
    ipc_text_wrapped (out, 4, "", lines[i]);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

static void
append_logs (GString *out, const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".log"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    append_log (out, folder, g_ptr_array_index (names, i));
}

/* What else there is to look at. */
static void
append_files (GString *out, const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree gchar *text = NULL;
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  text = g_strjoinv (", ", (gchar **)names->pdata);
  if (*text != '\0')
    ipc_text_wrapped (out, 2, "          ", text);
}

gchar *
ipc_failure_packets (IpcHistory *history, IpcVerdict verdict)
{
  GString *out = g_string_new (NULL);

  append_links (out, history, end_of_interest (history, verdict));
  return g_string_free (out, FALSE);
}

static void
append_packets (GString *out, const IpcResult *result)
{
  g_autofree gchar *path = NULL, *packets = NULL;
  g_autoptr (IpcHistory) history = NULL;

  if (result->packets != NULL) {
    g_string_append (out, result->packets);
    return;
  }
  path = g_build_filename (result->folder, "history.ndjson", NULL);
  history = ipc_history_load (path, NULL);
  if (history != NULL)
    packets = ipc_failure_packets (history, result->raw);
  g_string_append (out, packets != NULL ? packets : "");
}

gchar *
ipc_failure_text (const IpcResult *result, gboolean colour, const gchar *known_file, const gchar *since)
{
  GString *out = g_string_new (NULL);

  append_head (out, result, colour);
  append_findings (out, result);
  if (result->folder != NULL) {
    append_packets (out, result);
    append_logs (out, result->folder);
    ipc_text_wrapped (out, 2, "artifacts ", result->folder);
    append_files (out, result->folder);
  }
  if (result->command != NULL)
    ipc_text_wrapped (out, 2, "repeat    ", result->command);
  if (known_file != NULL
      && (result->raw == IPC_VERDICT_FAIL || result->raw == IPC_VERDICT_CRASH || result->raw == IPC_VERDICT_TIMEOUT)) {
    g_autofree gchar *entry = ipc_known_failures_entry (result, since);
    g_string_append_printf (out, "  to list it as a known failure, put this into %s:\n%s\n", known_file, entry);
  }
  return g_string_free (out, FALSE);
}
