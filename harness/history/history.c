/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The history of a case: JSON objects in an array, each also written to the file with one write as it is added. The
 * history owns the records; whoever reads them borrows. It has no lock: one thread, that of the case, writes it.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gio/gio.h>

#include "history.h"
#include "json.h"

struct _IpcHistory {
  GPtrArray *records; /* of JsonObject */
  gchar *path;
  gint fd;       /* -1: not written to a file (any more) */
  GError *error; /* the first write that failed */
};

static IpcHistory *
history_alloc (const gchar *path)
{
  IpcHistory *history = g_new0 (IpcHistory, 1);

  history->records = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  history->path = g_strdup (path);
  history->fd = -1;
  return history;
}

/**
 * ipc_history_new:
 * @path: (nullable): the file to write, or %NULL for none; what was in it is lost
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: (transfer full): an empty history, or %NULL when the file cannot be opened
 */
IpcHistory *
ipc_history_new (const gchar *path, GError **error)
{
  g_autoptr (IpcHistory) history = history_alloc (path);

  if (path) {
    history->fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (history->fd < 0) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write the history %s: %s", path,
          g_strerror (errno));
      return NULL;
    }
  }
  return g_steal_pointer (&history);
}

/**
 * ipc_history_free:
 * @history: (transfer full) (nullable): a history
 */
void
ipc_history_free (IpcHistory *history)
{
  if (!history)
    return;
  if (history->fd >= 0)
    close (history->fd);
  g_ptr_array_unref (history->records);
  g_clear_error (&history->error);
  g_free (history->path);
  g_free (history);
}

/**
 * ipc_history_load:
 * @path: a file that was written by a history
 * @error: return location of an error, which names file and line
 *
 * Reads a history back. A last line without its newline was cut off when its writer died: it is left out.
 *
 * Returns: (transfer full): the history, which is not written to; or %NULL
 */
IpcHistory *
ipc_history_load (const gchar *path, GError **error)
{
  g_autoptr (IpcHistory) history = history_alloc (path);
  g_autofree gchar *contents = NULL;
  gsize length;
  const gchar *line, *end;
  guint number = 1;

  if (!g_file_get_contents (path, &contents, &length, error))
    return NULL;
  for (line = contents; (end = memchr (line, '\n', length - (line - contents))); line = end + 1, number++) {
    JsonObject *record = ipc_json_parse (line, (gsize)(end - line), error);

    if (!record) {
      g_prefix_error (error, "%s:%u: ", path, number);
      return NULL;
    }
    g_ptr_array_add (history->records, record);
  }
  return g_steal_pointer (&history);
}

/* One write for the whole line; the file is opened for appending, so a signal's partial write is just continued. */
static void
write_line (IpcHistory *history, const gchar *line, gsize length)
{
  while (length > 0) {
    gssize n = write (history->fd, line, length);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (&history->error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write the history %s: %s",
          history->path, g_strerror (errno));
      close (history->fd);
      history->fd = -1;
      return;
    }
    line += n;
    length -= n;
  }
}

/**
 * ipc_history_add:
 * @history: a history
 * @record: (transfer full): the record; gets a `t` of now when it has none
 *
 * Appends @record and writes it. A write that fails is remembered, see ipc_history_get_error().
 *
 * Returns: the index of the record
 */
guint
ipc_history_add (IpcHistory *history, JsonObject *record)
{
  if (!json_object_has_member (record, "t"))
    json_object_set_int_member (record, "t", ipc_history_now ());
  g_ptr_array_add (history->records, record);
  if (history->fd >= 0) {
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), record);
    g_autoptr (GString) line = g_string_new (NULL);
    g_autofree gchar *text = json_to_string (node, FALSE);

    g_string_append (line, text);
    g_string_append_c (line, '\n');
    write_line (history, line->str, line->len);
  }
  return history->records->len - 1;
}

/**
 * ipc_history_get_error:
 * @history: a history
 *
 * Returns: (transfer none) (nullable): why the file is not complete, %NULL when it is
 */
const GError *
ipc_history_get_error (IpcHistory *history)
{
  return history->error;
}

/**
 * ipc_history_record:
 * @kind: what the record is, docs/history.md
 *
 * Returns: (transfer full): a record with `t` (now) and `kind`
 */
JsonObject *
ipc_history_record (const gchar *kind)
{
  JsonObject *record = json_object_new ();

  json_object_set_int_member (record, "t", ipc_history_now ());
  json_object_set_string_member (record, "kind", kind);
  return record;
}

/**
 * ipc_history_length:
 * @history: a history
 *
 * Returns: the number of records
 */
guint
ipc_history_length (IpcHistory *history)
{
  return history->records->len;
}

/**
 * ipc_history_get:
 * @history: a history
 * @index: below ipc_history_length()
 *
 * Returns: (transfer none): the record
 */
JsonObject *
ipc_history_get (IpcHistory *history, guint index)
{
  g_return_val_if_fail (index < history->records->len, NULL);

  return g_ptr_array_index (history->records, index);
}

/**
 * ipc_history_now:
 *
 * Returns: CLOCK_MONOTONIC in nanoseconds, the clock of all `t`
 */
gint64
ipc_history_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64)now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* The member's node when it holds a scalar, else NULL. */
static JsonNode *
scalar_member (JsonObject *record, const gchar *member)
{
  JsonNode *node = record ? json_object_get_member (record, member) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

/**
 * ipc_record_string:
 * @record: (nullable): a record
 * @member: name of a member
 *
 * Returns: (transfer none) (nullable): its text, or %NULL when it is missing or no string
 */
const gchar *
ipc_record_string (JsonObject *record, const gchar *member)
{
  JsonNode *node = scalar_member (record, member);

  return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/**
 * ipc_record_int:
 * @record: (nullable): a record
 * @member: name of a member
 * @fallback: what to return when it is missing or no number
 *
 * Returns: its value
 */
gint64
ipc_record_int (JsonObject *record, const gchar *member, gint64 fallback)
{
  JsonNode *node = scalar_member (record, member);
  GType type = node ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_int (node) : fallback;
}

/**
 * ipc_record_bool:
 * @record: (nullable): a record
 * @member: name of a member
 * @fallback: what to return when it is missing or no boolean
 *
 * Returns: its value
 */
gboolean
ipc_record_bool (JsonObject *record, const gchar *member, gboolean fallback)
{
  JsonNode *node = scalar_member (record, member);

  return node && json_node_get_value_type (node) == G_TYPE_BOOLEAN ? json_node_get_boolean (node) : fallback;
}

/**
 * ipc_record_is:
 * @record: (nullable): a record
 * @kind: a kind of docs/history.md
 *
 * Returns: whether @record is of that kind
 */
gboolean
ipc_record_is (JsonObject *record, const gchar *kind)
{
  return g_strcmp0 (ipc_record_string (record, "kind"), kind) == 0;
}
