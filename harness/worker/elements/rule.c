/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The grammar of rules:
 *
 *     rules:  rule { ";" rule }
 *     rule:   ("at" | "every" | "from") point ":" action
 *     point:  "state" TRANSITION [N] | "buffer" [N] | "preroll" [N] | "event" TYPE [N] | "query" TYPE [N]
 *     action: WORD { word | 'text' | name=value }
 *
 * A rule is first taken apart into words, each of which remembers whether it stood in quotes. What an action may be
 * done at, and what it takes, stands in one table. */

#include "rule.h"

#include "../commands.h"
#include "../fields.h"
#include "../time-text.h"
#include "../words.h"

#include <string.h>

#define AT(point) (1u << IPC_RULE_AT_##point)
#define DATA (AT (BUFFER) | AT (PREROLL))
#define EVERYWHERE (AT (STATE) | DATA | AT (EVENT) | AT (QUERY))

void
ipc_rule_free (IpcRule *rule)
{
  g_free (rule->word);
  g_free (rule->text);
  g_clear_pointer (&rule->fields, json_object_unref);
  g_free (rule->source);
  g_free (rule);
}

static gboolean mistake (GError **error, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
mistake (GError **error, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree gchar *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, text);
  return FALSE;
}

/* {{{ words */

typedef struct {
  gchar *text;
  gboolean quoted; /* all of it */
} Word;

static void
word_clear (gpointer data)
{
  g_free (((Word *)data)->text);
}

static void
end_word (GArray *words, GString *text, gboolean *begun, gboolean *quoted)
{
  Word word = { g_strdup (text->str), *quoted };

  if (*begun)
    g_array_append_val (words, word);
  else
    g_free (word.text);
  g_string_truncate (text, 0);
  *begun = *quoted = FALSE;
}

/* Reads one rule from *text up to its ";" or the end; words of it are appended. */
static gboolean
read_words (const gchar **text, GArray *words, GError **error)
{
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean begun = FALSE, quoted = FALSE;
  gchar quote = 0;
  const gchar *c = *text;

  for (; *c != '\0' && (quote || *c != ';'); c++) {
    if (quote && *c == '\\' && c[1] != '\0') {
      g_string_append_c (word, *++c);
    } else if (quote && *c == quote) {
      quote = 0;
    } else if (!quote && (*c == '"' || *c == '\'')) {
      quoted = !begun;
      begun = TRUE;
      quote = *c;
    } else if (!quote && g_ascii_isspace (*c)) {
      end_word (words, word, &begun, &quoted);
    } else if (!quote && *c == ':' && (c[1] == '\0' || g_ascii_isspace (c[1]))) {
      end_word (words, word, &begun, &quoted);
      g_array_append_vals (words, &(Word){ g_strdup (":"), FALSE }, 1);
    } else {
      begun = TRUE;
      g_string_append_c (word, *c);
    }
  }
  end_word (words, word, &begun, &quoted);
  *text = *c == ';' ? c + 1 : c;
  return quote ? mistake (error, "a text in quotes has no end") : TRUE;
}

/* }}} */
/* {{{ points */

static const gchar *const point_names[] = { "state", "buffer", "preroll", "event", "query" };
static const gchar *const when_names[] = { "at", "every", "from" };

static gint
find_name (const gchar *const *names, guint n, const gchar *name)
{
  for (guint i = 0; i < n; i++) {
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  }
  return -1;
}

static gboolean
read_transition (const gchar *word, guint *kind, GError **error)
{
  static const GstStateChange changes[]
      = { GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_PAUSED_TO_PLAYING,
          GST_STATE_CHANGE_PLAYING_TO_PAUSED, GST_STATE_CHANGE_PAUSED_TO_READY, GST_STATE_CHANGE_READY_TO_NULL };
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    const gchar *from = ipc_enum_to_word (GST_TYPE_STATE, GST_STATE_TRANSITION_CURRENT (changes[i]));
    const gchar *to = ipc_enum_to_word (GST_TYPE_STATE, GST_STATE_TRANSITION_NEXT (changes[i]));
    g_autofree gchar *name = g_strdup_printf ("%s-to-%s", from, to);

    *kind = changes[i];
    if (g_str_equal (name, word))
      return TRUE;
    g_string_append_printf (list, " %s", name);
  }
  return mistake (error, "\"%s\" is no change of state: use one of%s", word, list->str);
}

