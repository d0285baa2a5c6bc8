/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_HTML_H
#define IPC_REPORT_HTML_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Pages that stand alone: one HTML file with style, scripts and data inside, which fetches nothing. What all pages look
 * like is html/page.html and html/style.css.
 *
 * Scripts run only when their text is the one that was compiled in (the page's policy names its hash): text that came
 * from a process under test stays text, whatever it contains.
 */
typedef struct {
  const gchar *title;          /* plain text */
  const gchar *body;           /* HTML for <main>, or NULL; the caller has escaped what is in it */
  const gchar *const *scripts; /* names of files of html/, in order, NULL-terminated; or NULL */
  const gchar *data;           /* JSON, which scripts find as the text of #data; or NULL */
  GPtrArray *blocks;           /* of gchar *: more JSON, which lies compressed in #block-0, #block-1 ...; or NULL */
} IpcHtmlPage;

/* For text and for attribute values in double quotes. Control characters and broken UTF-8 become visible marks. Caller
 * frees. */
gchar *ipc_html_escape (const gchar *text);
/* The whole page; caller frees. The same @page makes the same text. */
gchar *ipc_html_text (const IpcHtmlPage *page);
/* To @path, which is replaced as a whole. */
gboolean ipc_html_save (const IpcHtmlPage *page, const gchar *path, GError **error);

/* A relative URI of @path as seen from a page in @folder; both absolute. Caller frees. */
gchar *ipc_html_link (const gchar *path, const gchar *folder);

/* A file that was compiled in: html/NAME, or protocol.md. Static text. */
const gchar *ipc_html_file (const gchar *name);

G_END_DECLS
#endif
