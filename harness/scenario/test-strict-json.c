/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every text that is not JSON, or not what its author meant, is told with its line; and what is JSON is read as it
 * stands.
 */
#include "strict-json.h"

#include <glib/gstdio.h>
#include <string.h>

#include "mistake.h"
#include "scenario.h"
#include "test-util.h"

typedef struct {
  const gchar *name;
  const gchar *text;
  const gchar *expected; /* mistakes, one a line */
  gboolean ends;         /* nobody can tell what the rest was meant to be */
} Trap;

static const Trap traps[] = {
  { "empty", "", "f:1: $: the file is empty: expected an object", TRUE },
  { "only-space", " \n \n", "f:3: $: the file is empty: expected an object", TRUE },
  { "duplicate-name", "{\n\"a\": 1,\n\"b\": {\"a\": 2},\n\"\\u0061\": 3}",
      "f:4: $.a: \"a\" is given twice, first in line 2" },
  { "duplicate-name-inside", "{\"steps\": [{},\n{\"x\": 1, \"x\": 2}]}",
      "f:2: $.steps[1].x: \"x\" is given twice, first in line 2" },
  { "beyond-64-bits", "[9223372036854775807,\n9223372036854775808,\n-9223372036854775809]",
      "f:2: $[1]: 9223372036854775808 does not fit into 64 bits\n"
      "f:3: $[2]: -9223372036854775809 does not fit into 64 bits" },
  { "beyond-double", "[1e308, 1e309]", "f:1: $[1]: 1e309 is too large for a number" },
  { "octal", "[017]", "f:1: $[0]: 017: a number does not begin with 0" },
  { "hexadecimal", "[0x1F]", "f:1: $[0]: 0x1F: hexadecimal numbers are not JSON" },
  { "plus", "[+1, .5, 1., -, 1e]",
      "f:1: $[0]: +1 is not a number (times with a unit are texts: \"1.5s\")\n"
      "f:1: $[1]: .5 is not a number (times with a unit are texts: \"1.5s\")\n"
      "f:1: $[2]: 1. is not a number (times with a unit are texts: \"1.5s\")\n"
      "f:1: $[3]: - is not a number (times with a unit are texts: \"1.5s\")\n"
      "f:1: $[4]: 1e is not a number (times with a unit are texts: \"1.5s\")" },
  { "unit-without-quotes", "{\"start\": 1.5s}",
      "f:1: $.start: 1.5s is not a number (times with a unit are texts: \"1.5s\")" },
  { "words", "[True, NaN, yes]",
      "f:1: $[0]: unknown word True: did you mean true?\n"
      "f:1: $[1]: unknown word NaN: texts are written in double quotes\n"
      "f:1: $[2]: unknown word yes: texts are written in double quotes" },
  { "single-quotes", "{'a': 'b'}",
      "f:1: $: texts are written in double quotes\nf:1: $.a: texts are written in double quotes" },
  { "name-without-quotes", "{a: 1}", "f:1: $: the member name a needs double quotes" },
  { "comments", "{ /* one\n*/ \"a\": 1 // two\n}\n// three",
      "f:1: $: comments are not JSON: use a \"comment\" member\n"
      "f:2: $: comments are not JSON: use a \"comment\" member\n"
      "f:4: $: comments are not JSON: use a \"comment\" member" },
  { "comment-not-closed", "{\"a\": 1} /* x", "f:1: $: comments are not JSON: use a \"comment\" member" },
  { "trailing-comma", "{\"a\": [1,\n],\n}",
      "f:2: $.a: a comma before `]`: nothing follows it\nf:3: $: a comma before `}`: nothing follows it" },
  { "comma-missing", "{\"a\": [1 2]\n\"b\": 3}",
      "f:1: $.a: a comma is missing before this\nf:2: $: a comma is missing before this" },
  { "colon-missing", "{\"a\" 1}", "f:1: $: expected `:` behind the member name, found `1`", TRUE },
  { "value-missing", "{\"a\": ,\n\"b\": 1}", "f:1: $.a: expected a value, found `,`" },
  { "cut-off", "{\"a\": [\n1, ", "f:2: $.a[1]: expected a value, found the end of the file", TRUE },
  { "cut-off-object", "{\"a\": 1", "f:1: $: expected `,` or `}`, found the end of the file", TRUE },
  { "wrong-closing", "[1}", "f:1: $: expected `,` or `]`, found `}`", TRUE },
  { "trailing-data", "{}\n{}", "f:2: $: expected nothing behind the end of the document, found `{`" },
  { "text-not-closed", "{\"a\": \"b\n}",
      "f:1: $.a: the text is not closed on its line (a line break within is written \\n)", TRUE },
  { "control-character", "[\"a\tb\"]", "f:1: $[0]: control character 0x09 in a text: write it as \\u0009" },
  { "control-character-outside", "[\001]", "f:1: $[0]: expected a value, found the control character 0x01", TRUE },
  { "unknown-escape", "[\"C:\\media\"]",
      "f:1: $[0]: unknown escape: \\ followed by `m` (a backslash itself is written \\\\)" },
  { "escape-at-end", "[\"\\", "f:1: $[0]: the text is not closed on its line (a line break within is written \\n)",
      TRUE },
  { "half-escape", "[\"\\u12\"]", "f:1: $[0]: \\u needs four hexadecimal digits" },
  { "nul-escape", "[\"\\u0000\"]", "f:1: $[0]: \\u0000 cannot be part of a text here" },
  { "half-surrogate", "[\"\\ud83d!\", \"\\ude00\", \"\\ud83d\\u0041\"]",
      "f:1: $[0]: \\ud83d is half of a surrogate pair\n"
      "f:1: $[1]: \\ude00 is half of a surrogate pair\n"
      "f:1: $[2]: \\ud83d is half of a surrogate pair" },
  { "byte-order-mark", "\xef\xbb\xbf{}",
      "f:1: $: the file begins with a byte order mark: save it as UTF-8 without one" },
  { "not-utf8", "{\n\"a\": \"\xfc\"}", "f:2: $: byte 0xfc is not UTF-8" },
  { "cut-off-utf8", "\"\xc3",
      "f:1: $: byte 0xc3 is not UTF-8\n"
      "f:1: $: the text is not closed on its line (a line break within is written \\n)",
      TRUE },
  { "second-comma", "{\"a\": [1,,\n, 2],, \"b\": 3}",
      "f:1: $.a: a second comma: nothing stands before it\n"
      "f:2: $.a: a second comma: nothing stands before it\n"
      "f:2: $: a second comma: nothing stands before it" },
  { "leading-comma", "[, 1]", "f:1: $[0]: expected a value, found `,`" },
  { "equals-sign", "{\"a\" = 1,\n\"b\" = 2}",
      "f:1: $: expected `:` behind the member name, found `=`\n"
      "f:2: $: expected `:` behind the member name, found `=`" },
  { "semicolon", "{\"a\": 1; \"b\": 2}", "f:1: $: expected `,` or `}`, found `;`", TRUE },
  { "script-comment", "{ # one\n\"a\": 1 }", "f:1: $: comments are not JSON: use a \"comment\" member" },
  { "undefined", "[undefined, Infinity, -Infinity]",
      "f:1: $[0]: unknown word undefined: texts are written in double quotes\n"
      "f:1: $[1]: unknown word Infinity: texts are written in double quotes\n"
      "f:1: $[2]: -Infinity is not a number (times with a unit are texts: \"1.5s\")" },
  { "space-of-another-kind",
      "[1,\xc2\xa0"
      "2]",
      "f:1: $[1]: expected a value, found the character U+00A0", TRUE },
  { "typographic-quotes",
      "{\xe2\x80\x9c"
      "a\xe2\x80\x9d: 1}",
      "f:1: $: expected a member name in double quotes, found `\xe2\x80\x9c`", TRUE },
  { "several-documents", "{\"a\": 1}\n{\"a\": 2}",
      "f:2: $: expected nothing behind the end of the document, found `{`" },
  { "not-utf8-in-several-lines", "[\"\xfc\xfc\",\n\"\",\n\"\xe4\", 017]",
      "f:1: $: byte 0xfc is not UTF-8\nf:3: $: byte 0xe4 is not UTF-8\nf:3: $[3]: 017: a number does not begin with "
      "0" },
  { "utf-16", "\xff\xfe{", "f:1: $: byte 0xff is not UTF-8\nf:1: $: expected a value, found `\xef\xbf\xbd`", TRUE },
  { "odd-names", "{\"\": {\"a.b\": 01}}", "f:1: $[\"\"][\"a.b\"]: 01: a number does not begin with 0" },
};

