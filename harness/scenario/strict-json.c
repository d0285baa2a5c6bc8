/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strict JSON. The scanner walks the text once, makes the tree, records the line of each value and reports all that
 * json-glib's parser would swallow or report at the wrong place. It goes on behind a mistake where it can tell what was
 * meant, so that one run shows them all. The scanner owns nothing but its path; text and mistakes are the caller's.
 */
#include "strict-json.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "mistake.h"

typedef struct {
  const gchar *file;
  const gchar *at, *end;
  guint line;
  guint depth;
  gchar *path; /* of the value that is being read */
  IpcStrictJson *json;
  GPtrArray *mistakes;
  gboolean spoilt; /* it cannot be told what the scalar that was read was meant to be */
} Scanner;

#define MISTAKE(scanner, ...)                                                                                          \
  ipc_mistake_add ((scanner)->mistakes, (scanner)->file, (scanner)->line, (scanner)->path, __VA_ARGS__)
/* A mistake that leaves nothing of a text, number or word that could be looked at further. */
#define SPOILT(scanner, ...)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    (scanner)->spoilt = TRUE;                                                                                          \
    MISTAKE (scanner, __VA_ARGS__);                                                                                    \
  }                                                                                                                    \
  G_STMT_END

/* The scan functions return FALSE or NULL when it makes no sense to go on. */
static JsonNode *scan_value (Scanner *scanner);

gchar *
ipc_json_path_member (const gchar *path, const gchar *name)
{
  gboolean plain = *name != '\0';

  for (const gchar *c = name; *c; c++)
    plain = plain && (g_ascii_isalnum (*c) || strchr ("-_$", *c));
  if (plain)
    return g_strdup_printf ("%s.%s", path, name);
  return g_strdup_printf ("%s[\"%s\"]", path, name);
}

gchar *
ipc_json_path_element (const gchar *path, guint index)
{
  return g_strdup_printf ("%s[%u]", path, index);
}

static void
remember_line (Scanner *scanner)
{
  g_hash_table_replace (scanner->json->lines, g_strdup (scanner->path), GUINT_TO_POINTER (scanner->line));
}

/* One character, or a word, as it is shown in a mistake. */
static gchar *
shown (Scanner *scanner)
{
  gunichar c;

  if (scanner->at == scanner->end)
    return g_strdup ("the end of the file");
  if ((guchar)*scanner->at < 0x20)
    return g_strdup_printf ("the control character 0x%02x", (guchar)*scanner->at);
  c = g_utf8_get_char (scanner->at);
  if (c > 0x7f && !g_unichar_isgraph (c))
    return g_strdup_printf ("the character U+%04X", c);
  return g_strdup_printf ("`%.*s`", (gint)(g_utf8_next_char (scanner->at) - scanner->at), scanner->at);
}

static gboolean
fatal_expected (Scanner *scanner, const gchar *what)
{
  g_autofree gchar *found = shown (scanner);

  MISTAKE (scanner, "expected %s, found %s", what, found);
  return FALSE;
}

static void
skip_comment (Scanner *scanner)
{
  gboolean block = *scanner->at == '/' && scanner->at[1] == '*';

  MISTAKE (scanner, "comments are not JSON: use a \"comment\" member");
  scanner->at += block ? 2 : 1;
  while (scanner->at < scanner->end) {
    if (block && scanner->end - scanner->at > 1 && scanner->at[0] == '*' && scanner->at[1] == '/') {
      scanner->at += 2;
      return;
    }
    if (*scanner->at == '\n') {
      if (!block)
        return;
      scanner->line++;
    }
    scanner->at++;
  }
}

static gboolean
is_comment (Scanner *scanner)
{
  return *scanner->at == '#'
         || (*scanner->at == '/' && scanner->end - scanner->at > 1 && (scanner->at[1] == '*' || scanner->at[1] == '/'));
}

static void
skip_space (Scanner *scanner)
{
  while (scanner->at < scanner->end) {
    if (is_comment (scanner)) {
      skip_comment (scanner);
      continue;
    }
    if (!strchr (" \t\r\n", *scanner->at))
      return;
    if (*scanner->at == '\n')
      scanner->line++;
    scanner->at++;
  }
}

