/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the text form of structures: names, fields, lists, arrays, ranges. What a single value says is for
 * text-scalar.c. The text comes from a peer: nesting, the number of values and new names are bounded, types are
 * looked up by name but only those that ipc_text_kind() knows are made into values. A cursor points into a
 * NUL-terminated string and never goes behind its NUL.
 */

#include <string.h>

#include "whole.h"

gboolean
ipc_text_fail (IpcTextReader *reader, IpcWireError code, const gchar *format, ...)
{
  va_list args;

  if (!reader->error) {
    va_start (args, format);
    reader->error = g_error_new_valist (IPC_WIRE_ERROR, (gint)code, format, args);
    va_end (args);
  }
  return FALSE;
}

/* Bytes that @text has when it is written inside of @depth others: what needs an escape doubles each time. */
static guint64
written_size (const gchar *text, guint depth)
{
  guint64 simple = 0;
  guint64 other = 0;

  for (; *text != '\0'; text++) {
    if (ipc_text_is_simple (*text))
      simple++;
    else
      other++;
  }
  return simple + (other << (depth + 1));
}

gboolean
ipc_text_enter (IpcTextReader *reader, const gchar *text)
{
  if (reader->depth >= IPC_TEXT_MAX_DEPTH)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "nested more than %d levels deep", IPC_TEXT_MAX_DEPTH);
  reader->depth++;
  if (text)
    reader->written += written_size (text, reader->depth);
  if (reader->written > IPC_TEXT_MAX_WRITTEN) {
    reader->depth--;
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "too much text for its nesting");
  }
  return TRUE;
}

void
ipc_text_skip_space (const gchar **cursor)
{
  while (g_ascii_isspace (**cursor))
    (*cursor)++;
}

/* The simple characters at @cursor, or NULL with an error when there are none or too many. */
static gchar *
read_name (IpcTextReader *reader, const gchar **cursor, const gchar *what)
{
  const gchar *start = *cursor;
  g_autofree gchar *name = NULL;

  while (ipc_text_is_simple (**cursor))
    (*cursor)++;
  if (*cursor == start || *cursor - start > IPC_TEXT_MAX_NAME) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "%s is missing or too long", what);
    return NULL;
  }
  name = g_strndup (start, (gsize)(*cursor - start));
  if (!reader->error && !ipc_text_name_admit (name, &reader->error))
    return NULL;
  return g_steal_pointer (&name);
}

static GType
type_from_name (const gchar *name)
{
  static const struct {
    const gchar *name;
    const gchar *type;
  } short_names[] = {
    { "int", "gint" },
    { "i", "gint" },
    { "uint", "guint" },
    { "u", "guint" },
    { "float", "gfloat" },
    { "f", "gfloat" },
    { "double", "gdouble" },
    { "d", "gdouble" },
    { "boolean", "gboolean" },
    { "bool", "gboolean" },
    { "b", "gboolean" },
    { "string", "gchararray" },
    { "str", "gchararray" },
    { "s", "gchararray" },
    { "fraction", "GstFraction" },
    { "bitmask", "GstBitmask" },
    { "flagset", "GstFlagSet" },
    { "buffer", "GstBuffer" },
    { "sample", "GstSample" },
    { "structure", "GstStructure" },
    { "taglist", "GstTagList" },
    { "caps", "GstCaps" },
    { "date", "GDate" },
    { "datetime", "GstDateTime" },
    { "gdatetime", "GDateTime" },
    { "array", "GstValueArray" },
    { "list", "GstValueList" },
  };
  GType type;

  /* of all types in GStreamer's own fields gst_init() leaves out this one */
  g_type_ensure (GST_TYPE_GAP_FLAGS);
  for (guint i = 0; i < G_N_ELEMENTS (short_names); i++) {
    if (g_str_equal (short_names[i].name, name))
      return g_type_from_name (short_names[i].type);
  }
  type = g_type_from_name (name);
  /* types such as video's multiview flags come with a plugin that the registry knows */
  if (type == G_TYPE_INVALID && gst_dynamic_type_factory_load (name))
    type = g_type_from_name (name);
  return type;
}