static IpcStrictJson *
parse (const gchar *text, gsize length, const gchar *expected)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  /* exactly as long as it is, so that a sanitizer sees who reads on */
  g_autofree gchar *exact = g_memdup2 (text, length);
  IpcStrictJson *json = ipc_strict_json_parse ("f", exact, length, mistakes);
  g_autofree gchar *seen = ipc_test_mistakes_text (mistakes);

  g_assert_cmpstr (seen, ==, expected);
  return json;
}

static void
test_trap (gconstpointer data)
{
  const Trap *trap = data;
  g_autoptr (IpcStrictJson) json = parse (trap->text, strlen (trap->text), trap->expected);

  g_assert_true ((json == NULL) == trap->ends);
}

/* What stands there is what a person would have read, and what nobody can read is marked. */
static void
test_what_was_meant (void)
{
  const gchar *text = "{'a': True, b: [1 2,,], /* c */ \"d\" = 017, \"e\": \"x\ty\",}";
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  g_autoptr (IpcStrictJson) json = ipc_strict_json_parse ("f", text, strlen (text), mistakes);
  g_autofree gchar *seen = json_to_string (json->root, FALSE);
  guint syntax = mistakes->len;

  g_assert_cmpstr (seen, ==, "{\"a\":true,\"b\":[1,2],\"d\":0.0,\"e\":\"x\\ty\"}");
  ipc_mistake_add (mistakes, "f", 1, "$.a", "kept");
  ipc_mistake_add (mistakes, "f", 1, "$.d", "about what was told already");
  ipc_mistake_add (mistakes, "f", 1, "$", "kept too");
  ipc_strict_json_drop_spoilt (json, mistakes, syntax);
  g_assert_cmpuint (mistakes->len, ==, syntax + 2);
  g_assert_cmpstr (((IpcScenarioMistake *)mistakes->pdata[syntax])->text, ==, "kept");
  g_assert_cmpstr (((IpcScenarioMistake *)mistakes->pdata[syntax + 1])->text, ==, "kept too");
}

