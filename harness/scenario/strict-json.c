/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strict JSON. The scanner walks the text once, records the line of each value and reports all that json-glib would
 * swallow or report at the wrong place; it goes on behind a mistake where it can, so that one run shows them all. Only
 * then json-glib makes the tree. The scanner owns nothing but its path; text and mistakes are the caller's.
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
  GHashTable *lines;
  GPtrArray *mistakes;
  gboolean usable; /* FALSE: json-glib would read something else than what stands there */
} Scanner;

#define MISTAKE(scanner, ...)                                                                                          \
  ipc_mistake_add ((scanner)->mistakes, (scanner)->file, (scanner)->line, (scanner)->path, __VA_ARGS__)
/* A mistake that changes the meaning of what json-glib would read. */
#define SPOILT(scanner, ...)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    (scanner)->usable = FALSE;                                                                                         \
    MISTAKE (scanner, __VA_ARGS__);                                                                                    \
  }                                                                                                                    \
  G_STMT_END

/* The scan functions return FALSE when it makes no sense to go on. */
static gboolean scan_value (Scanner *scanner);

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
  g_hash_table_replace (scanner->lines, g_strdup (scanner->path), GUINT_TO_POINTER (scanner->line));
}

/* One character, or a word, as it is shown in a mistake. */
static gchar *
shown (Scanner *scanner)
{
  if (scanner->at == scanner->end)
    return g_strdup ("the end of the file");
  if ((guchar)*scanner->at < 0x20)
    return g_strdup_printf ("the control character 0x%02x", (guchar)*scanner->at);
  return g_strdup_printf (
      "`%.*s`", (gint)MIN (scanner->end - scanner->at, g_utf8_next_char (scanner->at) - scanner->at), scanner->at);
}

static gboolean
fatal_expected (Scanner *scanner, const gchar *what)
{
  g_autofree gchar *found = shown (scanner);

  SPOILT (scanner, "expected %s, found %s", what, found);
  return FALSE;
}

