/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metas between peers that agreed on them (META-1 to META-4): what arrives, what is skipped and counted, and that no
 * text harms the buffer. g_test makes every critical and warning fatal.
 */

#include <string.h>

#include "meta.h"
#include "test-meta-util.h"

#define FRAME "video/x-raw, format=GRAY8, width=64, height=48"
#define RECTANGLE "x=(uint)%u, y=(uint)%u, width=(uint)%u, height=(uint)%u"

static GstBuffer *
carry (GstBuffer *buffer, const gchar *caps)
{
  guint skipped = 1;
  GstBuffer *arrived = test_carry_buffer (buffer, IPC_FORM_METAS, caps, &skipped);

  g_assert_cmpuint (skipped, ==, 0);
  test_use (arrived, caps);
  return arrived;
}

static void
add_custom (GstBuffer *buffer, gint number)
{
  GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer, "test-custom-meta");

  gst_structure_set (gst_custom_meta_get_structure (meta), "number", G_TYPE_INT, number, "text", G_TYPE_STRING,
      "\xc3\xa4 \"quoted\"", "not-carried", G_TYPE_POINTER, NULL, NULL);
}

static void
test_core (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstCaps) unix_time = gst_caps_new_empty_simple ("timestamp/x-unix");
  g_autoptr (GstBuffer) arrived = NULL;
  GstReferenceTimestampMeta *reference;
  GstCustomMeta *custom;
  gint number = 0;

  gst_buffer_add_reference_timestamp_meta (buffer, unix_time, 5, GST_CLOCK_TIME_NONE);
  gst_buffer_add_protection_meta (buffer, gst_structure_new ("p", "iv", G_TYPE_UINT, 8, NULL));
  gst_buffer_add_protection_meta (buffer, gst_structure_new ("q", "iv", G_TYPE_UINT, 9, NULL));
  add_custom (buffer, -7);
  arrived = carry (buffer, NULL);
  reference = gst_buffer_get_reference_timestamp_meta (arrived, unix_time);
  g_assert_true (gst_caps_is_equal (reference->reference, unix_time));
  g_assert_cmpuint (reference->timestamp, ==, 5);
  g_assert_cmpuint (reference->duration, ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (gst_buffer_get_n_meta (arrived, GST_PROTECTION_META_API_TYPE), ==, 2);
  g_assert_true (gst_structure_has_name (gst_buffer_get_protection_meta (arrived)->info, "p"));
  custom = gst_buffer_get_custom_meta (arrived, "test-custom-meta");
  g_assert_true (gst_structure_get_int (gst_custom_meta_get_structure (custom), "number", &number));
  g_assert_cmpint (number, ==, -7);
  g_assert_cmpstr (
      gst_structure_get_string (gst_custom_meta_get_structure (custom), "text"), ==, "\xc3\xa4 \"quoted\"");
  g_assert_false (gst_structure_has_field (gst_custom_meta_get_structure (custom), "not-carried"));
}

