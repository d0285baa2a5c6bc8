/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What faults explain, and what they do not: a packet that was lost on the way, changed, doubled or made up is no
 * finding, and whatever an end does wrong beside it still is.
 */
#include "test-story.h"

#define LOST ",'lost':'f'"
#define FORGED ",'forged':'f'"
#define BUFFER_WITH(id, pts, md5, more)                                                                                \
  TO_SLAVE ("BUFFER", id, BUFFER_FIELDS (pts, md5) ",'flags':64,'data-size':10" more)
#define LOST_BUFFER(id, pts, md5) BUFFER_WITH (id, pts, md5, LOST)
#define FORGED_BUFFER(id, pts, md5) BUFFER_WITH (id, pts, md5, FORGED)
#define STRUCK(to, effect)                                                                                             \
  "{'kind':'fault','link':'l','generation':1,'name':'f','event':'struck','to':'" to "','effect':'" effect "'}\n"
#define RELEASED(to) "{'kind':'fault','link':'l','generation':1,'name':'f','event':'released','to':'" to "'}\n"
#define ASK(id, more) TO_SLAVE ("QUERY", id, ",'query':'position'" more)
#define TELL(id, more) TO_MASTER ("QUERY_RESULT", id, ",'query':'position','result':true" more)
#define MESSAGE(id, more) TO_MASTER ("MESSAGE", id, ",'message':'tag'" more)
#define POSTED "{'kind':'message','process':'m','type':'tag','seqnum':1,'source':'e'}\n"

static const Story lost[] = {
  { "a-lost-request-need-not-be-answered", NULL, NULL, NULL, BEGINS ASK (1, LOST) STRUCK ("slave", "lost") ENDS },
  { "another-request-must-be-answered", "reply-once", "REPLY-1", "QUERY 2",
      BEGINS ASK (1, LOST) STRUCK ("slave", "lost") ASK (2, "") ENDS },
  { "a-lost-request-cannot-be-answered", "no-stray-reply", "REPLY-3", "QUERY_RESULT 1",
      BEGINS ASK (1, LOST) STRUCK ("slave", "lost") TELL (1, "") ENDS },
  { "a-lost-answer-was-given", NULL, NULL, NULL, BEGINS ASK (1, "") TELL (1, LOST) STRUCK ("master", "lost") ENDS },
  { "a-lost-answer-does-not-make-two-right", "reply-once", "REPLY-1", "got 2",
      BEGINS ASK (1, "") TELL (1, LOST) STRUCK ("master", "lost") TELL (1, "") ENDS },
  { "a-lost-packet-has-a-number", NULL, NULL, NULL,
      BEGINS ASK (1, LOST) STRUCK ("slave", "lost") ASK (2, "") TELL (2, "") ENDS },
  { "a-number-left-out-is-told-beside-a-fault", "ids", "FRAME-4", "expected id 2",
      BEGINS ASK (1, LOST) STRUCK ("slave", "lost") ASK (3, "") TELL (3, "") ENDS },
  { "a-lost-buffer-need-not-be-pushed", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "lost") PASSES (2, 40, "bb") ENDS },
  { "a-lost-buffer-that-is-pushed-is-told", "data-intact", "BUF-1", "not one that was seen",
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "lost") AT_SRC (0, "aa") ENDS },
  { "a-buffer-that-was-not-lost-must-be-pushed", "data-intact", "BUF-1", "BUFFER 2",
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "lost") AT_SINK (40, "bb") BUFFER (2, 40, "bb")
          ACK_UP (2, 0) ENDS },
  { "a-buffer-that-the-sink-keeps-is-told-beside-a-fault", "data-intact", "BUF-1", "pts 40 seen at pad e.sink",
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "lost") AT_SINK (40, "bb") PASSES (2, 80, "cc")
          ENDS },
  { "a-lost-event-need-not-be-pushed", NULL, NULL, NULL,
      BEGINS EVENT_AT_SINK ("caps", 5)
          TO_SLAVE ("EVENT", 1, ",'event':'caps','seqnum':5,'direction':'downstream','structure':'x, a=1;'" LOST)
              STRUCK ("slave", "lost") ENDS },
  { "a-lost-message-need-not-be-posted", NULL, NULL, NULL, BEGINS MESSAGE (1, LOST) STRUCK ("master", "lost") },
  { "a-message-that-was-not-lost-must-be-posted", "messages-intact", "MSG-1", "MESSAGE 2",
      BEGINS MESSAGE (1, LOST) STRUCK ("master", "lost") MESSAGE (2, "") },
};

