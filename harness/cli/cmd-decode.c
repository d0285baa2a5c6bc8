/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `decode`: captures, packet by packet. Captures may be damaged; so what stands in a line comes from the bytes alone,
 * and the history only says when it was.
 */
#include <string.h>

#include "cli.h"
#include "decode-print.h"
#include "history/history.h"
#include "relay/capture.h"

static const gchar description[]
    = "CAPTURE is a file LINK.GENERATION.to-slave.bin or .to-master.bin in the folder of a case,\n"
      "any file of bytes with --direction, or the folder itself: then both directions of all its\n"
      "links stand in the order in which the packets passed. (The captures of cases that pass are\n"
      "kept with `run --keep`.)\n"
      "\n"
      "A line is: offset in the capture (with a folder: seconds since the case began,\n"
      "LINK.GENERATION@OFFSET), -> to the slave or <- to the master, type, id, size of the payload,\n"
      "fields. Lines with ?? are what is no packet, or one with wrong content, and why; reading\n"
      "goes on where the bytes make sense again. The exit code is 1 then.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness decode conformance-report/cases/seek/flushing-playing\n"
      "  gst-ipc-harness decode video.1.to-slave.bin --type EVENT,STATE_CHANGE\n"
      "  gst-ipc-harness decode video.1.to-slave.bin --from 4096 --to 8192 --hex\n"
      "  gst-ipc-harness decode audio.1.to-slave.bin audio.1.to-master.bin --id 19 --verbose\n";

typedef struct {
  gchar **paths;
  gchar *type, *id, *direction;
  gint64 from, to; /* -1: not given */
  gboolean hex, verbose;
  /* from these */
  gchar **types; /* or NULL */
  guint32 id_from, id_to;
} Options;

typedef struct {
  gchar *path;
  gchar *name; /* "video.1" */
  IpcDirection direction;
  GBytes *bytes;
  GPtrArray *items; /* of IpcCaptureItem */
} Capture;

/* An item and when it passed. */
typedef struct {
  const Capture *capture;
  const IpcCaptureItem *item;
  gint64 t;
  guint index; /* among all: what has the same time stays in order */
} Moment;

static void
capture_free (gpointer data)
{
  Capture *capture = data;

  g_free (capture->path);
  g_free (capture->name);
  g_clear_pointer (&capture->bytes, g_bytes_unref);
  g_clear_pointer (&capture->items, g_ptr_array_unref);
  g_free (capture);
}

/* --- options --- */

static gboolean
check_types (Options *o)
{
  o->types = o->type != NULL ? g_strsplit (o->type, ",", -1) : NULL;
  for (guint i = 0; o->types != NULL && o->types[i] != NULL; i++) {
    g_autofree gchar *upper = g_ascii_strup (g_strstrip (o->types[i]), -1);
    g_free (o->types[i]);
    o->types[i] = g_strdelimit (g_steal_pointer (&upper), "-", '_');
    if (ipc_packet_info_by_name (o->types[i]) == NULL) {
      guint n;
      const IpcPacketInfo *infos = ipc_packet_infos (&n);
      g_autoptr (GString) names = g_string_new (NULL);
      for (guint k = 0; k < n; k++)
        g_string_append_printf (names, " %s", infos[k].name);
      ipc_cli_complain ("decode: --type %s: expected one of%s", o->types[i], names->str);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_id (Options *o)
{
  g_auto (GStrv) ends = o->id != NULL ? g_strsplit (o->id, "-", 2) : NULL;
  guint64 from = 0, to = G_MAXUINT32;

  if (ends != NULL) {
    const gchar *last = ends[0] != NULL && ends[1] != NULL ? ends[1] : ends[0];
    if (last == NULL || !g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXUINT32, &from, NULL)
        || !g_ascii_string_to_unsigned (last, 10, from, G_MAXUINT32, &to, NULL)) {
      ipc_cli_complain ("decode: --id %s: expected a number, or two as in 10-20", o->id);
      return FALSE;
    }
  }
  o->id_from = from;
  o->id_to = to;
  return TRUE;
}

static gboolean
check_direction (const Options *o)
{
  if (o->direction == NULL || g_str_equal (o->direction, "slave") || g_str_equal (o->direction, "master"))
    return TRUE;
  ipc_cli_complain ("decode: --direction %s: expected slave or master: where the bytes went to", o->direction);
  return FALSE;
}

/* --- captures --- */

static gboolean
direction_of (const Options *o, const gchar *path, IpcDirection *direction)
{
  if (o->direction != NULL)
    *direction = g_str_equal (o->direction, "slave") ? IPC_TO_SLAVE : IPC_TO_MASTER;
  else if (g_str_has_suffix (path, ".to-slave.bin"))
    *direction = IPC_TO_SLAVE;
  else if (g_str_has_suffix (path, ".to-master.bin"))
    *direction = IPC_TO_MASTER;
  else
    return FALSE;
  return TRUE;
}

/* NULL after saying what is wrong. */
static Capture *
load_capture (const Options *o, const gchar *path)
{
  Capture *capture = g_new0 (Capture, 1);
  g_autofree gchar *base = g_path_get_basename (path);
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (!direction_of (o, path, &capture->direction)) {
    ipc_cli_complain ("decode: %s is not called LINK.GENERATION.to-slave.bin or .to-master.bin: say --direction", path);
    g_free (capture);
    return NULL;
  }
  file = g_mapped_file_new (path, FALSE, &error);
  if (file == NULL) {
    ipc_cli_complain ("decode: %s", error->message);
    g_free (capture);
    return NULL;
  }
  if (g_str_has_suffix (base, ".bin"))
    *strrchr (base, '.') = '\0';
  if (strstr (base, ".to-") != NULL)
    *strstr (base, ".to-") = '\0';
  capture->path = g_strdup (path);
  capture->name = g_steal_pointer (&base);
  capture->bytes = g_mapped_file_get_bytes (file);
  capture->items = ipc_capture_read (capture->bytes, capture->direction);
  return capture;
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Capture *const *)a)->path, (*(const Capture *const *)b)->path);
}

