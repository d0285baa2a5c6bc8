/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prints a libFuzzer dictionary of what inputs are made of: taken from tables of types and from objects, not retyped.
 */

#include <stdio.h>

#include "bench.h"
#include "wire/memory.h"

static void
print_bytes (gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  putchar ('"');
  for (gsize i = 0; i < size; i++)
    printf ("\\x%02x", bytes[i]);
  puts ("\"");
}

static void
print_word (const gchar *format, const gchar *word)
{
  g_autofree gchar *text = g_strdup_printf (format, word);

  print_bytes (text, strlen (text));
}

/* The numbers of event, query and message types, as they stand on the wire. */
static void
print_type_numbers (GType type)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  const gboolean is_enum = G_IS_ENUM_CLASS (klass);
  const guint n = is_enum ? ((GEnumClass *)klass)->n_values : ((GFlagsClass *)klass)->n_values;

  for (guint i = 0; i < n; i++) {
    const guint32 value
        = is_enum ? (guint32)((GEnumClass *)klass)->values[i].value : ((GFlagsClass *)klass)->values[i].value;
    const guint32 wire = GUINT32_TO_LE (value);

    print_bytes (&wire, sizeof wire);
  }
}

/* Enumerations and flags in a text: their type, and what they may be. */
static void
print_values (GType type)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);

  print_word ("=(%s)", g_type_name (type));
  if (G_IS_ENUM_CLASS (klass)) {
    for (guint i = 0; i < ((GEnumClass *)klass)->n_values; i++)
      print_word ("%s", ((GEnumClass *)klass)->values[i].value_nick);
  } else {
    for (guint i = 0; i < ((GFlagsClass *)klass)->n_values; i++)
      print_word ("+%s", ((GFlagsClass *)klass)->values[i].value_nick);
  }
}

static gboolean
print_field (GQuark field, const GValue *value, gpointer unused)
{
  g_autofree gchar *text = g_strdup_printf (", %s=(%s)", g_quark_to_string (field), G_VALUE_TYPE_NAME (value));

  print_word ("%s", text);
  return TRUE;
}

static void
print_structure (const GstStructure *structure)
{
  if (!structure)
    return;
  print_word ("%s", gst_structure_get_name (structure));
  gst_structure_foreach (structure, print_field, NULL);
}

static void
print_objects (void)
{
  g_autoptr (GstBin) bin = GST_BIN (gst_object_ref_sink (gst_bin_new (NULL)));

  for (guint8 i = 0; i < 16; i++) {
    g_autoptr (GstEvent) up = fuzz_upstream_event (i);
    g_autoptr (GstEvent) down = fuzz_downstream_event (i);
    g_autoptr (GstQuery) query = fuzz_query (i);
    g_autoptr (GstMessage) message = fuzz_message (GST_OBJECT (bin), i);

    print_structure (gst_event_get_structure (up));
    print_structure (gst_event_get_structure (down));
    print_structure (gst_query_get_structure (query));
    print_structure (gst_message_get_structure (message));
    print_word ("=(GstEvent)%s:1:1:0:", gst_event_type_get_name (GST_EVENT_TYPE (down)));
  }
}

int
main (int argc, char **argv)
{
  const GType numbers[] = { GST_TYPE_EVENT_TYPE, GST_TYPE_QUERY_TYPE, GST_TYPE_MESSAGE_TYPE };
  const GType values[] = { GST_TYPE_FORMAT, GST_TYPE_SEEK_FLAGS, GST_TYPE_SEEK_TYPE, GST_TYPE_SEGMENT_FLAGS,
    GST_TYPE_STREAM_FLAGS, GST_TYPE_STREAM_TYPE, GST_TYPE_TOC_SCOPE, GST_TYPE_TOC_ENTRY_TYPE };
  const GType others[] = { G_TYPE_INT, G_TYPE_UINT, G_TYPE_INT64, G_TYPE_UINT64, G_TYPE_BOOLEAN, G_TYPE_STRING,
    G_TYPE_DOUBLE, G_TYPE_FLOAT, G_TYPE_LONG, G_TYPE_UCHAR, GST_TYPE_FRACTION, GST_TYPE_BITMASK, GST_TYPE_FLAG_SET,
    GST_TYPE_BUFFER, GST_TYPE_SAMPLE, GST_TYPE_STRUCTURE, GST_TYPE_CAPS, GST_TYPE_CAPS_FEATURES, GST_TYPE_TAG_LIST,
    GST_TYPE_SEGMENT, GST_TYPE_EVENT, GST_TYPE_DATE_TIME, G_TYPE_DATE, G_TYPE_DATE_TIME, GST_TYPE_STREAM,
    GST_TYPE_STREAM_COLLECTION, GST_TYPE_TOC };

  LLVMFuzzerInitialize (&argc, &argv);
  print_bytes (FUZZ_SEPARATOR, FUZZ_SEPARATOR_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    print_type_numbers (numbers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    print_values (values[i]);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    print_word ("=(%s)", g_type_name (others[i]));
  print_objects ();
  print_word ("%s", IPC_MEMORY_META);
  print_word ("%s", "1;1:64:0:64+");
  return 0;
}
