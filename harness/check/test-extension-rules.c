/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what is beyond the legacy protocol, each with histories that keep it and histories that break it.
 */
#include "test-story.h"

#define TEXT(name, nonce, more) ",'structure':'" name ", version=(uint)1, nonce=(guint64)" #nonce more ";'"
#define GREETS(id, nonce, features)                                                                                    \
  TO_SLAVE ("QUERY", id,                                                                                               \
      ",'query':'custom','direction':'upstream'" TEXT ("gst-ipc-greeting", nonce, ", features=(string)" features))
#define ANSWERS(id, result, nonce, features)                                                                           \
  TO_MASTER ("QUERY_RESULT", id,                                                                                       \
      ",'query':'custom','result':" result TEXT ("gst-ipc-greeting", nonce, ", features=(string)" features))
#define AGREE(features) GREETS (1, 7, features) ANSWERS (1, "true", 7, features)
#define GOES_READY(id) TO_SLAVE ("STATE_CHANGE", id, ",'from':'null','to-state':'ready'") ACK_UP (id, 1)

#define TIME(id)                                                                                                       \
  TO_SLAVE (                                                                                                           \
      "QUERY", id, ",'query':'custom','direction':'upstream','structure':'gst-ipc-time, clock=(string)monotonic;'")
#define TIME_TAKEN(id)                                                                                                 \
  TO_MASTER ("QUERY_RESULT", id, ",'query':'custom','result':true,'structure':'gst-ipc-time, clock=(string)monotonic;'")

#define WHOLE "x, stream=(structure)a;"
#define ON_LINK "x, stream=(structure)[gst-ipc-object, id=(string)a];"
#define COLLECTION_AT_SINK(structure)                                                                                  \
  SEEN_EVENT ("m", "e.sink", "stream-collection", 5, "downstream", structure, "true")
#define COLLECTION_DOWN(id, structure) EVENT_PACKET ("slave", id, "stream-collection", 5, "downstream", structure)
#define COLLECTION_AT_SRC(structure) SEEN_EVENT ("s", "r.src", "stream-collection", 5, "downstream", structure, "true")

#define METAS(id, texts)                                                                                               \
  AT_SINK (0, "aa")                                                                                                    \
  TO_SLAVE ("BUFFER", id, BUFFER_FIELDS (0, "aa") ",'flags':64,'data-size':10,'meta-texts':" texts)                    \
  AT_SRC (0, "aa") ACK_UP (id, 0)