static gboolean
next_is (Scanner *scanner, gchar c)
{
  skip_space (scanner);
  return scanner->at < scanner->end && *scanner->at == c;
}

/* Reads four hexadecimal digits; -1 when there are none. */
static gint
scan_hex4 (Scanner *scanner)
{
  gint value = 0;

  if (scanner->end - scanner->at < 4)
    return -1;
  for (guint i = 0; i < 4; i++) {
    gint digit = g_ascii_xdigit_value (scanner->at[i]);

    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  scanner->at += 4;
  return value;
}

static void
scan_unicode_escape (Scanner *scanner, GString *text)
{
  gint code = scan_hex4 (scanner), low;

  if (code < 0) {
    SPOILT (scanner, "\\u needs four hexadecimal digits");
    return;
  }
  if (code == 0) {
    SPOILT (scanner, "\\u0000 cannot be part of a text here");
    return;
  }
  if (code >= 0xd800 && code < 0xdc00 && scanner->end - scanner->at > 2 && scanner->at[0] == '\\'
      && scanner->at[1] == 'u') {
    scanner->at += 2;
    low = scan_hex4 (scanner);
    if (low >= 0xdc00 && low < 0xe000) {
      g_string_append_unichar (text, 0x10000 + ((gunichar)(code - 0xd800) << 10) + (gunichar)(low - 0xdc00));
      return;
    }
  }
  if (code >= 0xd800 && code < 0xe000) {
    SPOILT (scanner, "\\u%04x is half of a surrogate pair", code);
    return;
  }
  g_string_append_unichar (text, (gunichar)code);
}

static void
scan_escape (Scanner *scanner, GString *text)
{
  static const gchar letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const gchar *letter;

  if (scanner->at == scanner->end)
    return;
  letter = *scanner->at ? strchr (letters, *scanner->at) : NULL;
  if (letter) {
    g_string_append_c (text, meanings[letter - letters]);
    scanner->at++;
  } else if (*scanner->at == 'u') {
    scanner->at++;
    scan_unicode_escape (scanner, text);
  } else {
    g_autofree gchar *found = shown (scanner);

    SPOILT (scanner, "unknown escape: \\ followed by %s (a backslash itself is written \\\\)", found);
  }
}

/* Reads a text in quotes; @text gets what it means. */
static gboolean
scan_string (Scanner *scanner, GString *text)
{
  gchar quote = *scanner->at++;

  if (quote != '"')
    MISTAKE (scanner, "texts are written in double quotes");
  while (scanner->at < scanner->end) {
    guchar c = (guchar)*scanner->at;

    if (c == (guchar)quote) {
      scanner->at++;
      return TRUE;
    }
    if (c == '\n')
      break;
    if (c < 0x20)
      MISTAKE (scanner, "control character 0x%02x in a text: write it as \\u%04x", c, c);
    scanner->at++;
    if (c == '\\')
      scan_escape (scanner, text);
    else
      g_string_append_c (text, (gchar)c);
  }
  MISTAKE (scanner, "the text is not closed on its line (a line break within is written \\n)");
  return FALSE;
}

/* Everything that somebody could have meant as one number or word. */
static gchar *
take_word (Scanner *scanner)
{
  const gchar *start = scanner->at;

  while (scanner->at < scanner->end && (g_ascii_isalnum (*scanner->at) || strchr ("+-._$", *scanner->at)))
    scanner->at++;
  return g_strndup (start, (gsize)(scanner->at - start));
}

static JsonNode *
scan_number (Scanner *scanner)
{
  g_autofree gchar *word = take_word (scanner);
  const gchar *digits = word + (*word == '-');
  gint64 integer = 0;
  gdouble number = 0;

  if (g_regex_match_simple ("^-?(0|[1-9][0-9]*)$", word, G_REGEX_DOLLAR_ENDONLY, 0)) {
    if (!g_ascii_string_to_signed (word, 10, G_MININT64, G_MAXINT64, &integer, NULL))
      SPOILT (scanner, "%s does not fit into 64 bits", word);
    return json_node_init_int (json_node_alloc (), integer);
  } else if (g_regex_match_simple (
                 "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$", word, G_REGEX_DOLLAR_ENDONLY, 0)) {
    number = g_ascii_strtod (word, NULL);
    if (!isfinite (number))
      SPOILT (scanner, "%s is too large for a number", word);
  } else if (digits[0] == '0' && g_ascii_tolower (digits[1]) == 'x') {
    SPOILT (scanner, "%s: hexadecimal numbers are not JSON", word);
  } else if (digits[0] == '0' && g_ascii_isdigit (digits[1])) {
    SPOILT (scanner, "%s: a number does not begin with 0", word);
  } else {
    SPOILT (scanner, "%s is not a number (times with a unit are texts: \"1.5s\")", word);
  }
  return json_node_init_double (json_node_alloc (), number);
}

static JsonNode *
scan_word (Scanner *scanner)
{
  static const gchar *const words[] = { "true", "false", "null", NULL };
  g_autofree gchar *word = take_word (scanner);
  const gchar *meant = word;

  if (!g_strv_contains (words, word)) {
    meant = ipc_words_nearest (word, words);
    if (meant)
      MISTAKE (scanner, "unknown word %s: did you mean %s?", word, meant);
    else
      SPOILT (scanner, "unknown word %s: texts are written in double quotes", word);
  }
  if (meant && !g_str_equal (meant, "null"))
    return json_node_init_boolean (json_node_alloc (), g_str_equal (meant, "true"));
  return json_node_new (JSON_NODE_NULL);
}

/* Behind a value in an object or array: takes the comma, or reports that it is missing and goes on when a further
 * value follows. @done is set when @closing was taken. */
static gboolean
scan_separator (Scanner *scanner, gchar closing, gboolean *done)
{
  g_autofree gchar *expected = NULL;

  *done = FALSE;
  if (next_is (scanner, ',')) {
    scanner->at++;
    for (; next_is (scanner, ','); scanner->at++)
      MISTAKE (scanner, "a second comma: nothing stands before it");
    if (next_is (scanner, closing)) {
      MISTAKE (scanner, "a comma before `%c`: nothing follows it", closing);
      scanner->at++;
      *done = TRUE;
    }
    return TRUE;
  }
  if (next_is (scanner, closing)) {
    scanner->at++;
    *done = TRUE;
    return TRUE;
  }
  if (scanner->at < scanner->end
      && (*scanner->at == '"' || (closing == ']' && strchr ("{[-0123456789tfn", *scanner->at)))) {
    MISTAKE (scanner, "a comma is missing before this");
    return TRUE;
  }
  expected = g_strdup_printf ("`,` or `%c`", closing);
  return fatal_expected (scanner, expected);
}

/* Reads the name of a member up to its colon. */
static gboolean
scan_name (Scanner *scanner, GString *name)
{
  if (next_is (scanner, '"') || next_is (scanner, '\'')) {
    if (!scan_string (scanner, name))
      return FALSE;
  } else if (scanner->at < scanner->end && (g_ascii_isalpha (*scanner->at) || *scanner->at == '_')) {
    g_autofree gchar *word = take_word (scanner);

    g_string_append (name, word);
    MISTAKE (scanner, "the member name %s needs double quotes", word);
  } else {
    return fatal_expected (scanner, "a member name in double quotes");
  }
  if (next_is (scanner, ':'))
    return TRUE;
  fatal_expected (scanner, "`:` behind the member name");
  return scanner->at < scanner->end && *scanner->at == '=';
}

static gboolean
scan_member (Scanner *scanner, JsonObject *object, GHashTable *names)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree gchar *outer = g_strdup (scanner->path);
  JsonNode *value;
  gpointer first;

  skip_space (scanner);
  if (!scan_name (scanner, name))
    return FALSE;
  g_free (scanner->path);
  scanner->path = ipc_json_path_member (outer, name->str);
  if (g_hash_table_lookup_extended (names, name->str, NULL, &first))
    MISTAKE (scanner, "\"%s\" is given twice, first in line %u", name->str, GPOINTER_TO_UINT (first));
  else
    g_hash_table_insert (names, g_strdup (name->str), GUINT_TO_POINTER (scanner->line));
  remember_line (scanner);
  scanner->at++; /* the colon */
  value = scan_value (scanner);
  g_free (scanner->path);
  scanner->path = g_steal_pointer (&outer);
  if (!value)
    return FALSE;
  json_object_set_member (object, name->str, value);
  return TRUE;
}

