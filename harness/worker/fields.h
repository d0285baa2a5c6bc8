/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_FIELDS_H
#define IPC_WORKER_FIELDS_H

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * What somebody wants an event or a query to be made of: a JSON object from outside, read field by field. A reader asks
 * for all fields that there may be and then, once, whether all was well: the first mistake is kept, and a field that
 * nobody asked for is one. A field that is missing or null has the fallback. For one thread.
 */
typedef struct {
  JsonObject *object; /* borrowed; NULL for no fields */
  const gchar *what;  /* whose fields, in errors */
  GPtrArray *names;   /* asked for */
  GError *error;      /* the first mistake */
} IpcFields;

/* @object and @what must outlive it. */
IpcFields *ipc_fields_new (JsonObject *object, const gchar *what);
void ipc_fields_free (IpcFields *fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcFields, ipc_fields_free)

/* This field must be there. */
void ipc_fields_need (IpcFields *fields, const gchar *name);
/* This field is somebody else's. */
void ipc_fields_skip (IpcFields *fields, const gchar *name);
/* A mistake of the reader's own finding, when there was none before. */
void ipc_fields_mistake (IpcFields *fields, const gchar *text);
/* Whether all was well; to be asked when all fields have been read. */
gboolean ipc_fields_ok (IpcFields *fields);
/* The same, and gives the mistake away. */
gboolean ipc_fields_finish (IpcFields *fields, GError **error);

/* Texts belong to the object. */
const gchar *ipc_fields_text (IpcFields *fields, const gchar *name, const gchar *fallback);
gboolean ipc_fields_bool (IpcFields *fields, const gchar *name, gboolean fallback);
gdouble ipc_fields_number (IpcFields *fields, const gchar *name, gdouble fallback);
gint64 ipc_fields_int (IpcFields *fields, const gchar *name, gint64 minimum, gint64 maximum, gint64 fallback);
/* Nanoseconds as an integer, a text with a unit ("20ms"), or "none", which is -1. May be negative. */
gint64 ipc_fields_signed_time (IpcFields *fields, const gchar *name, gint64 fallback);
GstClockTime ipc_fields_time (IpcFields *fields, const gchar *name, GstClockTime fallback);
gint ipc_fields_enum (IpcFields *fields, const gchar *name, GType type, gint fallback);
/* A list of nicks. */
guint ipc_fields_flags (IpcFields *fields, const gchar *name, GType type);
/* A list of texts; NULL for none. */
JsonArray *ipc_fields_texts (IpcFields *fields, const gchar *name);
/* (transfer full) NULL for none. */
GstCaps *ipc_fields_caps (IpcFields *fields, const gchar *name);

G_END_DECLS
#endif
