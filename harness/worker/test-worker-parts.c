/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Parts of the worker in this process: what cannot be brought about from outside. Leaks are made on purpose here. */

#include "channel.h"
#include "leaks.h"
#include "log.h"
#include "make-object.h"
#include "print.h"
#include "report.h"

#include <gst/gst.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_member (JsonObject *report, const gchar *member, const gchar *json)
{
  g_autofree gchar *text = json_to_string (json_object_get_member (report, member), FALSE);

  g_assert_cmpstr (text, ==, json);
}

static void
test_numbers (void)
{
  g_autoptr (JsonObject) report = ipc_report_new ("test");

  ipc_report_set_uint (report, "a", G_GUINT64_CONSTANT (1) << 53);
  assert_member (report, "a", "9007199254740992");
  ipc_report_set_uint (report, "a", (G_GUINT64_CONSTANT (1) << 53) + 1);
  assert_member (report, "a", "\"9007199254740993\"");
  ipc_report_set_uint (report, "a", G_MAXUINT64);
  assert_member (report, "a", "\"18446744073709551615\"");
  ipc_report_set_int (report, "a", -(G_GINT64_CONSTANT (1) << 53) - 1);
  assert_member (report, "a", "\"-9007199254740993\"");
  ipc_report_set_time (report, "a", GST_CLOCK_TIME_NONE);
  assert_member (report, "a", "null");
  ipc_report_set_time (report, "a", 0);
  assert_member (report, "a", "0");
  ipc_report_set_position (report, "a", -1);
  assert_member (report, "a", "null");
  ipc_report_set_double (report, "a", HUGE_VAL);
  assert_member (report, "a", "\"inf\"");
  ipc_report_set_double (report, "a", 0.5);
  assert_member (report, "a", "0.5");
}

static void
test_text (void)
{
  g_autoptr (JsonObject) report = ipc_report_new ("test");

  ipc_report_set_text (report, "a", NULL);
  assert_member (report, "a", "null");
  ipc_report_set_text (report, "a", "line\n\"\xff\"");
  g_assert_true (g_utf8_validate (json_object_get_string_member (report, "a"), -1, NULL));
  assert_member (report, "a", "\"line\\n\\\"\xef\xbf\xbd\\\"\"");
}

/* Debian's ipcpipeline registers a way of printing events that ends the process for this one. */
static void
test_nested_events (void)
{
  GstElement *loaded = gst_object_ref_sink (gst_element_factory_make ("ipcpipelinesink", NULL));
  g_autoptr (GstEvent) event = gst_event_new_flush_start ();
  g_auto (GValue) list = G_VALUE_INIT;
  GValue item = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  g_value_init (&item, GST_TYPE_EVENT);
  g_value_set_boxed (&item, event);
  gst_value_list_append_and_take_value (&list, &item);
  g_autoptr (GstStructure) inner = gst_structure_new ("inner", "event", GST_TYPE_EVENT, event, NULL);
  gst_structure_set_value (inner, "list", &list);
  g_autoptr (GstStructure) outer
      = gst_structure_new ("outer", "n", G_TYPE_INT, 5, "inner", GST_TYPE_STRUCTURE, inner, NULL);

  g_autofree gchar *text = ipc_structure_to_text (outer);
  const gchar *first = strstr (text, "flush-start");
  g_assert_nonnull (first);
  g_assert_nonnull (strstr (first + 1, "flush-start"));
  g_assert_nonnull (strstr (text, "n=(int)5"));
  gst_object_unref (loaded);
}

/* The names of the objects, and where they are, say nothing; what they are is printed. */
static void
test_objects_are_printed (void)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("audio/x-raw");
  g_autoptr (GstStreamCollection) collection = gst_stream_collection_new ("up");
  g_autoptr (GstToc) toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  GstTocEntry *chapter = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, "one"),
              *inner = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_TRACK, "two");
  GstStream *stream = gst_stream_new ("id", caps, GST_STREAM_TYPE_AUDIO, GST_STREAM_FLAG_SELECT);

  gst_stream_collection_add_stream (collection, stream);
  gst_toc_entry_set_start_stop_times (inner, 5, 7);
  gst_toc_entry_append_sub_entry (chapter, inner);
  gst_toc_append_entry (toc, chapter);

  g_autoptr (GstStructure) structure = gst_structure_new ("outer", "stream", GST_TYPE_STREAM, stream, NULL);
  g_autofree gchar *stream_text = ipc_structure_to_text (structure);
  gst_structure_set (structure, "stream", GST_TYPE_STREAM_COLLECTION, collection, NULL);
  g_autofree gchar *collection_text = ipc_structure_to_text (structure);
  gst_structure_set (structure, "stream", GST_TYPE_TOC, toc, NULL);
  g_autofree gchar *toc_text = ipc_structure_to_text (structure);
  gst_structure_set (structure, "stream", GST_TYPE_STREAM, NULL, NULL);
  g_autofree gchar *none_text = ipc_structure_to_text (structure);

  g_test_message ("%s\n%s\n%s\n%s", stream_text, collection_text, toc_text, none_text);
  g_assert_cmpstr (stream_text, ==,
      "outer, stream=(structure)\"GstStream\\,\\ stream-id\\=\\(string\\)id\\,\\ "
      "type\\=\\(GstStreamType\\)GST_STREAM_TYPE_AUDIO\\,\\ "
      "flags\\=\\(GstStreamFlags\\)GST_STREAM_FLAG_SELECT\\,\\ caps\\=\\(GstCaps\\)audio/x-raw\\;\";");
  g_assert_nonnull (strstr (collection_text, "upstream-id"));
  g_assert_nonnull (strstr (collection_text, "stream-id"));
  g_assert_nonnull (strstr (toc_text, "chapter"));
  g_assert_nonnull (strstr (toc_text, "track"));
  g_assert_null (strstr (toc_text, "0x"));
}

