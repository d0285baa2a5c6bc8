/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A probe in front of a sink that does nothing. */
#include "consumer.h"

#include <string.h>

typedef struct {
  IpcBenchBoard *board;
  guint slot;
  gboolean read;
} Consumer;

typedef struct {
  guint64 all, any; /* of the words so far: which bits are set in all, and which in any */
} Look;

static void
look_at (Look *look, const guint8 *data, gsize size)
{
  guint64 all = look->all, any = look->any, word;
  gsize i = 0;

  for (; i + sizeof word <= size; i += sizeof word) {
    memcpy (&word, data + i, sizeof word);
    all &= word;
    any |= word;
  }
  for (; i < size; i++) {
    word = data[i] * G_GUINT64_CONSTANT (0x0101010101010101);
    all &= word;
    any |= word;
  }
  *look = (Look){ all, any };
}

/* Memory by memory: to map a buffer of several copies them into one. */
static void
read_all (const Consumer *consumer, GstBuffer *buffer)
{
  Look look = { G_MAXUINT64, 0 };
  guint8 byte;
  gboolean mapped = gst_buffer_n_memory (buffer) > 0;

  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ)) {
      mapped = FALSE;
      continue;
    }
    look_at (&look, map.data, map.size);
    gst_memory_unmap (memory, &map);
  }
  byte = look.all;
  ipc_bench_board_read (consumer->board, consumer->slot, byte,
      mapped && look.all == look.any && look.all == byte * G_GUINT64_CONSTANT (0x0101010101010101));
}

static void
take_mark (const Consumer *consumer, GstBuffer *buffer)
{
  guint32 mark;

  if (gst_buffer_extract (buffer, 0, &mark, sizeof mark) == sizeof mark)
    ipc_bench_board_mark (consumer->board, consumer->slot, mark);
}

static gboolean
consume_buffer (GstBuffer **buffer, guint index, gpointer data)
{
  const Consumer *consumer = data;

  if (ipc_bench_board_wants_marks (consumer->board)) {
    take_mark (consumer, *buffer);
    return TRUE;
  }
  if (consumer->read)
    read_all (consumer, *buffer);
  ipc_bench_board_count (consumer->board, consumer->slot, 1);
  return TRUE;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Consumer *consumer = data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
    consume_buffer (&buffer, 0, data);
  } else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), consume_buffer, data);
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CUSTOM_DOWNSTREAM) {
    ipc_bench_board_count (consumer->board, consumer->slot, 1);
  }
  return GST_PAD_PROBE_OK;
}

void
ipc_bench_consumer_watch (GstElement *element, IpcBenchBoard *board, guint slot, gboolean read)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");
  Consumer *consumer = g_new0 (Consumer, 1);

  *consumer = (Consumer){ board, slot, read };
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      consumer, g_free);
}