static void
test_rectangles (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (buffer);
  GstVideoRegionOfInterestMeta *child = gst_buffer_add_video_region_of_interest_meta (buffer, "an eye", 1, 2, 3, 4);
  GstVideoRegionOfInterestMeta *face;
  const GstStructure *param;
  gpointer state = NULL;

  crop->x = 4;
  crop->y = 3;
  crop->width = 60;
  crop->height = 45;
  child->id = G_MININT;
  child->parent_id = G_MAXINT;
  face = gst_buffer_add_video_region_of_interest_meta (buffer, "face", 0, 0, 64, 48);
  face->id = G_MAXINT;
  gst_video_region_of_interest_meta_add_param (face, gst_structure_new ("one", "s", G_TYPE_STRING, "\"a\", b;", NULL));
  gst_video_region_of_interest_meta_add_param (
      face, gst_structure_new ("two", "p", G_TYPE_POINTER, NULL, "n", G_TYPE_INT, 1, NULL));
  arrived = carry (buffer, FRAME);
  crop = gst_buffer_get_video_crop_meta (arrived);
  g_assert_cmpuint (crop->x, ==, 4);
  g_assert_cmpuint (crop->y, ==, 3);
  g_assert_cmpuint (crop->width, ==, 60);
  g_assert_cmpuint (crop->height, ==, 45);
  child = gst_buffer_get_video_region_of_interest_meta_id (arrived, G_MININT);
  g_assert_cmpstr (g_quark_to_string (child->roi_type), ==, "an eye");
  g_assert_cmpint (child->parent_id, ==, G_MAXINT);
  g_assert_cmpuint (child->x, ==, 1);
  g_assert_cmpuint (child->y, ==, 2);
  g_assert_cmpuint (child->w, ==, 3);
  g_assert_cmpuint (child->h, ==, 4);
  g_assert_null (child->params);
  face = gst_buffer_get_video_region_of_interest_meta_id (arrived, G_MAXINT);
  g_assert_cmpuint (g_list_length (face->params), ==, 2);
  param = face->params->data;
  g_assert_cmpstr (gst_structure_get_string (param, "s"), ==, "\"a\", b;");
  param = face->params->next->data;
  g_assert_true (gst_structure_has_name (param, "two"));
  g_assert_cmpint (gst_structure_n_fields (param), ==, 1);
  /* in their order */
  gst_buffer_iterate_meta_filtered (arrived, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
  g_assert_true (gst_buffer_iterate_meta_filtered (arrived, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)
                 == (GstMeta *)face);
}

static void
test_time_code (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (3600);
  g_autoptr (GDateTime) jam = g_date_time_new (zone, 2024, 2, 29, 1, 2, 3.25);
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  const GstVideoTimeCode *sent;
  const GstVideoTimeCode *code;

  sent = &gst_buffer_add_video_time_code_meta_full (buffer, 30000, 1001, jam,
      GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME | GST_VIDEO_TIME_CODE_FLAGS_INTERLACED, 23, 59, 58, 29, 2)
              ->tc;
  gst_buffer_add_video_time_code_meta_full (buffer, 25, 1, NULL, 0, 1, 2, 3, 4, 0);
  arrived = carry (buffer, NULL);
  g_assert_cmpuint (gst_buffer_get_n_meta (arrived, GST_VIDEO_TIME_CODE_META_API_TYPE), ==, 2);
  code = &gst_buffer_get_video_time_code_meta (arrived)->tc;
  g_assert_true (g_date_time_equal (code->config.latest_daily_jam, sent->config.latest_daily_jam));
  g_assert_cmpuint (code->config.fps_n, ==, 30000);
  g_assert_cmpuint (code->config.fps_d, ==, 1001);
  g_assert_cmpuint (code->config.flags, ==, sent->config.flags);
  g_assert_cmpuint (code->hours, ==, 23);
  g_assert_cmpuint (code->minutes, ==, 59);
  g_assert_cmpuint (code->seconds, ==, 58);
  g_assert_cmpuint (code->frames, ==, 29);
  g_assert_cmpuint (code->field_count, ==, 2);
}

static void
test_ancillary (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  GstVideoCaptionMeta *caption;
  GstVideoAFDMeta *afd;
  GstVideoBarMeta *bar;

  gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA708_CDP, (const guint8 *)"\0\xff\x80", 3);
  gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA608_RAW, (const guint8 *)"b", 1);
  gst_buffer_add_video_afd_meta (buffer, 1, GST_VIDEO_AFD_SPEC_SMPTE_ST2016_1, GST_VIDEO_AFD_16_9_LETTER_4_3_CENTER);
  gst_buffer_add_video_bar_meta (buffer, 1, TRUE, 12, 48);
  arrived = carry (buffer, FRAME);
  g_assert_cmpuint (gst_buffer_get_n_meta (arrived, GST_VIDEO_CAPTION_META_API_TYPE), ==, 2);
  caption = gst_buffer_get_video_caption_meta (arrived);
  g_assert_cmpint (caption->caption_type, ==, GST_VIDEO_CAPTION_TYPE_CEA708_CDP);
  g_assert_cmpmem (caption->data, caption->size, "\0\xff\x80", 3);
  afd = gst_buffer_get_video_afd_meta (arrived);
  g_assert_cmpuint (afd->field, ==, 1);
  g_assert_cmpint (afd->spec, ==, GST_VIDEO_AFD_SPEC_SMPTE_ST2016_1);
  g_assert_cmpint (afd->afd, ==, GST_VIDEO_AFD_16_9_LETTER_4_3_CENTER);
  bar = gst_buffer_get_video_bar_meta (arrived);
  g_assert_cmpuint (bar->field, ==, 1);
  g_assert_true (bar->is_letterbox);
  g_assert_cmpuint (bar->bar_data1, ==, 12);
  g_assert_cmpuint (bar->bar_data2, ==, 48);
}

