/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_FUZZ_SESSION_H
#define IPC_FUZZ_SESSION_H

#include "fuzz.h"
#include "wire/framer.h"

G_BEGIN_DECLS

/*
 * The peer that an input plays towards an element: one thread that reads and writes one end of a socket pair, and
 * never waits for time to pass. What the element writes must be the protocol, and each of its replies must have been
 * asked for; anything else aborts.
 *
 * An input is cut into chunks at IPC_FUZZ_SEPARATOR, so that one can grow and shrink without harm to the others. Each
 * begins with a byte that says what it is: a packet, whose header gets the size of what follows it, or a step.
 */
#define FUZZ_SEPARATOR "\365IPC"
#define FUZZ_SEPARATOR_SIZE 4

typedef enum {
  /* 0x00 to 0x0f: a packet of that type with the next id, a reply with that of the oldest request that waits for one */
  FUZZ_EXPLICIT_ID = 0x10, /* 0x10 to 0x1f: the same with the id in front, four bytes */
  FUZZ_RAW = 0x20,         /* bytes, as they are */
  FUZZ_PIECES,             /* u8: from here on, no more bytes in one write; 0: all at once */
  FUZZ_MANNERS,            /* u8, a mask of FuzzManners */
  FUZZ_SETTLE,
  FUZZ_END_WRITING, /* shutdown() */
  FUZZ_END_READING,
  FUZZ_GREET,      /* u8 features: greets, or answers the greeting, as a reference peer does */
  FUZZ_REPLACE,    /* disconnect, and another peer */
  FUZZ_STEP = 0x30 /* and above: the target's own */
} FuzzChunk;

typedef enum {
  FUZZ_DEAF = 1 << 0,       /* does not read */
  FUZZ_ANSWER_YES = 1 << 1, /* answers each request that it reads */
  FUZZ_ANSWER_NO = 1 << 2,
  FUZZ_ANSWER_EVENTS = 1 << 3 /* yes, and nothing but events */
} FuzzManners;

typedef struct _FuzzSession FuzzSession;

/* A step of the target's: what follows the byte is in @input. */
typedef void (*FuzzStepFunc) (FuzzSession *session, guint8 step, FuzzInput *input, gpointer user_data);

/* @sends: which way the bytes of the input travel. */
FuzzSession *fuzz_session_new (IpcDirection sends, GstElement *element, FuzzStepFunc func, gpointer user_data);
/* Only when the element is gone. */
void fuzz_session_free (FuzzSession *session);

void fuzz_session_play (FuzzSession *session, FuzzInput *input);
/* Until the element has read everything and answered what came last, if it listens. */
void fuzz_session_settle (FuzzSession *session);
/* Until all calls on @lanes (a mask) have ended; with these @manners meanwhile. */
void fuzz_session_await_calls (FuzzSession *session, guint lanes, guint manners);
/* The end of the peer. */
void fuzz_session_hang_up (FuzzSession *session);

/* The element has told that its peer is lost. From any thread. */
void fuzz_session_note_loss (FuzzSession *session);

/* Has @func (@data) called in a thread of its own; calls on one lane are made one after the other. */
#define FUZZ_LANES 2
#define FUZZ_ALL_LANES ((1u << FUZZ_LANES) - 1)
typedef void (*FuzzCallFunc) (gpointer data);
void fuzz_call (guint lane, FuzzCallFunc func, gpointer data);

G_END_DECLS
#endif
