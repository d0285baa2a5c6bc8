/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_MAKE_MESSAGE_H
#define IPC_WORKER_MAKE_MESSAGE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Messages from words. What GStreamer's constructors would complain of is an error here, since it comes from outside.
 */
typedef struct {
  const gchar *type; /* nick of GstMessageType */
  /* of errors, warnings and infos: */
  const gchar *domain; /* "gst-stream-error-quark" */
  gint code;
  const gchar *text, *debug; /* or NULL */
  /* content, or details of the former; or NULL. Not taken */
  const GstStructure *structure;
  /* of stream-collection and streams-selected, which select all of it; or NULL. Not taken */
  GstStreamCollection *collection;
} IpcMessageWords;

/* As from @source. (transfer full), NULL with @error. */
GstMessage *ipc_message_new (const IpcMessageWords *words, GstObject *source, GError **error);

G_END_DECLS
#endif