/* "(name)" at @cursor, if any. @type stays G_TYPE_INVALID without one; a type that is not known is not an error yet. */
static gboolean
read_type (IpcTextReader *reader, const gchar **cursor, GType *type, gboolean *known)
{
  const gchar *start;
  g_autofree gchar *name = NULL;

  *known = TRUE;
  if (**cursor != '(')
    return TRUE;
  (*cursor)++;
  ipc_text_skip_space (cursor);
  start = *cursor;
  while (ipc_text_is_simple (**cursor))
    (*cursor)++;
  name = g_strndup (start, (gsize)(*cursor - start));
  ipc_text_skip_space (cursor);
  if (**cursor != ')' || !*name || strlen (name) > IPC_TEXT_MAX_NAME)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a type's name is broken");
  (*cursor)++;
  ipc_text_skip_space (cursor);
  *type = type_from_name (name);
  *known = *type != G_TYPE_INVALID && ipc_text_kind (*type) != IPC_TEXT_NONE;
  if (!*known && !(reader->flags & IPC_TEXT_SKIP_UNCARRIED))
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "type %s is not one that text can carry", name);
  return TRUE;
}

/* The text between quotes at @cursor, escapes taken away. With @octal, \ooo is a byte, as in strings. */
static gchar *
read_quoted (IpcTextReader *reader, const gchar **cursor, gboolean octal)
{
  const gchar *from = *cursor + 1;
  g_autoptr (GString) text = g_string_new (NULL);

  while (*from != '\0' && *from != '"') {
    if (*from != '\\') {
      g_string_append_c (text, *from++);
      continue;
    }
    from++;
    if (octal && from[0] >= '0' && from[0] <= '3' && from[1] >= '0' && from[1] <= '7' && from[2] >= '0'
        && from[2] <= '7') {
      g_string_append_c (text, (gchar)((from[0] - '0') << 6 | (from[1] - '0') << 3 | (from[2] - '0')));
      from += 3;
    } else if (*from != '\0') {
      g_string_append_c (text, *from++);
    }
  }
  if (*from != '"' || memchr (text->str, '\0', text->len)) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a quoted value does not end, or has a NUL in it");
    return NULL;
  }
  *cursor = from + 1;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A value that is written without quotes; may be empty. */
static gchar *
read_bare (const gchar **cursor)
{
  const gchar *start = *cursor;

  while (ipc_text_is_simple (**cursor))
    (*cursor)++;
  return g_strndup (start, (gsize)(*cursor - start));
}

static gboolean
guess_scalar (IpcTextReader *reader, const gchar *text, GValue *value)
{
  const struct {
    GType type;
    IpcTextKind kind;
  } guesses[] = {
    { G_TYPE_INT, IPC_TEXT_PLAIN },
    { G_TYPE_DOUBLE, IPC_TEXT_PLAIN },
    { GST_TYPE_FRACTION, IPC_TEXT_FRACTION },
    { G_TYPE_BOOLEAN, IPC_TEXT_PLAIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++) {
    IpcTextReader attempt = { .depth = reader->depth };
    gboolean fits = ipc_text_read_scalar (&attempt, guesses[i].type, guesses[i].kind, text, value);

    g_clear_error (&attempt.error);
    if (fits)
      return TRUE;
    if (G_IS_VALUE (value))
      g_value_unset (value);
  }
  return ipc_text_read_scalar (reader, G_TYPE_STRING, IPC_TEXT_STRING, text, value);
}

static gboolean
read_scalar (IpcTextReader *reader, const gchar **cursor, GType type, GValue *value)
{
  IpcTextKind kind = type == G_TYPE_INVALID ? IPC_TEXT_STRING : ipc_text_kind (type);
  gboolean quoted = **cursor == '"';
  g_autofree gchar *text = quoted ? read_quoted (reader, cursor, kind == IPC_TEXT_STRING) : read_bare (cursor);

  if (!text)
    return FALSE;
  if (!quoted && *text == '\0' && kind != IPC_TEXT_BUFFER)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a value is missing");
  if (!quoted && type == G_TYPE_INVALID)
    return guess_scalar (reader, text, value);
  if (!quoted && kind == IPC_TEXT_STRING && g_str_equal (text, "NULL")) {
    g_value_init (value, G_TYPE_STRING);
    return TRUE;
  }
  return ipc_text_read_scalar (reader, type == G_TYPE_INVALID ? G_TYPE_STRING : type, kind, text, value);
}

static gboolean read_value (IpcTextReader *reader, const gchar **cursor, GType type, GValue *value);

static gboolean
fits_list (const GValue *list, const GValue *value)
{
  const GValue *first;
  GType basic_type = ipc_text_basic_type (value);
  GType list_type = ipc_text_basic_type (list);

  /* a pointer stands for a value that is to be left out, which only fields can be */
  if (G_VALUE_TYPE (value) == G_TYPE_POINTER || !ipc_whole_may_be_listed (value))
    return FALSE;
  if (GST_VALUE_HOLDS_ARRAY (list))
    first = gst_value_array_get_size (list) ? gst_value_array_get_value (list, 0) : NULL;
  else
    first = gst_value_list_get_size (list) ? gst_value_list_get_value (list, 0) : NULL;
  /* GStreamer takes numbers and ranges of them into one list, and raises criticals when it compares such lists */
  return !first
         || (G_VALUE_TYPE (first) == G_VALUE_TYPE (value)
             && (list_type == basic_type || list_type == G_TYPE_INVALID || basic_type == G_TYPE_INVALID));
}

/* Takes @value over, or unsets it. */
static gboolean
append_value (IpcTextReader *reader, GValue *list, GValue *value)
{
  if (!fits_list (list, value)) {
    g_value_unset (value);
    return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "values of different types in one list or array");
  }
  if (GST_VALUE_HOLDS_ARRAY (list))
    gst_value_array_append_and_take_value (list, value);
  else
    gst_value_list_append_and_take_value (list, value);
  return TRUE;
}

