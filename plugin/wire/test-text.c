/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader of structure text: what GStreamer writes is read as it was, and what GStreamer's own reader would complain
 * of or crash on is an error here. g_test makes every critical and warning fatal.
 */

#include <math.h>
#include <string.h>

#include "text.h"

static void
check_round_trip (GstStructure *structure)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = ipc_text_write (structure, IPC_TEXT_WHOLE, &error);
  g_autoptr (GstStructure) read = NULL;
  g_autofree gchar *again = NULL;

  g_assert_no_error (error);
  g_test_message ("%s", text);
  read = ipc_text_read (text, IPC_TEXT_WHOLE, &error);
  g_assert_no_error (error);
  again = ipc_text_write (read, IPC_TEXT_WHOLE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, text);
  gst_structure_free (structure);
}

static void
test_scalars (void)
{
  g_autoptr (GstDateTime) local = gst_date_time_new (2, 2001, 2, 3, 4, 5, 6.5);
  g_autoptr (GstDateTime) year = gst_date_time_new_y (1);
  g_autoptr (GstDateTime) month = gst_date_time_new_ym (9999, 12);
  g_autoptr (GstDateTime) day = gst_date_time_new_ymd (2004, 2, 29);
  g_autoptr (GstDateTime) minute = gst_date_time_new (-11.5, 2001, 2, 3, 4, 5, -1);
  g_autoptr (GDate) date = g_date_new_dmy (1, 2, 2003);

  check_round_trip (gst_structure_new ("numbers", "i", G_TYPE_INT, G_MININT, "u", G_TYPE_UINT, G_MAXUINT, "l",
      G_TYPE_LONG, G_MINLONG, "ul", G_TYPE_ULONG, G_MAXULONG, "i64", G_TYPE_INT64, G_MININT64, "u64", G_TYPE_UINT64,
      G_MAXUINT64, "uc", G_TYPE_UCHAR, 200, NULL));
  check_round_trip (
      gst_structure_new ("floats", "f", G_TYPE_FLOAT, 0.1, "d", G_TYPE_DOUBLE, 1 / 3.0, "inf", G_TYPE_DOUBLE, INFINITY,
          "b", G_TYPE_BOOLEAN, FALSE, "fr", GST_TYPE_FRACTION, -30000, 1001, "m", GST_TYPE_BITMASK, G_MAXUINT64, NULL));
  check_round_trip (
      gst_structure_new ("strings", "empty", G_TYPE_STRING, "", "null", G_TYPE_STRING, NULL, "NULL", G_TYPE_STRING,
          "NULL", "odd", G_TYPE_STRING, "a\n\t\"\\b\\303 \xc3\xa4,;=()[]{}<>", "number", G_TYPE_STRING, "5", NULL));
  check_round_trip (gst_structure_new ("enums", "e", GST_TYPE_SEEK_TYPE, GST_SEEK_TYPE_END, "f", GST_TYPE_SEEK_FLAGS,
      GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT, "none", GST_TYPE_SEEK_FLAGS, 0, "fmt", GST_TYPE_FORMAT,
      GST_FORMAT_UNDEFINED, "set", GST_TYPE_FLAG_SET, 5, 7, NULL));
  check_round_trip (gst_structure_new ("dates", "dt", GST_TYPE_DATE_TIME, local, "d", G_TYPE_DATE, date, NULL));
  check_round_trip (gst_structure_new ("parts", "year", GST_TYPE_DATE_TIME, year, "month", GST_TYPE_DATE_TIME, month,
      "day", GST_TYPE_DATE_TIME, day, "minute", GST_TYPE_DATE_TIME, minute, NULL));
}

