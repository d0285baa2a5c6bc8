/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_REPORT_H
#define IPC_WORKER_REPORT_H

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Reports as JSON, with the protocol's rules for values in one place: what is no time is null, integers that a
 * double cannot hold are text, text is always valid UTF-8, structures are printed without printing events.
 * Every function may be called from any thread.
 */

/* Begins a report: `kind` and `t` = now. */
JsonObject *ipc_report_new (const gchar *kind);
/* CLOCK_MONOTONIC in nanoseconds. */
gint64 ipc_report_now (void);

void ipc_report_set_int (JsonObject *report, const gchar *member, gint64 value);
void ipc_report_set_uint (JsonObject *report, const gchar *member, guint64 value);
/* @value: GST_CLOCK_TIME_NONE, which GST_BUFFER_OFFSET_NONE equals, is null. */
void ipc_report_set_time (JsonObject *report, const gchar *member, guint64 value);
/* @value: -1 is null. */
void ipc_report_set_position (JsonObject *report, const gchar *member, gint64 value);
void ipc_report_set_double (JsonObject *report, const gchar *member, gdouble value);
/* @text: NULL is null. */
void ipc_report_set_text (JsonObject *report, const gchar *member, const gchar *text);
void ipc_report_take_text (JsonObject *report, const gchar *member, gchar *text);
/* @structure: NULL is null. */
void ipc_report_set_structure (JsonObject *report, const gchar *member, const GstStructure *structure);
/* A property's value: a JSON scalar where there is one for it, else its text. */
void ipc_report_set_value (JsonObject *report, const gchar *member, const GValue *value);

G_END_DECLS
#endif
