/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_TEXT_READ_PRIVATE_H
#define IPC_WIRE_TEXT_READ_PRIVATE_H

#include "text.h"

G_BEGIN_DECLS

/* One reading of one string, through all its nesting. */
typedef struct {
  IpcTextFlags flags;
  guint depth;
  guint values;
  guint64 written;     /* bytes that the text would have if GStreamer wrote it again */
  GHashTable *streams; /* text -> GstStream made from it; NULL: none yet */
  GError *error;       /* the first thing that was wrong */
} IpcTextReader;

/* Sets the error unless there is one; returns FALSE. */
gboolean ipc_text_fail (IpcTextReader *reader, IpcWireError code, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* Goes one level down, into @text (NULL: of no structure); on TRUE end with reader->depth--. */
gboolean ipc_text_enter (IpcTextReader *reader, const gchar *text);
void ipc_text_skip_space (const gchar **cursor);

/* A new structure of the name at @cursor; its fields, ", name=value, name=value" up to ';' (consumed) or the end. */
GstStructure *ipc_text_read_head (IpcTextReader *reader, const gchar **cursor);
gboolean ipc_text_read_fields (IpcTextReader *reader, const gchar **cursor, GstStructure *structure);
/* A structure up to the end of @text. */
GstStructure *ipc_text_read_structure (IpcTextReader *reader, const gchar *text);
/* Caps up to the end of @text. TRUE: @caps is set, NULL for the text of a NULL pointer. */
gboolean ipc_text_read_caps (IpcTextReader *reader, const gchar *text, GstCaps **caps);
GstCapsFeatures *ipc_text_read_features (IpcTextReader *reader, const gchar *text);

/* The tag list that @structure, of name taglist, is the content of; a new one, or NULL. Objects of tags that are not
 * registered here are left out. */
GstTagList *ipc_text_make_tags (IpcTextReader *reader, const GstStructure *structure);

/* A value of @type (of @kind, neither list nor range) from @text, without quotes and escapes. */
gboolean ipc_text_read_scalar (IpcTextReader *reader, GType type, IpcTextKind kind, const gchar *text, GValue *value);

G_END_DECLS
#endif