static void
test_containers (void)
{
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("a/b(memory:DMABuf, meta:X), w=[ 2, 10, 2 ], f=[ 0/1, 30/1 ], "
                              "d=[ 1.5, 2.5 ], i=(gint64)[ 2, 10, 2 ], j=(gint64)[ 1, 2 ], l={ [ 1, "
                              "2 ], [ 4, 5 ] }, n=< < 1, 2 >, < 3 > >, q=(string){ \"a b\", c }; c/d(ANY)");
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup ("\0\xff", 2);
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_TITLE, "t", NULL);
  GstStructure *deep = gst_structure_new ("deepest", "s", G_TYPE_STRING, "q \"r\" ]", "c", GST_TYPE_CAPS, caps, NULL);
  GstSegment segment;

  for (guint i = 0; i < 5; i++) {
    GstStructure *outer = gst_structure_new ("level", "inner", GST_TYPE_STRUCTURE, deep, NULL);

    gst_structure_free (deep);
    deep = outer;
  }
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_structure_set (deep, "caps", GST_TYPE_CAPS, caps, "buffer", GST_TYPE_BUFFER, buffer, "tags", GST_TYPE_TAG_LIST,
      tags, "segment", GST_TYPE_SEGMENT, &segment, NULL);
  check_round_trip (deep);
}

