/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_TESTS_BENCH_H
#define IPC_TESTS_BENCH_H

#include "peer.h"

G_BEGIN_DECLS

/*
 * One element under test in its pipeline, with a raw peer at its fds and a pad of the test's own at its pad. Messages
 * are noted as they are posted, what may block is called in a thread of its own, and nothing waits for time to pass.
 */

/* g_test_init() and gst_init(), and loads the plugin that was built (IPC_TEST_PLUGIN) and the few of GStreamer's that
 * the tests need. Warnings and criticals abort. */
void test_begin (gint *argc, gchar ***argv);
/* The plugin alone, after gst_init(). */
void test_load_plugin (void);

/* ---- messages ---- */

typedef struct {
  GMutex lock;
  GCond changed;
  GPtrArray *messages; /* of GstMessage, in the order in which they were posted */
  gboolean closed;     /* nothing is noted any more */
} TestLog;

void log_init (TestLog *log);
void log_clear (TestLog *log);
/* Forgets all messages, and with them their sources; those to come are not noted. */
void log_close (TestLog *log);
/* @message: borrowed. */
void log_add (TestLog *log, GstMessage *message);
/* Waits for the @nth (from 1) message of @type, of @source or (NULL) of anybody. Stays the log's. */
GstMessage *log_await (TestLog *log, GstMessageType type, gpointer source, guint nth);
guint log_count (TestLog *log, GstMessageType type, gpointer source);
/* Where in the order. */
guint log_index (TestLog *log, GstMessage *message);
/* Waits for an ERROR and says whether it is that one. */
void log_expect_error (TestLog *log, GQuark domain, gint code);

/* ---- the end of an object ---- */

typedef struct _TestGrave TestGrave;

/* To be told when @object, a GObject, is gone. */
TestGrave *grave_new (gpointer object);
/* Waits until it is: a thread that has done its work may let go of it a little later than the test. */
void grave_await (TestGrave *grave);

/* ---- calls that may block, in threads of their own ---- */

typedef struct _TestCall TestCall;

/* These take over events and buffers, borrow queries, and keep the object alive. */
TestCall *call_set_state (GstElement *element, GstState state);
TestCall *call_push (GstPad *pad, GstBuffer *buffer);
TestCall *call_push_event (GstPad *pad, GstEvent *event);
TestCall *call_send_event (GstElement *element, GstEvent *event);
TestCall *call_element_query (GstElement *element, GstQuery *query);
TestCall *call_peer_query (GstPad *pad, GstQuery *query);
TestCall *call_disconnect (GstElement *element);
gboolean call_has_ended (TestCall *call);
/* Waits for its end and returns its result. */
gint call_end (TestCall *call);

/* ---- a pad of the test's ---- */

/* Takes, notes and answers everything; pushes what the test wants. Its settings are changed under the lock. */
typedef struct {
  GstPad *pad;
  GMutex lock;
  GCond changed;
  GPtrArray *items;   /* of GstMiniObject: buffers, events, queries in order */
  gboolean forgets;   /* buffers: lets go of them at once */
  GstFlowReturn flow; /* answer to buffers */
  gboolean answer;    /* to events and queries */
  gboolean closed;    /* buffers and serialized events and queries wait until it is opened */
  guint waiting;      /* how many do */
  /* Fills in a query that is answered TRUE, or NULL. */
  void (*on_query) (GstQuery *query);
} TestPad;

/* @direction: the pad's own. */
TestPad *test_pad_new (GstPadDirection direction);
void test_pad_free (TestPad *pad);
void test_pad_set_flow (TestPad *pad, GstFlowReturn flow);
void test_pad_set_answer (TestPad *pad, gboolean answer);
void test_pad_close (TestPad *pad);
void test_pad_open (TestPad *pad);
/* Waits until something is held up by the closed pad. */
void test_pad_await_waiting (TestPad *pad);
/* Waits for the @nth (from 1) buffer, event of @type or query of @type. Stays the pad's. */
GstBuffer *test_pad_await_buffer (TestPad *pad, guint nth);
GstEvent *test_pad_await_event (TestPad *pad, GstEventType type, guint nth);
GstQuery *test_pad_await_query (TestPad *pad, GstQueryType type, guint nth);
guint test_pad_count_buffers (TestPad *pad);
guint test_pad_count_events (TestPad *pad, GstEventType type);
guint test_pad_count_queries (TestPad *pad, GstQueryType type);
guint test_pad_index (TestPad *pad, gpointer item);

/* ---- the bench ---- */

typedef struct _TestBench TestBench;
struct _TestBench {
  GstElement *pipeline;
  GstElement *element; /* under test: the sink or the src */
  TestPeer *peer;
  TestPad *pad;     /* at the element's pad, or NULL */
  TestLog bus;      /* what the application gets */
  TestLog children; /* what the pipeline's children post; of a master only */
  gint overlooks;   /* its pipeline takes no notice of async-starts; atomic */
  /* Called in the posting thread for what the application gets, before it is noted in `bus`; or NULL. Atomic. */
  void (*on_bus) (TestBench *bench, GstMessage *message);
};

/* An ipcpipelinesink that is fed by `pad`. */
TestBench *bench_new_sink (TestWires wires);
/* An ipcpipelinesrc in a @pipeline ("ipcslavepipeline") that feeds `pad`. */
TestBench *bench_new_src (const gchar *pipeline);
/* An ipcpipelinesrc that feeds @sink, an element description as of gst_parse ("fakesink sync=false"). */
TestBench *bench_new_src_with_sink (const gchar *pipeline, const gchar *sink);
/* Without a peer that answers. (A bin that is in NULL already calls it a failure when a child posts an error
 * meanwhile.) */
void bench_go_to_null (TestBench *bench);
/* Disconnects, goes to NULL, and waits until the element is gone: nothing may have leaked a reference. */
void bench_free (TestBench *bench);

/* Another peer in place of the present one, which is freed. */
void bench_replace_peer (TestBench *bench, TestWires wires);
guint64 bench_stat (TestBench *bench, const gchar *name);

/* Sink: takes the master's pipeline to @state while the peer answers each change with SUCCESS. */
void bench_go (TestBench *bench, GstState state);
/* Sink: the same, for one call, expecting this result of it; the last change is answered with @answer. */
void bench_go_answering (TestBench *bench, GstState state, GstStateChangeReturn answer, GstStateChangeReturn result);
/* Sink: pushes stream-start and segment through `pad`, answered TRUE. */
void bench_start_stream (TestBench *bench);
/* Src: has the slave's pipeline make the changes from NULL up to @state, each of which must be answered SUCCESS. */
void bench_lead (TestBench *bench, GstState state);
/* Src: sends stream-start and segment, which must be answered TRUE. */
void bench_send_stream_start (TestBench *bench);
void bench_send_segment (TestBench *bench);

/* Events and buffers to use. */
GstEvent *test_segment_event (void);
GstEvent *test_serialized_event (const gchar *name);
GstEvent *test_seek_event (void);
/* One byte of data: @number, which is also the offset. */
GstBuffer *test_buffer (guint8 number);
/* @size bytes of 0. */
GstBuffer *test_large_buffer (gsize size);

/* The state as it is now. */
GstState test_state (GstElement *element);
/* From @current to @next, neighbours or the same. */
GstStateChange test_transition (GstState current, GstState next);

G_END_DECLS
#endif