static gboolean
read_kind (IpcRule *rule, const gchar *word, GError **error)
{
  gint value = 0;

  if (word == NULL || g_str_equal (word, ":"))
    return mistake (error, "which %s is missing", point_names[rule->point]);
  if (rule->point == IPC_RULE_AT_STATE)
    return read_transition (word, &rule->kind, error);
  if (!ipc_word_to_enum (
          rule->point == IPC_RULE_AT_EVENT ? GST_TYPE_EVENT_TYPE : GST_TYPE_QUERY_TYPE, word, &value, error))
    return FALSE;
  rule->kind = value;
  return TRUE;
}

static const gchar *
word_at (GArray *words, guint i)
{
  return i < words->len ? g_array_index (words, Word, i).text : NULL;
}

/* *next: the first word of the action. */
static gboolean
read_point (IpcRule *rule, GArray *words, guint *next, GError **error)
{
  gint when = find_name (when_names, G_N_ELEMENTS (when_names), word_at (words, 0));
  gint point = find_name (point_names, G_N_ELEMENTS (point_names), word_at (words, 1));

  if (when < 0)
    return mistake (error, "it begins with \"%s\", not with \"at\", \"every\" or \"from\"", word_at (words, 0));
  if (point < 0)
    return mistake (error, "\"%s %s\" is nothing that happens: use state, buffer, preroll, event or query",
        word_at (words, 0), word_at (words, 1) ? word_at (words, 1) : "");
  rule->when = when;
  rule->point = point;
  *next = 2;
  if (point != IPC_RULE_AT_BUFFER && point != IPC_RULE_AT_PREROLL
      && !read_kind (rule, word_at (words, (*next)++), error))
    return FALSE;

  rule->nth = 1;
  if (g_strcmp0 (word_at (words, *next), ":") != 0 && *next < words->len) {
    if (!g_ascii_string_to_unsigned (word_at (words, *next), 10, 1, G_MAXINT64, &rule->nth, NULL))
      return mistake (error, "\"%s\" is not a number from 1 on, nor \":\"", word_at (words, *next));
    (*next)++;
  }
  if (g_strcmp0 (word_at (words, (*next)++), ":") != 0)
    return mistake (error, "\":\" and an action are missing");
  return TRUE;
}

/* }}} */
/* {{{ actions */

/* A value as JSON has it: number, true, false, [list] or text. */
static JsonNode *
value_to_json (const gchar *text)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  gsize length = strlen (text);
  gchar *end;
  gint64 integer;

  if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
    g_autofree gchar *inner = g_strndup (text + 1, length - 2);
    g_auto (GStrv) items = g_strsplit (inner, ",", -1);
    JsonArray *list = json_array_new ();

    for (guint i = 0; items[i] != NULL; i++)
      json_array_add_string_element (list, items[i]);
    json_node_init (node, JSON_NODE_ARRAY);
    json_node_take_array (node, list);
  } else if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL)) {
    json_node_set_int (node, integer);
  } else if (g_str_equal (text, "true") || g_str_equal (text, "false")) {
    json_node_set_boolean (node, g_str_equal (text, "true"));
  } else {
    gdouble number = g_ascii_strtod (text, &end);

    if (end != text && *end == '\0')
      json_node_set_double (node, number);
    else
      json_node_set_string (node, text);
  }
  return node;
}