/* All captures of a case; NULL after saying what is wrong. */
static GPtrArray *
load_folder (const Options *o, const gchar *folder)
{
  g_autoptr (GPtrArray) captures = g_ptr_array_new_with_free_func (capture_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    Capture *capture;
    if (!g_str_has_suffix (name, ".to-slave.bin") && !g_str_has_suffix (name, ".to-master.bin"))
      continue;
    capture = load_capture (o, path);
    if (capture == NULL)
      return NULL;
    g_ptr_array_add (captures, capture);
  }
  if (captures->len == 0) {
    ipc_cli_complain (
        "decode: no capture in %s (those of cases that pass are kept with run --keep; a direct link has none)", folder);
    return NULL;
  }
  g_ptr_array_sort (captures, compare_paths);
  return g_steal_pointer (&captures);
}

/* --- printing --- */

static gboolean
is_asked_for (const Options *o, const Moment *moment)
{
  const IpcCaptureItem *item = moment->item;
  const IpcPacketInfo *info = ipc_packet_info (item->header.type);

  if ((o->from >= 0 && item->offset + item->length <= (gsize)o->from) || (o->to >= 0 && item->offset >= (gsize)o->to))
    return FALSE;
  if (item->kind == IPC_CAPTURE_NOISE)
    return TRUE;
  return (o->types == NULL || (info != NULL && g_strv_contains ((const gchar *const *)o->types, info->name)))
         && (o->id == NULL || (item->header.id >= o->id_from && item->header.id <= o->id_to));
}

/* Prints what is asked for of @moments; adds to @n_damaged. */
static void
print_moments (const Options *o, const Moment *moments, guint n, gint64 t_start, guint *n_damaged)
{
  guint n_packets = 0, n_bad = 0, n_shown = 0;

  for (guint i = 0; i < n; i++) {
    const Moment *m = &moments[i];
    g_autofree gchar *where = m->t != 0 ? g_strdup_printf ("%9.3f %s@%" G_GSIZE_FORMAT, (m->t - t_start) / 1e9,
                                  m->capture->name, m->item->offset)
                                        : g_strdup_printf ("%9" G_GSIZE_FORMAT, m->item->offset);
    n_packets += m->item->kind == IPC_CAPTURE_PACKET;
    n_bad += m->item->kind != IPC_CAPTURE_PACKET;
    if (!is_asked_for (o, m))
      continue;
    n_shown++;
    ipc_decode_print (where, m->capture->bytes, m->item, m->capture->direction, o->verbose, o->hex);
  }
  g_print ("%u packets", n_packets);
  if (n_shown < n)
    g_print (", %u line(s) shown", n_shown);
  g_print (n_bad > 0 ? ", damaged in %u place(s)\n" : "\n", n_bad);
  *n_damaged += n_bad;
}

static gint
compare_moments (gconstpointer a, gconstpointer b)
{
  const Moment *ma = a, *mb = b;

  if (ma->t != mb->t)
    return ma->t < mb->t ? -1 : 1;
  return ma->index < mb->index ? -1 : ma->index > mb->index;
}