static const gchar *const bad_texts[] = {
  "a, x=(buffer);",
  "a, x=(buffer)\"\";",
  "a, caps=(GstCaps)\"b/c\\,\\ x\\=\\(buffer\\)\";",
  "",
  ";",
  "1abc;",
  "a",
  "a, ;",
  "a, b;",
  "a, b=;",
  "a, b=(int);",
  "a, b=(int)x;",
  "a, b=(int)1",
  "a, b=(int)1; c",
  "a, b=(int)99999999999;",
  "a, b=(void)1;",
  "a, b=(GInterface)1;",
  "a, b=(GObject)x;",
  "a, b=(GstBin)x;",
  "a, b=(GBoxed)x;",
  "a, b=(GEnum)1;",
  "a, b=(gpointer)0x1;",
  "a, b=(GValueArray)< 1 >;",
  "a, b=(GstMessage)x;",
  "a, b=(NoSuchType)1;",
  "a, b=()1;",
  "a, b=(int 1;",
  "a, b=(GstIntRange)1;",
  "a, b=(list)1;",
  "a, b=(array)1;",
  "a, b=(int)[ 5, 1 ];",
  "a, b=(int)[ 5, 5 ];",
  "a, b=(int)[ 1, 5, 3 ];",
  "a, b=(int)[ 1, 5, 0 ];",
  "a, b=(int)[ 2, 5, 2 ];",
  "a, b=(gint64)[ 1, 5, 3 ];",
  "a, b=(gint64)[ 2, 5, 2 ];",
  "a, b=(guint64)[ 1, 5 ];",
  "a, b=(double)[ 1, 5, 1 ];",
  "a, b=(fraction)[ 1/1, 5/1, 1/1 ];",
  "a, b=[ 1, 5, 1.5 ];",
  "a, b=(GstEvent){ eos:0:1:0: };",
  "a, b=(GstCapsFeatures)\"m:a,m:\";",
  "a, b=(GstCapsFeatures)\"m:a,m:1\";",
  "a, b=(GstCapsFeatures)\"m:a,:a\";",
  "a, b=(GstCapsFeatures)\"m:a,m:a_b\";",
  "a, b=(GstSegment)\"segment, flags=(GstSegmentFlags)0, rate=(double)0, applied-rate=(double)1, "
  "format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)0, stop=(guint64)1, time=(guint64)0, "
  "position=(guint64)0, duration=(guint64)0;\";",
  "a, b=(GstSegment)\"segment, flags=(GstSegmentFlags)0, rate=(double)1, applied-rate=(double)0, "
  "format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)0, stop=(guint64)1, time=(guint64)0, "
  "position=(guint64)0, duration=(guint64)0;\";",
  "a, b=(GstSegment)\"segment, flags=(GstSegmentFlags)0, rate=(double)1, applied-rate=(double)1, "
  "format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)2, stop=(guint64)1, time=(guint64)0, "
  "position=(guint64)0, duration=(guint64)0;\";",
  "a, b=(int)[ 1 ];",
  "a, b=(int)[ 1, 2, 1, 1 ];",
  "a, b=(int)[ 1, 2",
  "a, b=(string)[ a, b ];",
  "a, b=[ 1, 2.5 ];",
  "a, b=(double)[ 2, 1 ];",
  "a, b=(fraction)[ 5/1, 1/1 ];",
  "a, b=(fraction)1/0;",
  "a, b=(fraction)-2147483648/-1;",
  "a, b=(fraction)1/-2147483648;",
  "a, b=(fraction)/;",
  "a, b=(int){ 1, (string)x };",
  "a, b=(int){ 1, [ 3, 4 ] };",
  "a, b=(int){ 1, 2;",
  "a, b=(string){ NULL };",
  "a, b=(string)< x, NULL >;",
  "a, b=(int)< 1, 2 };",
  "a, b=(string)\"open;",
  "a, b=(string)\"\\377\";",
  "a, b=(string)\"a\\000b\";",
  "a, b=(date)2001-02-31;",
  "a, b=(datetime)foo;",
  /* here GStreamer's own reader aborts */
  "a, b=(datetime)\"2012-1,-01 12:30:59-99230\";",
  "a, b=(datetime)2012-10-01T12:30+01-99;",
  "a, b=(datetime)2012-10-01T12:30:59.-5Z;",
  "a, b=(datetime)2012-10-01T12:30+2400;",
  "a, b=(datetime)12:30;",
  "a, b=(gdatetime)foo;",
  "a, b=(buffer)abc;",
  "a, b=(buffer)zz;",
  "a, b=(buffer)NULL;",
  "a, b=(sample)00:None:None;",
  "a, b=(sample)00:YQ__:None:None;",
  "a, b=(sample)00:%%:None:None;",
  "a, b=(structure)1;",
  "a, b=(structure)\"\";",
  "a, b=(structure)[ 1, 2 ];",
  "a, b=(structure)[ x;",
  "a, b=(GstCaps)1;",
  "a, b=(GstCaps)\"video/x-raw-yuv\";",
  "a, b=(GstCaps)\"a/b(foo)\";",
  "a, b=(GstCaps)\"a/b(x:y\";",
  "a, b=(GstCaps)\"NONE \";",
  "a, b=(GstCaps)\"a/b;ANY\";",
  "a, b=(GstCaps)\"a/b\\,c\\=\\(int\\)1\\;a/b\\,c\\=\\(string\\)\\{x\\,y\\}\";",
  "a, b=(GstCaps)\"a/b\\,c\\=\\(string\\)\\{x\\,y\\}\\;a/b\\,c\\=\\(int\\)1\";",
  "a, b=(GstCaps)\"a/b\\,c\\=\\(GstEvent\\)eos:0:1:0:\";",
  "a, b=(taglist)\"taglist\\,no-such-tag\\=\\(GstEvent\\)eos:0:1:0:\";",
  "a, b=(GstCapsFeatures)foo;",
  "a, b=(taglist)foo;",
  "a, b=(taglist)\"taglist\\,title\\=\\(int\\)1\";",
  "a, b=(GstSegment)\"segment, rate=(double)1;\";",
  "a, b=(GstSeekFlags)99999999;",
  "a, b=(GstSeekType)77;",
  "a, b=(GstEvent)latency;",
  "a, b=(GstEvent)latency:0:1:0:;",
  "a, b=(GstEvent)nothing:0:1:0:;",
  "a, b=(GstEvent)eos:0:0:0:;",
  "a, b=(GstEvent)latency:0:1:0:YQ__;",
  "a, b=(GstEvent)eos:0:99999999999:0:;",
  "video/x-raw-rgb;",
};

static void
test_bad_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstStructure) read = NULL;

    /* "a" and "a, b=(int)1" lack only the ';' that GStreamer does not ask for either */
    if (g_str_equal (bad_texts[i], "a") || g_str_equal (bad_texts[i], "a, b=(int)1"))
      continue;
    g_test_message ("%s", bad_texts[i]);
    read = ipc_text_read (bad_texts[i], IPC_TEXT_WHOLE, &error);
    g_assert_null (read);
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  }
}