static gboolean is_taken (const gchar *api, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* Whether a meta is attached to a buffer of FRAME whose text has these fields. */
static gboolean
is_taken (const gchar *api, const gchar *format, ...)
{
  g_autofree gchar *fields = NULL;
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  fields = g_strdup_vprintf (format, args);
  va_end (args);
  text = g_strdup_printf ("%s, %s", api, fields);
  return test_is_attached (64 * 48, FRAME, api, text);
}

static void
test_rectangle_bounds (void)
{
  const struct {
    guint x, y, width, height;
    gboolean fits;
  } rectangles[] = {
    { 0, 0, 64, 48, TRUE },
    { 63, 47, 1, 1, TRUE },
    { 64, 48, 0, 0, TRUE },
    { 0, 0, 65, 48, FALSE },
    { 0, 0, 64, 49, FALSE },
    { 64, 0, 1, 1, FALSE },
    { 0, 48, 1, 1, FALSE },
    { 65, 0, 0, 0, FALSE },
    { G_MAXUINT, 0, 1, 1, FALSE },
    { 1, 1, G_MAXUINT, 1, FALSE },
    { 1, 1, 1, G_MAXUINT, FALSE },
    { G_MAXUINT - 9, G_MAXUINT - 9, 20, 20, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rectangles); i++) {
    const guint x = rectangles[i].x, y = rectangles[i].y, w = rectangles[i].width, h = rectangles[i].height;

    g_test_message (RECTANGLE, x, y, w, h);
    g_assert_true (is_taken ("GstVideoCropMetaAPI", RECTANGLE, x, y, w, h) == rectangles[i].fits);
    g_assert_true (is_taken ("GstVideoRegionOfInterestMetaAPI",
                       "roi-type=(string)r, id=(int)0, parent-id=(int)0, " RECTANGLE, x, y, w, h)
                   == rectangles[i].fits);
  }
}

/* Without a frame that is known there is still an end to how far away a rectangle may be. */
static void
test_rectangle_without_frame (void)
{
  g_autofree gchar *far = g_strdup_printf ("GstVideoCropMetaAPI, " RECTANGLE, 1, 1, 32767, 32767);
  g_autofree gchar *farther = g_strdup_printf ("GstVideoCropMetaAPI, " RECTANGLE, 1, 1, 32768, 1);

  g_assert_true (test_is_attached (10, "video/x-h264", "GstVideoCropMetaAPI", far));
  g_assert_true (test_is_attached (10, NULL, "GstVideoCropMetaAPI", far));
  g_assert_false (test_is_attached (10, NULL, "GstVideoCropMetaAPI", farther));
}

/* A decoder's frame may be larger than the caps say: what is to be seen is anywhere in it, also when the crop meta
 * comes before the video meta. */
static void
test_crop_in_larger_frame (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 80 * 80, NULL);
  g_autoptr (GstBuffer) arrived = NULL;
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (buffer);
  guint skipped = 0;

  crop->x = crop->y = 16;
  crop->width = 64;
  crop->height = 48;
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, FRAME, &skipped);
  g_assert_cmpuint (skipped, ==, 1);
  g_clear_pointer (&arrived, gst_buffer_unref);
  gst_buffer_add_video_meta (buffer, 0, GST_VIDEO_FORMAT_GRAY8, 80, 80);
  arrived = carry (buffer, FRAME);
  g_assert_nonnull (gst_buffer_get_video_crop_meta (arrived));
}

static gboolean
time_code_is_taken (guint fps_n, guint fps_d, guint flags, guint hours, guint minutes, guint seconds, guint frames,
    guint field_count, const gchar *more)
{
  return is_taken ("GstVideoTimeCodeMetaAPI",
      "fps-n=(uint)%u, fps-d=(uint)%u, flags=(uint)%u, hours=(uint)%u, minutes=(uint)%u, seconds=(uint)%u, "
      "frames=(uint)%u, field-count=(uint)%u%s",
      fps_n, fps_d, flags, hours, minutes, seconds, frames, field_count, more);
}

