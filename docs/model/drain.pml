/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both sides write while the buffers of both directions are full: room for half a packet each way, threads that
 * ask on both sides, and a reader that answers. Nobody dies and nobody gives up: all of it must drain (LIFE-6).
 */
#define SIDES 2
#ifndef WAITS
#define WAITS 1
#endif
#define PARTS 2
#define ROOM 1
#ifndef REQUESTS
#define REQUESTS 2
#endif

inline handle (s, generation, id, tag, conv)
{
  reply_to (s, generation, id, tag, conv)
}

inline lost_is_told (s)
{
  assert (false)
}

#include "link.pml"

byte answered;

proctype requester (byte s, n)
{
  WRITER;
  mtype how;
  byte left = (s == 0 -> REQUESTS : 1);

  do
  :: left > 0 ->
    waits[s].w[n].tag = n * REQUESTS + left;
    call (s, n, how);
    assert (how == REPLIED);
    how = 0;
    left--
  :: else -> break
  od;
  answered++
}

init {
  atomic {
    byte s = 0, n;
    do
    :: s < SIDES ->
      link[s].in_generation = 1;
      link[s].out_generation = 1;
      link[s].drain = NONE;
      link[s].writer = NOBODY;
      run reader (s);
      n = 0;
      do
      :: n < WAITS -> run requester (s, n); n++
      :: else -> break
      od;
      s++
    :: else -> break
    od;
    s = 0; n = 0
  }
  answered == SIDES * WAITS;
  /* and at the end nothing is left on the way */
  (timeout);
  assert (empty (wire[0]) && empty (wire[1]) && empty (outgoing[0]) && empty (outgoing[1]))
}
