/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_TEST_STORY_H
#define IPC_CHECK_TEST_STORY_H

#include "check.h"

G_BEGIN_DECLS

/*
 * Histories for tests, told in short: one master `m` with the sink `e`, one slave `s` with the src `r`, one link `l`. A
 * story is a text of records, one a line, JSON with single quotes. Every record happens a millisecond after the one
 * before.
 */

#define PACKET(to, type, id, more)                                                                                     \
  "{'kind':'packet','link':'l','generation':1,'to':'" to "','type':'" type "','id':" #id more "}\n"
#define TO_SLAVE(type, id, more) PACKET ("slave", type, id, more)
#define TO_MASTER(type, id, more) PACKET ("master", type, id, more)
#define ACK_UP(id, result) TO_MASTER ("ACK", id, ",'result':" #result)
#define ACK_DOWN(id, result) TO_SLAVE ("ACK", id, ",'result':" #result)

#define BUFFER_FIELDS(pts, md5)                                                                                        \
  ",'pts':" #pts ",'dts':null,'duration':40,'offset':null,'offset-end':null,'md5':'" md5 "'"
#define BUFFER(id, pts, md5) TO_SLAVE ("BUFFER", id, BUFFER_FIELDS (pts, md5) ",'flags':64,'data-size':10")
/* Flags differ in a bit that says nothing of the content. */
#define SEEN_BUFFER(process, pad, pts, md5)                                                                            \
  "{'kind':'buffer','process':'" process "','pad':'" pad "'" BUFFER_FIELDS (pts, md5) ",'flags':16448,'size':10}\n"
#define AT_SINK(pts, md5) SEEN_BUFFER ("m", "e.sink", pts, md5)
#define AT_SRC(pts, md5) SEEN_BUFFER ("s", "r.src", pts, md5)
/* The whole way of a buffer. */
#define PASSES(id, pts, md5) AT_SINK (pts, md5) BUFFER (id, pts, md5) AT_SRC (pts, md5) ACK_UP (id, 0)

#define EVENT_PACKET(to, id, type, seqnum, direction, structure)                                                       \
  PACKET (to, "EVENT", id,                                                                                             \
      ",'event':'" type "','seqnum':" #seqnum ",'direction':'" direction "','structure':'" structure "'")
#define SEEN_EVENT(process, pad, type, seqnum, direction, structure, serialized)                                       \
  "{'kind':'event','process':'" process "','pad':'" pad "','type':'" type "','seqnum':" #seqnum                        \
  ",'direction':'" direction "','serialized':" serialized ",'structure':'" structure "'}\n"
#define EVENT_AT_SINK(type, seqnum) SEEN_EVENT ("m", "e.sink", type, seqnum, "downstream", "x, a=1;", "true")
#define EVENT_AT_SRC(type, seqnum) SEEN_EVENT ("s", "r.src", type, seqnum, "downstream", "x, a=1;", "true")
#define EVENT_DOWN(id, type, seqnum) EVENT_PACKET ("slave", id, type, seqnum, "downstream", "x, a=1;")

#define COMMAND(process, id, command, more)                                                                            \
  "{'kind':'command','process':'" process "','id':" #id ",'command':'" command "'" more "}\n"
#define REPLY(process, id, more) "{'kind':'reply','process':'" process "','reply':" #id ",'ok':true" more "}\n"
#define EXITED(process, more) "{'kind':'process','process':'" process "','event':'exited'" more "}\n"
#define CLOSED(end) "{'kind':'link','link':'l','generation':1,'event':'closed','end':'" end "','how':'eof'}\n"

/* How a story begins when nothing is wrong. */
#define BEGINS                                                                                                         \
  "{'kind':'case','case':'a/b','time-scale':1.0}\n"                                                                    \
  "{'kind':'process','process':'m','role':'master','event':'spawned','pid':1}\n"                                       \
  "{'kind':'process','process':'s','role':'slave','event':'spawned','pid':2}\n"                                        \
  "{'kind':'link','link':'l','generation':1,'event':'connected','master':'m.e','slave':'s.r',"                         \
  "'transport':'socketpair','relayed':true}\n" COMMAND ("m", 1, "link", ",'element':'e'") REPLY ("m", 1, "")           \
      COMMAND ("s", 1, "link", ",'element':'r'") REPLY ("s", 1, "")
/* Nothing for ten seconds. */
#define LATER "{'kind':'mark','name':'later','advance':10000}\n"
/* How it ends when nothing is wrong. */
#define TEARS_DOWN "{'kind':'teardown','event':'started'}\n"
#define FINISHES(process)                                                                                              \
  COMMAND (process, 90, "finish", "") REPLY (process, 90, ",'result':'success'") EXITED (process, ",'status':0")
#define DONE "{'kind':'end','outcome':'done','text':''}\n"
#define ENDS TEARS_DOWN FINISHES ("s") FINISHES ("m") CLOSED ("slave") CLOSED ("master") DONE

typedef struct {
  const gchar *name;        /* what must hold, as the name of the test */
  const gchar *rule;        /* that must find something; NULL: nothing must be found */
  const gchar *requirement; /* of the finding */
  const gchar *text;        /* must be in its text */
  const gchar *story;
} Story;

/* Adds a test for each of @stories, which must live on. */
void ipc_test_add_stories (const gchar *group, const Story *stories, guint n_stories);
/* The history of a story. */
IpcHistory *ipc_test_history (const gchar *story);

G_END_DECLS
#endif