/* With frame rates out of all bounds GStreamer aborts. */
static void
test_time_code_bounds (void)
{
  g_assert_true (time_code_is_taken (25, 1, 0, 23, 59, 59, 24, 0, ""));
  g_assert_true (time_code_is_taken (1000, 1, 0, 23, 59, 59, 999, 2, ""));
  g_assert_true (time_code_is_taken (10000000, 10000, 0, 23, 59, 59, 999, 0, ""));
  g_assert_false (time_code_is_taken (1001, 1, 0, 23, 59, 59, 0, 0, ""));
  g_assert_false (time_code_is_taken (10001000, 10001, 0, 23, 59, 59, 999, 0, ""));
  g_assert_false (time_code_is_taken (G_MAXUINT, 1, 0, 23, 59, 59, G_MAXUINT - 1, 0, ""));
  g_assert_false (time_code_is_taken (0, 1, 0, 0, 0, 0, 0, 0, ""));
  g_assert_false (time_code_is_taken (25, 0, 0, 0, 0, 0, 0, 0, ""));
  g_assert_false (time_code_is_taken (25, 1, 0, 24, 0, 0, 0, 0, ""));
  g_assert_false (time_code_is_taken (25, 1, 0, 0, 60, 0, 0, 0, ""));
  g_assert_false (time_code_is_taken (25, 1, 0, 0, 0, 60, 0, 0, ""));
  g_assert_false (time_code_is_taken (25, 1, 0, 0, 0, 0, 25, 0, ""));
  g_assert_false (time_code_is_taken (25, 1, 2, 0, 0, 0, 0, 3, ""));
  g_assert_false (time_code_is_taken (25, 1, 4, 0, 0, 0, 0, 0, ""));
  g_assert_false (time_code_is_taken (25, 1, 1, 0, 0, 0, 0, 0, ""));
  g_assert_false (time_code_is_taken (30000, 1001, 1, 0, 1, 0, 0, 0, ""));
}

