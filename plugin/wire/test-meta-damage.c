/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Texts of metas of each kind, damaged in each place: either the meta is attached, and does no harm to what uses the
 * buffer, or it is counted (META-3). g_test makes every critical and warning fatal.
 */

#include <string.h>

#include "test-meta-util.h"

#define FRAME "video/x-raw, format=GRAY8, width=64, height=48"
/* with the padding of one of the metas */
#define SIZE (68 * 50)

/* Texts of all kinds, as senders write them. */
static GPtrArray *
all_texts (GPtrArray *apis)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, SIZE, NULL);
  g_autoptr (GstCaps) reference = gst_caps_from_string ("timestamp/x-ntp, host=pool.ntp.org, port=123");
  g_autoptr (GDateTime) jam = g_date_time_new_utc (2024, 2, 29, 1, 2, 3.25);
  g_auto (IpcPacket) packet = { .form = IPC_FORM_METAS };
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  GstVideoRegionOfInterestMeta *region;
  GstVideoAlignment alignment;
  GstVideoMeta *padded;
  GstVideoInfo info;
  GstCustomMeta *custom;

  gst_buffer_add_protection_meta (buffer, gst_structure_new ("p", "iv", G_TYPE_UINT, 8, NULL));
  gst_buffer_add_reference_timestamp_meta (buffer, reference, 1, 2);
  gst_buffer_add_video_meta (buffer, 0, GST_VIDEO_FORMAT_GRAY8, 64, 48);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, 64, 48);
  gst_video_alignment_reset (&alignment);
  alignment.padding_left = 4;
  alignment.padding_bottom = 2;
  gst_video_info_align (&info, &alignment);
  padded = gst_buffer_add_video_meta_full (buffer, 0, GST_VIDEO_FORMAT_GRAY8, 64, 48, 1, info.offset, info.stride);
  g_assert_true (gst_video_meta_set_alignment (padded, alignment));
  gst_buffer_add_video_crop_meta (buffer);
  region = gst_buffer_add_video_region_of_interest_meta (buffer, "r", 1, 2, 3, 4);
  gst_video_region_of_interest_meta_add_param (region, gst_structure_new ("a", "s", G_TYPE_STRING, "b c", NULL));
  gst_buffer_add_video_time_code_meta_full (buffer, 30000, 1001, jam, 1, 23, 59, 59, 29, 1);
  gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA608_RAW, (const guint8 *)"ab", 2);
  gst_buffer_add_video_afd_meta (buffer, 0, 1, 8);
  gst_buffer_add_video_bar_meta (buffer, 0, FALSE, 1, 2);
  gst_buffer_add_audio_clipping_meta (buffer, GST_FORMAT_TIME, 1, 2);
  gst_buffer_add_audio_level_meta (buffer, 1, TRUE);
  custom = gst_buffer_add_custom_meta (buffer, "test-custom-meta");
  gst_structure_set (gst_custom_meta_get_structure (custom), "text", G_TYPE_STRING, "\xc3\xa4 \"quoted\"", NULL);
  g_assert_true (ipc_packet_build_buffer (&packet, buffer, NULL));
  for (guint i = 0; i < packet.buffer.n_metas; i++) {
    g_assert_nonnull (packet.buffer.metas[i].text);
    g_ptr_array_add (texts, g_strdup (packet.buffer.metas[i].text));
    g_ptr_array_add (apis, (gpointer)packet.buffer.metas[i].api);
  }
  return texts;
}

/* Bytes that mean something to the text form, or other digits, in the place of every byte; and every cut. */
static void
test_damaged (void)
{
  static const gchar damages[] = "\"\\()[]{}<>,;:= 0189-AT";
  g_autoptr (GPtrArray) apis = g_ptr_array_new ();
  g_autoptr (GPtrArray) texts = all_texts (apis);

  for (guint i = 0; i < texts->len; i++) {
    gchar *text = texts->pdata[i];
    const gsize length = strlen (text);

    g_assert_true (test_is_attached (SIZE, FRAME, apis->pdata[i], text));
    for (gsize at = 0; at < length; at++) {
      g_autofree gchar *cut = g_strndup (text, at);
      const gchar byte = text[at];

      test_is_attached (SIZE, FRAME, apis->pdata[i], cut);
      for (guint j = 0; damages[j]; j++) {
        text[at] = damages[j];
        test_is_attached (SIZE, FRAME, apis->pdata[i], text);
      }
      text[at] = byte;
    }
  }
}

/* A text under the name of every other meta. */
static void
test_mixed_up (void)
{
  g_autoptr (GPtrArray) apis = g_ptr_array_new ();
  g_autoptr (GPtrArray) texts = all_texts (apis);

  for (guint i = 0; i < texts->len; i++) {
    for (guint j = 0; j < texts->len; j++) {
      /* protection takes any structure */
      if (!g_str_equal (apis->pdata[i], "GstProtectionMetaAPI"))
        g_assert_true (test_is_attached (SIZE, FRAME, apis->pdata[i], texts->pdata[j])
                       == g_str_equal (apis->pdata[i], apis->pdata[j]));
    }
  }
}

int
main (int argc, char **argv)
{
  static const gchar *tags[] = { NULL };

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_meta_register_custom ("test-custom-meta", tags, NULL, NULL, NULL);
  g_test_add_func ("/wire/meta-damage/damaged-text-harms-nothing", test_damaged);
  g_test_add_func ("/wire/meta-damage/text-of-another-meta-is-skipped", test_mixed_up);
  return g_test_run ();
}