static void
check_not_written (GstStructure *structure)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *part = NULL;

  g_test_message ("%u", gst_structure_n_fields (structure));
  g_assert_null (ipc_text_write (structure, IPC_TEXT_WHOLE, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
  /* left out, where that is asked for */
  part = ipc_text_write (structure, IPC_TEXT_SKIP_UNCARRIED, NULL);
  g_assert_cmpstr (part, ==, "a;");
  gst_structure_free (structure);
}

static GstStructure *
holds (GType type, gpointer boxed)
{
  return gst_structure_new ("a", "b", type, boxed, NULL);
}

/* A list of two values, which are taken. */
static GstStructure *
holds_list (GValue *one, GValue *two)
{
  GstStructure *structure = gst_structure_new_empty ("a");
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  gst_value_list_append_and_take_value (&list, one);
  gst_value_list_append_and_take_value (&list, two);
  gst_structure_take_value (structure, "b", &list);
  return structure;
}

/* What GStreamer would write, but neither it nor anybody else could read. */
static void
test_not_written (void)
{
  g_autofree gchar *long_name = g_strnfill (IPC_TEXT_MAX_NAME + 1, 'n');
  g_autoptr (GstBuffer) empty = gst_buffer_new ();
  g_autoptr (GstBuffer) full = gst_buffer_new_memdup ("x", 1);
  g_autoptr (GstSample) no_buffer = gst_sample_new (NULL, NULL, NULL, NULL);
  g_autoptr (GstSample) empty_buffer = gst_sample_new (empty, NULL, NULL, NULL);
  g_autoptr (GstSample) with_pointer = gst_sample_new (full, NULL, NULL, holds (G_TYPE_POINTER, NULL));
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("a/b", "p", G_TYPE_POINTER, NULL, NULL);
  g_autoptr (GstSample) bad_caps = gst_sample_new (full, caps, NULL, NULL);
  g_autoptr (GstEvent) bare = gst_event_new_eos ();
  g_autoptr (GstEvent) with_bad = gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, holds (G_TYPE_POINTER, NULL));
  GstStructure *named = gst_structure_new_empty ("a");
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };

  check_not_written (holds (G_TYPE_POINTER, NULL));
  check_not_written (holds (GST_TYPE_BUFFER, NULL));
  check_not_written (holds (GST_TYPE_BUFFER, empty));
  check_not_written (holds (GST_TYPE_SAMPLE, NULL));
  check_not_written (holds (GST_TYPE_SAMPLE, no_buffer));
  check_not_written (holds (GST_TYPE_SAMPLE, empty_buffer));
  check_not_written (holds (GST_TYPE_SAMPLE, with_pointer));
  check_not_written (holds (GST_TYPE_SAMPLE, bad_caps));
  check_not_written (holds (GST_TYPE_STRUCTURE, NULL));
  check_not_written (holds (G_TYPE_DATE, NULL));
  check_not_written (holds (GST_TYPE_EVENT, NULL));
  check_not_written (holds (GST_TYPE_EVENT, bare));
  check_not_written (holds (GST_TYPE_EVENT, with_bad));
  check_not_written (gst_structure_new ("a", "e", GST_TYPE_SEEK_TYPE, 77, NULL));
  check_not_written (gst_structure_new ("a", "f", GST_TYPE_SEEK_FLAGS, 1 << 30, NULL));
  check_not_written (gst_structure_new ("a", long_name, G_TYPE_INT, 1, NULL));
  gst_structure_set (named, "", G_TYPE_INT, 1, NULL);
  check_not_written (named);
  g_value_init (&values[0], G_TYPE_INT);
  g_value_init (&values[1], GST_TYPE_INT_RANGE);
  gst_value_set_int_range (&values[1], 1, 2);
  check_not_written (holds_list (&values[0], &values[1]));
}

/* Caps, and a tag list, whose only field is @value. */
static GstStructure *
holds_caps_with (const GValue *value)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("a/b");

  gst_caps_set_value (caps, "v", value);
  return holds (GST_TYPE_CAPS, caps);
}

static GstStructure *
holds_tags_with (const GValue *value)
{
  g_autoptr (GstStructure) content = gst_structure_new_empty ("taglist");
  g_autofree gchar *text = NULL;
  g_autoptr (GstTagList) tags = NULL;

  gst_structure_set_value (content, "no-such-tag", value);
  text = gst_structure_to_string (content);
  tags = gst_tag_list_new_from_string (text);
  g_assert_cmpint (gst_tag_list_n_tags (tags), ==, 1);
  return holds (GST_TYPE_TAG_LIST, tags);
}

