/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_GREETING_H
#define IPC_WIRE_GREETING_H

#include "packet.h"

G_BEGIN_DECLS

/*
 * The two queries by which reference peers agree on more than the legacy protocol has: the greeting (EXT-2, EXT-5) and
 * the announcement of the master's time (TIME-1). Both are QUERY packets of type CUSTOM, upstream, from master to
 * slave; docs/protocol.md, "Extensions", has their fields. Who sends them when, and what is done with an answer, is the
 * elements' business.
 */

#define IPC_GREETING_VERSION 1
/* Bytes of features and of time-domain, each: more is no greeting. */
#define IPC_GREETING_MAX_TEXT 1024

/* What peers can do, a mask; words in the greeting. */
typedef enum {
  IPC_FEATURE_OBJECTS = 1 << 0, /* "objects" */
  IPC_FEATURE_METAS = 1 << 1,   /* "metas" */
  IPC_FEATURE_TIME = 1 << 2,    /* "time" */
  IPC_FEATURE_MEMORY = 1 << 3,  /* "memory" */
  IPC_FEATURE_DMABUF = 1 << 4   /* "dmabuf"; means nothing without "memory" */
} IpcFeatures;

typedef struct {
  guint64 nonce;
  IpcFeatures features;
  gchar *time_domain; /* owned; "" when clocks cannot be compared with anybody's; NULL is written as "" */
} IpcGreeting;

typedef struct {
  GstClockType clock;     /* MONOTONIC, REALTIME or TAI */
  GstClockTime base_time; /* nanoseconds of that clock, never GST_CLOCK_TIME_NONE */
} IpcTime;

/* How packets are written between peers that agreed on @features. */
IpcForm ipc_features_form (IpcFeatures features);
/* The words, with commas between them. Caller frees. */
gchar *ipc_features_to_string (IpcFeatures features);

/* Frees what @greeting owns and zeroes it. */
void ipc_greeting_clear (IpcGreeting *greeting);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpcGreeting, ipc_greeting_clear)

/* What both named. */
IpcFeatures ipc_greeting_common_features (const IpcGreeting *one, const IpcGreeting *other);
/* TRUE when clocks of both sides count alike: both name the same time domain. */
gboolean ipc_greeting_shares_time (const IpcGreeting *one, const IpcGreeting *other);

/* The master's question. @packet is zeroed; the id is the sender's business. */
void ipc_packet_build_greeting (IpcPacket *packet, const IpcGreeting *greeting);
/* The slave's TRUE to request @id; @greeting is its own, with the nonce of the question. */
void ipc_packet_build_greeting_answer (IpcPacket *packet, guint32 id, const IpcGreeting *greeting);
/* The master's announcement. */
void ipc_packet_build_time (IpcPacket *packet, const IpcTime *time);
/* Answers @question, any decoded QUERY, with @result and the very structure that it has (OBJ-7): FALSE to a greeting;
 * TRUE or FALSE to an announcement. */
void ipc_packet_build_query_echo (IpcPacket *packet, const IpcPacket *question, gboolean result);

/* Cheap, and never wrong about who is meant: such a packet is for the elements, whatever else is in it, and never
 * becomes a GstQuery. TRUE for a QUERY and, without regard to its result, for a QUERY_RESULT. */
gboolean ipc_packet_is_greeting (const IpcPacket *packet);
gboolean ipc_packet_is_time (const IpcPacket *packet);

/* Reads a greeting, or its answer: a QUERY_RESULT that is FALSE is an error as well. Strict (EXT-6): unknown version,
 * missing fields, wrong types. Unknown features are left out. On TRUE end with ipc_greeting_clear(). */
gboolean ipc_greeting_from_packet (const IpcPacket *packet, IpcGreeting *greeting, GError **error);
/* Reads an announcement, or the answer to one that was accepted. */
gboolean ipc_time_from_packet (const IpcPacket *packet, IpcTime *time, GError **error);

G_END_DECLS
#endif
