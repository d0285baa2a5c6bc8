/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_WHOLE_H
#define IPC_WIRE_WHOLE_H

#include "text-read-private.h"

G_BEGIN_DECLS

/*
 * Private to wire/: values without a text form of their own <-> structures (OBJ-11). Such a structure is called
 * gst-ipc-object, its field `type` says what it stands for, its other fields are what the object was made of; values in
 * them that have no text form either are again such structures. docs/protocol.md, "Feature objects", lists the fields.
 *
 * What only means something in one process (pointers, elements, clocks, contexts of a display) stays what it is: not
 * carried. So do the metas of buffers that are values.
 */

#define IPC_WHOLE_NAME "gst-ipc-object"

/* Streams of one collection; entries of one table of contents, and how deep they are nested; values of one tag that
 * are objects: what has more is neither sent nor taken. */
#define IPC_WHOLE_MAX_STREAMS 1024
#define IPC_WHOLE_MAX_TOC_ENTRIES 4096
#define IPC_WHOLE_MAX_TOC_DEPTH 16
#define IPC_WHOLE_MAX_TAG_VALUES 64

/* Flags of buffers that peers may tell each other: those below are GstMiniObject's own, and memory is always other. */
#define IPC_WHOLE_BUFFER_FLAGS (~(guint32)(GST_MINI_OBJECT_FLAG_LAST - 1) & ~(guint32)GST_BUFFER_FLAG_TAG_MEMORY)

/* TRUE when text carries all that there is to know of @buffer: its data. */
gboolean ipc_whole_buffer_is_plain (GstBuffer *buffer);

gboolean ipc_whole_type_may_be_null (GType type);
gboolean ipc_whole_may_be_listed (const GValue *value);

/* Makes @flat (G_VALUE_INIT) a value that text carries and from which @value can be made again. FALSE when there is
 * none, @flat is then unset. @depth: how many structures and lists are around it. */
gboolean ipc_whole_flatten (const GValue *value, guint depth, GValue *flat);
/* Adds a field to @object with what @boxed of @type (boxed or object) becomes; nothing for NULL. */
gboolean ipc_whole_add (GstStructure *object, const gchar *field, GType type, gconstpointer boxed, guint depth);
gboolean ipc_whole_add_text (GstStructure *object, const gchar *field, const gchar *text);

/* Makes the value that @object, of name gst-ipc-object, stands for; @text is where it was read from. FALSE with
 * reader->error; @value is then unset. */
gboolean ipc_whole_rebuild (IpcTextReader *reader, const GstStructure *object, const gchar *text, GValue *value);

/* The parts of a table of contents: added to @object; made from it. */
gboolean ipc_whole_flatten_toc (GstStructure *object, const GstToc *toc, guint depth);
GstToc *ipc_whole_rebuild_toc (IpcTextReader *reader, const GstStructure *object);

G_END_DECLS
#endif
