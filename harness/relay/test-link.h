/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_TEST_LINK_H
#define IPC_RELAY_TEST_LINK_H

#include "relay.h"

G_BEGIN_DECLS

/* A relay between two ends that the test holds in its hands; everything happens when the test lets it. */
typedef struct {
  gchar *folder;
  GMainContext *context;
  IpcHistory *history;
  IpcFaultSet *faults;
  gchar *told; /* signals that were asked for, "process signal;", or why a fault could not be done */
  IpcRelay *relay;
  IpcRelayEnd master, slave; /* of the processes; non-blocking */
} TestLink;

/* For g_test_add(); @data: TRUE for pipes, otherwise a socket pair. */
void test_link_set_up (TestLink *fixture, gconstpointer data);
void test_link_tear_down (TestLink *fixture, gconstpointer data);
/* Lets the relay do all it can. */
void test_link_settle (TestLink *fixture);
void test_link_send_bytes (gint fd, gconstpointer data, gsize size);
/* Appends all that can be read. TRUE at the end of the stream. */
gboolean test_link_receive (gint fd, GByteArray *bytes);
void test_link_close_end (IpcRelayEnd *end);
/* @event: or NULL for any. */
guint test_link_count_records (TestLink *fixture, const gchar *kind, const gchar *event);
JsonObject *test_link_find_record (TestLink *fixture, const gchar *kind, const gchar *event, guint nth);
/* A packet of @size payload bytes, whatever they are. */
void test_link_append_packet (GByteArray *bytes, guint8 type, guint32 id, gconstpointer payload, guint32 size);

G_END_DECLS
#endif