static JsonNode *
scan_object (Scanner *scanner)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonObject) object = json_object_new ();
  gboolean done;

  scanner->at++;
  done = next_is (scanner, '}');
  scanner->at += done;
  while (!done)
    if (!scan_member (scanner, object, names) || !scan_separator (scanner, '}', &done))
      return NULL;
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
scan_array (Scanner *scanner)
{
  g_autoptr (JsonArray) array = json_array_new ();
  gboolean done;

  scanner->at++;
  done = next_is (scanner, ']');
  scanner->at += done;
  for (guint i = 0; !done; i++) {
    g_autofree gchar *outer = scanner->path;
    JsonNode *element;

    scanner->path = ipc_json_path_element (outer, i);
    skip_space (scanner);
    remember_line (scanner);
    element = scan_value (scanner);
    g_free (scanner->path);
    scanner->path = g_steal_pointer (&outer);
    if (!element)
      return NULL;
    json_array_add_element (array, element);
    if (!scan_separator (scanner, ']', &done))
      return NULL;
  }
  return json_node_init_array (json_node_alloc (), array);
}

/* A text, number or word. */
static JsonNode *
scan_scalar (Scanner *scanner)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  scanner->spoilt = FALSE;
  if (*scanner->at == '"' || *scanner->at == '\'')
    node = scan_string (scanner, text) ? json_node_init_string (json_node_alloc (), text->str) : NULL;
  else if (g_ascii_isdigit (*scanner->at) || strchr ("+-.", *scanner->at))
    node = scan_number (scanner);
  else if (g_ascii_isalpha (*scanner->at) || *scanner->at == '_')
    node = scan_word (scanner);
  else if (fatal_expected (scanner, "a value") || strchr (",}]", *scanner->at)) {
    scanner->spoilt = TRUE;
    node = json_node_new (JSON_NODE_NULL);
  }
  if (scanner->spoilt)
    g_hash_table_add (scanner->json->spoilt, g_strdup (scanner->path));
  return g_steal_pointer (&node);
}