static void
test_daily_jam_bounds (void)
{
  const gchar *good[] = { "9998-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "2024-02-29T12:00:00-23:59" };
  const gchar *bad[] = { "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2023-02-29T12:00:00Z", "2024-02-29T12:00:00",
    "tomorrow", "2024-02-29T12:00:00+99:99", "2024-02-29T25:00:00Z", "-001-01-01T00:00:00Z", "" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree gchar *jam = g_strdup_printf (", latest-daily-jam=(string)\"%s\"", good[i]);

    g_test_message ("%s", jam);
    g_assert_true (time_code_is_taken (30000, 1001, 1, 23, 59, 59, 29, 1, jam));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *jam = g_strdup_printf (", latest-daily-jam=(string)\"%s\"", bad[i]);

    g_test_message ("%s", jam);
    g_assert_false (time_code_is_taken (25, 1, 0, 0, 0, 0, 0, 0, jam));
  }
  g_assert_false (time_code_is_taken (25, 1, 0, 0, 0, 0, 0, 0, ", latest-daily-jam=(int)1"));
  g_assert_false (time_code_is_taken (25, 1, 0, 0, 0, 0, 0, 0, ", latest-daily-jam=(string)NULL"));
}

static void
test_ancillary_bounds (void)
{
  const gchar *afd = "GstVideoAFDMetaAPI";
  const gchar *bar = "GstVideoBarMetaAPI";
  const gchar *caption = "GstVideoCaptionMetaAPI";

  g_assert_true (is_taken (caption, "caption-type=(uint)1, data=(buffer)00"));
  g_assert_true (is_taken (caption, "caption-type=(uint)4, data=(buffer)00"));
  g_assert_false (is_taken (caption, "caption-type=(uint)0, data=(buffer)00"));
  g_assert_false (is_taken (caption, "caption-type=(uint)5, data=(buffer)00"));
  g_assert_false (is_taken (caption, "caption-type=(uint)4294967295, data=(buffer)00"));
  g_assert_false (is_taken (caption, "caption-type=(uint)1, data=(buffer)"));
  g_assert_false (is_taken (caption, "caption-type=(uint)1, data=(buffer)0"));
  g_assert_false (is_taken (caption, "caption-type=(uint)1, data=(string)00"));
  g_assert_true (is_taken (afd, "field=(uint)1, spec=(uint)2, afd=(uint)15"));
  g_assert_false (is_taken (afd, "field=(uint)2, spec=(uint)2, afd=(uint)15"));
  g_assert_false (is_taken (afd, "field=(uint)256, spec=(uint)2, afd=(uint)15"));
  g_assert_false (is_taken (afd, "field=(uint)1, spec=(uint)3, afd=(uint)15"));
  g_assert_false (is_taken (afd, "field=(uint)1, spec=(uint)256, afd=(uint)15"));
  g_assert_false (is_taken (afd, "field=(uint)1, spec=(uint)2, afd=(uint)16"));
  g_assert_false (is_taken (afd, "field=(uint)1, spec=(uint)2, afd=(uint)1"));
  g_assert_false (is_taken (afd, "field=(uint)1, spec=(uint)0, afd=(uint)0"));
  g_assert_true (is_taken (afd, "field=(uint)1, spec=(uint)0, afd=(uint)2"));
  g_assert_true (is_taken (bar, "field=(uint)1, is-letterbox=true, bar-data1=(uint)0, bar-data2=(uint)48"));
  g_assert_true (is_taken (bar, "field=(uint)1, is-letterbox=false, bar-data1=(uint)64, bar-data2=(uint)0"));
  g_assert_false (is_taken (bar, "field=(uint)1, is-letterbox=true, bar-data1=(uint)49, bar-data2=(uint)0"));
  g_assert_false (is_taken (bar, "field=(uint)1, is-letterbox=false, bar-data1=(uint)0, bar-data2=(uint)65"));
  g_assert_false (is_taken (bar, "field=(uint)2, is-letterbox=true, bar-data1=(uint)0, bar-data2=(uint)0"));
}

static gboolean
region_is_taken (const gchar *type, const gchar *more)
{
  return is_taken ("GstVideoRegionOfInterestMetaAPI",
      "roi-type=%s, id=(int)0, parent-id=(int)0, x=(uint)0, y=(uint)0, width=(uint)1, height=(uint)1%s", type, more);
}

static void
test_region_bounds (void)
{
  g_autofree gchar *longest = g_strnfill (IPC_TEXT_MAX_NAME, 'r');
  g_autofree gchar *longer = g_strnfill (IPC_TEXT_MAX_NAME + 1, 'r');

  g_assert_true (region_is_taken (longest, ""));
  g_assert_false (region_is_taken (longer, ""));
  g_assert_false (region_is_taken ("(string)NULL", ""));
  g_assert_false (region_is_taken ("(int)1", ""));
  g_assert_true (region_is_taken ("r", ", params=(GstValueArray)< \"a, b=1\" >"));
  g_assert_true (region_is_taken ("r", ", params=(GstValueArray)<  >"));
  g_assert_false (region_is_taken ("r", ", params=(GstValueArray)< \"a, b=1\", \"a, b=\" >"));
  g_assert_false (region_is_taken ("r", ", params=(GstValueArray)< \"a, b=1\", (string)NULL >"));
  g_assert_false (region_is_taken ("r", ", params=(GstValueArray)< (int)1 >"));
  g_assert_false (region_is_taken ("r", ", params=(string)a"));
}

static void
test_reference_bounds (void)
{
  const gchar *reference = "GstReferenceTimestampMetaAPI";

  g_assert_true (is_taken (reference, "reference=(GstCaps)ANY, timestamp=(guint64)0, duration=(guint64)0"));
  g_assert_false (is_taken (reference, "reference=(GstCaps)NULL, timestamp=(guint64)0, duration=(guint64)0"));
  g_assert_false (
      is_taken (reference, "reference=(GstCaps)ANY, timestamp=(guint64)18446744073709551615, duration=(guint64)0"));
  g_assert_false (is_taken (reference, "reference=(string)ANY, timestamp=(guint64)0, duration=(guint64)0"));
}

/* Known, but not here: not registered, another API, or no meta that goes over the wire at all. */
static void
test_unknown (void)
{
  /* makes it known to GStreamer */
  g_assert_nonnull (gst_parent_buffer_meta_get_info ());
  g_assert_true (test_is_attached (9, NULL, "test-custom-meta-api", "test-custom-meta, a=1"));
  g_assert_false (test_is_attached (9, NULL, "test-custom-meta-api", "test-custom-meta-2, a=1"));
  g_assert_false (test_is_attached (9, NULL, "test-custom-meta-2-api", "test-custom-meta, a=1"));
  g_assert_false (test_is_attached (9, NULL, "test-custom-meta-2-api", "test-custom-meta-2, a-new-name=1"));
  g_assert_false (test_is_attached (9, NULL, "GstParentBufferMetaAPI", "GstParentBufferMeta"));
  g_assert_false (test_is_attached (9, NULL, "GstBuffer", "GstBuffer"));
  g_assert_false (test_is_attached (9, NULL, "", ""));
  g_assert_false (test_is_attached (9, NULL, "GstProtectionMetaAPI", NULL));
  g_assert_false (test_is_attached (9, NULL, "GstVideoCropMetaAPI", "GstVideoBarMetaAPI, " RECTANGLE));
  /* what is not known brings no names into this process */
  g_assert_cmpuint (g_quark_try_string ("a-new-name"), ==, 0);
}

/* A protection meta is a meta like others: the buffer arrives without it, from a legacy peer too. */
static void
test_broken_protection (void)
{
  const IpcForm forms[] = { IPC_FORM_LEGACY, IPC_FORM_METAS };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_auto (IpcPacket) packet = { .header = { .type = IPC_PACKET_BUFFER }, .form = forms[i] };
    g_autoptr (GstBuffer) buffer = NULL;
    guint skipped = 0;

    packet.payload = g_bytes_new_static ("data", 4);
    packet.buffer.data = g_bytes_get_data (packet.payload, NULL);
    packet.buffer.size = 4;
    packet.buffer.n_metas = 2;
    packet.buffer.metas = g_new0 (IpcPacketMeta, 2);
    packet.buffer.metas[0].api = packet.buffer.metas[1].api = "GstProtectionMetaAPI";
    packet.buffer.metas[0].text = "p, iv=";
    packet.buffer.metas[1].text = "p, iv=(uint)8;";
    buffer = ipc_buffer_from_packet (&packet, NULL, &skipped, NULL);
    g_assert_cmpuint (skipped, ==, 1);
    g_assert_cmpint (gst_buffer_memcmp (buffer, 0, "data", 4), ==, 0);
    g_assert_true (gst_structure_has_field (gst_buffer_get_protection_meta (buffer)->info, "iv"));
  }
}