/* "{ value, value }" or "< value, value >"; @type is what values without type of their own have. */
static gboolean
read_list (IpcTextReader *reader, const gchar **cursor, GType type, GValue *list)
{
  gboolean is_array = **cursor == '<';
  gchar end = is_array ? '>' : '}';

  g_value_init (list, is_array ? GST_TYPE_ARRAY : GST_TYPE_LIST);
  (*cursor)++;
  ipc_text_skip_space (cursor);
  while (**cursor != end) {
    GValue value = G_VALUE_INIT;

    if (!read_value (reader, cursor, type, &value) || !append_value (reader, list, &value))
      return FALSE;
    ipc_text_skip_space (cursor);
    if (**cursor == ',') {
      (*cursor)++;
      ipc_text_skip_space (cursor);
    } else if (**cursor != end) {
      return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a list or array does not end");
    }
  }
  (*cursor)++;
  return TRUE;
}

/* The ends must be in order, and a step must fit: GStreamer takes nothing else. */
static gboolean
make_range (IpcTextReader *reader, const GValue *from, const GValue *to, const GValue *step, GValue *range)
{
  GType type = G_VALUE_TYPE (from);
  gint64 first, last, by;

  if (G_VALUE_TYPE (to) != type || (step && (G_VALUE_TYPE (step) != type || type == G_TYPE_DOUBLE))
      || gst_value_compare (from, to) != GST_VALUE_LESS_THAN)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "the ends of a range are not in order");
  if (type == G_TYPE_DOUBLE) {
    g_value_init (range, GST_TYPE_DOUBLE_RANGE);
    gst_value_set_double_range (range, g_value_get_double (from), g_value_get_double (to));
    return TRUE;
  }
  if (type == GST_TYPE_FRACTION && !step) {
    g_value_init (range, GST_TYPE_FRACTION_RANGE);
    gst_value_set_fraction_range (range, from, to);
    return TRUE;
  }
  if (type != G_TYPE_INT && type != G_TYPE_INT64)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "there are no ranges of %s", g_type_name (type));
  first = type == G_TYPE_INT ? g_value_get_int (from) : g_value_get_int64 (from);
  last = type == G_TYPE_INT ? g_value_get_int (to) : g_value_get_int64 (to);
  by = !step ? 1 : type == G_TYPE_INT ? g_value_get_int (step) : g_value_get_int64 (step);
  if (by < 1 || first % by != 0 || last % by != 0)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "the step of a range does not fit its ends");
  g_value_init (range, type == G_TYPE_INT ? GST_TYPE_INT_RANGE : GST_TYPE_INT64_RANGE);
  if (type == G_TYPE_INT)
    gst_value_set_int_range_step (range, (gint)first, (gint)last, (gint)by);
  else
    gst_value_set_int64_range_step (range, first, last, by);
  return TRUE;
}