/* What is left of the words: at most one text, in quotes or a single word, and name=value. */
static gboolean
read_details (IpcRule *rule, GArray *words, guint next, GError **error)
{
  for (; next < words->len; next++) {
    const Word *word = &g_array_index (words, Word, next);
    const gchar *equals = strchr (word->text, '=');

    if ((word->quoted || equals == NULL) && rule->text == NULL) {
      rule->text = g_strdup (word->text);
    } else if (!word->quoted && equals != NULL && equals != word->text) {
      g_autofree gchar *name = g_strndup (word->text, equals - word->text);

      if (rule->fields == NULL)
        rule->fields = json_object_new ();
      json_object_set_member (rule->fields, name, value_to_json (equals + 1));
    } else {
      return mistake (error, "\"%s\" is neither the one text nor name=value", word->text);
    }
  }
  return TRUE;
}

static gboolean
read_nothing (IpcRule *rule, GArray *words, guint next, GError **error)
{
  return next == words->len || mistake (error, "\"%s\" is too much", word_at (words, next));
}

static const struct {
  const gchar *name;
  gint value;
} flows[] = {
  { "ok", GST_FLOW_OK },
  { "eos", GST_FLOW_EOS },
  { "not-linked", GST_FLOW_NOT_LINKED },
  { "flushing", GST_FLOW_FLUSHING },
  { "not-negotiated", GST_FLOW_NOT_NEGOTIATED },
  { "error", GST_FLOW_ERROR },
  { "not-supported", GST_FLOW_NOT_SUPPORTED },
  { "custom-success", GST_FLOW_CUSTOM_SUCCESS },
  { "custom-error", GST_FLOW_CUSTOM_ERROR },
};

static gboolean
read_return (IpcRule *rule, GArray *words, guint next, GError **error)
{
  const gchar *word = word_at (words, next);
  g_autoptr (GString) list = g_string_new (NULL);

  if (word == NULL)
    return mistake (error, "return what?");
  if (rule->point == IPC_RULE_AT_STATE) {
    if (!ipc_word_to_enum (GST_TYPE_STATE_CHANGE_RETURN, word, &rule->value, error))
      return FALSE;
    return read_nothing (rule, words, next + 1, error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    rule->value = flows[i].value;
    if (g_str_equal (flows[i].name, word))
      return read_nothing (rule, words, next + 1, error);
    g_string_append_printf (list, " %s", flows[i].name);
  }
  return mistake (error, "\"%s\" is nothing to return: use one of%s", word, list->str);
}

static gboolean
read_delay (IpcRule *rule, GArray *words, guint next, GError **error)
{
  gint64 time;

  if (word_at (words, next) == NULL || !ipc_time_from_text (word_at (words, next), &time) || time < 0)
    return mistake (error, "delay needs a time, like 1.5s or 20ms");
  rule->time = time;
  return read_nothing (rule, words, next + 1, error);
}

static gboolean
read_set_state (IpcRule *rule, GArray *words, guint next, GError **error)
{
  const gchar *word = word_at (words, next);

  if (word == NULL || !ipc_word_to_enum (GST_TYPE_STATE, word, &rule->value, NULL)
      || rule->value == GST_STATE_VOID_PENDING)
    return mistake (error, "set-state needs one of null ready paused playing");
  return read_nothing (rule, words, next + 1, error);
}

static gboolean
read_exit (IpcRule *rule, GArray *words, guint next, GError **error)
{
  guint64 status = 0;

  if (word_at (words, next) == NULL || !g_ascii_string_to_unsigned (word_at (words, next), 10, 0, 255, &status, NULL))
    return mistake (error, "exit needs a status from 0 to 255");
  rule->value = status;
  return read_nothing (rule, words, next + 1, error);
}

static gboolean
read_post (IpcRule *rule, GArray *words, guint next, GError **error)
{
  rule->word = g_strdup (word_at (words, next));
  if (rule->word == NULL)
    return mistake (error, "post needs the type of a message");
  if (!read_details (rule, words, next + 1, error))
    return FALSE;
  g_autoptr (GstMessage) message = ipc_rule_message (rule, NULL, error);
  return message != NULL;
}

static gboolean
read_send (IpcRule *rule, GArray *words, guint next, GError **error)
{
  rule->word = g_strdup (word_at (words, next));
  if (rule->word == NULL)
    return mistake (error, "send needs the type of an event");
  if (!read_details (rule, words, next + 1, error))
    return FALSE;
  g_autoptr (GstEvent) event = ipc_rule_event (rule, error);
  return event != NULL;
}

static gboolean
read_answer (IpcRule *rule, GArray *words, guint next, GError **error)
{
  if (!read_details (rule, words, next, error))
    return FALSE;
  if (rule->text != NULL)
    return mistake (error, "answer takes name=value only");
  return ipc_rule_answer (rule, NULL, error);
}

static const struct {
  const gchar *name;
  guint points;
  gboolean (*read) (IpcRule *rule, GArray *words, guint next, GError **error);
} actions[] = {
  [IPC_RULE_FAIL] = { "fail", AT (STATE) | AT (EVENT) | AT (QUERY), read_nothing },
  [IPC_RULE_RETURN] = { "return", AT (STATE) | DATA, read_return },
  [IPC_RULE_SWALLOW] = { "swallow", AT (BUFFER) | AT (EVENT), read_nothing },
  [IPC_RULE_DELAY] = { "delay", EVERYWHERE, read_delay },
  [IPC_RULE_BLOCK] = { "block", EVERYWHERE, read_nothing },
  [IPC_RULE_POST] = { "post", EVERYWHERE, read_post },
  [IPC_RULE_SEND] = { "send", EVERYWHERE, read_send },
  [IPC_RULE_SET_STATE] = { "set-state", EVERYWHERE, read_set_state },
  [IPC_RULE_ANSWER] = { "answer", AT (QUERY), read_answer },
  [IPC_RULE_ABORT] = { "abort", EVERYWHERE, read_nothing },
  [IPC_RULE_SEGV] = { "segv", EVERYWHERE, read_nothing },
  [IPC_RULE_EXIT] = { "exit", EVERYWHERE, read_exit },
};

static gboolean
read_action (IpcRule *rule, GArray *words, guint next, GError **error)
{
  const gchar *word = word_at (words, next);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gboolean fits = (actions[i].points & (1u << rule->point)) != 0;

    if (fits && g_strcmp0 (actions[i].name, word) == 0) {
      rule->action = i;
      return actions[i].read (rule, words, next + 1, error);
    }
    if (fits)
      g_string_append_printf (list, " %s", actions[i].name);
  }
  return mistake (
      error, "\"%s\" cannot be done at \"%s\": use one of%s", word ? word : "", point_names[rule->point], list->str);
}

