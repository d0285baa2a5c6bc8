/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gst-ipc-bench: chooses, measures turn by turn, and writes down. Results are written at the beginning, so that a file
 * that cannot be written is known before anything was measured, and after every round, so that little is lost whatever
 * happens.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "contestant.h"
#include "machine.h"
#include "options.h"
#include "page.h"
#include "rig.h"
#include "schedule.h"
#include "summary.h"

enum { EXIT_GOOD, EXIT_FAILED, EXIT_USAGE, EXIT_HARNESS, EXIT_INTERRUPTED = 130 };

/* The properties that ipcpipelinesink may have and that ratios ask for. */
static const gchar *const default_properties[] = { "memory=copy", "memory=zero-copy", "max-in-flight=16" };

typedef struct {
  IpcBenchOptions options;
  IpcBenchRig rig;
  IpcBenchSide *tested, *legacy;
  GPtrArray *contestants; /* IpcBenchContestant; all */
  GPtrArray *works;       /* IpcBenchWork; those that were chosen */
  IpcBenchResult *result;
  gchar *worker, *folder;
} Bench;

G_GNUC_PRINTF (2, 3)
static gint
complain (gint code, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("gst-ipc-bench: %s\n", text);
  return code;
}

/* The worker that was built with this program, beside it, or where it was built. */
static gchar *
default_worker (void)
{
  g_autofree gchar *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree gchar *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree gchar *beside = folder != NULL ? g_build_filename (folder, "gst-ipc-bench-worker", NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_shell_quote (beside);
  return g_shell_quote (IPC_BENCH_WORKER_FILE);
}

static gboolean
write_files (const Bench *bench, GError **error)
{
  const IpcBenchOptions *options = &bench->options;
  g_autofree gchar *page = options->html != NULL ? ipc_bench_page (bench->result) : NULL;
  g_autofree gchar *markdown = options->markdown != NULL ? ipc_bench_summary_markdown (bench->result) : NULL;

  return (options->json == NULL || ipc_bench_result_save (bench->result, options->json, error))
         && (page == NULL || g_file_set_contents (options->html, page, -1, error))
         && (markdown == NULL || g_file_set_contents (options->markdown, markdown, -1, error));
}

static gboolean
on_signal (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
takes_part (const Bench *bench, const IpcBenchContestant *contestant)
{
  return contestant->unavailable == NULL && ipc_bench_options_match (bench->options.contestants, contestant->name);
}

static gboolean
does (guint contestant, guint work, gpointer data)
{
  const Bench *bench = data;
  const IpcBenchContestant *who = g_ptr_array_index (bench->contestants, contestant);

  return takes_part (bench, who) && ipc_bench_contestant_does (who, g_ptr_array_index (bench->works, work));
}

/* One line that is written again and again on a terminal; elsewhere a line for each work in each round. */
static void
show_progress (const Bench *bench, const GArray *turns, guint index, gint64 started)
{
  const IpcBenchTurn *turn = &g_array_index (turns, IpcBenchTurn, index);
  const IpcBenchWork *work = g_ptr_array_index (bench->works, turn->work);
  const IpcBenchContestant *contestant = g_ptr_array_index (bench->contestants, turn->contestant);
  gboolean terminal = isatty (STDERR_FILENO);
  gdouble minutes = index > 0 ? (g_get_monotonic_time () - started) / 6e7 / index * (turns->len - index) : NAN;
  g_autofree gchar *left = isnan (minutes) ? g_strdup ("") : g_strdup_printf (", %.0f min left", ceil (minutes));

  if (bench->options.quiet)
    return;
  if (terminal)
    g_printerr ("\r\033[Kround %u/%d, %u %%%s: %s, %s", turn->round, bench->options.rounds, index * 100 / turns->len,
        left, work->name, contestant->name);
  else if (index == 0 || (turn - 1)->work != turn->work || (turn - 1)->round != turn->round)
    g_printerr (
        "round %u/%d, %u %%%s: %s\n", turn->round, bench->options.rounds, index * 100 / turns->len, left, work->name);
}

static void
clear_progress (const Bench *bench)
{
  if (!bench->options.quiet && isatty (STDERR_FILENO))
    g_printerr ("\r\033[K");
}

/* FALSE when it was interrupted. */
static gboolean
take_turn (Bench *bench, const IpcBenchTurn *turn)
{
  const IpcBenchWork *work = g_ptr_array_index (bench->works, turn->work);
  const IpcBenchContestant *contestant = g_ptr_array_index (bench->contestants, turn->contestant);
  IpcBenchSample *sample;

  /* what has failed once would take its time to fail again */
  if (ipc_bench_result_failure (bench->result, contestant->name, work->name) != NULL)
    return TRUE;
  sample = ipc_bench_rig_measure (&bench->rig, contestant, work, turn->round);
  if (sample == NULL)
    return FALSE;
  g_ptr_array_add (bench->result->samples, sample);
  if (sample->failure != NULL) {
    clear_progress (bench);
    complain (0, "%s, %s: %s", work->name, contestant->name, sample->failure);
  }
  return TRUE;
}

static gboolean
measure_all (Bench *bench, const GArray *turns, GError **error)
{
  gint64 started = g_get_monotonic_time ();

  for (guint i = 0; i < turns->len && !bench->result->interrupted; i++) {
    const IpcBenchTurn *turn = &g_array_index (turns, IpcBenchTurn, i);

    if (i > 0 && turn->round != (turn - 1)->round && !write_files (bench, error))
      return FALSE;
    show_progress (bench, turns, i, started);
    bench->result->interrupted = !take_turn (bench, turn);
  }
  clear_progress (bench);
  ipc_bench_machine_end (bench->result->machine);
  return write_files (bench, error);
}

static void
choose_works (Bench *bench)
{
  GPtrArray *all = ipc_bench_works ();

  bench->works = g_ptr_array_new ();
  for (guint i = 0; i < all->len; i++) {
    IpcBenchWork *work = g_ptr_array_index (all, i);
    gboolean of_form = bench->options.patterns != NULL || bench->options.full || work->brief;

    if (of_form && ipc_bench_options_match (bench->options.patterns, work->name))
      g_ptr_array_add (bench->works, work);
  }
}

static IpcBenchSide *
same_side (const gchar *name)
{
  IpcBenchSide *side = g_new0 (IpcBenchSide, 1);

  side->name = g_strdup (name);
  side->unavailable = g_strdup ("it would be held against itself");
  return side;
}

/* Finds out what there is. 0, or an exit code. */
static gint
find_contestants (Bench *bench)
{
  const gchar *tested = bench->options.implementation != NULL ? bench->options.implementation : "reference";
  const gchar *legacy = bench->options.against != NULL ? bench->options.against : "gst-plugins-bad";
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) properties = NULL;

  bench->tested = ipc_bench_rig_side (&bench->rig, tested);
  if (bench->tested->unavailable != NULL)
    return complain (
        bench->tested->implementation != NULL ? EXIT_HARNESS : EXIT_USAGE, "%s", bench->tested->unavailable);
  bench->legacy = g_str_equal (tested, legacy) ? same_side (legacy) : ipc_bench_rig_side (&bench->rig, legacy);
  if (bench->legacy->implementation == NULL && bench->options.against != NULL)
    return complain (EXIT_USAGE, "--against %s: %s", legacy, bench->legacy->unavailable);
  for (guint i = 0; i < G_N_ELEMENTS (default_properties); i++)
    g_strv_builder_add (builder, default_properties[i]);
  for (guint i = 0; bench->options.with != NULL && bench->options.with[i] != NULL; i++)
    if (!g_strv_contains (default_properties, bench->options.with[i]))
      g_strv_builder_add (builder, bench->options.with[i]);
  properties = g_strv_builder_end (builder);
  bench->contestants = ipc_bench_contestants (bench->tested, bench->legacy, (const gchar *const *)properties);
  return 0;
}

static void
begin_result (Bench *bench)
{
  JsonObject *settings = json_object_new ();
  IpcBenchResult *result = ipc_bench_result_new ();

  json_object_set_int_member (settings, "rounds", bench->options.rounds);
  json_object_set_int_member (settings, "time", bench->rig.time);
  json_object_set_string_member (settings, "gstreamer", bench->tested->implementation->gstreamer);
  json_object_set_string_member (settings, "version", IPC_VERSION);
  json_object_set_string_member (settings, "plugin", bench->tested->implementation->plugin);
  result->machine = ipc_bench_machine_describe ();
  result->settings = settings;
  for (guint i = 0; i < bench->contestants->len; i++) {
    const IpcBenchContestant *contestant = g_ptr_array_index (bench->contestants, i);
    const gchar *why = contestant->unavailable;

    if (why == NULL && !ipc_bench_options_match (bench->options.contestants, contestant->name))
      why = "it was not asked for";
    ipc_bench_result_add_entrant (result, contestant->name, contestant->role, contestant->what, why);
  }
  bench->result = result;
}

static void
list (const Bench *bench)
{
  for (guint i = 0; i < bench->works->len; i++)
    g_print ("%s\n", ((const IpcBenchWork *)g_ptr_array_index (bench->works, i))->name);
  g_print ("\n");
  for (guint i = 0; i < bench->result->entrants->len; i++) {
    const IpcBenchEntrant *entrant = g_ptr_array_index (bench->result->entrants, i);

    g_print ("%s: %s%s%s\n", entrant->name, entrant->what, entrant->unavailable != NULL ? "; takes no part: " : "",
        entrant->unavailable != NULL ? entrant->unavailable : "");
  }
}

/* On a busy machine everything is slow, and what hands over between threads is slower than the rest. */
static void
warn_of_load (const Bench *bench)
{
  gdouble load = json_object_get_double_member_with_default (bench->result->machine, "load", 0);
  gint64 cores = json_object_get_int_member (bench->result->machine, "cores");

  if (load > cores / 2.0)
    complain (0, "this machine is busy (load average %.1f on %" G_GINT64_FORMAT " core(s)): numbers will be far off",
        load, cores);
}

static void
print_result (const Bench *bench)
{
  g_autofree gchar *text = ipc_bench_summary_text (bench->result);

  g_print ("%s", text);
}

static gint
measure (Bench *bench)
{
  g_autoptr (GArray) turns = NULL;
  g_autoptr (GError) error = NULL;

  if (bench->works->len == 0)
    return complain (EXIT_USAGE, "no work matches (see --list)");
  turns = ipc_bench_schedule (bench->options.rounds, bench->works->len, bench->contestants->len, does, bench);
  if (turns->len == 0)
    return complain (EXIT_USAGE, "no contestant does any of it (see --list)");
  if (!write_files (bench, &error))
    return complain (EXIT_USAGE, "%s", error->message);
  warn_of_load (bench);
  if (!measure_all (bench, turns, &error))
    return complain (EXIT_HARNESS, "%s", error->message);
  print_result (bench);
  if (bench->result->interrupted)
    return complain (EXIT_INTERRUPTED, "interrupted: this is what was measured until then");
  return ipc_bench_result_n_failures (bench->result) > 0 ? EXIT_FAILED : EXIT_GOOD;
}

static gint
load_and_show (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  bench->result = ipc_bench_result_load (bench->options.load, &error);
  if (bench->result == NULL)
    return complain (EXIT_USAGE, "%s", error->message);
  if (!write_files (bench, &error))
    return complain (EXIT_USAGE, "%s", error->message);
  print_result (bench);
  return EXIT_GOOD;
}

static gint
bench_main (Bench *bench)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint code;

  bench->folder = g_dir_make_tmp ("gst-ipc-bench-XXXXXX", &error);
  if (bench->folder == NULL)
    return complain (EXIT_HARNESS, "%s", error->message);
  bench->worker = bench->options.worker != NULL ? g_strdup (bench->options.worker) : default_worker ();
  bench->rig = (IpcBenchRig){ bench->worker, bench->folder, bench->options.seconds * 1e9, cancellable };
  g_unix_signal_add (SIGINT, on_signal, cancellable);
  g_unix_signal_add (SIGTERM, on_signal, cancellable);
  choose_works (bench);
  code = find_contestants (bench);
  if (code != 0)
    return g_cancellable_is_cancelled (cancellable) ? EXIT_INTERRUPTED : code;
  begin_result (bench);
  if (!bench->options.list)
    return measure (bench);
  list (bench);
  return EXIT_GOOD;
}

static void
remove_folder (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
}

static void
bench_clear (Bench *bench)
{
  g_clear_pointer (&bench->result, ipc_bench_result_free);
  g_clear_pointer (&bench->contestants, g_ptr_array_unref);
  g_clear_pointer (&bench->works, g_ptr_array_unref);
  g_clear_pointer (&bench->tested, ipc_bench_side_free);
  g_clear_pointer (&bench->legacy, ipc_bench_side_free);
  if (bench->folder != NULL)
    remove_folder (bench->folder);
  g_free (bench->folder);
  g_free (bench->worker);
  ipc_bench_options_clear (&bench->options);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };
  g_autoptr (GError) error = NULL;
  gint code;

  if (!ipc_bench_options_parse (&bench.options, argv, &error))
    code = complain (EXIT_USAGE, "%s (see gst-ipc-bench --help)", error->message);
  else if (bench.options.load != NULL)
    code = load_and_show (&bench);
  else
    code = bench_main (&bench);
  bench_clear (&bench);
  return code;
}