static const Story agreements[] = {
  { "peers-that-agree-are-fine", NULL, NULL, NULL,
      BEGINS AGREE ("objects") GOES_READY (2) COLLECTION_AT_SINK (WHOLE) COLLECTION_DOWN (3, ON_LINK)
          COLLECTION_AT_SRC (WHOLE) ACK_UP (3, 1) ENDS },
  { "an-object-without-a-greeting-is-told", "agreed-first", "EXT-1", "nothing was agreed on",
      BEGINS GOES_READY (1) COLLECTION_AT_SINK (WHOLE) COLLECTION_DOWN (2, ON_LINK) COLLECTION_AT_SRC (WHOLE)
          ACK_UP (2, 1) ENDS },
  { "an-object-after-a-refusal-is-told", "agreed-first", "EXT-1", "nothing was agreed on",
      BEGINS GREETS (1, 7, "objects") ANSWERS (1, "false", 7, "objects") GOES_READY (2)
          TO_MASTER ("MESSAGE", 1, ",'message':'stream-collection','structure':'" ON_LINK "'") ENDS },
  { "an-object-before-the-answer-is-told", "agreed-first", "EXT-7", "before the greeting was answered",
      BEGINS GREETS (1, 7, "objects")
          TO_MASTER ("MESSAGE", 1, ",'message':'stream-collection','structure':'" ON_LINK "'")
              ANSWERS (1, "true", 7, "objects") GOES_READY (2) ENDS },
  { "what-only-one-side-named-is-not-agreed-on", "agreed-first", "EXT-1", "no agreement",
      BEGINS GREETS (1, 7, "objects") ANSWERS (1, "true", 7, "time") GOES_READY (2)
          TO_MASTER ("MESSAGE", 1, ",'message':'stream-collection','structure':'" ON_LINK "'") ENDS },
  { "time-without-agreement-is-told", "agreed-first", "EXT-1", "gst-ipc-time",
      BEGINS GOES_READY (1) TIME (2) TIME_TAKEN (2) ENDS },
  { "time-that-was-agreed-on-is-fine", NULL, NULL, NULL,
      BEGINS AGREE ("time") GOES_READY (2) TIME (3) TIME_TAKEN (3) ENDS },
  { "one-protection-meta-is-legacy", NULL, NULL, NULL, BEGINS METAS (1, "['GstProtectionMetaAPI']") ENDS },
  { "two-texts-of-metas-without-agreement-are-told", "agreed-first", "EXT-1", "texts of metas",
      BEGINS METAS (1, "['GstProtectionMetaAPI','GstProtectionMetaAPI']") ENDS },
  { "the-text-of-another-meta-without-agreement-is-told", "agreed-first", "EXT-1", "texts of metas",
      BEGINS METAS (1, "['GstVideoMetaAPI']") ENDS },
  { "texts-of-metas-that-were-agreed-on-are-fine", NULL, NULL, NULL,
      BEGINS AGREE ("metas") METAS (2, "['GstVideoMetaAPI','GstProtectionMetaAPI']") ENDS },
};

#define RECONNECTED                                                                                                    \
  "{'kind':'link','link':'l','generation':2,'event':'connected','master':'m.e','slave':'s.r','relayed':true}\n"
#define SECOND_GREETING                                                                                                \
  "{'kind':'packet','link':'l','generation':2,'to':'slave','type':'QUERY','id':9,'query':'custom','direction':"        \
  "'upstream'" TEXT ("gst-ipc-greeting", 8,                                                                            \
      "") "}\n"                                                                                                        \
          "{'kind':'packet','link':'l','generation':2,'to':'master','type':'QUERY_RESULT','id':9,'query':'custom',"    \
          "'result':true" TEXT ("gst-ipc-greeting", 8, "") "}\n"

static const Story greetings[] = {
  { "a-greeting-may-be-repeated-later", NULL, NULL, NULL,
      BEGINS AGREE ("time") GOES_READY (2) GREETS (3, 7, "time") ANSWERS (3, "true", 7, "time") ENDS },
  { "a-new-peer-is-greeted-anew", NULL, NULL, NULL,
      BEGINS AGREE ("time") GOES_READY (2) CLOSED ("slave") RECONNECTED SECOND_GREETING ENDS },
  { "two-greetings-before-the-first-state-change-are-told", "greeting", "EXT-5", "another greeting",
      BEGINS AGREE ("time") GREETS (2, 7, "time") ANSWERS (2, "true", 7, "time") GOES_READY (3) ENDS },
  { "a-greeting-behind-the-first-state-change-is-told", "greeting", "EXT-5", "behind a STATE_CHANGE",
      BEGINS GOES_READY (1) GREETS (2, 7, "time") ANSWERS (2, "true", 7, "time") ENDS },
  { "another-greeting-later-is-told", "greeting", "EXT-5", "not the first one again",
      BEGINS AGREE ("time") GOES_READY (2) GREETS (3, 8, "time") ANSWERS (3, "true", 8, "time") ENDS },
  { "an-answer-with-another-nonce-is-told", "greeting", "EXT-5", "had the nonce 7, its answer has 8",
      BEGINS GREETS (1, 7, "time") ANSWERS (1, "true", 8, "time") GOES_READY (2) ENDS },
};

