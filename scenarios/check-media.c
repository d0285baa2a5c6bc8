/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Are the media what make-media promises? Each file is played through real decoders to its end, asked how long it is,
 * sought in, and its coded video looked at for keyframes: a scenario that fails shall not fail for its file. A Player
 * owns one pipeline and what was seen on its pads.
 */

#include <math.h>
#include <string.h>

#include <gst/gst.h>

typedef struct {
  const gchar *file;
  gdouble seconds;
  guint video_buffers; /* pictures that come out of the decoder, 0: no video */
  guint audio_streams;
  const gchar *title; /* or NULL */
} Medium;

static const Medium media[] = {
  { "av.webm", 3.0, 75, 1, "Ball and tone" },
  { "av.ts", 3.0, 75, 1, NULL },
  { "languages.ts", 3.0, 0, 2, NULL },
  { "tone.wav", 3.0, 0, 1, NULL },
  { "chapters.wav", 3.0, 0, 1, NULL },
  { "theme.oga", 6.1, 0, 1, NULL },
};

/* What players are asked for in scenarios is placed relative to these. */
#define DURATION_TOLERANCE 0.15
#define KEYFRAME_DISTANCE (500 * GST_MSECOND)

static const gchar *folder;

typedef struct {
  GstElement *pipeline;
  GMutex lock; /* guards what follows: probes run in streaming threads */
  guint video_buffers, audio_buffers;
  guint video_streams, audio_streams;
  GstClockTime last_keyframe, keyframe_distance;
} Player;

static gboolean
pad_is (GstPad *pad, const gchar *prefix)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  return caps && g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), prefix);
}

static void
note_video (Player *player, GstBuffer *buffer)
{
  GstClockTime time = GST_BUFFER_DTS_OR_PTS (buffer);

  player->video_buffers++;
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT) || !GST_CLOCK_TIME_IS_VALID (time))
    return;
  if (GST_CLOCK_TIME_IS_VALID (player->last_keyframe))
    player->keyframe_distance = MAX (player->keyframe_distance, time - player->last_keyframe);
  player->last_keyframe = time;
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Player *player = data;

  g_mutex_lock (&player->lock);
  if (pad_is (pad, "video/"))
    note_video (player, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    player->audio_buffers++;
  g_mutex_unlock (&player->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *bin, GstPad *pad, gpointer data)
{
  Player *player = data;
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  g_autoptr (GstPad) target = NULL;

  g_mutex_lock (&player->lock);
  if (pad_is (pad, "video/"))
    player->video_streams++;
  else if (pad_is (pad, "audio/"))
    player->audio_streams++;
  g_mutex_unlock (&player->lock);
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (player->pipeline), queue, sink, NULL);
  g_assert_true (gst_element_link (queue, sink));
  target = gst_element_get_static_pad (queue, "sink");
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, player, NULL);
  gst_element_sync_state_with_parent (sink);
  gst_element_sync_state_with_parent (queue);
}

/* @how: decodebin or parsebin. The pipeline is in PAUSED afterwards. */
static Player *
player_new (const Medium *medium, const gchar *how)
{
  Player *player = g_new0 (Player, 1);
  g_autofree gchar *path = g_build_filename (folder, medium->file, NULL);
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *bin = gst_element_factory_make (how, NULL);

  g_assert_nonnull (source);
  g_assert_nonnull (bin);
  g_mutex_init (&player->lock);
  player->last_keyframe = GST_CLOCK_TIME_NONE;
  player->pipeline = gst_pipeline_new (NULL);
  g_object_set (source, "location", path, NULL);
  gst_bin_add_many (GST_BIN (player->pipeline), source, bin, NULL);
  g_assert_true (gst_element_link (source, bin));
  g_signal_connect (bin, "pad-added", G_CALLBACK (on_pad_added), player);
  gst_element_set_state (player->pipeline, GST_STATE_PAUSED);
  return player;
}

static void
player_free (Player *player)
{
  gst_element_set_state (player->pipeline, GST_STATE_NULL);
  gst_object_unref (player->pipeline);
  g_mutex_clear (&player->lock);
  g_free (player);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Player, player_free)