/* What made this object shows in its text. */
static void
assert_printed (const gchar *type, const gchar *const *parts)
{
  g_autoptr (GstStructure) structure = gst_structure_new_empty ("outer");

  g_assert_true (ipc_object_add (structure, type));
  g_autofree gchar *text = ipc_structure_to_text (structure);
  g_test_message ("%s", text);
  g_assert_null (strstr (text, "0x"));
  for (guint i = 0; parts[i] != NULL; i++)
    g_assert_nonnull (strstr (text, parts[i]));
}

static void
test_content_is_printed (void)
{
  assert_printed ("GstBuffer", (const gchar *[]){ "68656c6c6f", "1000", "999", "40", "8192", NULL });
  assert_printed ("GstBufferList", (const gchar *[]){ "68656c6c6f", "2000", "3000", NULL });
  assert_printed ("GstContext", (const gchar *[]){ "ipctest.context", "true", "n", NULL });
  assert_printed ("GstEvent", (const gchar *[]){ "custom-both", "4711", "ipctest", NULL });
  assert_printed ("GstMessage", (const gchar *[]){ "application", "4712", "ipctest", NULL });
  assert_printed ("GError", (const gchar *[]){ "gst-stream-error-quark", "no-key", NULL });
}

static void
test_structures_print_as_ever (void)
{
  const gchar *text = "name, a=(int)1, b=(string)\"x\\ y\", c=(structure)\"in\\,\\ d\\=\\(double\\)0.5\\;\", "
                      "e=(int){ 1, 2 }, f=(int)< 3, 4 >, g=(fraction)1/2, h=(int)[ 1, 9 ];";
  g_autoptr (GstStructure) structure = gst_structure_new_from_string (text);
  g_autofree gchar *wanted = gst_structure_to_string (structure);
  g_autofree gchar *got = ipc_structure_to_text (structure);

  g_assert_cmpstr (got, ==, wanted);
}

static guint
count_type (GPtrArray *leaks, const gchar *type)
{
  guint count = 0;

  for (guint i = 0; i < leaks->len; i++)
    count += g_str_equal (((IpcLeak *)g_ptr_array_index (leaks, i))->type, type);
  return count;
}

static const gchar *
description_of (GPtrArray *leaks, const gchar *type)
{
  for (guint i = 0; i < leaks->len; i++) {
    IpcLeak *leak = g_ptr_array_index (leaks, i);
    if (g_str_equal (leak->type, type))
      return leak->description;
  }
  g_error ("no %s among the leaks", type);
}

static void
test_leaks_are_found (void)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("fakesink", "forgotten"));
  GstEvent *event = gst_event_new_eos ();
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 12, NULL);
  GstMessage *message = gst_message_new_eos (NULL);
  GstQuery *query = gst_query_new_latency ();
  GstBufferList *list = gst_buffer_list_new ();
  GstCaps *caps = gst_caps_new_empty_simple ("a/b");

  for (guint i = 0; i < 2; i++) {
    /* twice: looking does not change what there is */
    g_autoptr (GPtrArray) leaks = ipc_leaks_find (0);
    g_assert_cmpuint (leaks->len, ==, 7);
    g_assert_cmpstr (description_of (leaks, "GstFakeSink"), ==, "/GstFakeSink:forgotten (references: 1)");
    g_assert_cmpstr (description_of (leaks, "GstPad"), ==, "/GstFakeSink:forgotten.GstPad:sink (references: 1)");
    g_assert_true (g_str_has_prefix (description_of (leaks, "GstEvent"), "eos, "));
    g_assert_true (g_str_has_prefix (description_of (leaks, "GstBuffer"), "12 bytes, "));
    g_assert_true (g_str_has_prefix (description_of (leaks, "GstMessage"), "eos, "));
    g_assert_true (g_str_has_prefix (description_of (leaks, "GstQuery"), "latency"));
    g_assert_true (g_str_has_prefix (description_of (leaks, "GstBufferList"), "0 buffers"));
    g_assert_cmpuint (count_type (leaks, "GstCaps"), ==, 0);
  }

  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (element), ==, 1);
  gst_object_unref (element);
  gst_event_unref (event);
  gst_buffer_unref (buffer);
  gst_message_unref (message);
  gst_query_unref (query);
  gst_buffer_list_unref (list);
  gst_caps_unref (caps);

  g_autoptr (GPtrArray) none = ipc_leaks_find (0);
  g_assert_cmpuint (none->len, ==, 0);
}

