/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What peers agree on: the master's greeting before its first STATE_CHANGE, the answer, packets beyond the legacy
 * protocol, and the same with a second peer after a disconnect at any moment. A peer is a reference slave, or a legacy
 * slave, which sends the greeting through its pipeline and up again as a query of its own.
 *
 * The link is taken for granted, as in flow.pml.
 */
#define PEERS 2
#define LENGTH 6
#define NOBODY 255

mtype = { GREETING, STATE_CHANGE, PLAIN, EXTENDED };          /* down */
mtype = { AGREED, REFUSED, OWN_GREETING, ACK, UP_EXTENDED };  /* up */
mtype = { LEGACY, REFERENCE };

#define any(queue) (len (queue) > 0)

chan down[PEERS] = [LENGTH] of { mtype };
chan up[PEERS] = [LENGTH] of { mtype };
mtype kind[PEERS];

/* ---- the master ---- */

byte peer = NOBODY;   /* the present one */
mtype form = LEGACY;
bool answered;        /* the STATE_CHANGE */
byte greetings[PEERS];
byte told[PEERS];     /* greetings that have their answer */
bool done;

inline send (c, what)
{
  assert (len (down[c]) < LENGTH);
  down[c]!what
}

/* Takes a packet, and in a later step does with it what it does, if the peer is still the present one. */
proctype reader ()
{
  byte from;
  mtype what;

end_idle:
  do
  :: atomic { peer != NOBODY && any (up[peer]) -> from = peer; up[from]?what }
     if
     :: what == AGREED || what == REFUSED ->
       /* the handler's `reply`: ipc_link_set_form() */
       d_step {
         if
#ifdef FAULT_OLD_PEER_AGREES
         :: peer != NOBODY ->
#else
         :: from == peer ->
#endif
           told[from]++;
           assert (told[from] == 1);
           if
           :: what == AGREED -> form = REFERENCE
           :: else
           fi
         :: else
         fi
       }
     :: what == OWN_GREETING ->
       /* EXT-3: answered at once; of the peer that asked only */
       atomic {
         if
         :: from == peer -> send (from, REFUSED)
         :: else
         fi
       }
     :: what == ACK ->
       d_step {
         if
         :: from == peer ->
           answered = true;
           /* the answer to the greeting is there before that to the STATE_CHANGE: nobody has to wait for it */
           assert (kind[from] != REFERENCE || form == REFERENCE)
         :: else
         fi
       }
     :: what == UP_EXTENDED ->
       assert (from != peer || form == REFERENCE) /* EXT-7 */
     fi;
     d_step { what = 0; from = 0 }
  od
}

/* Sends something whenever it likes. */
proctype streamer ()
{
  bool left = true;

end_no_peer:
  do
  :: atomic {
       left && peer != NOBODY ->
       left = false;
       if
       :: form == REFERENCE -> send (peer, EXTENDED)
       :: else -> send (peer, PLAIN)
       fi
     }
  :: !left -> break
  od
}

proctype application ()
{
  byte next;

  do
  :: next < PEERS ->
    if
    :: kind[next] = LEGACY
    :: kind[next] = REFERENCE
    fi;
    peer = next;
    /* EXT-5: once, before the first STATE_CHANGE */
    atomic { send (peer, GREETING); greetings[peer]++ }
    atomic { answered = false; send (peer, STATE_CHANGE) }
    if
    :: answered
    :: true /* ack-time has passed */
    fi;
    if
    :: next + 1 < PEERS ->
      /* disconnect, from any thread */
      atomic {
        peer = NOBODY;
#ifndef FAULT_FORM_OUTLIVES_PEER
        form = LEGACY
#endif
      }
    :: else
    fi;
    next++
  :: else -> break
  od;
  done = true
}

/* ---- the slaves ---- */

/* Ends with its fds. */
proctype slave (byte c)
{
  bool agreed, pending, upped;
  mtype what;

end_idle:
  do
  :: atomic { any (down[c]) && peer == c -> down[c]?what }
     if
     :: what == GREETING && kind[c] == REFERENCE ->
#ifdef FAULT_ANSWERED_ON_A_LANE
       pending = true
#else
       /* in the thread that reads, before it reads on */
       atomic { up[c]!AGREED; agreed = true }
#endif
     :: what == GREETING && kind[c] == LEGACY ->
       up[c]!OWN_GREETING;
       pending = true
     :: what == REFUSED ->
       /* the answer to its own query: it answers the greeting */
       atomic { assert (kind[c] == LEGACY && pending); pending = false; up[c]!REFUSED }
     :: what == STATE_CHANGE -> up[c]!ACK
     :: what == PLAIN
     :: what == EXTENDED -> assert (kind[c] == REFERENCE && agreed) /* EXT-1 */
     fi;
     what = 0
#ifdef FAULT_ANSWERED_ON_A_LANE
  :: atomic { pending && kind[c] == REFERENCE -> pending = false; up[c]!AGREED; agreed = true }
#endif
  :: atomic { agreed && !upped && peer == c -> upped = true; up[c]!UP_EXTENDED }
  od
}

init {
  atomic {
    run reader ();
    run streamer ();
    run application ();
    run slave (0);
    run slave (1)
  }
  (timeout);
  assert (done && greetings[0] == 1 && greetings[1] == 1);
  assert (told[1] == 1);
  assert (form == kind[1])
}
