/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A link and a peer that may do whatever a peer can: answer in any order, late, twice or never, ask, stop reading for
 * ever, die at any moment. On this side: a thread whose request has no deadline, one whose request has, a lane that
 * answers the peer, somebody who cancels (CANCEL), and an application that disconnects at any moment, or when it is
 * told of a loss, and connects a second peer (CONVERSATIONS 2).
 */
#define ME 0
#define PEER 1
#define SIDES 1
#ifndef REQUESTS
#define REQUESTS 1 /* of each of our threads */
#endif
#ifndef ASKS
#define ASKS 0 /* requests of each peer */
#endif

mtype = { ALIVE, STUCK, DEAD };

chan jobs = [4] of { byte, byte, byte, byte };

/* an arrival waits on a lane; it is answered by a job that may outlive its peer */
inline handle (s, generation, id, tag, conv)
{
  assert (len (jobs) < 4);
  jobs!generation, id, tag, conv
}

/* who waited for this peer has failed before it is told, and it is told of the present peer only: LIFE-1 */
inline lost_is_told (s)
{
  assert (waits[s].w[0].here == false || waits[s].w[0].outcome != WAITING);
#if WAITS > 1
  assert (waits[s].w[1].here == false || waits[s].w[1].outcome != WAITING);
#endif
  told_of = link[s].in
}

byte told_of = 255;

#include "link.pml"

#define TAGS (WAITS * REQUESTS)

mtype peer_state[CONVERSATIONS];
byte held[CONVERSATIONS]; /* bits, by tag: our requests that the peer has and has not answered */
byte ended;               /* our threads */
byte resolved;            /* bits, by tag: our requests that have their outcome */

/* Our threads. The second one's requests have a deadline. */
proctype requester (byte n)
{
  WRITER;
  mtype how;
  byte left = REQUESTS;

  waits[ME].w[n].timed = (n == 1);
  do
  :: atomic { left > 0 -> left--; waits[ME].w[n].tag = n * REQUESTS + left }
     call (ME, n, how);
     atomic {
       assert (how != TIMED_OUT || n == 1);
       assert ((resolved & (1 << (n * REQUESTS + left))) == 0);
       resolved = resolved | (1 << (n * REQUESTS + left));
       how = 0
     }
  :: atomic { left == 0 -> ended++; break }
  od
}

proctype lane ()
{
  WRITER;
  byte generation, id, tag, conv;

end_idle:
  do
  :: jobs?generation, id, tag, conv ->
     reply_to (ME, generation, id, tag, conv);
     d_step { generation = 0; id = 0; tag = 0; conv = 0 }
  od
}

/* one of the bits in @mask */
inline choose (mask, n)
{
  n = 0;
  do
  :: (mask & (1 << n)) != 0 -> break
  :: (mask >> (n + 1)) != 0 -> n++
  od
}

#define up (!closed[WIRE (c, ME)])

/* The peer of conversation @c. */
proctype peer (byte c)
{
  byte ids[TAGS + 1], id, tag, conv, n;
  byte asks = ASKS, answered, again = 1;
  mtype kind;

  bool fails;

  atomic {
    peer_state[c] = ALIVE;
    if
    :: fails = true
    :: true
    fi
  }
end_nothing:
  do
  :: atomic {
       up && any (wire[WIRE (c, PEER)]) ->
       wire[WIRE (c, PEER)]?kind, id, tag, conv, _;
       assert (conv == c); /* CONN-8 */
       if
       :: kind == REQUEST ->
         assert ((held[c] & (1 << tag)) == 0);
         held[c] = held[c] | (1 << tag);
         ids[tag] = id
       :: kind == REPLY
       fi;
       kind = 0; id = 0; tag = 0; conv = 0
     }
  :: atomic {
       up && held[c] != 0 && room_in (wire[WIRE (c, ME)]) ->
       choose (held[c], n);
       wire[WIRE (c, ME)]!REPLY, ids[n], n, c, 0;
       held[c] = held[c] & ~(1 << n);
       answered = answered | (1 << n);
       n = 0
     }
  :: atomic {
       up && again > 0 && answered != 0 && room_in (wire[WIRE (c, ME)]) ->
       choose (answered, n);
       wire[WIRE (c, ME)]!REPLY, ids[n], n, c, 0;
       again--;
       n = 0
     }
  :: atomic {
       up && asks > 0 && room_in (wire[WIRE (c, ME)]) ->
       wire[WIRE (c, ME)]!REQUEST, asks, TAGS, c, 0;
       asks--
     }
  :: atomic { up && fails -> peer_state[c] = STUCK; break }
  :: atomic { up && fails -> peer_state[c] = DEAD; closed[WIRE (c, PEER)] = true; break }
  od
}

#if CONVERSATIONS > 1
/* What is on the wire of closed fds. */
inline forget_wire (w)
{
  do
  :: any (wire[w]) -> wire[w]?_, _, _, _, _
  :: else -> break
  od
}

/* Disconnects at any moment, or not at all when it was told of a loss, and connects the next peer. */
proctype application ()
{
  if
  :: disconnect (ME)
  :: told_of == 0
  fi;
  atomic {
    closed[WIRE (0, ME)] = true;
    held[0] = 0;
    forget_wire (WIRE (0, ME));
    forget_wire (WIRE (0, PEER));
    run peer (1)
  }
  if
  :: set_fdin (ME, 1);
     set_fdout (ME, 1)
  :: set_fdout (ME, 1);
     set_fdin (ME, 1)
  fi;
  ended++
}
#define THREADS (WAITS + 1)
#else
#define THREADS WAITS
#endif

#ifdef CANCEL
/* ipc_link_cancel(), later ipc_link_uncancel() */
proctype canceller ()
{
  d_step {
    link[ME].cancelled = true;
    i_ = 0;
    do
    :: i_ < WAITS ->
      if
      :: waits[ME].w[i_].here -> finish_wait (ME, i_, CANCELLED)
      :: else
      fi;
      i_++
    :: else -> break
    od;
    i_ = 0
  }
  link[ME].cancelled = false
}
#endif

/* When nothing can happen any more: who waits, waits for a peer that lives and does not read or answer. */
inline judge ()
{
  c = CONVERSATIONS - 1;
  assert (link[ME].reading && !link[ME].writing || peer_state[c] == STUCK);
#if WAITS > 1
  assert (!waits[ME].w[1].here);
#endif
  if
  :: waits[ME].w[0].here -> assert (peer_state[c] == STUCK)
  :: else -> assert (ended == THREADS)
  fi;
  if
  :: peer_state[c] == DEAD ->
    assert (link[ME].loss && told[c] == 1 && empty (outgoing[ME]))
  :: peer_state[c] == STUCK -> assert (told[c] == 0 && !link[ME].loss)
  :: peer_state[c] == ALIVE -> assert (held[c] == 0 && empty (outgoing[ME]) && !link[ME].loss)
  fi;
  assert (empty (jobs))
}

init {
  byte c;

  atomic {
    link[ME].in_generation = 1;
    link[ME].out_generation = 1;
    link[ME].drain = NONE;
    link[ME].writer = NOBODY;
    run reader (ME);
#if ASKS
    run lane ();
#endif
    do
    :: c < WAITS -> run requester (c); c++
    :: else -> break
    od;
    c = 0;
    run peer (0);
#if CONVERSATIONS > 1
    run application ();
#endif
#ifdef CANCEL
    run canceller ();
#endif
  }
  (timeout);
  judge ()
}