static void
test_nul (void)
{
  g_autoptr (IpcStrictJson) json = parse ("{\n\0}", 4, "f:2: $: a NUL byte: this is no text file");

  g_assert_null (json);
}

/* Up to the limit and one beyond it; far beyond, a parser that recurses without limit would be gone. */
static void
test_depth (void)
{
  for (guint depth = IPC_STRICT_JSON_MAX_DEPTH; depth < 300000;
       depth = depth == IPC_STRICT_JSON_MAX_DEPTH ? depth + 1 : depth * 4000) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
    g_autoptr (IpcStrictJson) json = NULL;

    for (guint i = 0; i < depth; i++)
      g_string_append_c (text, '[');
    for (guint i = 0; i < depth; i++)
      g_string_append_c (text, ']');
    json = ipc_strict_json_parse ("f", text->str, text->len, mistakes);
    g_assert_true ((json != NULL) == (depth <= IPC_STRICT_JSON_MAX_DEPTH));
    g_assert_cmpuint (mistakes->len, ==, depth > IPC_STRICT_JSON_MAX_DEPTH);
  }
}

static void
test_size (void)
{
  g_autofree gchar *text = g_strnfill (IPC_STRICT_JSON_MAX_SIZE + 1, ' ');
  g_autoptr (IpcStrictJson) fits = NULL, too_large = NULL;

  text[0] = '0';
  fits = parse (text, IPC_STRICT_JSON_MAX_SIZE, "");
  too_large = parse (text, IPC_STRICT_JSON_MAX_SIZE + 1, "f: $: larger than the 1048576 bytes that are read");
  g_assert_nonnull (fits);
  g_assert_null (too_large);
}

