/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tables as docs/step-reference.md. The text is the caller's.
 */
#include "explain.h"
#include "tables.h"

/* A cell of a table: `|` would end it. */
static gchar *
cell (const gchar *text)
{
  GString *escaped = g_string_new (text);

  g_string_replace (escaped, "|", "\\|", 0);
  return g_string_free (escaped, FALSE);
}

static void
append_row (
    GString *out, const gchar *name, const gchar *type, gboolean required, const gchar *fallback, const gchar *doc)
{
  g_autofree gchar *type_cell = cell (type), *doc_cell = cell (doc);
  g_autofree gchar *standard = required   ? g_strdup ("required")
                               : fallback ? g_strdup_printf ("`%s`", fallback)
                                          : g_strdup ("");

  g_string_append_printf (out, "| `%s` | %s | %s | %s |\n", name, type_cell, standard, doc_cell);
}

static void
append_head (GString *out)
{
  g_string_append (out, "| member | what | default | |\n| --- | --- | --- | --- |\n");
}

static void
append_part (GString *out, const IpcFilePart *part)
{
  g_string_append_printf (out, "### %s\n\n%s\n\n", part->name, part->doc);
  append_head (out);
  for (const IpcMember *member = part->members; member->name; member++) {
    g_autofree gchar *type = ipc_member_type_text (member);

    append_row (out, member->name, type, member->required, member->fallback, member->doc);
  }
  g_string_append_c (out, '\n');
}

/* @prefix: of fields within an object, "when." */
static void
append_fields (GString *out, const gchar *prefix, const IpcStepField *fields)
{
  for (; fields->name; fields++) {
    g_autofree gchar *type = ipc_field_type_text (fields);
    g_autofree gchar *name = g_strconcat (prefix, fields->name, NULL);
    g_autofree gchar *inner = g_strconcat (name, ".", NULL);

    append_row (out, name, type, fields->required, fields->fallback, fields->doc);
    if (fields->members)
      append_fields (out, inner, fields->members);
  }
}

static void
append_kind (GString *out, const IpcStepKind *kind)
{
  g_string_append_printf (
      out, "### %s %s\n\n%s\n\n```json\n%s\n```\n\n", kind->verb, kind->name, kind->doc, kind->example);
  append_head (out);
  append_fields (out, "", kind->fields);
  g_string_append_c (out, '\n');
}

/**
 * ipc_scenario_step_reference:
 *
 * Returns: docs/step-reference.md. Caller frees.
 */
gchar *
ipc_scenario_step_reference (void)
{
  GString *out = g_string_new ("# Scenario reference\n\n"
                               "Written by `gst-ipc-harness explain --reference`; do not edit. How to write a scenario "
                               "is in scenarios.md.\n\n"
                               "## Around the steps\n\n");
  const IpcStepKind *kinds = ipc_step_kinds ();

  for (guint i = 0; ipc_file_parts[i].name; i++)
    append_part (out, &ipc_file_parts[i]);
  g_string_append_printf (out, "## Times\n\n%s\n\n## Matches\n\n%s\n\n", ipc_time_doc, ipc_match_doc);
  for (guint i = 0; ipc_step_verbs[i]; i++) {
    g_string_append_printf (out, "## %s\n\n%s\n\n", ipc_step_verbs[i], ipc_step_verb_doc (ipc_step_verbs[i]));
    for (guint j = 0; j < IPC_N_STEP_KINDS; j++)
      if (g_str_equal (kinds[j].verb, ipc_step_verbs[i]))
        append_kind (out, &kinds[j]);
  }
  g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}