#define COMES_BACK                                                                                                     \
  GREETS (1, 7, "time")                                                                                                \
  TO_MASTER (                                                                                                          \
      "QUERY", 1, ",'query':'custom','direction':'upstream'" TEXT ("gst-ipc-greeting", 7, ", features=(string)time"))
#define TURNS_DOWN(result)                                                                                             \
  TO_SLAVE ("QUERY_RESULT", 1, ",'query':'custom','result':" result TEXT ("gst-ipc-greeting", 7, ""))

static const Story returned[] = {
  { "a-greeting-that-a-legacy-slave-sends-back-is-refused", NULL, NULL, NULL,
      BEGINS COMES_BACK TURNS_DOWN ("false") ANSWERS (1, "false", 7, "time") GOES_READY (2) ENDS },
  { "a-greeting-sent-back-and-accepted-is-told", "returned-greeting", "EXT-3", "answered TRUE",
      BEGINS COMES_BACK TURNS_DOWN ("true") ANSWERS (1, "false", 7, "time") GOES_READY (2) ENDS },
  { "a-greeting-sent-back-and-passed-on-is-told", "returned-greeting", "EXT-3", "left pad e.sink",
      BEGINS COMES_BACK
      "{'kind':'query-seen','process':'m','pad':'e.sink','direction':'upstream','type':'custom','name':"
      "'gst-ipc-greeting','serialized':false}\n" TURNS_DOWN ("false") ANSWERS (1, "false", 7, "time") GOES_READY (2)
          ENDS },
};

static const Story objects[] = {
  { "a-stream-collection-that-is-kept-back-is-told", "events-intact", "EVT-1", "never came to the link",
      BEGINS AGREE ("objects") COLLECTION_AT_SINK (WHOLE) PASSES (2, 0, "aa") ENDS },
  { "a-stream-collection-that-is-swallowed-is-told", "events-intact", "EVT-1", "though it was answered TRUE",
      BEGINS AGREE ("objects") COLLECTION_AT_SINK (WHOLE) COLLECTION_DOWN (2, ON_LINK) ACK_UP (2, 1) ENDS },
  { "an-object-that-is-another-on-the-other-side-is-told", "events-intact", "OBJ-11", "was \"x, stream=(structure)a;\"",
      BEGINS AGREE ("objects") COLLECTION_AT_SINK (WHOLE) COLLECTION_DOWN (2, ON_LINK)
          COLLECTION_AT_SRC ("x, stream=(structure)b;") ACK_UP (2, 1) ENDS },
  { "a-stream-that-stays-behind-is-told", "events-intact", "EVT-1", "is \"x, a=1;\" at the link",
      BEGINS AGREE ("objects") SEEN_EVENT ("m", "e.sink", "stream-start", 5, "downstream",
          "x, a=1, stream=(structure)b;", "true") EVENT_PACKET ("slave", 2, "stream-start", 5, "downstream", "x, a=1;")
          SEEN_EVENT ("s", "r.src", "stream-start", 5, "downstream", "x, a=1;", "true") ACK_UP (2, 1) ENDS },
  { "a-stream-stays-behind-without-agreement", NULL, NULL, NULL,
      BEGINS SEEN_EVENT ("m", "e.sink", "stream-start", 5, "downstream", "x, a=1, stream=(structure)b;", "true")
          EVENT_PACKET ("slave", 1, "stream-start", 5, "downstream", "x, a=1;")
              SEEN_EVENT ("s", "r.src", "stream-start", 5, "downstream", "x, a=1;", "true") ACK_UP (1, 1) ENDS },
};

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ipc_test_add_stories ("agreements", agreements, G_N_ELEMENTS (agreements));
  ipc_test_add_stories ("greetings", greetings, G_N_ELEMENTS (greetings));
  ipc_test_add_stories ("returned", returned, G_N_ELEMENTS (returned));
  ipc_test_add_stories ("objects", objects, G_N_ELEMENTS (objects));
  return g_test_run ();
}
