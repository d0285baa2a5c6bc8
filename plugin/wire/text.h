/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_TEXT_H
#define IPC_WIRE_TEXT_H

#include "packet.h"

G_BEGIN_DECLS

/*
 * Private to wire/: structures <-> their text form. GStreamer's own reader of that form trusts its
 * input: it raises criticals on ranges that are upside down, on abstract types, on tag lists without name and on much
 * more. So text from a peer is read here, by a reader that knows a closed set of types (IpcTextKind) and judges every
 * value before GStreamer sees it. Writing is GStreamer's, after a check that all values are of that set.
 */

/* The types of values that the text form carries, by how they are read. */
typedef enum {
  IPC_TEXT_NONE, /* not carried: objects, pointers, boxed types without text form */
  IPC_TEXT_PLAIN,
  IPC_TEXT_ENUM,
  IPC_TEXT_FLAGS,
  IPC_TEXT_STRING,
  IPC_TEXT_FRACTION,
  IPC_TEXT_DATE,
  IPC_TEXT_DATE_TIME,
  IPC_TEXT_G_DATE_TIME,
  IPC_TEXT_BUFFER,
  IPC_TEXT_SAMPLE,
  IPC_TEXT_STRUCTURE,
  IPC_TEXT_CAPS,
  IPC_TEXT_TAGS,
  IPC_TEXT_SEGMENT,
  IPC_TEXT_FEATURES,
  IPC_TEXT_EVENT,
  IPC_TEXT_RANGE,
  IPC_TEXT_LIST,
  IPC_TEXT_ARRAY
} IpcTextKind;

typedef enum {
  IPC_TEXT_WHOLE = 0,
  IPC_TEXT_SKIP_UNCARRIED = 1 << 0, /* leave out fields of types that are not carried; otherwise they are an error */
  IPC_TEXT_OBJECTS = 1 << 1         /* what has no text form of its own is a structure, see whole.h (OBJ-11) */
} IpcTextFlags;

/* Nesting of structures and lists, values in one string, fields in one structure, features of caps, bytes of a name. */
#define IPC_TEXT_MAX_DEPTH 16
#define IPC_TEXT_MAX_VALUES 65536
#define IPC_TEXT_MAX_FIELDS 1024
#define IPC_TEXT_MAX_FEATURES 64
#define IPC_TEXT_MAX_NAME 255
/* Written by GStreamer, what needs an escape doubles with each level. A text may not be one that explodes when it is
 * written again, in an answer or a debug log. What is sent is so short that a picture in tags in a message passes. */
#define IPC_TEXT_MAX_WRITTEN (256 * 1024 * 1024)
#define IPC_TEXT_MAX_SENT (32 * 1024 * 1024)
/* Names become quarks, which are never freed: so many that this process did not know may come from peers. */
#define IPC_TEXT_MAX_NEW_NAMES 16384

IpcTextKind ipc_text_kind (GType type);
/* @flags and what @form adds to them. */
IpcTextFlags ipc_text_flags (IpcForm form, IpcTextFlags flags);

/* Characters of names and of values that need no quotes. */
gboolean ipc_text_is_simple (gchar c);
/* A name that GStreamer accepts for a structure. */
gboolean ipc_text_name_is_valid (const gchar *name);
/* TRUE when @name is a quark: it was one, or there was room for one more. */
gboolean ipc_text_name_admit (const gchar *name, GError **error);
/* The quark of an error domain from a peer; of one that stands for all others when there is no room. */
GQuark ipc_text_error_domain (const gchar *name);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* Counts new names from 0 again: one process reads millions of inputs, each of which is to be read like the first. */
void ipc_text_forget_new_names (void);
#endif

/* GStreamer complains when it is to write any other value. */
gboolean ipc_text_enum_is_valid (GType type, gint value);
gboolean ipc_text_flags_are_valid (GType type, guint value);

/* Values of one list have one basic type, which an empty list (G_TYPE_INVALID) has not. */
GType ipc_text_basic_type (const GValue *value);
/* What stands in caps and in tag lists gets compared, and GStreamer complains when it cannot do that. */
gboolean ipc_text_is_comparable (const GValue *value);

/* @text: of one structure. A new structure, or NULL with error: STRUCTURE or VALUE. */
GstStructure *ipc_text_read (const gchar *text, IpcTextFlags flags, GError **error);
/* g_free() the text. NULL with error (STRUCTURE) when @structure holds what text does not carry. */
gchar *ipc_text_write (const GstStructure *structure, IpcTextFlags flags, GError **error);

/* TRUE when GStreamer writes @value in a way that ipc_text_read() reads back as it was; with IPC_TEXT_OBJECTS, without
 * loss. @depth: structures and lists around it. */
gboolean ipc_text_is_carried (const GValue *value, IpcTextFlags flags, guint depth);

/* TRUE when @text is that of a gst-ipc-object. */
gboolean ipc_text_is_object (const gchar *text);
/* The text of @boxed, of @type, as a gst-ipc-object of its own. g_free() it. NULL with error (STRUCTURE). */
gchar *ipc_text_write_object (GType type, gconstpointer boxed, GError **error);
/* Reads such a text. TRUE: @value is of @type and not NULL; g_value_unset() it. */
gboolean ipc_text_read_object (const gchar *text, GType type, GValue *value, GError **error);

/* The text form of an event in a field: TYPE:TIMESTAMP:SEQNUM:RUNNING-TIME-OFFSET:BASE64. */
gchar *ipc_text_write_event (GstEvent *event, GError **error);

G_END_DECLS
#endif
