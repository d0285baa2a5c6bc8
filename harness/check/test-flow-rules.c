/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on buffers, events and messages, each with histories that keep it, in all the ways in which a correct
 * implementation may lose something, and histories that break it.
 */
#include "test-story.h"

#define FLUSH_START(id)                                                                                                \
  EVENT_AT_SINK_NOW ("flush-start", 8) EVENT_DOWN (id, "flush-start", 8) FLUSH_AT_SRC ACK_UP (id, 1)
#define FLUSH_STOP(id)                                                                                                 \
  EVENT_AT_SINK ("flush-stop", 8) EVENT_DOWN (id, "flush-stop", 8) EVENT_AT_SRC ("flush-stop", 8) ACK_UP (id, 1)
#define EVENT_AT_SINK_NOW(type, seqnum) SEEN_EVENT ("m", "e.sink", type, seqnum, "downstream", "x, a=1;", "false")
#define FLUSH_AT_SRC SEEN_EVENT ("s", "r.src", "flush-start", 8, "downstream", "x, a=1;", "false")
#define DISCONNECT COMMAND ("m", 5, "emit-signal", ",'element':'e','signal':'disconnect'") REPLY ("m", 5, "")
#define SEEK_AT_SRC(seqnum) SEEN_EVENT ("s", "r.src", "seek", seqnum, "upstream", "x, a=1;", "false")
#define SEEK_AT_SINK(seqnum) SEEN_EVENT ("m", "e.sink", "seek", seqnum, "upstream", "x, a=1;", "false")
#define SEEK_UP(id, seqnum) EVENT_PACKET ("master", id, "seek", seqnum, "upstream", "x, a=1;")
#define SEVERAL_IN_FLIGHT COMMAND ("m", 2, "pipeline", ",'description':'ipcpipelinesink name=e max-in-flight=3'")
#define EVENT_PASSES(id, seqnum)                                                                                       \
  EVENT_AT_SINK ("tag", seqnum) EVENT_DOWN (id, "tag", seqnum) EVENT_AT_SRC ("tag", seqnum) ACK_UP (id, 1)
#define SLAVE_IS_KILLED EXITED ("s", ",'signal':9,'sent':true") CLOSED ("slave") TEARS_DOWN FINISHES ("m") DONE
#define POSTED(process, type, more) "{'kind':'message','process':'" process "','type':'" type "','seqnum':1" more "}\n"
#define ERROR_FIELDS ",'domain':'gst-stream-error-quark','code':5,'text':'no'"