/* Between peers that have not agreed on metas all is as it ever was (OBJ-6). */
static void
test_legacy (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  g_auto (IpcPacket) packet = { 0 };
  guint skipped = 0;

  gst_buffer_add_protection_meta (buffer, gst_structure_new_empty ("p"));
  gst_buffer_add_protection_meta (buffer, gst_structure_new_empty ("q"));
  gst_buffer_add_audio_level_meta (buffer, 1, TRUE);
  add_custom (buffer, 1);
  g_assert_true (ipc_packet_build_buffer (&packet, buffer, NULL));
  g_assert_cmpuint (packet.buffer.n_metas, ==, 4);
  for (guint i = 0; i < 3; i++)
    g_assert_null (packet.buffer.metas[i].text);
  g_assert_cmpstr (packet.buffer.metas[3].text, ==, "p;");
  arrived = test_carry_buffer (buffer, IPC_FORM_LEGACY, NULL, &skipped);
  g_assert_cmpuint (skipped, ==, 3);
  /* and a text that such a peer sends all the same means nothing */
  g_clear_pointer (&arrived, gst_buffer_unref);
  ipc_packet_clear (&packet);
  packet.form = IPC_FORM_METAS;
  g_assert_true (ipc_packet_build_buffer (&packet, buffer, NULL));
  g_assert_nonnull (packet.buffer.metas[2].text);
  packet.form = IPC_FORM_LEGACY;
  packet.payload = g_bytes_new_static (NULL, 0);
  arrived = ipc_buffer_from_packet (&packet, NULL, &skipped, NULL);
  g_assert_cmpuint (skipped, ==, 2);
  g_assert_cmpuint (gst_buffer_get_n_meta (arrived, GST_AUDIO_LEVEL_META_API_TYPE), ==, 0);
}

