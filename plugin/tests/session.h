/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_TESTS_SESSION_H
#define IPC_TESTS_SESSION_H

#include "bench.h"

G_BEGIN_DECLS

/*
 * A master and its slaves in one process, connected as they would be in several.
 */

typedef struct {
  GstElement *slave, *sink; /* sink: the one called "counter" */
  gint fds[4];
  TestLog bus;
} TestSlave;

typedef struct {
  GstElement *master;
  TestLog bus;
  TestSlave slaves[4];
  guint n_slaves;
} TestSession;

/* @source: a description with an ipcpipelinesink called sink0, sink1 ... for each slave; @sink: what is behind the
 * ipcpipelinesrc of each slave, with an element called counter. */
TestSession *session_new (TestWires wires, const gchar *source, const gchar *sink, guint n_slaves);
/* One slave; @source has no ipcpipelinesink yet. */
TestSession *session_new_simple (const gchar *source, const gchar *sink);
/* Goes to NULL; there must have been no error, and nothing may be left (LIFE-4). */
void session_free (TestSession *session);

/* Waits until the master's pipeline is in @state and nothing is pending. */
void session_settle (TestSession *session, GstState state);
/* The same for the slaves: one that has told of the end of its change by async-done takes itself on to PLAYING a moment
 * later. */
void session_settle_slaves (TestSession *session, GstState state);
/* Sets the master's state, and settles. */
void session_go (TestSession *session, GstState state);
void session_seek (TestSession *session, GstClockTime where, GstSeekFlags flags);

G_END_DECLS
#endif
