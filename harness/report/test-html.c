/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages: whatever a process under test wrote stays text in them.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "html.h"
#include "requirements.h"

#define NASTY "a\001b <c> & \"d\" \xff </script><script>alert(1)</script><!-- {{script}} \033[31m"

static guint
count (const gchar *text, const gchar *word)
{
  guint n = 0;

  for (const gchar *p = text; (p = strstr (p, word)) != NULL; p += strlen (word))
    n++;
  return n;
}

static void
test_escape (void)
{
  g_autofree gchar *text = ipc_html_escape (NASTY);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strpbrk (text, "<>\"\001\033"));
  g_assert_nonnull (strstr (text, "&lt;/script&gt;"));
}

/* The one script of the page is the page's own; data and title end no element and start none. */
static void
test_hostile_data (void)
{
  const gchar *scripts[] = { "dom.js", NULL };
  g_autoptr (GPtrArray) blocks = g_ptr_array_new ();
  const IpcHtmlPage page = { NASTY, NULL, scripts, "[\"</script><!--<script>alert(1)\"]", blocks };
  const IpcHtmlPage empty = { "title", NULL, scripts, "[]", NULL };
  g_autofree gchar *text = NULL, *plain = ipc_html_text (&empty);

  g_ptr_array_add (blocks, (gpointer) "</script>");
  text = ipc_html_text (&page);
  g_assert_cmpuint (count (text, "</script"), ==, count (plain, "</script") + 1);
  g_assert_cmpuint (count (text, "<script"), ==, count (plain, "<script") + 1);
  g_assert_cmpuint (count (text, "<!--"), ==, count (plain, "<!--"));
  g_assert_nonnull (strstr (text, "[\"\\u003c/script>\\u003c!--\\u003cscript>alert(1)\"]"));
}

static void
test_determinism (void)
{
  const gchar *scripts[] = { "dom.js", "report.js", NULL };
  g_autoptr (GPtrArray) blocks = g_ptr_array_new ();
  const IpcHtmlPage page = { "title", "<p>", scripts, "{}", blocks };
  g_autofree gchar *once = NULL, *again = NULL;

  g_ptr_array_add (blocks, (gpointer) "{\"a\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}");
  once = ipc_html_text (&page);
  again = ipc_html_text (&page);
  g_assert_cmpstr (once, ==, again);
}

static gchar *
decompress (const gchar *page)
{
  const gchar *start = strchr (strstr (page, "id=\"block-0\""), '>') + 1;
  g_autofree gchar *packed = g_strndup (start, strchr (start, '<') - start);
  gsize length, n_read, n_written;
  g_autofree guchar *bytes = g_base64_decode (packed, &length);
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  gchar *text = g_malloc0 (1 << 20);

  g_assert_cmpint (g_converter_convert (G_CONVERTER (decompressor), bytes, length, text, (1 << 20) - 1,
                       G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL),
      ==, G_CONVERTER_FINISHED);
  return text;
}

/* More than one piece of the compressor's. */
static void
test_blocks_come_back_whole (void)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new ();
  g_autoptr (GString) block = g_string_new (NULL);
  const IpcHtmlPage page = { "title", NULL, NULL, NULL, blocks };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree gchar *text = NULL, *back = NULL;

  while (block->len < 100000)
    g_string_append_printf (block, "%08x", g_rand_int (rand));
  g_ptr_array_add (blocks, block->str);
  text = ipc_html_text (&page);
  back = decompress (text);
  g_assert_cmpstr (back, ==, block->str);
}

static void
test_requirements (void)
{
  guint n;
  const IpcRequirement *all = ipc_requirements (&n);
  const IpcRequirement *rule = ipc_requirement_find ("FRAME-1"), *packet = ipc_requirement_find ("PKT-BUFFER");

  g_assert_cmpuint (n, >, 50);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (all[i].text, !=, "");
  g_assert_cmpstr (rule->level, ==, "MUST");
  g_assert_true (g_str_has_prefix (rule->text, "All bytes on a link are packets"));
  g_assert_true (g_str_has_prefix (packet->text, "BUFFER (type 3, down, reply ACK): u64 pts"));
  g_assert_null (ipc_requirement_find ("FRAME-0"));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/html/escaped-text-is-text", test_escape);
  g_test_add_func ("/html/hostile-data-ends-no-element", test_hostile_data);
  g_test_add_func ("/html/the-same-page-is-the-same-text", test_determinism);
  g_test_add_func ("/html/blocks-come-back-whole", test_blocks_come_back_whole);
  g_test_add_func ("/html/requirements-have-their-words", test_requirements);
  return g_test_run ();
}