/* The order is kept; metas without content take their place in the packet, and are counted. */
static void
test_order (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) parent = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  gpointer state = NULL;
  GstMeta *meta;
  guint skipped = 0;

  gst_buffer_add_audio_level_meta (buffer, 3, TRUE);
  gst_buffer_add_parent_buffer_meta (buffer, parent);
  gst_buffer_add_protection_meta (buffer, gst_structure_new_empty ("p"));
  gst_buffer_add_audio_level_meta (buffer, 4, TRUE);
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, NULL, &skipped);
  g_assert_cmpuint (skipped, ==, 1);
  meta = gst_buffer_iterate_meta (arrived, &state);
  g_assert_cmpuint (((GstAudioLevelMeta *)meta)->level, ==, 3);
  meta = gst_buffer_iterate_meta (arrived, &state);
  g_assert_true (meta->info->api == GST_PROTECTION_META_API_TYPE);
  meta = gst_buffer_iterate_meta (arrived, &state);
  g_assert_cmpuint (((GstAudioLevelMeta *)meta)->level, ==, 4);
}

/* As many as there may be (META-4), and more: the rest is skipped. */
static void
test_many (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  guint skipped = 0;

  for (guint i = 0; i < IPC_META_MAX_TEXTS + 5; i++)
    gst_buffer_add_video_region_of_interest_meta (buffer, "r", i % 64, i % 48, 0, 0)->id = (gint)i;
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, FRAME, &skipped);
  g_assert_cmpuint (skipped, ==, 5);
  g_assert_cmpuint (
      gst_buffer_get_n_meta (arrived, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE), ==, IPC_META_MAX_TEXTS);
  g_assert_nonnull (gst_buffer_get_video_region_of_interest_meta_id (arrived, IPC_META_MAX_TEXTS - 1));
}

static gboolean
protection_of_size_is_taken (gsize size)
{
  const gsize frame = strlen ("p, s=(string)");
  g_autofree gchar *filling = g_strnfill (size - frame, 'x');
  g_autofree gchar *text = g_strconcat ("p, s=(string)", filling, NULL);

  g_assert_cmpuint (strlen (text), ==, size);
  return test_is_attached (4, NULL, "GstProtectionMetaAPI", text);
}

static void
test_text_size (void)
{
  g_assert_true (protection_of_size_is_taken (IPC_META_MAX_TEXT_SIZE));
  g_assert_false (protection_of_size_is_taken (IPC_META_MAX_TEXT_SIZE + 1));
}

int
main (int argc, char **argv)
{
  static const gchar *tags[] = { NULL };

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_meta_register_custom ("test-custom-meta", tags, NULL, NULL, NULL);
  g_test_add_func ("/wire/meta/core-and-custom-metas-arrive", test_core);
  g_test_add_func ("/wire/meta/rectangles-arrive", test_rectangles);
  g_test_add_func ("/wire/meta/time-codes-arrive", test_time_code);
  g_test_add_func ("/wire/meta/captions-afd-and-bars-arrive", test_ancillary);
  g_test_add_func ("/wire/meta/rectangles-are-in-the-frame", test_rectangle_bounds);
  g_test_add_func ("/wire/meta/rectangles-are-somewhere", test_rectangle_without_frame);
  g_test_add_func ("/wire/meta/crop-is-in-the-video-metas-frame", test_crop_in_larger_frame);
  g_test_add_func ("/wire/meta/time-codes-are-times", test_time_code_bounds);
  g_test_add_func ("/wire/meta/daily-jams-are-dates", test_daily_jam_bounds);
  g_test_add_func ("/wire/meta/captions-afd-and-bars-are-in-their-ranges", test_ancillary_bounds);
  g_test_add_func ("/wire/meta/regions-have-types-and-whole-params", test_region_bounds);
  g_test_add_func ("/wire/meta/references-have-times", test_reference_bounds);
  g_test_add_func ("/wire/meta/unknown-is-skipped", test_unknown);
  g_test_add_func ("/wire/meta/broken-protection-is-skipped", test_broken_protection);
  g_test_add_func ("/wire/meta/legacy-has-one-text", test_legacy);
  g_test_add_func ("/wire/meta/order-is-kept", test_order);
  g_test_add_func ("/wire/meta/as-many-as-there-may-be", test_many);
  g_test_add_func ("/wire/meta/texts-are-bounded", test_text_size);
  return g_test_run ();
}
