/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a MATCH lets pass and what not. */

#include "history/history.h"
#include "history/match.h"

#define RECORD                                                                                                         \
  "{'kind': 'buffer', 'pts': 2000000000, 'dts': null, 'offset': '18446744073709551000', 'ok': true, 'rate': 1.5,"      \
  " 'text': 'cannot decode', 'state': 'playing', 'list': ['a', 'b'], 'none': 'none'}"

static const struct {
  const gchar *match;
  gboolean holds;
} cases[] = {
  { "{}", TRUE },
  { "{'pts': 2000000000}", TRUE },
  { "{'pts': 2000000000.0}", TRUE },
  { "{'pts': 2000000001}", FALSE },
  { "{'pts': '2000000000'}", TRUE },
  { "{'pts': null}", FALSE },
  { "{'pts': true}", FALSE },
  { "{'pts': 'much'}", FALSE },
  { "{'dts': null}", TRUE },
  { "{'missing': null}", TRUE },
  { "{'missing': 0}", FALSE },
  { "{'missing': ''}", FALSE },
  { "{'ok': true}", TRUE },
  { "{'ok': false}", FALSE },
  { "{'ok': 1}", FALSE },
  { "{'ok': 'true'}", FALSE },
  { "{'rate': 1.5}", TRUE },
  { "{'state': 'playing'}", TRUE },
  { "{'state': 'Playing'}", FALSE },
  { "{'none': null}", FALSE },
  { "{'offset': '18446744073709551000'}", TRUE },
  { "{'offset': {'at-least': 1}}", TRUE },
  { "{'pts': {'at-least': 2000000000}}", TRUE },
  { "{'pts': {'at-least': 2000000001}}", FALSE },
  { "{'pts': {'at-most': 2000000000}}", TRUE },
  { "{'pts': {'at-most': 1999999999}}", FALSE },
  { "{'pts': {'at-least': 1, 'at-most': 3}}", FALSE },
  { "{'rate': {'at-least': 1.25, 'at-most': 2}}", TRUE },
  { "{'dts': {'at-least': 0}}", FALSE },
  { "{'dts': {'at-most': 0}}", FALSE },
  { "{'ok': {'at-least': 0}}", FALSE },
  { "{'text': {'matches': 'decode$'}}", TRUE },
  { "{'text': {'matches': '^decode'}}", FALSE },
  { "{'pts': {'matches': '^20*$'}}", TRUE },
  { "{'dts': {'matches': '.*'}}", FALSE },
  { "{'missing': {'matches': ''}}", FALSE },
  { "{'list': {'matches': 'b'}}", TRUE },
  { "{'state': {'not': 'paused'}}", TRUE },
  { "{'state': {'not': 'playing'}}", FALSE },
  { "{'missing': {'not': 'x'}}", TRUE },
  { "{'dts': {'not': null}}", FALSE },
  { "{'state': {'surely': 'playing'}}", FALSE },
  { "{'comment': 'whatever', 'ok': true}", TRUE },
  { "{'ok': true, 'pts': 1}", FALSE },
};

static JsonObject *
parse (const gchar *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree gchar *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, json, -1, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

static void
test_table (void)
{
  g_autoptr (JsonObject) record = parse (RECORD);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonObject) match = parse (cases[i].match);

    g_test_message ("%s", cases[i].match);
    g_assert_cmpint (ipc_match (match, record, NULL), ==, cases[i].holds);
  }
  g_assert_true (ipc_match (NULL, record, NULL));
}

static void
test_why (void)
{
  g_autoptr (JsonObject) record = parse (RECORD);
  g_autoptr (JsonObject) match = parse ("{'ok': true, 'state': {'not': 'playing'}, 'missing': 1}");
  g_autofree gchar *why = NULL;

  g_assert_false (ipc_match (match, record, &why));
  g_assert_cmpstr (why, ==, "state is \"playing\", expected {\"not\":\"playing\"}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/lets pass what is asked for and nothing else", test_table);
  g_test_add_func ("/match/names the first member that is not as asked", test_why);
  return g_test_run ();
}
