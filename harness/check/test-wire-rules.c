/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on packets, numbers and replies, each with a history that keeps it and one that breaks it.
 */
#include "test-story.h"

#define ASK(id) TO_SLAVE ("QUERY", id, ",'query':'position','direction':'upstream'")
#define TELL(id) TO_MASTER ("QUERY_RESULT", id, ",'result':true,'query':'position'")

static const Story stories[] = {
  { "a-session-that-keeps-all-rules", NULL, NULL, NULL,
      BEGINS TO_SLAVE ("STATE_CHANGE", 1, ",'from':'null','to-state':'ready'") ACK_UP (1, 1) PASSES (2, 0, "aa") ASK (3)
          TELL (3) TO_MASTER ("MESSAGE", 1, ",'message':'async-done'") ENDS },

  { "bytes-that-are-no-packets-are-told", "framing", "FRAME-1", "from the slave",
      BEGINS "{'kind':'link','link':'l','generation':1,'event':'broken','end':'slave','error':'type 77'}\n" ENDS },
  { "a-packet-type-that-there-is-not-is-told", "direction", "FRAME-1", "no such packet",
      BEGINS TO_SLAVE ("NONSENSE", 1, "") ENDS },
  { "a-packet-that-goes-the-wrong-way-is-told", "direction", "FRAME-3", "STATE_LOST 1",
      BEGINS TO_SLAVE ("STATE_LOST", 1, "") ENDS },
  { "a-result-out-of-range-is-told", "fields", "FRAME-2", "result 9",
      BEGINS TO_SLAVE ("STATE_CHANGE", 1, ",'from':'null','to-state':'ready'") ACK_UP (1, 9) ENDS },
  { "an-event-without-seqnum-is-told", "fields", "FRAME-2", "seqnum 0",
      BEGINS EVENT_PACKET ("slave", 1, "eos", 0, "upstream", "x;") ACK_UP (1, 1) ENDS },

  { "a-number-left-out-is-told", "ids", "FRAME-4", "expected id 2", BEGINS ASK (1) TELL (1) ASK (3) TELL (3) ENDS },
  { "numbers-that-begin-at-0-are-told", "ids", "FRAME-4", "expected id 1", BEGINS ASK (0) TELL (0) ENDS },
  { "replies-take-no-number", NULL, NULL, NULL,
      BEGINS ASK (1) TELL (1) SEEN_EVENT ("s", "r.src", "custom-upstream", 5, "upstream", "x;", "false")
          EVENT_PACKET ("master", 1, "custom-upstream", 5, "upstream", "x;") ACK_DOWN (1, 0) ASK (2) TELL (2) ENDS },
  { "numbers-go-on-after-a-reconnect", NULL, NULL, NULL,
      BEGINS ASK (1) TELL (1) CLOSED ("slave") "{'kind':'link','link':'l','generation':2,'event':'connected',"
                                               "'master':'m.e','slave':'s.r','relayed':true}\n"
                                               "{'kind':'packet','link':'l','generation':2,'to':'slave','type':"
                                               "'QUERY','id':7,'query':'position'}\n"
                                               "{'kind':'packet','link':'l','generation':2,'to':'master','type':"
                                               "'QUERY_RESULT','id':7,'query':'position','result':true}\n" ENDS },

  { "a-withheld-reply-is-told", "reply-once", "REPLY-1", "never answered",
      BEGINS EVENT_AT_SINK ("custom-downstream", 5) EVENT_DOWN (1, "custom-downstream", 5) ASK (2) TELL (2) ENDS },
  { "a-withheld-reply-is-told-when-the-slave-hangs-up-first", "reply-once", "REPLY-1", "never answered",
      BEGINS ASK (1) TEARS_DOWN COMMAND ("s", 90, "finish", "") CLOSED ("slave") REPLY ("s", 90, ",'result':'success'")
          EXITED ("s", ",'status':0") FINISHES ("m") CLOSED ("master") DONE },
  { "a-reply-may-come-while-the-slave-goes-down", NULL, NULL, NULL,
      BEGINS ASK (1) TEARS_DOWN COMMAND ("s", 90, "finish", "") TELL (1) REPLY ("s", 90, ",'result':'success'")
          EXITED ("s", ",'status':0") FINISHES ("m") DONE },
  { "a-reply-may-be-lost-with-the-link", NULL, NULL, NULL, BEGINS ASK (1) CLOSED ("master") ENDS },
  { "a-request-behind-a-disconnect-may-stay-unanswered", NULL, NULL, NULL,
      BEGINS COMMAND ("m", 5, "emit-signal", ",'element':'e','signal':'disconnect'") ASK (1) ENDS },
  { "a-reply-may-be-lost-by-disconnect", NULL, NULL, NULL,
      BEGINS ASK (1) COMMAND ("m", 5, "emit-signal", ",'element':'e','signal':'disconnect'") ENDS },
  { "a-killed-slave-need-not-reply", NULL, NULL, NULL,
      BEGINS ASK (1) EXITED ("s", ",'signal':9,'sent':true") TEARS_DOWN FINISHES ("m") DONE },
  { "a-stopped-slave-need-not-reply", NULL, NULL, NULL,
      BEGINS "{'kind':'step','action':'act signal-process','event':'started'}\n" ASK (1) ENDS },
  { "a-slave-that-is-stopped-need-not-have-read-what-came-last", NULL, NULL, NULL,
      BEGINS ASK (1) TELL (1) ASK (2) "{'kind':'step','action':'act signal-process','event':'started'}\n" ENDS },
  { "a-slave-that-is-stopped-must-answer-what-it-has-read", "reply-once", "REPLY-1", "EVENT 1 (caps)",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) EVENT_AT_SRC ("caps", 5) ASK (2)
          TELL (2) "{'kind':'step','action':'act signal-process','event':'started'}\n" ENDS },
  { "a-slave-that-is-stopped-must-answer-a-query-that-comes-in-line", "reply-once", "REPLY-1", "QUERY 1 (drain)",
      BEGINS TO_SLAVE ("QUERY", 1, ",'query':'drain','direction':'downstream'") ASK (2)
          TELL (2) "{'kind':'step','action':'act signal-process','event':'started'}\n" ENDS },
  { "a-slave-that-is-stopped-may-not-have-come-to-a-query", NULL, NULL, NULL,
      BEGINS ASK (1) ASK (2) TELL (2) "{'kind':'step','action':'act signal-process','event':'started'}\n" ENDS },
  { "a-request-during-the-teardown-need-not-be-read", NULL, NULL, NULL,
      BEGINS TEARS_DOWN COMMAND ("s", 90, "finish", "") ASK (1) REPLY ("s", 90, ",'result':'success'")
          EXITED ("s", ",'status':0") FINISHES ("m") DONE },
  { "a-slave-that-a-step-finishes-need-not-read-what-came-last", NULL, NULL, NULL,
      BEGINS ASK (1) TELL (1) ASK (2) COMMAND ("s", 90, "finish", "") CLOSED ("slave") REPLY ("s", 90,
          ",'result':'success'") EXITED ("s", ",'status':0") TEARS_DOWN FINISHES ("m") CLOSED ("master") DONE },
  { "a-slave-that-a-step-finishes-must-answer-what-it-has-read", "reply-once", "REPLY-1", "EVENT 1 (caps)",
      BEGINS EVENT_AT_SINK ("caps", 5) EVENT_DOWN (1, "caps", 5) EVENT_AT_SRC ("caps", 5) ASK (2) TELL (2)
          COMMAND ("s", 90, "finish", "") CLOSED ("slave") REPLY ("s", 90, ",'result':'success'")
              EXITED ("s", ",'status':0") TEARS_DOWN FINISHES ("m") CLOSED ("master") DONE },
  { "a-slave-that-a-step-finishes-may-not-have-come-to-a-query", NULL, NULL, NULL,
      BEGINS ASK (1) ASK (2) TELL (2) COMMAND ("s", 90, "finish", "") CLOSED ("slave") REPLY ("s", 90,
          ",'result':'success'") EXITED ("s", ",'status':0") TEARS_DOWN FINISHES ("m") CLOSED ("master") DONE },
  { "two-replies-are-told", "reply-once", "REPLY-1", "got 2", BEGINS ASK (1) TELL (1) TELL (1) ENDS },
  { "what-is-unanswered-at-a-time-out-is-told", "reply-once", "REPLY-1", "still not answered",
      BEGINS ASK (1) TEARS_DOWN CLOSED ("master") FINISHES ("s")
          FINISHES ("m") "{'kind':'end','outcome':'timeout','text':'t'}\n" },

  { "an-ack-to-a-query-is-told", "reply-kind", "REPLY-2", "answered by QUERY_RESULT",
      BEGINS ASK (1) ACK_UP (1, 1) ENDS },
  { "an-answer-to-another-query-is-told", "reply-kind", "REPLY-2", "the query was position",
      BEGINS ASK (1) TO_MASTER ("QUERY_RESULT", 1, ",'result':true,'query':'duration'") ENDS },

  { "a-reply-that-nobody-asked-for-is-told", "no-stray-reply", "REPLY-3", "ACK 1", BEGINS ACK_UP (1, 1) ENDS },
  { "a-reply-to-a-message-is-told", "no-stray-reply", "REPLY-3", "ACK 1",
      BEGINS TO_MASTER ("MESSAGE", 1, ",'message':'async-done'") ACK_DOWN (1, 1) ENDS },
  { "a-reply-before-its-request-is-told", "no-stray-reply", "REPLY-3", "QUERY_RESULT 1",
      BEGINS TELL (1) ASK (1) TELL (1) ENDS },

  { "a-buffer-taken-after-a-refusal-is-told", "sticky-failure", "BUF-4", "BUFFER 1 had failed with -3",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") ACK_UP (1, -3) PASSES (2, 40, "bb") ENDS },
  { "another-segment-does-not-end-a-refusal", "sticky-failure", "BUF-4", "BUFFER 1 had failed with -5",
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") ACK_UP (1, -5) EVENT_AT_SINK ("segment", 3)
          EVENT_DOWN (2, "segment", 3) EVENT_AT_SRC ("segment", 3) ACK_UP (2, 1) PASSES (3, 40, "bb") ENDS },
  { "another-segment-ends-eos", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") ACK_UP (1, -3) EVENT_AT_SINK ("segment", 3)
          EVENT_DOWN (2, "segment", 3) EVENT_AT_SRC ("segment", 3) ACK_UP (2, 1) PASSES (3, 40, "bb") ENDS },
  { "a-refusal-of-before-a-flush-is-over-when-it-comes-behind-it", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") EVENT_AT_SINK ("flush-stop", 3) EVENT_DOWN (2, "flush-stop", 3)
          ACK_UP (1, -2) EVENT_AT_SRC ("flush-stop", 3) ACK_UP (2, 1) PASSES (3, 40, "bb") ENDS },
  { "a-flush-ends-a-refusal", NULL, NULL, NULL,
      BEGINS AT_SINK (0, "aa") BUFFER (1, 0, "aa") ACK_UP (1, -3) EVENT_AT_SINK ("flush-stop", 3)
          EVENT_DOWN (2, "flush-stop", 3) EVENT_AT_SRC ("flush-stop", 3) ACK_UP (2, 1) PASSES (3, 40, "bb") ENDS },
};

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ipc_test_add_stories ("wire", stories, G_N_ELEMENTS (stories));
  return g_test_run ();
}