/* }}} */

static IpcRule *
parse_rule (const gchar **text, GError **error)
{
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (Word));
  IpcRule *rule = g_new0 (IpcRule, 1);
  const gchar *begin = *text;
  guint next = 0;

  g_array_set_clear_func (words, word_clear);
  gboolean ok = read_words (text, words, error) && read_point (rule, words, &next, error)
                && read_action (rule, words, next, error);
  rule->source = g_strndup (begin, *text - begin - ((*text)[-1] == ';'));
  g_strstrip (rule->source);
  if (ok)
    return rule;
  g_prefix_error (error, "actions: in \"%s\": ", rule->source);
  ipc_rule_free (rule);
  return NULL;
}

/* gst_parse_launch() takes what stands in single quotes as one word, but leaves the quotes on. */
static gchar *
without_quotes (const gchar *text)
{
  gsize length = text ? strlen (text) : 0;

  if (length >= 2 && text[0] == '\'' && text[length - 1] == '\'')
    return g_strndup (text + 1, length - 2);
  return g_strdup (text ? text : "");
}

GPtrArray *
ipc_rules_parse (const gchar *given, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_rule_free);
  g_autofree gchar *whole = without_quotes (given);
  const gchar *text = whole;

  for (;;) {
    while (g_ascii_isspace (*text) || *text == ';')
      text++;
    if (*text == '\0')
      return g_steal_pointer (&rules);

    IpcRule *rule = parse_rule (&text, error);
    if (rule == NULL)
      return NULL;
    g_ptr_array_add (rules, rule);
  }
}
