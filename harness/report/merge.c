/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts runs together. Parts fit when the same implementations were judged, and when they are all shards of one
 * selection or all no shards. A case counts once: if two parts have it, somebody has given the same part twice, or two
 * that do not belong together.
 */
#include "merge.h"

IpcReportPart *
ipc_report_part_new (const gchar *name, IpcRunReport *run)
{
  IpcReportPart *part = g_new0 (IpcReportPart, 1);

  part->name = g_strdup (name);
  part->run = run;
  return part;
}

void
ipc_report_part_free (IpcReportPart *part)
{
  if (part == NULL)
    return;
  g_free (part->name);
  ipc_run_report_free (part->run);
  g_free (part);
}

static gboolean refuse (GError **error, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

static gchar *
side_text (const IpcReportSide *side)
{
  return g_strdup_printf ("%s %s, GStreamer %s", side->name != NULL ? side->name : "?",
      side->plugin_version != NULL ? side->plugin_version : "", side->gstreamer != NULL ? side->gstreamer : "?");
}

static gboolean
sides_fit (const IpcReportPart *a, const IpcReportPart *b, const gchar *role, const IpcReportSide *side_a,
    const IpcReportSide *side_b, GError **error)
{
  g_autofree gchar *text_a = side_text (side_a), *text_b = side_text (side_b);

  return g_str_equal (text_a, text_b)
         || refuse (error, "the %ss are of different implementations: %s in %s, %s in %s", role, text_a, a->name,
             text_b, b->name);
}

static gboolean
shards_fit (const IpcReportPart *a, const IpcReportPart *b, GError **error)
{
  if (a->run->n_shards != b->run->n_shards)
    return refuse (error, "%s is shard %u/%u, %s is shard %u/%u: all must be parts of one run", a->name, a->run->shard,
        a->run->n_shards, b->name, b->run->shard, b->run->n_shards);
  if (a->run->n_shards > 1 && g_strcmp0 (a->run->selection, b->run->selection) != 0)
    return refuse (error, "%s and %s are shards of different selections of cases (%u and %u)", a->name, b->name,
        a->run->n_selected, b->run->n_selected);
  return TRUE;
}

static gboolean
parts_fit (GPtrArray *parts, GError **error)
{
  const IpcReportPart *first = g_ptr_array_index (parts, 0);

  for (guint i = 0; i < parts->len; i++) {
    const IpcReportPart *part = g_ptr_array_index (parts, i);
    if (part->run->n_shards == 0 || part->run->shard == 0 || part->run->shard > part->run->n_shards)
      return refuse (error, "%s: there is no shard %u/%u", part->name, part->run->shard, part->run->n_shards);
    if (!sides_fit (first, part, "master", &first->run->master, &part->run->master, error)
        || !sides_fit (first, part, "slave", &first->run->slave, &part->run->slave, error)
        || !shards_fit (first, part, error))
      return FALSE;
  }
  return TRUE;
}

/* A number that follows all rounds of the case @name in @taken (title -> part). */
static guint
free_round (GHashTable *taken, IpcResult *result)
{
  for (guint round = result->round;; round++) {
    g_autofree gchar *title = NULL;
    result->round = round;
    title = ipc_result_title (result);
    if (!g_hash_table_contains (taken, title))
      return round;
  }
}

/* Moves the results of @part into @whole. */
static gboolean
take_results (IpcRunReport *whole, IpcReportPart *part, GHashTable *taken, gboolean add_rounds, GError **error)
{
  while (part->run->results->len > 0) {
    IpcResult *result = g_ptr_array_steal_index (part->run->results, 0);
    g_autofree gchar *title = ipc_result_title (result);
    const IpcReportPart *other = g_hash_table_lookup (taken, title);

    g_ptr_array_add (whole->results, result);
    if (other != NULL && !add_rounds)
      return refuse (error, "both %s and %s have the case %s", other->name, part->name, title);
    result->round = free_round (taken, result);
    g_hash_table_insert (taken, ipc_result_title (result), part);
  }
  return TRUE;
}

static JsonObject *
describe_part (const IpcReportPart *part)
{
  const IpcRunReport *run = part->run;
  JsonObject *object = json_object_new ();
  g_autofree gchar *start = g_date_time_format_iso8601 (run->start);

  json_object_set_string_member (object, "name", part->name);
  json_object_set_int_member (object, "shard", run->shard);
  json_object_set_int_member (object, "shards", run->n_shards);
  json_object_set_string_member (object, "command", run->command != NULL ? run->command : "");
  json_object_set_string_member (object, "start", start);
  json_object_set_double_member (object, "seconds", run->seconds);
  json_object_set_int_member (object, "cases", run->results->len);
  if (run->environment != NULL)
    json_object_set_object_member (object, "environment", json_object_ref (run->environment));
  return object;
}

static IpcReportSide
copy_side (const IpcReportSide *side)
{
  IpcReportSide copy = { g_strdup (side->name), g_strdup (side->folder), g_strdup (side->plugin),
    g_strdup (side->plugin_version), g_strdup (side->gstreamer) };
  return copy;
}

/* What all parts have in common, or is the first one's. */
static IpcRunReport *
begin_whole (const IpcRunReport *first)
{
  IpcRunReport *whole = ipc_run_report_new ();

  whole->master = copy_side (&first->master);
  whole->slave = copy_side (&first->slave);
  whole->scenarios = g_strdup (first->scenarios);
  whole->known_file = g_strdup (first->known_file);
  g_date_time_unref (whole->start);
  whole->start = g_date_time_ref (first->start);
  whole->jobs = first->jobs;
  whole->timeout_scale = first->timeout_scale;
  whole->n_selected = first->n_selected;
  whole->selection = g_strdup (first->selection);
  whole->environment = first->environment != NULL ? json_object_ref (first->environment) : NULL;
  whole->parts = json_array_new ();
  return whole;
}

static gboolean
has_warning (GPtrArray *warnings, const gchar *text)
{
  return g_ptr_array_find_with_equal_func (warnings, text, g_str_equal, NULL);
}

static void
add_part (IpcRunReport *whole, const IpcReportPart *part)
{
  const IpcRunReport *run = part->run;

  json_array_add_object_element (whole->parts, describe_part (part));
  whole->seconds += run->seconds;
  whole->n_planned += run->n_planned > 0 ? run->n_planned : run->results->len;
  whole->interrupted = whole->interrupted || run->interrupted;
  if (run->incomplete != NULL && whole->incomplete == NULL)
    whole->incomplete = g_strdup_printf ("%s: %s", part->name, run->incomplete);
  if (g_date_time_compare (run->start, whole->start) < 0) {
    g_date_time_unref (whole->start);
    whole->start = g_date_time_ref (run->start);
  }
  for (guint i = 0; i < run->warnings->len; i++)
    if (!has_warning (whole->warnings, g_ptr_array_index (run->warnings, i)))
      g_ptr_array_add (whole->warnings, g_strdup (g_ptr_array_index (run->warnings, i)));
}

/* Names of shards that no part is, as text; or NULL. */
static void
note_missing_shards (IpcRunReport *whole, GPtrArray *parts)
{
  guint n_shards = ((const IpcReportPart *)g_ptr_array_index (parts, 0))->run->n_shards, n_missing = 0;
  g_autoptr (GString) missing = g_string_new (NULL);

  for (guint shard = 1; shard <= n_shards; shard++) {
    gboolean found = FALSE;
    for (guint i = 0; i < parts->len && !found; i++)
      found = ((const IpcReportPart *)g_ptr_array_index (parts, i))->run->shard == shard;
    if (!found)
      g_string_append_printf (missing, "%s%u/%u", n_missing++ > 0 ? ", " : "", shard, n_shards);
  }
  if (n_missing == 0)
    return;
  g_free (whole->incomplete);
  whole->incomplete = g_strdup_printf ("%s missing: %s", n_missing > 1 ? "shards are" : "a shard is", missing->str);
  /* cases of which nobody knows how often they were to be played */
  whole->n_planned = MAX (whole->n_planned, whole->n_selected);
}

static gboolean
same_shard_twice (GPtrArray *parts, GError **error)
{
  for (guint i = 0; i < parts->len; i++) {
    const IpcReportPart *a = g_ptr_array_index (parts, i);
    for (guint j = 0; j < i && a->run->n_shards > 1; j++) {
      const IpcReportPart *b = g_ptr_array_index (parts, j);
      if (a->run->shard == b->run->shard)
        return !refuse (error, "both %s and %s are shard %u/%u", b->name, a->name, a->run->shard, a->run->n_shards);
    }
  }
  return FALSE;
}

IpcRunReport *
ipc_report_merge (GPtrArray *parts, gboolean add_rounds, GError **error)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (IpcRunReport) whole = NULL;

  if (!parts_fit (parts, error) || (!add_rounds && same_shard_twice (parts, error)))
    return NULL;
  whole = begin_whole (((const IpcReportPart *)g_ptr_array_index (parts, 0))->run);
  for (guint i = 0; i < parts->len; i++) {
    IpcReportPart *part = g_ptr_array_index (parts, i);
    add_part (whole, part);
    if (!take_results (whole, part, taken, add_rounds, error))
      return NULL;
  }
  note_missing_shards (whole, parts);
  return g_steal_pointer (&whole);
}