static gpointer
drop_soon (gpointer element)
{
  gst_object_unref (element);
  return NULL;
}

static void
test_leaks_may_settle (void)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
  GThread *thread = g_thread_new ("drop", drop_soon, element);
  g_autoptr (GPtrArray) leaks = ipc_leaks_find (G_MAXINT64 / 2);

  g_assert_cmpuint (leaks->len, ==, 0);
  g_thread_join (thread);
}

static JsonObject *
read_report (gint fd)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gchar byte;

  while (read (fd, &byte, 1) == 1 && byte != '\n')
    g_string_append_c (line, byte);
  g_autoptr (JsonNode) root = json_from_string (line->str, NULL);
  return json_node_dup_object (root);
}

static void
assert_log (gint fd, const gchar *level, const gchar *domain, const gchar *text)
{
  g_autoptr (JsonObject) report = read_report (fd);

  g_assert_cmpstr (json_object_get_string_member (report, "kind"), ==, "log");
  g_assert_cmpstr (json_object_get_string_member (report, "level"), ==, level);
  g_assert_cmpstr (json_object_get_string_member_with_default (report, "domain", NULL), ==, domain);
  g_assert_cmpstr (json_object_get_string_member (report, "text"), ==, text);
}

static void
test_log (void)
{
  gint pair[2];

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  IpcChannel *channel = ipc_channel_new (pair[0], NULL);

  ipc_log_watch ();
  g_log ("Early", G_LOG_LEVEL_WARNING, "before there was a channel");
  ipc_log_connect (channel);
  assert_log (pair[1], "warning", "Early", "before there was a channel");
  g_log ("Some", G_LOG_LEVEL_CRITICAL, "%s", "old way");
  assert_log (pair[1], "critical", "Some", "old way");
  g_log_structured (NULL, G_LOG_LEVEL_WARNING, "MESSAGE", "%s", "new way");
  assert_log (pair[1], "warning", NULL, "new way");
  /* what is not reported does not stand before the next one */
  g_log ("Some", G_LOG_LEVEL_MESSAGE, "only a message");
  g_log (NULL, G_LOG_LEVEL_WARNING, "Leaks detected and logged under GST_DEBUG=GST_TRACER:7");
  g_log ("Some", G_LOG_LEVEL_WARNING, "last");
  assert_log (pair[1], "warning", "Some", "last");

  ipc_log_unwatch ();
  ipc_channel_free (channel);
  g_log ("Some", G_LOG_LEVEL_WARNING, "after the channel");
  close (pair[1]);
}

static void
test_lost_channel (void)
{
  gint pair[2], status;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  /* no exec: the child only writes, and neither SIGPIPE nor success may come of it */
  close (pair[1]);
  pid_t child = fork ();
  if (child == 0) {
    IpcChannel *channel = ipc_channel_new (pair[0], NULL);
    ipc_channel_send (channel, ipc_report_new ("test"));
    _exit (0);
  }
  close (pair[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, IPC_WORKER_EXIT_CONTROL_LOST);
}

int
main (int argc, char **argv)
{
  g_setenv ("GST_TRACERS", "leaks", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ipc_leaks_watch ();
  g_test_add_func ("/worker/report/numbers-are-exact-or-text", test_numbers);
  g_test_add_func ("/worker/report/text-is-utf8", test_text);
  g_test_add_func ("/worker/report/nested-events-are-named-not-printed", test_nested_events);
  g_test_add_func ("/worker/report/objects-are-printed", test_objects_are_printed);
  g_test_add_func ("/worker/report/content-of-objects", test_content_is_printed);
  g_test_add_func ("/worker/report/structures-print-as-ever", test_structures_print_as_ever);
  g_test_add_func ("/worker/leaks/live-objects-are-found-and-left-as-they-are", test_leaks_are_found);
  g_test_add_func ("/worker/leaks/late-drops-are-no-leaks", test_leaks_may_settle);
  g_test_add_func ("/worker/channel/lost-harness-ends-the-process", test_lost_channel);
  g_test_add_func ("/worker/log/warnings-and-worse-are-reported", test_log);
  return g_test_run ();
}