/* When the packets of a case passed: "FILE OFFSET" -> t. @t_start: of the history. */
static GHashTable *
load_times (const gchar *folder, gint64 *t_start)
{
  g_autofree gchar *path = g_build_filename (folder, "history.ndjson", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = ipc_history_load (path, &error);
  GHashTable *times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (history == NULL)
    ipc_cli_complain ("decode: %s; times are not known, so one capture follows the other", error->message);
  for (guint i = 0; history != NULL && i < ipc_history_length (history); i++) {
    JsonObject *record = ipc_history_get (history, i);
    gint64 t = ipc_record_int (record, "t", 0);
    if (i == 0)
      *t_start = t;
    if (ipc_record_string (record, "file") != NULL && json_object_has_member (record, "capture-offset"))
      g_hash_table_insert (times,
          g_strdup_printf ("%s %" G_GINT64_FORMAT, ipc_record_string (record, "file"),
              ipc_record_int (record, "capture-offset", -1)),
          g_memdup2 (&t, sizeof t));
  }
  return times;
}

/* All items of a case by time; one that the history does not know passed with that before it. */
static GArray *
by_time (GPtrArray *captures, GHashTable *times, gint64 t_start)
{
  GArray *moments = g_array_new (FALSE, FALSE, sizeof (Moment));

  for (guint i = 0; i < captures->len; i++) {
    const Capture *capture = g_ptr_array_index (captures, i);
    g_autofree gchar *base = g_path_get_basename (capture->path);
    gint64 t = t_start;
    for (guint k = 0; k < capture->items->len; k++) {
      const IpcCaptureItem *item = g_ptr_array_index (capture->items, k);
      g_autofree gchar *key = g_strdup_printf ("%s %" G_GSIZE_FORMAT, base, item->offset);
      const gint64 *known = g_hash_table_lookup (times, key);
      Moment moment = { capture, item, t = known != NULL ? *known : t, moments->len };
      g_array_append_val (moments, moment);
    }
  }
  g_array_sort (moments, compare_moments);
  return moments;
}

static gboolean
decode_folder (const Options *o, const gchar *folder, guint *n_damaged)
{
  g_autoptr (GPtrArray) captures = load_folder (o, folder);
  g_autoptr (GHashTable) times = NULL;
  g_autoptr (GArray) moments = NULL;
  gint64 t_start = 0;

  if (captures == NULL)
    return FALSE;
  times = load_times (folder, &t_start);
  moments = by_time (captures, times, t_start);
  print_moments (o, (const Moment *)(gpointer)moments->data, moments->len, t_start, n_damaged);
  return TRUE;
}

static gboolean
decode_file (const Options *o, const gchar *path, guint *n_damaged)
{
  Capture *capture = load_capture (o, path);
  g_autofree Moment *moments = NULL;

  if (capture == NULL)
    return FALSE;
  moments = g_new0 (Moment, MAX (capture->items->len, 1));
  for (guint i = 0; i < capture->items->len; i++)
    moments[i] = (Moment){ capture, g_ptr_array_index (capture->items, i), 0, i };
  print_moments (o, moments, capture->items->len, 0, n_damaged);
  capture_free (capture);
  return TRUE;
}

static gint
decode_all (const Options *o)
{
  guint n_damaged = 0;
  gboolean good = TRUE;

  for (guint i = 0; o->paths[i] != NULL; i++) {
    if (o->paths[1] != NULL)
      g_print ("%s== %s\n", i > 0 ? "\n" : "", o->paths[i]);
    good = (g_file_test (o->paths[i], G_FILE_TEST_IS_DIR) ? decode_folder (o, o->paths[i], &n_damaged)
                                                          : decode_file (o, o->paths[i], &n_damaged))
           && good;
  }
  return !good ? IPC_EXIT_USAGE : n_damaged > 0 ? IPC_EXIT_BAD : IPC_EXIT_OK;
}

gint
ipc_cli_decode (gint argc, gchar **argv)
{
  Options o = { .from = -1, .to = -1 };
  const GOptionEntry entries[] = {
    { "type", 't', 0, G_OPTION_ARG_STRING, &o.type, "Only packets of these types", "TYPE[,TYPE...]" },
    { "id", 0, 0, G_OPTION_ARG_STRING, &o.id, "Only packets with this id, or ids from N to M", "N[-M]" },
    { "from", 0, 0, G_OPTION_ARG_INT64, &o.from, "Only what reaches beyond this offset", "BYTES" },
    { "to", 0, 0, G_OPTION_ARG_INT64, &o.to, "Only what begins before this offset", "BYTES" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &o.direction, "Where the bytes of a file with another name went to",
        "slave|master" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &o.verbose, "All fields, each in a line of its own", NULL },
    { "hex", 'x', 0, G_OPTION_ARG_NONE, &o.hex, "Also the bytes", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.paths, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "decode", "CAPTURE...", "Prints captures packet by packet.", description };
  gint code = IPC_EXIT_USAGE;

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  if (o.paths == NULL || o.paths[0] == NULL)
    ipc_cli_complain ("decode: which CAPTURE? (see gst-ipc-harness decode --help)");
  else if (check_types (&o) && check_id (&o) && check_direction (&o))
    code = decode_all (&o);
  g_strfreev (o.paths);
  g_strfreev (o.types);
  g_free (o.type);
  g_free (o.id);
  g_free (o.direction);
  return code;
}