static const Story buffers[] = {
  { "buffers-that-pass-are-fine", NULL, NULL, NULL, BEGINS PASSES (1, 0, "aa") PASSES (2, 40, "bb") ENDS },
  { "a-byte-changed-before-the-link-is-told", "data-intact", "BUF-1", "md5: aa became ab",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "ab") AT_SRC (0, "ab") ACK_UP (1, 0) PASSES (2, 40, "bb") ENDS },
  { "a-byte-changed-behind-the-link-is-told", "data-intact", "BUF-1", "md5: aa became ab",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") AT_SRC (0, "ab") ACK_UP (1, 0) PASSES (2, 40, "bb") ENDS },
  { "a-time-changed-is-told", "data-intact", "BUF-1", "pts: 0 became 1",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") AT_SRC (1, "aa") ACK_UP (1, 0) ENDS },
  { "a-buffer-that-never-left-the-sink-is-told", "data-intact", "BUF-1", "pts 40 seen at pad e.sink never came",
      BEGINS PASSES (1, 0, "aa") AT_SINK (40, "bb") PASSES (2, 80, "cc") ENDS },
  { "a-buffer-acked-but-not-pushed-is-told", "data-intact", "BUF-1", "BUFFER 1 (pts 0)",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") ACK_UP (1, 0) PASSES (2, 40, "bb") ENDS },
  { "a-buffer-pushed-twice-is-told", "data-intact", "BUF-1", "not one that was seen",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") AT_SRC (0, "aa") AT_SRC (0, "aa") ACK_UP (1, 0) ENDS },
  { "a-refused-buffer-may-be-missing", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") ACK_UP (1, -2) ENDS },
  { "a-buffer-before-a-flush-may-be-missing", NULL, NULL, NULL,
      BEGINS PASSES (1, 0, "aa") AT_SINK (40, "bb") FLUSH_START (2) FLUSH_STOP (3) PASSES (4, 0, "aa") ENDS },
  { "the-same-again-after-a-flush-is-not-mixed-up", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") FLUSH_START (1) FLUSH_STOP (2) PASSES (3, 0, "aa") PASSES (4, 40, "bb") ENDS },
  { "a-buffer-after-a-flush-must-pass", "data-intact", "BUF-1", "pts 40",
      BEGINS PASSES (1, 0, "aa") FLUSH_START (2) FLUSH_STOP (3) PASSES (4, 0, "aa") AT_SINK (40, "bb")
          PASSES (5, 80, "cc") ENDS },
  { "buffers-without-a-peer-may-be-missing", NULL, NULL, NULL,
      BEGINS PASSES (1, 0, "aa") DISCONNECT AT_SINK (40, "bb") AT_SINK (80, "cc") ENDS },
  { "buffers-behind-a-closed-link-may-be-missing", NULL, NULL, NULL,
      BEGINS PASSES (1, 0, "aa") CLOSED ("slave") AT_SINK (40, "bb") ENDS },
  { "of-several-in-flight-the-last-may-be-lost-with-the-link", NULL, NULL, NULL,
      BEGINS SEVERAL_IN_FLIGHT PASSES (1, 0, "aa") AT_SINK (40, "bb") BUFFER (2, 40, "bb") AT_SINK (80, "cc")
          AT_SINK (120, "dd") SLAVE_IS_KILLED },
  { "so-may-they-when-several-are-allowed-later", NULL, NULL, NULL,
      BEGINS COMMAND ("m", 2, "set-property", ",'element':'e','property':'max-in-flight','value':3") PASSES (1, 0, "aa")
          AT_SINK (40, "bb") BUFFER (2, 40, "bb") AT_SINK (80, "cc") AT_SINK (120, "dd") SLAVE_IS_KILLED },
  { "with-one-in-flight-only-the-very-last-may", "data-intact", "BUF-1", "pts 80 seen at pad e.sink never came",
      BEGINS PASSES (1, 0, "aa") AT_SINK (40, "bb") BUFFER (2, 40, "bb") AT_SINK (80, "cc") AT_SINK (120, "dd")
          SLAVE_IS_KILLED },
  { "of-several-in-flight-none-before-them-may-be-lost", "data-intact", "BUF-1", "pts 0 seen at pad e.sink never came",
      BEGINS SEVERAL_IN_FLIGHT AT_SINK (0, "aa") PASSES (1, 40, "bb") AT_SINK (80, "cc") AT_SINK (120, "dd")
          CLOSED ("slave") ENDS },
  { "a-killed-slave-may-not-have-told", NULL, NULL, NULL,
      BEGINS PASSES (1, 0, "aa") AT_SINK (40, "bb") BUFFER (2, 40, "bb") ACK_UP (2, 0)
          EXITED ("s", ",'signal':9,'sent':true") TEARS_DOWN FINISHES ("m") DONE },
};

static const Story direct[] = {
  { "a-changed-buffer-is-told-without-a-relay", "data-intact", "BUF-1", "md5: aa became ab",
      "{'kind':'process','process':'m','role':'master','event':'spawned'}\n"
      "{'kind':'process','process':'s','role':'slave','event':'spawned'}\n"
      "{'kind':'link','link':'l','generation':1,'event':'connected','master':'m.e','slave':'s.r','relayed':false}"
      "\n" AT_SINK (0, "aa") AT_SRC (0, "ab") AT_SINK (40, "bb") AT_SRC (40, "bb") ENDS },
};

static const Story events[] = {
  { "events-that-pass-are-fine", NULL, NULL, NULL,
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) EVENT_AT_SRC ("caps", 5) ACK_UP (1, 1) ENDS },
  { "a-lost-event-is-told", "events-intact", "EVT-1", "segment with seqnum 6 seen at pad e.sink never came",
      BEGINS EVENT_AT_SINK ("segment", 6) PASSES (1, 0, "aa") ENDS },
  { "with-several-buffers-in-flight-a-lost-event-is-told", "events-intact", "EVT-1", "segment with seqnum 6 seen at",
      BEGINS SEVERAL_IN_FLIGHT EVENT_AT_SINK ("segment", 6) EVENT_PASSES (1, 7) EVENT_PASSES (2, 8) SLAVE_IS_KILLED },
  { "an-event-acked-but-not-pushed-is-told", "events-intact", "EVT-1", "though it was answered TRUE",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) ACK_UP (1, 1) ENDS },
  { "an-event-refused-may-be-missing", NULL, NULL, NULL,
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) ACK_UP (1, 0) ENDS },
  { "a-seqnum-lost-behind-the-link-is-told", "events-intact", "EVT-2", "caps with seqnum 5",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) EVENT_AT_SRC ("caps", 99) ACK_UP (1, 1) ENDS },
  { "a-seqnum-lost-before-the-link-is-told", "events-intact", "EVT-2", "became caps with seqnum 99",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 99) EVENT_AT_SRC ("caps", 99) ACK_UP (1, 1)
          PASSES (2, 0, "aa") ENDS },
  { "content-changed-is-told", "events-intact", "EVT-1", "is \"x, a=2;\"",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5)
          SEEN_EVENT ("s", "r.src", "caps", 5, "downstream", "x, a=2;", "true") ACK_UP (1, 1) ENDS },
  { "an-event-without-its-content-is-told", "events-intact", "OBJ-9", "is \"(none)\"",
      BEGINS EVENT_AT_SINK ("stream-collection", 5) EVENT_DOWN (1, "stream-collection",
          5) "{'kind':'event','process':'s','pad':'r.src','type':'stream-collection','seqnum':5,"
             "'direction':'downstream','serialized':true,'structure':null}\n" ACK_UP (1, 1) ENDS },
  { "a-stream-collection-in-text-may-be-swallowed", NULL, NULL, NULL,
      BEGINS EVENT_AT_SINK ("stream-collection", 5) EVENT_DOWN (1, "stream-collection", 5) ACK_UP (1, 1) ENDS },
  { "a-stream-collection-may-be-kept-back", NULL, NULL, NULL,
      BEGINS EVENT_AT_SINK ("stream-collection", 5) PASSES (1, 0, "aa") ENDS },
  { "the-stream-of-a-stream-start-stays-behind", NULL, NULL, NULL,
      BEGINS SEEN_EVENT ("m", "e.sink", "stream-start", 5, "downstream", "x, a=1, stream=(GstStream)nix, b=2;", "true")
          EVENT_PACKET ("slave", 1, "stream-start", 5, "downstream", "x, a=1, b=2;")
              SEEN_EVENT ("s", "r.src", "stream-start", 5, "downstream", "x, a=1, b=2;", "true") ACK_UP (1, 1) ENDS },
  { "a-sticky-event-may-come-again", NULL, NULL, NULL,
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) EVENT_AT_SRC ("caps", 5) EVENT_AT_SRC ("caps", 5)
          ACK_UP (1, 1) ENDS },
  { "events-out-of-order-are-told", "events-intact", "EVT-1", "out of order",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) ACK_UP (1, 1) EVENT_AT_SINK ("segment", 6)
          EVENT_DOWN (2, "segment", 6) EVENT_AT_SRC ("segment", 6) EVENT_AT_SRC ("caps", 5) ACK_UP (2, 1) ENDS },
  { "a-lost-flush-start-is-told", "events-intact", "EVT-1", "flush-start with seqnum 8",
      BEGINS EVENT_AT_SINK_NOW ("flush-start", 8) EVENT_DOWN (1, "flush-start", 8) ACK_UP (1, 1) ENDS },

  { "upstream-events-that-pass-are-fine", NULL, NULL, NULL,
      BEGINS SEEK_AT_SRC (4) SEEK_UP (1, 4) SEEK_AT_SINK (4) ACK_DOWN (1, 1) ENDS },
  { "an-upstream-event-with-another-seqnum-is-told", "upstream-events-intact", "EVT-2", "became seek with seqnum 5",
      BEGINS SEEK_AT_SRC (4) FLUSH_START (1) FLUSH_STOP (2) SEEK_UP (1, 5) SEEK_AT_SINK (5) ACK_DOWN (1, 1) ENDS },
  { "an-upstream-event-from-nowhere-is-told", "upstream-events-intact", "EVT-4", "not one that was seen",
      BEGINS SEEK_UP (1, 5) SEEK_AT_SINK (5) ACK_DOWN (1, 1) ENDS },
  { "the-last-event-must-pass-too", "events-intact", "EVT-1", "eos with seqnum 6 seen at pad e.sink never came",
      BEGINS EVENT_AT_SINK ("eos", 6) LATER ENDS },
  { "the-last-event-may-be-cut-off-by-the-end", NULL, NULL, NULL, BEGINS EVENT_AT_SINK ("eos", 6) ENDS },
  { "an-upstream-event-acked-but-not-pushed-is-told", "upstream-events-intact", "EVT-4", "seek with seqnum 4",
      BEGINS SEEK_AT_SRC (4) SEEK_UP (1, 4) ACK_DOWN (1, 1) ENDS },
  { "two-upstream-events-with-one-number-are-not-taken-for-each-other", NULL, NULL, NULL,
      BEGINS SEEK_AT_SRC (4) SEEK_UP (1, 4) SEEK_AT_SINK (4) ACK_DOWN (1, 1) SEEN_EVENT ("s", "r.src", "seek", 4,
          "upstream", "x, a=2;", "false") EVENT_PACKET ("master", 2, "seek", 4, "upstream", "x, a=2;")
          SEEN_EVENT ("m", "e.sink", "seek", 4, "upstream", "x, a=2;", "false") ACK_DOWN (2, 1) ENDS },
  { "an-upstream-event-with-other-content-is-told", "upstream-events-intact", "EVT-4", "was \"x, a=2;\"",
      BEGINS SEEK_AT_SRC (4) SEEK_UP (1, 4) SEEK_AT_SINK (4) ACK_DOWN (1, 1) SEEN_EVENT ("s", "r.src", "seek", 4,
          "upstream", "x, a=2;", "false") EVENT_PACKET ("master", 2, "seek", 4, "upstream", "x, a=3;")
          SEEN_EVENT ("m", "e.sink", "seek", 4, "upstream", "x, a=3;", "false") ACK_DOWN (2, 1) ENDS },
  { "an-upstream-event-that-is-not-sent-is-told", "upstream-events-intact", "EVT-4", "never came to the link",
      BEGINS SEEK_AT_SRC (4) },
};

