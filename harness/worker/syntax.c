/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A line to a JSON object. json-glib reads integers that do not fit as -1 and takes octal and hexadecimal for numbers;
 * a time or a value that silently becomes another one is worse than an error, so numbers are looked at first. And it
 * recurses with each array and object, so they are counted. */

#include "syntax.h"

#include "commands.h"

#include <string.h>

#define DEPTH_MAX 100

static gboolean
check_number (const gchar *start, gsize length, GError **error)
{
  g_autofree gchar *text = g_strndup (start, length);
  const gchar *digits = text[0] == '-' ? text + 1 : text;
  gboolean is_integer = strspn (digits, "0123456789") == strlen (digits);
  gboolean ok;

  if (digits[0] == '0' && digits[1] != '\0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E')
    ok = FALSE;
  else if (is_integer)
    ok = g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL);
  else
    ok = strspn (digits, "0123456789.eE+-") == strlen (digits);

  if (!ok)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX,
        "\"%s\" is not a number that JSON and 64 bits can hold", text);
  return ok;
}

/* The end of the string that starts at @text, or the end of everything. */
static const gchar *
skip_string (const gchar *text)
{
  for (text++; *text != '\0' && *text != '"'; text++) {
    if (text[0] == '\\' && text[1] != '\0')
      text++;
  }
  return *text == '"' ? text + 1 : text;
}

static gboolean
check_depth (guint depth, GError **error)
{
  if (depth > DEPTH_MAX)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "a line is nested more than %d deep", DEPTH_MAX);
  return depth <= DEPTH_MAX;
}

static gboolean
check_values (const gchar *text, GError **error)
{
  guint depth = 0;

  while (*text != '\0') {
    gsize length = strcspn (text, " \t\r\n,:[]{}\"");

    if (*text == '"') {
      text = skip_string (text);
    } else if (length == 0) {
      depth += *text == '{' || *text == '[';
      depth -= depth > 0 && (*text == '}' || *text == ']');
      if (!check_depth (depth, error))
        return FALSE;
      text++;
    } else {
      if ((g_ascii_isdigit (*text) || *text == '-') && !check_number (text, length, error))
        return FALSE;
      text += length;
    }
  }
  return TRUE;
}

JsonObject *
ipc_syntax_read (const IpcLine *line, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  if (line->too_long) {
    g_set_error (
        error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "a line is longer than %u bytes", IPC_CHANNEL_LINE_MAX);
    return NULL;
  }
  if (!g_utf8_validate (line->text->str, line->text->len, NULL)) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "a line must be UTF-8 text");
    return NULL;
  }
  if (!check_values (line->text->str, error)
      || !json_parser_load_from_data (parser, line->text->str, line->text->len, error))
    return NULL;

  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "a line must be a JSON object");
    return NULL;
  }
  return json_node_dup_object (root);
}
