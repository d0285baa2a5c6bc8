/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_FUZZ_BENCH_H
#define IPC_FUZZ_BENCH_H

#include "session.h"

G_BEGIN_DECLS

/*
 * A pipeline with one element under test, for one input: all of it is made for the input and gone after it, threads
 * and jobs included, so that one input cannot be told from the first.
 */
typedef struct {
  GstElement *pipeline;
  GstElement *element;
  FuzzSession *session;
} FuzzBench;

/* How an input ends. */
typedef enum {
  FUZZ_END_HANG_UP,    /* the peer goes, then the pipeline is taken down */
  FUZZ_END_ANSWERED,   /* the pipeline is taken down, with a peer that answers */
  FUZZ_END_SILENT,     /* the same with one that answers nothing but events, for which one has to wait (WAIT-1) */
  FUZZ_END_DISCONNECT, /* the application lets go of the peer first */
  FUZZ_N_ENDS
} FuzzEnd;

/* Takes over @pipeline and borrows @element, which is in it. */
void fuzz_bench_init (
    FuzzBench *bench, GstElement *pipeline, GstElement *element, IpcDirection sends, FuzzStepFunc step);
/* Waits until pipeline and element are gone. @before_free: called with the pipeline in NULL, or NULL. */
void fuzz_bench_end (FuzzBench *bench, FuzzEnd end, void (*before_free) (FuzzBench *bench));

/* A lane for the application's calls, one for a streaming thread's. */
enum { FUZZ_APPLICATION, FUZZ_STREAMING };

/* An element of @factory in @pipeline; must be there. */
GstElement *fuzz_add (GstElement *pipeline, const gchar *factory);

/* What an application may do, chosen by @which. The event is new, the query too. */
GstEvent *fuzz_upstream_event (guint8 which);
GstEvent *fuzz_downstream_event (guint8 which);
GstQuery *fuzz_query (guint8 which);
GstMessage *fuzz_message (GstObject *source, guint8 which);
/* With @data (copied) in it. */
GstBuffer *fuzz_buffer (guint8 which, const guint8 *data, gsize size);

/* As calls of the application. Objects are taken over. */
void fuzz_call_set_state (GstElement *element, GstState state);
void fuzz_call_send_event (GstElement *element, GstEvent *event);
void fuzz_call_query (GstElement *element, GstQuery *query);
/* As calls on @lane, at a pad. */
void fuzz_call_pad_push (GstPad *pad, GstBuffer *buffer);
void fuzz_call_pad_event (guint lane, GstPad *pad, GstEvent *event);
void fuzz_call_pad_query (guint lane, GstPad *pad, GstQuery *query);

G_END_DECLS
#endif