static const Story messages[] = {
  { "messages-that-pass-are-fine", NULL, NULL, NULL,
      BEGINS TO_MASTER ("GERROR_MESSAGE", 1, ",'message':'error'" ERROR_FIELDS)
          POSTED ("m", "error", ",'source':'e'" ERROR_FIELDS) TO_MASTER ("MESSAGE", 2, ",'message':'tag'")
              POSTED ("m", "tag", ",'source':'e'") ENDS },
  { "an-error-with-another-code-is-told", "messages-intact", "MSG-5", "GERROR_MESSAGE 1",
      BEGINS TO_MASTER ("GERROR_MESSAGE", 1, ",'message':'warning'" ERROR_FIELDS)
          POSTED ("m", "warning", ",'source':'e','domain':'gst-stream-error-quark','code':6,'text':'no'") },
  { "a-message-that-is-not-posted-is-told", "messages-intact", "MSG-1", "MESSAGE 1 (tag)",
      BEGINS TO_MASTER ("MESSAGE", 1, ",'message':'tag'") },
  { "a-message-while-the-master-goes-down-may-be-dropped", NULL, NULL, NULL,
      BEGINS COMMAND ("m", 7, "set-state", ",'state':'null'") TO_MASTER ("MESSAGE", 1, ",'message':'tag'") ENDS },
  { "eos-that-is-not-forwarded-is-told", "eos-forwarded", "EVT-5", "posted 1 EOS",
      BEGINS POSTED ("s", "eos", ",'source':'pipeline'") },
  { "eos-that-is-forwarded-is-fine", NULL, NULL, NULL,
      BEGINS POSTED ("s", "eos", ",'source':'pipeline'") TO_MASTER ("MESSAGE", 1, ",'message':'eos'") },
};

/* A story without an end has nobody going down, which would be an excuse. */
gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ipc_test_add_stories ("buffers", buffers, G_N_ELEMENTS (buffers));
  ipc_test_add_stories ("direct", direct, G_N_ELEMENTS (direct));
  ipc_test_add_stories ("events", events, G_N_ELEMENTS (events));
  ipc_test_add_stories ("messages", messages, G_N_ELEMENTS (messages));
  return g_test_run ();
}
