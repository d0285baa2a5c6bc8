/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <math.h>
#include <string.h>

#define ROUNDS_SHORT 3
#define ROUNDS_FULL 9
#define SECONDS_SHORT 0.1
#define SECONDS_FULL 0.3

#define ROUNDS_MAX 1000
#define SECONDS_MAX 60

static const gchar summary[] = "Measures how fast an implementation of ipcpipelinesink and ipcpipelinesrc is, against "
                               "others and against what the\n"
                               "machine can do: wall time, CPU time of all processes, how often they sleep, memory.";

static const gchar description[] = "Works are paths (--list): buffers/1080p, fan-out/64B/16, round-trips/query, "
                                   "start/4; WORK is a pattern, '*' matches\n"
                                   "anything. Without WORK: those of the short form (some minutes), or all (--full).\n"
                                   "\n"
                                   "All contestants do the same work, one right behind the other, in each of the "
                                   "rounds; medians and quartiles are over\n"
                                   "the rounds. A quiet machine helps. On one core: taskset -c 0 gst-ipc-bench. In "
                                   "Debian 13, which has unixfdsink:\n"
                                   "ci/with-debian13 ci/bench.\n"
                                   "\n"
                                   "Ctrl-C ends it; what was measured is shown and written.\n"
                                   "\n"
                                   "Examples:\n"
                                   "  gst-ipc-bench --html bench.html --json bench.json\n"
                                   "  gst-ipc-bench 'buffers/*' --contestant reference --contestant gst-plugins-bad\n"
                                   "  gst-ipc-bench buffers/64B --with max-in-flight=4 --rounds 9\n"
                                   "  gst-ipc-bench --implementation ~/my-plugin/build --full\n"
                                   "  gst-ipc-bench --load bench.json --html bench.html\n"
                                   "\n"
                                   "Exit codes:\n"
                                   "  0    measured, however slow it was\n"
                                   "  1    a measurement failed: a crash, no answer, data that got lost\n"
                                   "  2    wrong arguments, a file that is no result, nothing selected\n"
                                   "  3    it could not do its work\n"
                                   "  130  interrupted\n";

static gboolean
fail (GError **error, const gchar *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

/* What cannot be said of a property in gst-launch syntax, one word each. */
static gboolean
check_properties (gchar **with, GError **error)
{
  for (guint i = 0; with != NULL && with[i] != NULL; i++) {
    gboolean good = g_regex_match_simple ("^[a-z][a-z0-9-]*=[\\w.:+-]+( [a-z][a-z0-9-]*=[\\w.:+-]+)*$", with[i], 0, 0);

    if (!good) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--with \"%s\": expected PROPERTY=VALUE, or several with a blank between them", with[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check (IpcBenchOptions *options, GError **error)
{
  if (options->rounds == 0)
    options->rounds = options->full ? ROUNDS_FULL : ROUNDS_SHORT;
  if (options->seconds == 0)
    options->seconds = options->full ? SECONDS_FULL : SECONDS_SHORT;
  if (options->rounds < 1 || options->rounds > ROUNDS_MAX)
    return fail (error, "--rounds: expected 1 ... 1000");
  if (!(options->seconds >= 0.001 && options->seconds <= SECONDS_MAX))
    return fail (error, "--time: expected seconds, 0.001 ... 60");
  if (options->load != NULL && (options->patterns != NULL || options->list))
    return fail (error, "--load shows what was measured: it takes no WORK and no --list");
  return check_properties (options->with, error);
}

gboolean
ipc_bench_options_parse (IpcBenchOptions *options, gchar **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "full", 0, 0, G_OPTION_ARG_NONE, &options->full, "All works, 9 rounds of 0.3 s each", NULL },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &options->rounds, "How often (default: 3)", "N" },
    { "time", 't', 0, G_OPTION_ARG_DOUBLE, &options->seconds, "How long a measurement takes (default: 0.1)",
        "SECONDS" },
    { "contestant", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options->contestants,
        "Only contestants that match; may be given again", "PATTERN" },
    { "implementation", 'i', 0, G_OPTION_ARG_FILENAME, &options->implementation,
        "What is tested: reference (the default), gst-plugins-bad, or the folder of a plugin", "NAME|DIR" },
    { "against", 0, 0, G_OPTION_ARG_FILENAME, &options->against, "What it is held against (default: gst-plugins-bad)",
        "NAME|DIR" },
    { "with", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->with,
        "One more contestant: the tested one, its ipcpipelinesink with this property; may be given again",
        "PROPERTY=VALUE" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options->json, "Write all results, for programs and for --load", "FILE" },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &options->html, "Write a page with plots", "FILE" },
    { "markdown", 0, 0, G_OPTION_ARG_FILENAME, &options->markdown, "Write the tables as Markdown", "FILE" },
    { "load", 0, 0, G_OPTION_ARG_FILENAME, &options->load, "Measure nothing, show what --json wrote", "FILE" },
    { "list", 'l', 0, G_OPTION_ARG_NONE, &options->list, "Name works and contestants", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Do not tell how far it is", NULL },
    { "worker", 0, 0, G_OPTION_ARG_STRING, &options->worker, "The program that processes of measurements run",
        "COMMAND" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->patterns, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[WORK...]");
  g_auto (GStrv) words = g_strdupv (argv);

  g_set_prgname ("gst-ipc-bench");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  return g_option_context_parse_strv (context, &words, error) && check (options, error);
}

void
ipc_bench_options_clear (IpcBenchOptions *options)
{
  g_strfreev (options->patterns);
  g_strfreev (options->contestants);
  g_strfreev (options->with);
  g_free (options->implementation);
  g_free (options->against);
  g_free (options->worker);
  g_free (options->json);
  g_free (options->html);
  g_free (options->markdown);
  g_free (options->load);
}

gboolean
ipc_bench_options_match (gchar **patterns, const gchar *name)
{
  if (patterns == NULL || patterns[0] == NULL)
    return TRUE;
  for (guint i = 0; patterns[i] != NULL; i++)
    if (g_pattern_match_simple (patterns[i], name))
      return TRUE;
  return FALSE;
}