static void
skip_comment (Scanner *scanner)
{
  gboolean block = scanner->at[1] == '*';

  SPOILT (scanner, "comments are not JSON: use a \"comment\" member");
  scanner->at += 2;
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

static void
skip_space (Scanner *scanner)
{
  while (scanner->at < scanner->end) {
    if (*scanner->at == '/' && scanner->end - scanner->at > 1 && (scanner->at[1] == '*' || scanner->at[1] == '/')) {
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
    SPOILT (scanner, "texts are written in double quotes");
  while (scanner->at < scanner->end) {
    guchar c = (guchar)*scanner->at;

    if (c == (guchar)quote) {
      scanner->at++;
      return TRUE;
    }
    if (c == '\n')
      break;
    if (c < 0x20)
      SPOILT (scanner, "control character 0x%02x in a text: write it as \\u%04x", c, c);
    scanner->at++;
    if (c == '\\')
      scan_escape (scanner, text);
    else
      g_string_append_c (text, (gchar)c);
  }
  SPOILT (scanner, "the text is not closed on its line (a line break within is written \\n)");
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

static void
scan_number (Scanner *scanner)
{
  g_autofree gchar *word = take_word (scanner);
  const gchar *digits = word + (*word == '-');

  if (g_regex_match_simple ("^-?(0|[1-9][0-9]*)$", word, G_REGEX_DOLLAR_ENDONLY, 0)) {
    if (!g_ascii_string_to_signed (word, 10, G_MININT64, G_MAXINT64, NULL, NULL))
      SPOILT (scanner, "%s does not fit into 64 bits", word);
  } else if (g_regex_match_simple (
                 "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$", word, G_REGEX_DOLLAR_ENDONLY, 0)) {
    if (!isfinite (g_ascii_strtod (word, NULL)))
      SPOILT (scanner, "%s is too large for a number", word);
  } else if (digits[0] == '0' && g_ascii_tolower (digits[1]) == 'x') {
    SPOILT (scanner, "%s: hexadecimal numbers are not JSON", word);
  } else if (digits[0] == '0' && g_ascii_isdigit (digits[1])) {
    SPOILT (scanner, "%s: a number does not begin with 0", word);
  } else {
    SPOILT (scanner, "%s is not a number (times with a unit are texts: \"1.5s\")", word);
  }
}

static void
scan_word (Scanner *scanner)
{
  static const gchar *const words[] = { "true", "false", "null", NULL };
  g_autofree gchar *word = take_word (scanner);

  if (!g_strv_contains (words, word)) {
    const gchar *nearest = ipc_words_nearest (word, words);

    if (nearest)
      SPOILT (scanner, "unknown word %s: did you mean %s?", word, nearest);
    else
      SPOILT (scanner, "unknown word %s: texts are written in double quotes", word);
  }
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
    if (next_is (scanner, closing)) {
      SPOILT (scanner, "a comma before `%c`: nothing follows it", closing);
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
    SPOILT (scanner, "a comma is missing before this");
    return TRUE;
  }
  expected = g_strdup_printf ("`,` or `%c`", closing);
  return fatal_expected (scanner, expected);
}

/* Reads the name of a member and its colon. */
static gboolean
scan_name (Scanner *scanner, GString *name)
{
  if (next_is (scanner, '"') || next_is (scanner, '\'')) {
    if (!scan_string (scanner, name))
      return FALSE;
  } else if (scanner->at < scanner->end && (g_ascii_isalpha (*scanner->at) || *scanner->at == '_')) {
    g_autofree gchar *word = take_word (scanner);

    g_string_append (name, word);
    SPOILT (scanner, "the member name %s needs double quotes", word);
  } else {
    return fatal_expected (scanner, "a member name in double quotes");
  }
  if (!next_is (scanner, ':'))
    return fatal_expected (scanner, "`:` behind the member name");
  return TRUE;
}

static gboolean
scan_member (Scanner *scanner, GHashTable *names)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree gchar *outer = g_strdup (scanner->path);
  gboolean scanned;
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
  scanned = scan_value (scanner);
  g_free (scanner->path);
  scanner->path = g_steal_pointer (&outer);
  return scanned;
}

static gboolean
scan_object (Scanner *scanner)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean done;

  scanner->at++;
  done = next_is (scanner, '}');
  scanner->at += done;
  while (!done)
    if (!scan_member (scanner, names) || !scan_separator (scanner, '}', &done))
      return FALSE;
  return TRUE;
}

static gboolean
scan_array (Scanner *scanner)
{
  gboolean done;

  scanner->at++;
  done = next_is (scanner, ']');
  scanner->at += done;
  for (guint i = 0; !done; i++) {
    g_autofree gchar *outer = scanner->path;
    gboolean scanned;

    scanner->path = ipc_json_path_element (outer, i);
    skip_space (scanner);
    remember_line (scanner);
    scanned = scan_value (scanner);
    g_free (scanner->path);
    scanner->path = g_steal_pointer (&outer);
    if (!scanned || !scan_separator (scanner, ']', &done))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_value (Scanner *scanner)
{
  g_autoptr (GString) ignored = g_string_new (NULL);
  gboolean scanned;

  skip_space (scanner);
  if (scanner->at == scanner->end)
    return fatal_expected (scanner, "a value");
  switch (*scanner->at) {
  case '{':
  case '[':
    if (scanner->depth == IPC_STRICT_JSON_MAX_DEPTH) {
      SPOILT (scanner, "nested deeper than %u", IPC_STRICT_JSON_MAX_DEPTH);
      return FALSE;
    }
    scanner->depth++;
    scanned = *scanner->at == '{' ? scan_object (scanner) : scan_array (scanner);
    scanner->depth--;
    return scanned;
  case '"':
  case '\'':
    return scan_string (scanner, ignored);
  default:
    if (g_ascii_isdigit (*scanner->at) || strchr ("+-.", *scanner->at))
      scan_number (scanner);
    else if (g_ascii_isalpha (*scanner->at) || *scanner->at == '_')
      scan_word (scanner);
    else
      return fatal_expected (scanner, "a value");
    return TRUE;
  }
}

/* What has to hold before characters can be looked at. */
static gboolean
scan_bytes (Scanner *scanner)
{
  const gchar *text = scanner->at, *bad;
  gsize length = (gsize)(scanner->end - text);

  if (length > IPC_STRICT_JSON_MAX_SIZE) {
    ipc_mistake_add (scanner->mistakes, scanner->file, 0, NULL, "larger than %u bytes: this is no scenario",
        IPC_STRICT_JSON_MAX_SIZE);
    return FALSE;
  }
  if (!g_utf8_validate_len (text, length, &bad)) {
    for (const gchar *c = text; c < bad; c++)
      scanner->line += *c == '\n';
    if (*bad == '\0')
      SPOILT (scanner, "a NUL byte: this is no text file");
    else
      SPOILT (scanner, "byte 0x%02x is not UTF-8", (guchar)*bad);
    return FALSE;
  }
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    SPOILT (scanner, "the file begins with a byte order mark: save it as UTF-8 without one");
    scanner->at += 3;
  }
  return TRUE;
}

static void
scan_document (Scanner *scanner)
{
  if (!scan_bytes (scanner)) {
    scanner->usable = FALSE;
    return;
  }
  skip_space (scanner);
  if (scanner->at == scanner->end) {
    SPOILT (scanner, "the file is empty: expected an object");
    return;
  }
  remember_line (scanner);
  if (!scan_value (scanner))
    return;
  skip_space (scanner);
  if (scanner->at < scanner->end)
    fatal_expected (scanner, "nothing behind the end of the document");
}

/**
 * ipc_strict_json_parse:
 * @file: what to call the text in mistakes
 * @text: the document, @length bytes; need not end in a NUL
 * @length: bytes
 * @mistakes: (element-type IpcScenarioMistake): gets everything that is wrong
 *
 * Returns: the tree, or NULL when the text cannot be relied on
 */
IpcStrictJson *
ipc_strict_json_parse (const gchar *file, const gchar *text, gsize length, GPtrArray *mistakes)
{
  g_autoptr (IpcStrictJson) json = g_new0 (IpcStrictJson, 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  Scanner scanner = { .file = file,
    .at = text,
    .end = text + length,
    .line = 1,
    .path = g_strdup ("$"),
    .mistakes = mistakes,
    .usable = TRUE };

  json->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  scanner.lines = json->lines;
  scan_document (&scanner);
  g_free (scanner.path);
  if (!scanner.usable)
    return NULL;
  if (!json_parser_load_from_data (parser, text, (gssize)length, &error)) {
    ipc_mistake_add (mistakes, file, (guint)json_parser_get_current_line (parser), NULL, "%s", error->message);
    return NULL;
  }
  json->root = json_parser_steal_root (parser);
  return g_steal_pointer (&json);
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
    ipc_mistake_add (mistakes, file, 0, NULL, "larger than %u bytes: this is no scenario", IPC_STRICT_JSON_MAX_SIZE);
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