static JsonNode *
scan_value (Scanner *scanner)
{
  JsonNode *node;

  skip_space (scanner);
  if (scanner->at == scanner->end) {
    fatal_expected (scanner, "a value");
    return NULL;
  }
  if (*scanner->at != '{' && *scanner->at != '[')
    return scan_scalar (scanner);
  if (scanner->depth == IPC_STRICT_JSON_MAX_DEPTH) {
    MISTAKE (scanner, "nested deeper than %u", IPC_STRICT_JSON_MAX_DEPTH);
    return NULL;
  }
  scanner->depth++;
  node = *scanner->at == '{' ? scan_object (scanner) : scan_array (scanner);
  scanner->depth--;
  return node;
}

/* One mistake for each line with bytes that are no text. FALSE when the whole file is none. */
static gboolean
scan_bytes (Scanner *scanner)
{
  const gchar *at = scanner->at, *bad;
  guint line = 1, told = 0;

  for (; !g_utf8_validate_len (at, (gsize)(scanner->end - at), &bad); at = bad + 1) {
    for (const gchar *c = at; c < bad; c++)
      line += *c == '\n';
    scanner->line = line;
    if (*bad == '\0') {
      MISTAKE (scanner, "a NUL byte: this is no text file");
      return FALSE;
    }
    if (told != line)
      MISTAKE (scanner, "byte 0x%02x is not UTF-8", (guchar)*bad);
    told = line;
  }
  scanner->line = 1;
  return TRUE;
}

static JsonNode *
scan_document (Scanner *scanner)
{
  g_autoptr (JsonNode) root = NULL;

  if (scanner->end - scanner->at >= 3 && memcmp (scanner->at, "\xef\xbb\xbf", 3) == 0) {
    MISTAKE (scanner, "the file begins with a byte order mark: save it as UTF-8 without one");
    scanner->at += 3;
  }
  skip_space (scanner);
  if (scanner->at == scanner->end) {
    MISTAKE (scanner, "the file is empty: expected an object");
    return NULL;
  }
  remember_line (scanner);
  root = scan_value (scanner);
  if (!root)
    return NULL;
  skip_space (scanner);
  if (scanner->at < scanner->end)
    fatal_expected (scanner, "nothing behind the end of the document");
  return g_steal_pointer (&root);
}

