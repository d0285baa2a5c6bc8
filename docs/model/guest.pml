/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who reads (plugin/link/guest.c): a streaming thread that asks again and again, another thread that asks once, the reader,
 * a peer that answers and says something of its own, and may die; the link may be stopped. Whatever the peer writes is
 * read, by one thread at a time and in order, whoever asks gets its outcome, and the loss is told by the reader.
 *
 * A step in `atomic` is one hold of the lock. Conditions are flags that are cleared by who begins to wait. The reader's
 * patience may end at any time, but not while there is a guest.
 */
#define NOBODY 0
#define STREAM 1
#define CONTROL 2
#define READER 3

#ifndef REQUESTS
#define REQUESTS 2
#endif
#ifndef SAYS
#define SAYS 1
#endif

mtype = { ASK, ANSWER, SAY, GONE };

chan down = [2] of { byte };         /* who asks */
chan up = [4] of { mtype, byte, byte }; /* what, to whom, the number of what is said */

bool parked, for_good, quit, cancelled, loss, told, poke;
byte guest, guests, reading, unsettled, n_waiting;
bool unpark, settled;
byte dispatching; /* who gives a packet away */
byte last_said;

typedef Wait {
  bool waits, done, reads, changed;
}
Wait waits[3];

inline settle ()
{
  settled = true
}

inline unpark_reader ()
{
  unpark = true
}

/* @self: the thread that calls */
inline finish (who, self)
{
  if
  :: waits[who].waits && !waits[who].done ->
    waits[who].done = true;
    n_waiting--;
    waits[who].changed = true;
    settle ();
    if
#ifndef FAULT_GUEST_NOT_POKED
    :: waits[who].reads && self != who -> poke = true
#endif
    :: else
    fi
  :: else
  fi
}

inline lose (self)
{
  if
  :: !loss ->
    loss = true;
    settle ();
    finish (STREAM, self);
    finish (CONTROL, self);
    if
    :: reading != NOBODY -> poke = true
    :: else -> unpark_reader ()
    fi
  :: else
  fi
}

/* A turn begins, under the same hold of the lock that decided on it. */
inline enter (self)
{
  assert (reading == NOBODY && dispatching == NOBODY);
  reading = self;
  settle ()
}

/* The rest of it; @going: whether this thread is still to read. */
inline turn (self, going)
{
  skip;
end_in_poll:
  atomic {
    (poke || (!loss && nempty (up)));
    what = SAY; number = 0;
    if
    :: poke -> poke = false
    :: else -> up ? what, to, number; if :: what == SAY :: else -> number = 0 fi
    fi;
    reading = NOBODY;
    if
    :: what == GONE -> lose (self)
    :: what == ANSWER || number > 0 -> dispatching = self
    :: else
    fi
  }
  atomic {
    if
    :: dispatching == self && going ->
      if
      :: what == ANSWER -> finish (to, self)
      :: else -> assert (number == last_said + 1); last_said = number
      fi
    :: else
    fi;
    if
    :: dispatching == self -> dispatching = NOBODY
    :: else
    fi;
    what = 0; to = 0; number = 0
  }
}

#ifdef FAULT_LEAVES_OTHERS
#define OTHERS_WAIT false
#else
#define OTHERS_WAIT (n_waiting > 0 && unsettled == 0)
#endif
#define WANTED (guest == NOBODY && (loss || OTHERS_WAIT))

active proctype reader ()
{
  mtype what;
  byte to, number, seen;

again:
  atomic {
    if
    :: quit -> goto out
    :: else -> parked = true; settle (); seen = guests
    fi
  }
park:
  atomic {
    if
    :: quit -> goto out
    :: !quit && WANTED -> parked = false
    :: !quit && !WANTED && guest != NOBODY ->
      for_good = (guests == seen);
      seen = guests;
      unpark = false;
      goto sleep
    :: !quit && !WANTED && guest == NOBODY -> unpark = false; goto sleep
    :: !quit && !WANTED && guest == NOBODY -> parked = false
    fi;
    if
    :: loss && !told -> told = true; goto again
    :: else
    fi;
    enter (READER)
  }
  turn (READER, !quit);
  goto again;
sleep:
  if
  :: for_good -> end_parked: (unpark)
  :: !for_good
  fi;
  atomic {
    if
    :: quit -> goto out
    :: else -> for_good = false; goto park
    fi
  }
out:
  skip
}

/* The reader is about to step back, or to read; or it has stepped back. */
#define MAY_READ (guest == NOBODY && !loss && !quit)
#define UNSETTLED (!parked && reading == NOBODY && MAY_READ)
#define MAY_BE_GUEST (parked && MAY_READ)

/* One request. */
inline call (self)
{
  atomic {
    waits[self].waits = true;
    waits[self].done = quit || cancelled || loss;
    if
    :: waits[self].done
    :: else -> n_waiting++; down ! self
    fi
  }
  do
  :: atomic {
      waits[self].done -> break
    }
  :: atomic {
      !waits[self].done && UNSETTLED ->
      unsettled++;
      settled = false
    }
    (settled);
    unsettled--
  :: atomic {
      !waits[self].done && MAY_BE_GUEST ->
      guest = self;
      guests = (guests + 1) % 4;
      waits[self].reads = true
    }
    do
    :: atomic {
        waits[self].done || loss || guest != self -> break
      }
    :: atomic {
        !(waits[self].done || loss || guest != self) -> enter (self)
      }
      turn (self, guest == self)
    od;
    atomic {
      waits[self].reads = false;
      if
      :: guest == self ->
        guest = NOBODY;
        if
#ifndef FAULT_LEAVES_IN_SILENCE
        :: for_good || WANTED -> unpark_reader ()
#endif
        :: else
        fi
      :: else
      fi
    }
  :: atomic {
      !waits[self].done && !UNSETTLED && !MAY_BE_GUEST ->
      waits[self].changed = false
    }
    (waits[self].changed)
  od;
  waits[self].waits = false
}

byte asked;

active proctype stream ()
{
  mtype what;
  byte to, number, left = REQUESTS;

  do
  :: left > 0 -> call (STREAM); left--
  :: else -> break
  od;
  asked++
}

active proctype control ()
{
  mtype what;
  byte to, number;

  call (CONTROL);
  asked++
}

active proctype peer ()
{
  byte who, said;

end:
  do
  :: down ? who -> up ! ANSWER (who, 0)
  :: said < SAYS -> said++; up ! SAY (0, said)
#ifdef MORTAL
  :: up ! GONE (0, 0); goto dead
#endif
#ifdef CANCEL
  :: goto dead
#endif
  od;
dead:
end_dead:
  do
  :: down ? who
  od
}

#ifdef STOPS
active proctype stopper ()
{
  atomic {
    quit = true;
    unpark_reader ();
    parked = false;
    for_good = false;
    guest = NOBODY;
    settle ();
    finish (STREAM, NOBODY);
    finish (CONTROL, NOBODY);
    if
    :: reading != NOBODY -> poke = true
    :: else
    fi
  }
  (reading == NOBODY)
}
#endif

/* The peer may have stopped: nobody is answered, or told, any more. */
#ifdef CANCEL
active proctype canceller ()
{
  atomic {
    cancelled = true;
    finish (STREAM, NOBODY);
    finish (CONTROL, NOBODY)
  }
}
#endif

init {
  (timeout);
  assert (asked == 2);
  if
  :: quit || cancelled
  :: !quit && !cancelled && loss -> assert (told)
  :: else -> assert (empty (up) && last_said == SAYS)
  fi
}
