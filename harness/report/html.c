/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts pages together out of the template and what goes into it. The template is cut at its marks in one pass, so that
 * a mark in what is filled in means nothing.
 */
#include "html.h"

#include <string.h>

#include "html-resource.h"

#define RESOURCE_FOLDER "/ipc/report/"

const gchar *
ipc_html_file (const gchar *name)
{
  g_autofree gchar *path = g_strconcat (RESOURCE_FOLDER, name, NULL);
  g_autoptr (GBytes) bytes
      = g_resource_lookup_data (ipc_html_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (bytes == NULL)
    g_error ("%s was not compiled in", name);
  /* Not compressed, so it points into the program; a NUL follows each file. */
  return g_bytes_get_data (bytes, NULL);
}

gchar *
ipc_html_escape (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gboolean control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    g_string_append_unichar (clean, control ? 0xfffd : c);
  }
  return g_markup_escape_text (clean->str, -1);
}

gchar *
ipc_html_link (const gchar *path, const gchar *folder)
{
  g_auto (GStrv) to = g_strsplit (path, "/", -1), from = g_strsplit (folder, "/", -1);
  GString *uri = g_string_new (NULL);
  guint same = 0;

  while (to[same] != NULL && from[same] != NULL && g_str_equal (to[same], from[same]))
    same++;
  for (guint i = same; from[i] != NULL; i++)
    if (*from[i] != '\0')
      g_string_append (uri, "../");
  for (guint i = same; to[i] != NULL; i++) {
    g_autofree gchar *part = g_uri_escape_string (to[i], NULL, FALSE);
    g_string_append_printf (uri, "%s%s", part, to[i + 1] != NULL ? "/" : "");
  }
  return g_string_free (uri, FALSE);
}

/* JSON within <script>: nothing in it may end the element, and `<` occurs in strings only. */
static void
append_json (GString *out, const gchar *json)
{
  for (const gchar *p = json; *p != '\0'; p++) {
    if (*p == '<')
      g_string_append (out, "\\u003c");
    else
      g_string_append_c (out, *p);
  }
}

static gchar *
compress (const gchar *text)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  gsize length = strlen (text), done = 0;
  GConverterResult result;

  do {
    guint8 piece[16 * 1024];
    gsize n_read, n_written;
    g_autoptr (GError) error = NULL;
    result = g_converter_convert (G_CONVERTER (compressor), text + done, length - done, piece, sizeof piece,
        G_CONVERTER_INPUT_AT_END, &n_read, &n_written, &error);
    if (result == G_CONVERTER_ERROR)
      g_error ("compressing failed: %s", error->message); /* memory to memory: nothing can be missing */
    done += n_read;
    g_byte_array_append (packed, piece, n_written);
  } while (result != G_CONVERTER_FINISHED);
  return g_base64_encode (packed->data, packed->len);
}

static void
append_data (GString *out, const IpcHtmlPage *page)
{
  if (page->data != NULL) {
    g_string_append (out, "<script type=\"application/json\" id=\"data\">");
    append_json (out, page->data);
    g_string_append (out, "</script>\n");
  }
  for (guint i = 0; page->blocks != NULL && i < page->blocks->len; i++) {
    g_autofree gchar *packed = compress (g_ptr_array_index (page->blocks, i));
    g_string_append_printf (out, "<script type=\"text/plain\" id=\"block-%u\">", i);
    g_string_append (out, packed);
    g_string_append (out, "</script>\n");
  }
}

static gchar *
join_scripts (const IpcHtmlPage *page)
{
  GString *script = g_string_new ("\n\"use strict\";\n");

  for (guint i = 0; page->scripts != NULL && page->scripts[i] != NULL; i++) {
    g_autofree gchar *name = g_strconcat ("html/", page->scripts[i], NULL);
    g_string_append (script, ipc_html_file (name));
  }
  return g_string_free (script, FALSE);
}

/* As Content-Security-Policy wants it. */
static gchar *
hash_of (const gchar *script)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree gchar *text = NULL;

  g_checksum_update (checksum, (const guchar *)script, -1);
  g_checksum_get_digest (checksum, digest, &length);
  text = g_base64_encode (digest, length);
  return g_strdup_printf ("'sha256-%s'", text);
}

static void
append_mark (GString *out, const IpcHtmlPage *page, const gchar *script, const gchar *mark, gsize length)
{
  g_autofree gchar *name = g_strndup (mark, length), *text = NULL;

  if (g_str_equal (name, "title"))
    text = ipc_html_escape (page->title);
  else if (g_str_equal (name, "script-hash"))
    text = hash_of (script);
  else if (g_str_equal (name, "style"))
    text = g_strdup (ipc_html_file ("html/style.css"));
  else if (g_str_equal (name, "body"))
    text = g_strdup (page->body != NULL ? page->body : "");
  else if (g_str_equal (name, "script"))
    text = g_strdup (script);
  else if (g_str_equal (name, "data"))
    append_data (out, page);
  else
    g_error ("page.html has an unknown mark %s", name);
  if (text != NULL)
    g_string_append (out, text);
}

gchar *
ipc_html_text (const IpcHtmlPage *page)
{
  GString *out = g_string_new (NULL);
  g_autofree gchar *script = join_scripts (page);
  const gchar *p = ipc_html_file ("html/page.html"), *mark;

  while ((mark = strstr (p, "{{")) != NULL) {
    const gchar *end = strstr (mark, "}}");
    g_assert (end != NULL);
    g_string_append_len (out, p, mark - p);
    append_mark (out, page, script, mark + 2, end - mark - 2);
    p = end + 2;
  }
  g_string_append (out, p);
  return g_string_free (out, FALSE);
}

gboolean
ipc_html_save (const IpcHtmlPage *page, const gchar *path, GError **error)
{
  g_autofree gchar *text = ipc_html_text (page);
  return g_file_set_contents (path, text, -1, error);
}