static void
assert_unreadable (const gchar *path, const gchar *expected)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  g_autoptr (IpcStrictJson) json = ipc_strict_json_read (path, mistakes);

  g_assert_null (json);
  g_assert_cmpuint (mistakes->len, ==, 1);
  g_assert_cmpstr (((IpcScenarioMistake *)mistakes->pdata[0])->file, ==, path);
  g_assert_true (g_str_has_prefix (((IpcScenarioMistake *)mistakes->pdata[0])->text, expected));
}

static void
test_what_is_no_file (void)
{
  assert_unreadable ("/does/not/exist.json", "cannot be read: ");
  assert_unreadable ("/dev/zero", "not a regular file");
  assert_unreadable ("/", "not a regular file");
}

static void
test_good_text_is_read_as_it_stands (void)
{
  const gchar *text = "{\"a\": [1, -0, 9223372036854775807, -9223372036854775808, 1.5, 1e3, 1E-2, true, null],\r\n"
                      "\t\"\\u00fc \\ud83d\\ude00 \\\" \\\\ \\/ \\b\\f\\n\\r\\t\": {},\n\"b\":\"\xc3\xbc\"}\n";
  g_autoptr (IpcStrictJson) json = parse (text, strlen (text), "");
  JsonArray *list = json_object_get_array_member (json_node_get_object (json->root), "a");

  g_assert_cmpint (json_array_get_int_element (list, 2), ==, G_MAXINT64);
  g_assert_cmpint (json_array_get_int_element (list, 3), ==, G_MININT64);
  g_assert_cmpfloat (json_array_get_double_element (list, 4), ==, 1.5);
  g_assert_cmpfloat (json_array_get_double_element (list, 5), ==, 1000);
  g_assert_cmpfloat (json_array_get_double_element (list, 6), ==, 0.01);
  g_assert_true (json_array_get_null_element (list, 8));
  g_assert_true (
      json_object_has_member (json_node_get_object (json->root), "\xc3\xbc \xf0\x9f\x98\x80 \" \\ / \b\f\n\r\t"));
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (json->root), "b"), ==, "\xc3\xbc");
}

static void
test_lines (void)
{
  const gchar *text = "\n{\n\"a\": [\n1,\n{\"b\":\n2}]\n}";
  g_autoptr (IpcStrictJson) json = parse (text, strlen (text), "");

  g_assert_cmpuint (ipc_strict_json_line (json, "$"), ==, 2);
  g_assert_cmpuint (ipc_strict_json_line (json, "$.a"), ==, 3);
  g_assert_cmpuint (ipc_strict_json_line (json, "$.a[0]"), ==, 4);
  g_assert_cmpuint (ipc_strict_json_line (json, "$.a[1].b"), ==, 5);
  g_assert_cmpuint (ipc_strict_json_line (json, "$.a[1].missing"), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (traps); i++) {
    g_autofree gchar *path = g_strconcat ("/strict-json/trap/", traps[i].name, NULL);

    g_test_add_data_func (path, &traps[i], test_trap);
  }
  g_test_add_func ("/strict-json/what-was-meant", test_what_was_meant);
  g_test_add_func ("/strict-json/nul", test_nul);
  g_test_add_func ("/strict-json/depth", test_depth);
  g_test_add_func ("/strict-json/size", test_size);
  g_test_add_func ("/strict-json/what-is-no-file", test_what_is_no_file);
  g_test_add_func ("/strict-json/good-text-is-read-as-it-stands", test_good_text_is_read_as_it_stands);
  g_test_add_func ("/strict-json/lines", test_lines);
  return g_test_run ();
}