/**
 * ipc_strict_json_parse:
 * @file: what to call the text in mistakes
 * @text: the document, @length bytes; need not end in a NUL
 * @length: bytes
 * @mistakes: (element-type IpcScenarioMistake): gets everything that is wrong
 *
 * Returns: the tree of what was meant, also with mistakes; or NULL when that cannot be told
 */
IpcStrictJson *
ipc_strict_json_parse (const gchar *file, const gchar *text, gsize length, GPtrArray *mistakes)
{
  g_autoptr (IpcStrictJson) json = g_new0 (IpcStrictJson, 1);
  g_autofree gchar *valid = NULL;
  Scanner scanner = { .file = file, .at = text, .end = text + length, .line = 1, .json = json, .mistakes = mistakes };

  if (length > IPC_STRICT_JSON_MAX_SIZE) {
    ipc_mistake_add (mistakes, file, 0, NULL, "larger than the %u bytes that are read", IPC_STRICT_JSON_MAX_SIZE);
    return NULL;
  }
  json->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json->spoilt = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  scanner.path = g_strdup ("$");
  if (scan_bytes (&scanner)) {
    /* ends in a NUL, and has a mark where a byte was no text: who reads a character stays within it */
    valid = length > 0 ? g_utf8_make_valid (text, (gssize)length) : g_strdup ("");
    scanner.at = valid;
    scanner.end = valid + strlen (valid);
    json->root = scan_document (&scanner);
  }
  g_free (scanner.path);
  return json->root ? g_steal_pointer (&json) : NULL;
}

/**
 * ipc_strict_json_read:
 * @file: path of the file
 * @mistakes: (element-type IpcScenarioMistake): gets everything that is wrong
 *
 * Returns: the tree, or NULL when the file cannot be read or relied on
 */
IpcStrictJson *
ipc_strict_json_read (const gchar *file, GPtrArray *mistakes)
{
  g_autoptr (GFile) place = g_file_new_for_path (file);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  gsize length = 0;

  /* a device or a fifo would be read for ever */
  info = g_file_query_info (
      place, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, &error);
  if (info && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR) {
    ipc_mistake_add (mistakes, file, 0, NULL, "not a regular file");
    return NULL;
  }
  if (info && g_file_info_get_size (info) > IPC_STRICT_JSON_MAX_SIZE) {
    ipc_mistake_add (mistakes, file, 0, NULL, "larger than the %u bytes that are read", IPC_STRICT_JSON_MAX_SIZE);
    return NULL;
  }
  if (!info || !g_file_get_contents (file, &text, &length, &error)) {
    ipc_mistake_add (mistakes, file, 0, NULL, "cannot be read: %s", error->message);
    return NULL;
  }
  return ipc_strict_json_parse (file, text, length, mistakes);
}

void
ipc_strict_json_free (IpcStrictJson *json)
{
  if (!json)
    return;
  g_clear_pointer (&json->root, json_node_unref);
  g_clear_pointer (&json->lines, g_hash_table_unref);
  g_clear_pointer (&json->spoilt, g_hash_table_unref);
  g_free (json);
}

guint
ipc_strict_json_line (IpcStrictJson *json, const gchar *path)
{
  g_autofree gchar *outer = g_strdup (path);

  for (gsize length = strlen (outer); length > 0; length--) {
    gpointer line;

    outer[length] = '\0';
    if (g_hash_table_lookup_extended (json->lines, outer, NULL, &line))
      return GPOINTER_TO_UINT (line);
  }
  return 0;
}

void
ipc_strict_json_drop_spoilt (IpcStrictJson *json, GPtrArray *mistakes, guint from)
{
  for (guint i = mistakes->len; i > from; i--) {
    const IpcScenarioMistake *mistake = mistakes->pdata[i - 1];

    if (mistake->path && g_hash_table_contains (json->spoilt, mistake->path))
      g_ptr_array_remove_index (mistakes, i - 1);
  }
}