/* Takes @structure. */
static void
check_comparable (GstStructure *structure, gboolean comparable)
{
  g_autofree gchar *text = gst_structure_to_string (structure);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) read = ipc_text_read (text, IPC_TEXT_WHOLE, &error);

  g_test_message ("%s", text);
  if (!comparable) {
    g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE);
    check_not_written (structure);
    return;
  }
  g_assert_no_error (error);
  g_assert_true (gst_structure_is_equal (read, structure));
  gst_structure_free (structure);
}

static GValue
in_a_structure (const GValue *value)
{
  GValue outer = G_VALUE_INIT;
  GstStructure *structure = gst_structure_new_empty ("s");

  gst_structure_set_value (structure, "v", value);
  g_value_init (&outer, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&outer, structure);
  return outer;
}

static GValue
in_a_list (GType type, const GValue *value)
{
  GValue outer = G_VALUE_INIT;

  g_value_init (&outer, type);
  if (type == GST_TYPE_ARRAY)
    gst_value_array_append_value (&outer, value);
  else
    gst_value_list_append_value (&outer, value);
  return outer;
}

/* @comparable: what gst_value_compare() must be able to do with values like @value. */
static void
check_in_caps_and_tags (GType type, gconstpointer boxed, gboolean comparable)
{
  GValue values[5] = { G_VALUE_INIT };

  g_value_init (&values[0], type);
  g_value_set_boxed (&values[0], boxed);
  values[1] = in_a_structure (&values[0]);
  values[2] = in_a_list (GST_TYPE_LIST, &values[1]);
  values[3] = in_a_list (GST_TYPE_ARRAY, &values[2]);
  values[4] = in_a_structure (&values[3]);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    check_comparable (holds_caps_with (&values[i]), comparable);
    check_comparable (holds_tags_with (&values[i]), comparable);
    g_value_unset (&values[i]);
  }
}

/* GStreamer compares caps and tags all the time, and raises criticals over what it cannot compare. */
static void
test_what_is_compared (void)
{
  g_autoptr (GstStructure) plain = gst_structure_new ("p", "i", G_TYPE_INT, 1, NULL);
  g_autoptr (GstCapsFeatures) features = gst_caps_features_new ("memory:X", NULL);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  check_in_caps_and_tags (GST_TYPE_STRUCTURE, plain, TRUE);
  check_in_caps_and_tags (GST_TYPE_SEGMENT, &segment, FALSE);
  check_in_caps_and_tags (GST_TYPE_CAPS_FEATURES, features, FALSE);
}

/* The same text @n times in brackets, quotes or a row. */
static gchar *
repeat (const gchar *start, const gchar *part, guint n, const gchar *end)
{
  GString *text = g_string_new (start);

  for (guint i = 0; i < n; i++)
    g_string_append (text, part);
  return g_string_free (g_string_append (text, end), FALSE);
}

static void
check_bomb (gchar *text)
{
  g_autofree gchar *owned = text;
  g_autoptr (GError) error = NULL;

  g_assert_null (ipc_text_read (owned, IPC_TEXT_WHOLE, &error));
  g_assert_true (error && error->domain == IPC_WIRE_ERROR);
}

static void
test_bombs (void)
{
  g_autofree gchar *fits = repeat ("a, b=(int){ 1", ", 1", IPC_TEXT_MAX_VALUES - 3, " };");
  g_autoptr (GstStructure) read = ipc_text_read (fits, IPC_TEXT_WHOLE, NULL);

  g_assert_nonnull (read);
  check_bomb (repeat ("a, b=(int){ 1", ", 1", IPC_TEXT_MAX_VALUES, " };"));
  check_bomb (repeat ("a, b=", "{", 100000, ""));
  check_bomb (repeat ("a, b=", "<", 100000, ""));
  check_bomb (repeat ("a, b=(GstCapsFeatures)\"m:a", ",m:a", IPC_TEXT_MAX_FEATURES, "\";"));
  check_bomb (repeat ("a, b=(int)", "[", 100000, ""));
  check_bomb (repeat ("a", ", b=(structure)[a", 10000, ""));
  check_bomb (repeat ("a, b=(structure)[a", ", b=(structure)[a", IPC_TEXT_MAX_DEPTH, "]]]]]]]]]]]]]]]]]"));
  check_bomb (repeat ("", "a", IPC_TEXT_MAX_NAME + 1, ";"));
  check_bomb (repeat ("a, b=(GstCaps)\"a/b", "\\;a/b", IPC_TEXT_MAX_VALUES, "\";"));
}