/* "[ from, to ]" or "[ from, to, step ]" */
static gboolean
read_range (IpcTextReader *reader, const gchar **cursor, GType type, GValue *range)
{
  GValue parts[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  guint n = 0;
  gboolean done = TRUE;

  do {
    (*cursor)++;
    done = read_value (reader, cursor, type, &parts[n++]);
    ipc_text_skip_space (cursor);
  } while (done && **cursor == ',' && n < G_N_ELEMENTS (parts));
  if (done && (**cursor != ']' || n < 2))
    done = ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a range does not end, or has not two ends");
  if (done) {
    (*cursor)++;
    done = make_range (reader, &parts[0], &parts[1], n > 2 ? &parts[2] : NULL, range);
  }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (G_IS_VALUE (&parts[i]))
      g_value_unset (&parts[i]);
  }
  return done;
}

/* "[text]", the newer form of structures, caps and tag lists: not escaped, so that brackets and quotes inside pair. */
static gchar *
read_enclosed (IpcTextReader *reader, const gchar **cursor)
{
  const gchar *start = *cursor + 1;
  const gchar *at = start;
  guint open = 1;
  gboolean quoted = FALSE;

  for (; *at != '\0'; at++) {
    if (*at == '\\' && at[1] != '\0')
      at++;
    else if (*at == '"')
      quoted = !quoted;
    else if (!quoted && *at == '[')
      open++;
    else if (!quoted && *at == ']' && --open == 0)
      break;
  }
  if (*at == '\0') {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a value in brackets does not end");
    return NULL;
  }
  *cursor = at + 1;
  return g_strndup (start, (gsize)(at - start));
}

static gboolean
read_enclosed_value (IpcTextReader *reader, const gchar **cursor, GType type, GValue *value)
{
  g_autofree gchar *text = read_enclosed (reader, cursor);

  return text && ipc_text_read_scalar (reader, type, ipc_text_kind (type), text, value);
}

/* What brackets enclose, or a scalar. On FALSE @value is unset. */
static gboolean
read_bracketed_or_scalar (IpcTextReader *reader, const gchar **cursor, GType type, GValue *value)
{
  IpcTextKind kind = ipc_text_kind (type);
  gboolean done;

  if (!strchr ("[{<", **cursor) || **cursor == '\0') {
    if (kind == IPC_TEXT_LIST || kind == IPC_TEXT_ARRAY || kind == IPC_TEXT_RANGE)
      return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a %s without brackets", g_type_name (type));
    return read_scalar (reader, cursor, type, value);
  }
  if (**cursor == '[' && (kind == IPC_TEXT_STRUCTURE || kind == IPC_TEXT_CAPS || kind == IPC_TEXT_TAGS))
    return read_enclosed_value (reader, cursor, type, value);
  /* "(list){ ... }" says nothing of what the values are */
  if (kind == IPC_TEXT_LIST || kind == IPC_TEXT_ARRAY)
    type = G_TYPE_INVALID;
  if (!ipc_text_enter (reader, NULL))
    return FALSE;
  done = **cursor == '[' ? read_range (reader, cursor, type, value) : read_list (reader, cursor, type, value);
  reader->depth--;
  return done;
}

/* "(type)value" or "value" of @type, if that is not G_TYPE_INVALID. On FALSE @value is unset. */
static gboolean
read_value (IpcTextReader *reader, const gchar **cursor, GType type, GValue *value)
{
  gboolean known;

  if (++reader->values > IPC_TEXT_MAX_VALUES)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "more than %d values", IPC_TEXT_MAX_VALUES);
  ipc_text_skip_space (cursor);
  if (!read_type (reader, cursor, &type, &known))
    return FALSE;
  if (!known) {
    /* only a field can be left out, see read_field() */
    g_autofree gchar *dropped = **cursor == '"' ? read_quoted (reader, cursor, FALSE) : read_bare (cursor);

    g_value_init (value, G_TYPE_POINTER);
    return dropped != NULL;
  }
  if (!read_bracketed_or_scalar (reader, cursor, type, value)) {
    if (G_IS_VALUE (value))
      g_value_unset (value);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_field (IpcTextReader *reader, const gchar **cursor, GstStructure *structure)
{
  g_autofree gchar *name = read_name (reader, cursor, "a field's name");
  GValue value = G_VALUE_INIT;

  if (!name)
    return FALSE;
  ipc_text_skip_space (cursor);
  if (**cursor != '=')
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "field %s has no value", name);
  (*cursor)++;
  if (!read_value (reader, cursor, G_TYPE_INVALID, &value)) {
    if (G_IS_VALUE (&value))
      g_value_unset (&value);
    g_prefix_error (&reader->error, "field %s: ", name);
    return FALSE;
  }
  if (G_VALUE_TYPE (&value) == G_TYPE_POINTER)
    g_value_unset (&value);
  else
    gst_structure_take_value (structure, name, &value);
  return TRUE;
}