static const Story forged[] = {
  { "a-changed-buffer-is-pushed-as-it-arrived", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "forged") FORGED_BUFFER (1, 0, "ab")
          AT_SRC (0, "ab") ACK_UP (1, 0) ENDS },
  { "a-changed-buffer-that-is-pushed-as-it-was-is-told", "data-intact", "BUF-1", "md5: ab became aa",
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "forged") FORGED_BUFFER (1, 0, "ab")
          AT_SRC (0, "aa") ACK_UP (1, 0) ENDS },
  { "a-buffer-that-came-twice-is-pushed-and-answered-twice", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") STRUCK ("slave", "forged") FORGED_BUFFER (1, 0, "aa")
          AT_SRC (0, "aa") ACK_UP (1, 0) AT_SRC (0, "aa") ACK_UP (1, 0) ENDS },
  { "a-third-answer-is-told", "reply-once", "REPLY-1", "got 2",
      BEGINS ASK (1, "") STRUCK ("slave", "forged") ASK (1, FORGED) TELL (1, "") TELL (1, "") TELL (1, "") ENDS },
  { "what-was-made-up-has-no-number", NULL, NULL, NULL,
      BEGINS ASK (1, "") TELL (1, "") STRUCK ("slave", "forged") ASK (77, FORGED) TELL (77, "") ASK (2, "") TELL (2, "")
          ENDS },
  { "what-was-made-up-need-not-be-answered", NULL, NULL, NULL,
      BEGINS STRUCK ("slave", "forged") ASK (77, FORGED) ENDS },
  { "an-answer-in-the-peers-stead-is-not-the-peers", NULL, NULL, NULL,
      BEGINS ASK (1, LOST) STRUCK ("slave", "forged") TELL (1, FORGED) ENDS },
  { "an-answer-of-another-kind-that-was-made-up-is-nobodys", NULL, NULL, NULL,
      BEGINS ASK (1, LOST) STRUCK ("slave", "forged") TO_MASTER ("ACK", 1, ",'result':1" FORGED) ENDS },
  { "a-wrong-answer-to-what-was-made-up-is-told", "reply-kind", "REPLY-2", "answered by QUERY_RESULT",
      BEGINS STRUCK ("slave", "forged") ASK (77, FORGED) ACK_UP (77, 1) ENDS },
  { "a-refusal-that-was-made-up-may-stop-the-flow", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") LOST_BUFFER (1, 0, "aa") STRUCK ("slave", "forged")
          TO_MASTER ("ACK", 1, ",'result':-5" FORGED) AT_SINK (40, "bb") LATER ENDS },
  { "a-packet-in-the-wrong-direction-that-was-made-up-is-nobodys", NULL, NULL, NULL,
      BEGINS STRUCK ("master", "forged") TO_MASTER ("STATE_CHANGE", 1, FORGED) ENDS },
};

static const Story cut[] = {
  { "behind-a-cut-nothing-need-be-answered", NULL, NULL, NULL,
      BEGINS ASK (1, "") STRUCK ("slave", "closed") AT_SINK (40, "bb") ENDS },
  { "a-spoiled-stream-may-be-answered-in-any-way", NULL, NULL, NULL,
      BEGINS STRUCK ("slave", "spoiled") ACK_UP (7, 1) ENDS },
  { "a-stray-answer-before-it-was-spoiled-is-told", "no-stray-reply", "REPLY-3", "ACK 7",
      BEGINS ACK_UP (7, 1) STRUCK ("slave", "spoiled") ENDS },
  { "who-was-sent-no-spoiled-bytes-has-no-excuse", "no-stray-reply", "REPLY-3", "ACK 7",
      BEGINS STRUCK ("master", "spoiled") ACK_UP (7, 1) ENDS },
  { "while-stalled-nothing-need-be-written", NULL, NULL, NULL,
      BEGINS STRUCK ("slave", "stalled") AT_SINK (40, "bb") LATER ENDS },
  { "after-a-stall-all-must-be-written", "data-intact", "BUF-1", "pts 40 seen at pad e.sink",
      BEGINS STRUCK ("slave", "stalled") RELEASED ("slave") AT_SINK (40, "bb") PASSES (1, 80, "cc") ENDS },
  { "a-request-after-a-stall-must-be-answered", "reply-once", "REPLY-1", "QUERY 1",
      BEGINS STRUCK ("slave", "stalled") RELEASED ("slave") ASK (1, "") ENDS },
  { "a-request-need-not-be-answered-when-a-stall-lasts", NULL, NULL, NULL,
      BEGINS STRUCK ("slave", "stalled") ASK (1, "") ENDS },
  { "a-signal-of-a-fault-stops-a-process", NULL, NULL, NULL, BEGINS STRUCK ("slave", "signalled") ASK (1, "") ENDS },
};

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ipc_test_add_stories ("lost", lost, G_N_ELEMENTS (lost));
  ipc_test_add_stories ("forged", forged, G_N_ELEMENTS (forged));
  ipc_test_add_stories ("cut", cut, G_N_ELEMENTS (cut));
  return g_test_run ();
}
