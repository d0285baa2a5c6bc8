/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tables as text for a terminal. The texts are the caller's.
 */
#include "explain.h"

#include <string.h>

#include "mistake.h"
#include "tables.h"

#define LINE_WIDTH 100
#define NAME_WIDTH 14
#define KIND_WIDTH 18

G_DEFINE_QUARK (ipc - scenario - error - quark, ipc_scenario_error)

/* Appends @words broken into lines that begin at column @indent; the first is where @out is already. */
static void
append_wrapped (GString *out, const gchar *text, guint indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize column = indent;

  for (guint i = 0; words[i]; i++) {
    gsize length = (gsize)g_utf8_strlen (words[i], -1);

    if (i > 0 && column + 1 + length > LINE_WIDTH) {
      g_string_append_printf (out, "\n%*s", (gint)indent, "");
      column = indent;
    } else if (i > 0) {
      g_string_append_c (out, ' ');
      column++;
    }
    g_string_append (out, words[i]);
    column += length;
  }
  g_string_append_c (out, '\n');
}

static void
append_entry (
    GString *out, const gchar *name, const gchar *type, gboolean required, const gchar *fallback, const gchar *doc)
{
  g_autofree gchar *more = required   ? g_strdup (", required")
                           : fallback ? g_strdup_printf (", default %s", fallback)
                                      : g_strdup ("");
  g_autofree gchar *text = g_strdup_printf ("%s%s. %s", type, more, doc);

  g_string_append_printf (out, "  %-*s", NAME_WIDTH, name);
  append_wrapped (out, text, NAME_WIDTH + 2);
}

static void
append_summary (GString *out, const IpcStepKind *kind)
{
  const gchar *end = strchr (kind->doc, '.');
  g_autofree gchar *summary = g_strndup (kind->doc, (gsize)(end - kind->doc));

  g_string_append_printf (out, "  %-*s %s\n", KIND_WIDTH, kind->name, summary);
}

static void
append_verb (GString *out, const gchar *verb)
{
  const IpcStepKind *kinds = ipc_step_kinds ();

  g_string_append_printf (out, "%s: %s\n", verb, ipc_step_verb_doc (verb));
  for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
    if (g_str_equal (kinds[i].verb, verb))
      append_summary (out, &kinds[i]);
}

/* @prefix: of fields within an object, "when." */
static void
append_fields (GString *out, const gchar *prefix, const IpcStepField *fields, gboolean *times, gboolean *matches)
{
  for (; fields->name; fields++) {
    g_autofree gchar *type = ipc_field_type_text (fields);
    g_autofree gchar *name = g_strconcat (prefix, fields->name, NULL);
    g_autofree gchar *inner = g_strconcat (name, ".", NULL);

    append_entry (out, name, type, fields->required, fields->fallback, fields->doc);
    *times |= fields->type == IPC_FIELD_TIME;
    *matches |= fields->type == IPC_FIELD_MATCH || fields->type == IPC_FIELD_MATCH_LIST;
    if (fields->members)
      append_fields (out, inner, fields->members, times, matches);
  }
}

static void
append_kind (GString *out, const IpcStepKind *kind)
{
  gboolean times = FALSE, matches = FALSE;

  g_string_append_printf (out, "%s %s\n", kind->verb, kind->name);
  g_string_append (out, "  ");
  append_wrapped (out, kind->doc, 2);
  g_string_append_printf (out, "\n  %s\n\n", kind->example);
  append_fields (out, "", kind->fields, &times, &matches);
  if (times || matches)
    g_string_append_c (out, '\n');
  if (times)
    append_wrapped (out, ipc_time_doc, 0);
  if (matches)
    append_wrapped (out, ipc_match_doc, 0);
}

static void
append_part (GString *out, const IpcFilePart *part)
{
  g_string_append_printf (out, "%s\n  ", part->name);
  append_wrapped (out, part->doc, 2);
  g_string_append_c (out, '\n');
  for (const IpcMember *member = part->members; member->name; member++) {
    g_autofree gchar *type = ipc_member_type_text (member);

    append_entry (out, member->name, type, member->required, member->fallback, member->doc);
  }
}

static void
append_list (GString *out)
{
  for (guint i = 0; ipc_step_verbs[i]; i++) {
    append_verb (out, ipc_step_verbs[i]);
    g_string_append_c (out, '\n');
  }
  g_string_append (out, "Around the steps:");
  for (guint i = 0; ipc_file_parts[i].name; i++)
    g_string_append_printf (out, "%s %s", i > 0 ? "," : "", ipc_file_parts[i].name);
  g_string_append (out, ".\n"
                        "More of one: gst-ipc-harness explain NAME, or \"VERB NAME\" where verbs share a name.\n");
}

/* Appends all that is called @what; FALSE when there is nothing. */
static gboolean
append_named (GString *out, const gchar *what)
{
  const IpcStepKind *kinds = ipc_step_kinds ();

  if (g_strv_contains (ipc_step_verbs, what)) {
    append_verb (out, what);
    return TRUE;
  }
  for (guint i = 0; ipc_file_parts[i].name; i++)
    if (g_str_equal (ipc_file_parts[i].name, what))
      append_part (out, &ipc_file_parts[i]);
  for (guint i = 0; i < IPC_N_STEP_KINDS; i++) {
    g_autofree gchar *full = g_strdup_printf ("%s %s", kinds[i].verb, kinds[i].name);

    if (!g_str_equal (what, kinds[i].name) && !g_str_equal (what, full))
      continue;
    if (out->len > 0)
      g_string_append_c (out, '\n');
    append_kind (out, &kinds[i]);
  }
  return out->len > 0;
}

static void
set_unknown (GError **error, const gchar *what)
{
  const IpcStepKind *kinds = ipc_step_kinds ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *nearest;

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++) {
    g_ptr_array_add (names, g_strdup (kinds[i].name));
    g_ptr_array_add (names, g_strdup_printf ("%s %s", kinds[i].verb, kinds[i].name));
  }
  for (guint i = 0; ipc_step_verbs[i]; i++)
    g_ptr_array_add (names, g_strdup (ipc_step_verbs[i]));
  for (guint i = 0; ipc_file_parts[i].name; i++)
    g_ptr_array_add (names, g_strdup (ipc_file_parts[i].name));
  g_ptr_array_add (names, NULL);
  nearest = ipc_words_nearest (what, (const gchar *const *)names->pdata);
  if (nearest)
    g_set_error (error, IPC_SCENARIO_ERROR, IPC_SCENARIO_ERROR_UNKNOWN,
        "there is no step kind \"%s\": did you mean \"%s\"?", what, nearest);
  else
    g_set_error (error, IPC_SCENARIO_ERROR, IPC_SCENARIO_ERROR_UNKNOWN,
        "there is no step kind \"%s\": `gst-ipc-harness explain` lists them", what);
}

/**
 * ipc_scenario_explain:
 * @what: (nullable): a step kind, a verb, or a part of the file; %NULL for a list
 * @error: set when there is nothing called @what, with the nearest name
 *
 * Returns: (nullable): text for a terminal. Caller frees.
 */
gchar *
ipc_scenario_explain (const gchar *what, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!what) {
    append_list (out);
  } else if (!append_named (out, what)) {
    set_unknown (error, what);
    return NULL;
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
