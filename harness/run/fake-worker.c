/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A worker without GStreamer, for the tests of the harness: it answers every command well, and misbehaves as the
 * variable FAKE says: "nest" (a line of brackets after its hello), "hang COMMAND" (no answer), "die COMMAND" (killed by
 * SIGSEGV), "exit COMMAND" (status 5), "error COMMAND" (ok false), "text TEXT" (says TEXT, ' meaning ", after its
 * hello), "mute" (says nothing at all), "chatter COMMAND" (messages for ever), "speak COMMAND" (once, a STATE_CHANGE
 * through its link, after the answer), "ponder" (acknowledges what comes through its link after a while), "plugin FILE"
 * (claims its elements come from FILE), "version" (of another control protocol), "quartz", "odd", "slow", "late" (has
 * another clock, base time, latency; renders 3 ms later than the others), "blind" (renders nothing). FAKE_FIFO names a
 * FIFO that it keeps open, after a line with its pid, as long as it lives.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <json-glib/json-glib.h>

#include "history/history.h"
#include "history/json.h"
#include "relay/packet-build.h"

/* More than a socket holds. */
#define FLOOD 20000
/* Much more than the harness needs between two commands; microseconds. */
#define PONDER_TIME 200000

static FILE *control;
static gint commands;
static gint link_fd = -1; /* what the last link command came with */
static gint64 position;
static gboolean spoken;

static void
say (JsonObject *report)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), report);
  g_autofree gchar *text = json_to_string (node, FALSE);

  json_object_unref (report);
  fprintf (control, "%s\n", text);
  fflush (control);
}

/* The file that a worker with the implementation's plugin would name. */
static gchar *
plugin_file (void)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("GST_PLUGIN_PATH"), ":", -1);

  return g_build_filename (folders[0], "libfake.so", NULL);
}

static gboolean
fake_is (const gchar *what, const gchar *command)
{
  g_autofree gchar *wanted = command ? g_strdup_printf ("%s %s", what, command) : g_strdup (what);

  return g_strcmp0 (g_getenv ("FAKE"), wanted) == 0;
}

static JsonObject *
hello (void)
{
  JsonObject *report = ipc_history_record ("hello");
  g_autofree gchar *file = plugin_file ();
  const gchar *fake = g_getenv ("FAKE");

  json_object_set_int_member (report, "pid", getpid ());
  json_object_set_int_member (report, "worker", fake_is ("version", NULL) ? 99 : 1);
  json_object_set_string_member (report, "gstreamer", "1.22.0");
  json_object_set_string_member (
      report, "plugin", fake && g_str_has_prefix (fake, "plugin ") ? fake + strlen ("plugin ") : file);
  json_object_set_string_member (report, "plugin-version", "0.1");
  return report;
}

static void
say_state (const gchar *state)
{
  JsonObject *report = ipc_history_record ("message");

  json_object_set_string_member (report, "type", "state-changed");
  json_object_set_string_member (report, "source", "pipeline");
  json_object_set_string_member (report, "old", "NULL");
  json_object_set_string_member (report, "new", state);
  json_object_set_string_member (report, "pending", "void-pending");
  say (report);
}

/* Five pictures; each 3 ms late when FAKE says so. */
static void
say_renders (void)
{
  for (guint i = 0; i < 5 && !fake_is ("blind", NULL); i++) {
    JsonObject *report = ipc_history_record ("render");

    json_object_set_int_member (report, "t", 1000000000 + i * 40000000 + (fake_is ("late", NULL) ? 3000000 : 0));
    json_object_set_string_member (report, "pad", "sink.sink");
    json_object_set_int_member (report, "running-time", i * 40000000);
    say (report);
  }
}

static void
tell_time (JsonObject *report)
{
  JsonObject *latencies = json_object_new ();

  json_object_set_int_member (latencies, "sink", fake_is ("slow", NULL) ? 9000000 : 7000000);
  json_object_set_string_member (report, "clock", fake_is ("quartz", NULL) ? "quartz" : "monotonic");
  json_object_set_int_member (report, "base-time", fake_is ("odd", NULL) ? 6 : 5);
  json_object_set_object_member (report, "latencies", latencies);
}

static JsonObject *
answer (JsonObject *command, const gchar *name)
{
  JsonObject *report = ipc_history_record ("reply");

  json_object_set_int_member (report, "reply", ipc_record_int (command, "id", 0));
  json_object_set_boolean_member (report, "ok", !fake_is ("error", name));
  if (fake_is ("error", name))
    json_object_set_string_member (report, "error", "because FAKE says so");
  if (g_str_equal (name, "set-state")) {
    json_object_set_string_member (report, "result", "success");
    say_state (ipc_record_string (command, "state"));
  } else if (g_str_equal (name, "query")) {
    JsonObject *seen = ipc_history_record ("query-seen");

    json_object_set_string_member (seen, "pad", "out.sink");
    json_object_set_string_member (seen, "type", "position");
    say (seen);
    position += G_GINT64_CONSTANT (400000000);
    json_object_set_boolean_member (report, "result", TRUE);
    json_object_set_int_member (report, "position", position);
  } else if (g_str_equal (name, "get-time")) {
    say_renders ();
    tell_time (report);
  } else if (g_str_equal (name, "get-property")) {
    json_object_set_int_member (report, "value", 7);
  } else if (g_str_equal (name, "dot")) {
    json_object_set_string_member (report, "dot", "digraph {}");
  }
  return report;
}