/* The next message of @types; an error ends the test with its text. */
static GstMessage *
player_wait (Player *player, GstMessageType types)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (player->pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, types | GST_MESSAGE_ERROR);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_error ("%s (%s)", error->message, debug);
  }
  return message;
}

static void
player_wait_for (Player *player, GstMessageType type)
{
  gst_message_unref (player_wait (player, type));
}

static void
player_play_to_end (Player *player)
{
  gst_element_set_state (player->pipeline, GST_STATE_PLAYING);
  player_wait_for (player, GST_MESSAGE_EOS);
}

static void
test_plays (gconstpointer data)
{
  const Medium *medium = data;
  g_autoptr (Player) player = player_new (medium, "decodebin");

  player_wait_for (player, GST_MESSAGE_ASYNC_DONE);
  player_play_to_end (player);
  g_assert_cmpuint (player->video_streams, ==, medium->video_buffers > 0 ? 1 : 0);
  g_assert_cmpuint (player->audio_streams, ==, medium->audio_streams);
  g_assert_cmpuint (player->video_buffers, ==, medium->video_buffers);
  g_assert_cmpuint (player->audio_buffers, >, 10);
}

static void
test_seeks (gconstpointer data)
{
  const Medium *medium = data;
  g_autoptr (Player) player = player_new (medium, "decodebin");
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_TIME);
  gboolean seekable = FALSE;
  gint64 duration = -1, position = -1;
  const GstSeekFlags flags = GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE;

  player_wait_for (player, GST_MESSAGE_ASYNC_DONE);
  g_assert_true (gst_element_query_duration (player->pipeline, GST_FORMAT_TIME, &duration));
  g_assert_cmpfloat (fabs ((gdouble)duration / GST_SECOND - medium->seconds), <, DURATION_TOLERANCE);
  g_assert_true (gst_element_query (player->pipeline, query));
  gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  g_assert_true (seekable);

  g_assert_true (gst_element_seek_simple (player->pipeline, GST_FORMAT_TIME, flags, 2 * GST_SECOND));
  player_wait_for (player, GST_MESSAGE_ASYNC_DONE);
  g_assert_true (gst_element_query_position (player->pipeline, GST_FORMAT_TIME, &position));
  g_assert_cmpfloat (fabs ((gdouble)position / GST_SECOND - 2.0), <, DURATION_TOLERANCE);
  player_play_to_end (player);
}

static void
test_keyframes (gconstpointer data)
{
  g_autoptr (Player) player = player_new (data, "parsebin");

  player_play_to_end (player);
  g_assert_cmpuint (player->keyframe_distance, >, 0);
  g_assert_cmpuint (player->keyframe_distance, <=, KEYFRAME_DISTANCE);
}

static void
test_title (gconstpointer data)
{
  const Medium *medium = data;
  g_autoptr (Player) player = player_new (medium, "decodebin");
  g_autofree gchar *title = NULL;

  /* The audio track has a title of its own ("Audio"): only the end of the file ends the search. */
  gst_element_set_state (player->pipeline, GST_STATE_PLAYING);
  while (g_strcmp0 (title, medium->title) != 0) {
    g_autoptr (GstMessage) message = player_wait (player, GST_MESSAGE_TAG | GST_MESSAGE_EOS);
    g_autoptr (GstTagList) tags = NULL;

    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_TAG);
    gst_message_parse_tag (message, &tags);
    g_clear_pointer (&title, g_free);
    gst_tag_list_get_string (tags, GST_TAG_TITLE, &title);
  }
}

static void
add_test (const Medium *medium, const gchar *what, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/%s/%s", medium->file, what);

  g_test_add_data_func (path, medium, func);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: check-media FOLDER");
  folder = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    add_test (&media[i], "plays-to-its-end", test_plays);
    add_test (&media[i], "knows-its-length-and-seeks", test_seeks);
    if (media[i].video_buffers > 0)
      add_test (&media[i], "has-a-keyframe-each-half-second", test_keyframes);
    if (media[i].title)
      add_test (&media[i], "has-its-title", test_title);
  }
  return g_test_run ();
}