/* ", name=value, name=value" up to ';' (consumed) or the end. */
gboolean
ipc_text_read_fields (IpcTextReader *reader, const gchar **cursor, GstStructure *structure)
{
  ipc_text_skip_space (cursor);
  while (**cursor == ',') {
    (*cursor)++;
    ipc_text_skip_space (cursor);
    if (gst_structure_n_fields (structure) >= IPC_TEXT_MAX_FIELDS)
      return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "more than %d fields", IPC_TEXT_MAX_FIELDS);
    if (!read_field (reader, cursor, structure))
      return FALSE;
    ipc_text_skip_space (cursor);
  }
  if (**cursor == ';')
    (*cursor)++;
  else if (**cursor != '\0')
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "'%c' where a field or the end should be",
        g_ascii_isprint (**cursor) ? **cursor : '?');
  ipc_text_skip_space (cursor);
  return TRUE;
}

GstStructure *
ipc_text_read_head (IpcTextReader *reader, const gchar **cursor)
{
  g_autofree gchar *name = NULL;

  if (++reader->values > IPC_TEXT_MAX_VALUES) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "more than %d values", IPC_TEXT_MAX_VALUES);
    return NULL;
  }
  ipc_text_skip_space (cursor);
  name = read_name (reader, cursor, "a structure's name");
  if (!name)
    return NULL;
  if (!ipc_text_name_is_valid (name)) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "'%s' is not a name for a structure", name);
    return NULL;
  }
  return gst_structure_new_empty (name);
}

GstStructure *
ipc_text_read_structure (IpcTextReader *reader, const gchar *text)
{
  const gchar *cursor = text;
  g_autoptr (GstStructure) structure = NULL;

  if (!ipc_text_enter (reader, text))
    return NULL;
  structure = ipc_text_read_head (reader, &cursor);
  if (structure && !ipc_text_read_fields (reader, &cursor, structure))
    g_clear_pointer (&structure, gst_structure_free);
  reader->depth--;
  if (structure && *cursor != '\0') {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "more text behind the structure");
    return NULL;
  }
  return g_steal_pointer (&structure);
}

/**
 * ipc_text_read:
 * @text: the text of one structure
 * @flags: what to do about values that text does not carry
 *
 * Returns: (transfer full) (nullable): the structure, or NULL with @error
 */
GstStructure *
ipc_text_read (const gchar *text, IpcTextFlags flags, GError **error)
{
  IpcTextReader reader = { .flags = flags };
  GstStructure *structure = ipc_text_read_structure (&reader, text);

  g_clear_pointer (&reader.streams, g_hash_table_unref);
  if (!structure) {
    g_prefix_error (&reader.error, "structure string: ");
    g_propagate_error (error, reader.error);
  }
  return structure;
}

/**
 * ipc_text_read_object:
 * @text: the text of one object that stands alone
 * @type: what it must be
 * @value: (out): G_VALUE_INIT; becomes the object, never NULL
 *
 * Returns: TRUE, or FALSE with @error and @value unset
 */
gboolean
ipc_text_read_object (const gchar *text, GType type, GValue *value, GError **error)
{
  IpcTextReader reader = { .flags = IPC_TEXT_OBJECTS };
  gboolean done = ipc_text_read_scalar (&reader, GST_TYPE_STRUCTURE, IPC_TEXT_STRUCTURE, text, value);

  g_clear_pointer (&reader.streams, g_hash_table_unref);
  if (done && (G_VALUE_TYPE (value) != type || !g_value_peek_pointer (value)))
    done = ipc_text_fail (&reader, IPC_WIRE_ERROR_VALUE, "not the text of a %s", g_type_name (type));
  if (done)
    return TRUE;
  if (G_IS_VALUE (value))
    g_value_unset (value);
  g_prefix_error (&reader.error, "structure string: ");
  g_propagate_error (error, reader.error);
  return FALSE;
}