static void
say_noise (void)
{
  JsonObject *report = ipc_history_record ("message");

  json_object_set_string_member (report, "type", "element");
  json_object_set_string_member (report, "source", "noise");
  say (report);
}

/* A message every few milliseconds: enough to look alive, and not to fill the disk. */
static void
chatter (void)
{
  const struct itimerspec period = { { 0, 5000000 }, { 0, 5000000 } };
  gint timer = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);
  guint64 expired;

  timerfd_settime (timer, 0, &period, NULL);
  while (read (timer, &expired, sizeof expired) == sizeof expired)
    say_noise ();
}

/* Sends a packet of @type with the id 1 through the link. */
static void
send_packet (const gchar *type)
{
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autoptr (GBytes) packet = NULL;
  gconstpointer bytes;
  gsize size;

  json_object_set_string_member (fields, "type", type);
  packet = ipc_packet_build (fields, 1, NULL);
  bytes = g_bytes_get_data (packet, &size);
  if (write (link_fd, bytes, size) != (gssize)size)
    _exit (6);
}

/* The thread that answers the first thing that comes, which is slow. */
static gpointer
ponder (gpointer data)
{
  struct pollfd poll_in = { link_fd, POLLIN, 0 };

  while (poll (&poll_in, 1, -1) < 0 && errno == EINTR)
    ;
  g_usleep (PONDER_TIME);
  send_packet ("ACK");
  return NULL;
}

static void
obey (JsonObject *command)
{
  const gchar *name = ipc_record_string (command, "command");

  if (fake_is ("hang", name))
    return;
  if (fake_is ("die", name)) {
    /* a sanitizer would make an exit of it */
    signal (SIGSEGV, SIG_DFL);
    raise (SIGSEGV);
  }
  if (fake_is ("exit", name))
    _exit (5);
  if (fake_is ("chatter", name))
    chatter ();
  if (fake_is ("flood", name)) {
    for (guint i = 0; i < FLOOD; i++)
      say_noise ();
    _exit (0);
  }
  say (answer (command, name));
  if (fake_is ("speak", name) && !spoken) {
    spoken = TRUE;
    send_packet ("STATE_CHANGE");
  }
  if (fake_is ("ponder", NULL) && g_str_equal (name, "link"))
    g_thread_unref (g_thread_new ("ponder", ponder, NULL));
  if (g_str_equal (name, "finish"))
    _exit (0);
}

static void
open_fifo (void)
{
  const gchar *path = g_getenv ("FAKE_FIFO");
  g_autofree gchar *line = g_strdup_printf ("%d\n", (int)getpid ());
  gint fd = path ? open (path, O_WRONLY) : -1;

  if (path && (fd < 0 || write (fd, line, strlen (line)) < 0))
    _exit (4);
}

/* Keeps the last fd: what is written to it goes to the link's other end. */
static void
take_fds (struct msghdr *message)
{
  for (struct cmsghdr *item = CMSG_FIRSTHDR (message); item; item = CMSG_NXTHDR (message, item)) {
    gsize n = (item->cmsg_len - CMSG_LEN (0)) / sizeof (gint);

    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS && n > 0)
      memcpy (&link_fd, (gint *)(gpointer)CMSG_DATA (item) + n - 1, sizeof link_fd);
  }
}

/* Appends what has come; FALSE at the end. */
static gboolean
read_commands (GString *text)
{
  gchar data[4096];
  union {
    struct cmsghdr align;
    gchar space[CMSG_SPACE (sizeof (gint) * 2)];
  } ancillary;
  struct iovec piece = { data, sizeof data };
  struct msghdr message
      = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary };
  gssize n;

  do
    n = recvmsg (commands, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return FALSE;
  take_fds (&message);
  g_string_append_len (text, data, n);
  return TRUE;
}

/* Obeys the whole lines of @text and takes them out of it. */
static void
obey_lines (GString *text)
{
  gchar *end;

  while ((end = memchr (text->str, '\n', text->len))) {
    g_autoptr (JsonObject) command = ipc_json_parse (text->str, (gsize)(end - text->str), NULL);

    g_string_erase (text, 0, end - text->str + 1);
    if (command)
      obey (command);
  }
}

int
main (int argc, char **argv)
{
  const gchar *fake = g_getenv ("FAKE");
  g_autoptr (GString) lines = g_string_new (NULL);

  if (argc == 2 && g_str_equal (argv[1], "--probe")) {
    control = stdout;
    say (hello ());
    return 0;
  }
  if (argc < 3 || !g_str_equal (argv[1], "--control-fd"))
    return 2;
  signal (SIGPIPE, SIG_IGN);
  control = fdopen (atoi (argv[2]), "w");
  commands = atoi (argv[2]);
  open_fifo ();
  if (!fake_is ("mute", NULL))
    say (hello ());
  while (fake_is ("deaf", NULL)) {
    signal (SIGHUP, SIG_IGN);
    pause ();
  }
  if (fake && g_str_has_prefix (fake, "text ")) {
    g_autofree gchar *text = g_strdelimit (g_strdup (fake + strlen ("text ")), "'", '"');

    fprintf (control, "%s\n", text);
    fflush (control);
  }
  if (fake_is ("nest", NULL)) {
    g_autofree gchar *brackets = g_strnfill (300000, '[');

    fprintf (control, "{\"kind\":%s\n", brackets);
    fflush (control);
  }
  while (read_commands (lines))
    obey_lines (lines);
  return 3;
}