static void
test_many_fields (void)
{
  GString *text = g_string_new ("a");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= IPC_TEXT_MAX_FIELDS; i++)
    g_string_append_printf (text, ", f%u=(int)1", i);
  g_assert_null (ipc_text_read (text->str, IPC_TEXT_WHOLE, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
  g_string_free (text, TRUE);
}

static void
test_uncarried_fields (void)
{
  const gchar *text = "a, pool=(GArray)NULL, n=(int)3, ob=(GstElement)\"\\(GstBin\\)\\ b\";";
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) read = ipc_text_read (text, IPC_TEXT_SKIP_UNCARRIED, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gst_structure_n_fields (read), ==, 1);
  g_assert_true (gst_structure_has_field_typed (read, "n", G_TYPE_INT));
  g_assert_null (ipc_text_read (text, IPC_TEXT_WHOLE, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
}

/* Small in brackets, but each level doubles the backslashes when it is written with quotes. */
static void
test_exploding_text (void)
{
  g_autofree gchar *core = repeat ("a, t=(string)\"", "\\,", 50000, "\"");
  g_autofree gchar *head = repeat ("", "a, b=(structure)[", 12, core);

  check_bomb (repeat (head, "]", 12, ";"));
}

/* Whether GStreamer makes a quark of it or not. */
static void
test_name_is_new_once (void)
{
  for (guint i = 0; i < IPC_TEXT_MAX_NEW_NAMES + 10; i++)
    g_assert_true (ipc_text_name_admit ("a-name-that-comes-often", NULL));
}

/* Last: it uses up what this process may learn. */
static void
test_names_run_out (void)
{
  g_autoptr (GError) error = NULL;
  guint admitted = 0;

  for (guint i = 0; i < IPC_TEXT_MAX_NEW_NAMES + 10; i++) {
    g_autofree gchar *text = g_strdup_printf ("n%u;", i);
    g_autoptr (GstStructure) read = ipc_text_read (text, IPC_TEXT_WHOLE, NULL);

    admitted += read != NULL;
  }
  g_assert_cmpuint (admitted, >, 0);
  g_assert_cmpuint (admitted, <=, IPC_TEXT_MAX_NEW_NAMES);
  g_assert_null (ipc_text_read ("one-more;", IPC_TEXT_WHOLE, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE);
  g_assert_cmpuint (g_quark_try_string ("one-more"), ==, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/text/scalars-are-read-as-written", test_scalars);
  g_test_add_func ("/wire/text/containers-are-read-as-written", test_containers);
  g_test_add_func ("/wire/text/bad-text-is-an-error", test_bad_texts);
  g_test_add_func ("/wire/text/what-nobody-reads-is-not-written", test_not_written);
  g_test_add_func ("/wire/text/what-cannot-be-compared-is-not-in-caps-or-tags", test_what_is_compared);
  g_test_add_func ("/wire/text/too-much-is-an-error", test_bombs);
  g_test_add_func ("/wire/text/what-explodes-when-written-is-an-error", test_exploding_text);
  g_test_add_func ("/wire/text/too-many-fields-are-an-error", test_many_fields);
  g_test_add_func ("/wire/text/uncarried-fields-are-left-out-when-asked", test_uncarried_fields);
  g_test_add_func ("/wire/text/a-name-is-new-once", test_name_is_new_once);
  g_test_add_func ("/wire/text/new-names-run-out", test_names_run_out);
  return g_test_run ();
}
