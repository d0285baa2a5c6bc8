/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The states of ipcpipelinesink and of the slave's pipeline: changes with ack-time, prerolls that end when they like, a
 * flushing seek by which the slave loses its state, the serials that say what an async-done is good for, async-done
 * messages that are held back while a change has not been answered. TIMED: changes may take longer than ack-time. MORTAL:
 * the slave may die. LEGACY_SLAVE: nothing is held back.
 *
 * The link is taken for granted, as in flow.pml. A bin takes its elements up only when none of them is ASYNC.
 */
#ifndef CHANGES
#define CHANGES 4 /* of state, that the application makes */
#endif
#ifndef FLUSHES
#define FLUSHES 1
#endif
#define LENGTH 8

mtype = { STATE_CHANGE, STATE_LOST, ASYNC_DONE, ACK };
mtype = { WAITING, SUCCESS, ASYNC, FAILURE };

#define READY 1
#define PAUSED 2
#define PLAYING 3

#define any(queue) (len (queue) > 0)

/* what, id of the request or ghost: number of the preroll, state or result */
chan down = [LENGTH] of { byte, byte };
chan up = [LENGTH] of { mtype, byte, mtype, byte };
bool slave_dead;

/* ---- ipcpipelinesink ---- */

byte state = READY;
bool async;          /* the last change is not complete */
bool again;          /* it was PLAYING when it lost its state */
bool state_lock;
byte waits_for, last_id;
mtype answer;
byte serial, lost_serial;
bool expected;       /* async_done_expected */
byte awaited;        /* ghost: the preroll that completes the change */
bool lost, app_done;
chan lane = [LENGTH] of { mtype, byte, byte, byte };

/* change_state(), with the state lock. @timed: it may take longer than ack-time */
inline change_state (target)
{
  d_step {
    serial++;
    expected = false;
    async = false;
    again = false;
    last_id++;
    waits_for = last_id;
    answer = (lost -> FAILURE : WAITING);
    if
    :: lost
    :: else -> assert (len (down) < LENGTH); down!last_id, target
    fi
  }
  /* ipc_link_request() */
  if
  :: answer != WAITING
#ifdef TIMED
  :: atomic { answer == WAITING -> answer = FAILURE }
#endif
  fi;
  d_step {
    waits_for = 0;
    if
    :: answer == FAILURE && target < state -> answer = SUCCESS; state = target
    :: answer != FAILURE ->
      state = target;
      async = (answer == ASYNC);
      expected = async
    :: else
    fi;
    answer = 0
  }
}

/* follow_lost_state(), with the state lock, and those above it */
inline follow_lost_state ()
{
  d_step {
    if
    :: lost_serial != 0 && lost_serial == serial && state >= PAUSED ->
      expected = true;
      async = true;
      again = again || state == PLAYING;
      state = PAUSED
    :: else
    fi;
    lost_serial = 0
  }
}

/* on_packet() */
proctype master_reader ()
{
  byte id, preroll;
  mtype what, how;

end_idle:
  do
  :: atomic {
       any (up) ->
       up?what, id, how, preroll;
       if
       :: what == ACK && waits_for == id && answer == WAITING ->
         answer = how;
         if
         :: how == ASYNC -> awaited = preroll
         :: else
         fi
       :: what == ACK && !(waits_for == id && answer == WAITING) /* late */
       :: what == STATE_LOST -> serial++; lost_serial = serial; lane!STATE_LOST, serial, preroll, id; awaited = preroll
       :: what == ASYNC_DONE -> lane!ASYNC_DONE, serial, preroll, id
       fi;
       what = 0; how = 0; id = 0; preroll = 0
     }
  :: atomic {
       slave_dead && !any (up) ->
       lost = true;
       if
       :: answer == WAITING -> answer = FAILURE
       :: else
       fi;
       break
     }
  od
}

/* state_lane */
proctype master_lane ()
{
  byte at, preroll, seen;
  mtype what;
  bool goes_on;

end_idle:
  do
  :: lane?what, at, preroll, seen ->
#ifndef FAULT_NO_STATE_LOCK
     atomic { !state_lock -> state_lock = true }
#endif
     if
     :: what == STATE_LOST -> follow_lost_state ()
     :: else
     fi;
     d_step {
#ifdef FAULT_ANY_ASYNC_DONE
       if
       :: what == ASYNC_DONE && expected ->
#else
       if
       :: what == ASYNC_DONE && expected && at == serial ->
#endif
         /* gst_element_continue_state(): STATE-7. A preroll that ended before the slave began with the request cannot be
          * told from one that overtook the answer, as legacy slaves let it: that may complete the change too early. */
         assert (preroll >= awaited || seen < last_id);
         expected = false;
         async = false;
         goes_on = again
       :: else
       fi
     }
     if
     :: goes_on -> change_state (PLAYING)
     :: else
     fi;
     d_step { state_lock = false; goes_on = false; what = 0; at = 0; preroll = 0; seen = 0 }
  od
}

proctype application ()
{
  byte left = CHANGES;

end_preroll: /* a bin waits for async-done, if it is to go up; the application may never be content */
  do
  :: atomic { left > 0 && !state_lock && (!async || state != READY) -> state_lock = true; left-- }
     if
     :: state == READY -> change_state (PAUSED)
     :: state == PAUSED && !async -> change_state (PLAYING)
     :: state == PAUSED -> change_state (READY)
     :: state == PLAYING -> change_state (PAUSED)
     fi;
     state_lock = false
  :: left == 0 -> break
  od;
  app_done = true
}

/* ---- ipcpipelinesrc and its pipeline ---- */

byte slave_state = READY, slave_target = READY;
bool prerolling;
byte prerolls;        /* ghost: counts them */
byte begun;           /* ghost: the last request that the pipeline follows */
byte state_changes;
chan held_back = [LENGTH] of { byte, byte };
bool slave_lock;      /* the pipeline's state lock */
bool posting;         /* a streaming thread posts async-done */
bool losing;          /* a seek is about to tell of the lost state */
chan requests = [LENGTH] of { byte, byte };

inline send (what, id, how, preroll)
{
  if
  :: slave_dead
  :: else -> assert (len (up) < LENGTH); up!what, id, how, preroll
  fi
}

proctype slave_reader ()
{
  byte id, target;

end_idle:
  do
  :: atomic { down?id, target -> state_changes++; requests!id, target; id = 0; target = 0 }
  od
}

inline begin_preroll ()
{
  prerolling = true;
  prerolls++
}

/* gst_ipc_slave_pipeline_follow(), on the state lane */
proctype slave_lane ()
{
  byte id, target, preroll, seen;
  mtype how;

end_idle:
  do
  :: requests?id, target ->
     atomic {
       !losing && !posting -> /* the sinks have locks of their own */
       begun = id;
       if
       :: target >= PAUSED && target == slave_target -> how = (prerolling -> ASYNC : SUCCESS)
       :: target == READY && slave_target == READY -> how = SUCCESS
       :: target == PAUSED && slave_target == READY ->
         slave_target = PAUSED;
         slave_state = PAUSED;
         begin_preroll ();
         how = ASYNC
       :: target == PLAYING && slave_target == PAUSED ->
         slave_target = PLAYING;
         if
         :: prerolling -> how = ASYNC
         :: else -> slave_state = PLAYING; how = SUCCESS
         fi
       :: target == PLAYING && slave_target == READY -> how = FAILURE
       :: target == PAUSED && slave_target == PLAYING ->
         slave_target = PAUSED;
         slave_state = PAUSED;
         if
         :: prerolling -> how = ASYNC
         :: !prerolling -> how = SUCCESS
         :: !prerolling -> begin_preroll (); how = ASYNC
         fi
       :: target == READY && slave_target > READY ->
         prerolling = false;
         slave_target = READY;
         slave_state = READY;
         how = SUCCESS
       fi
     }
     if
     :: target == READY -> !posting /* its streaming threads have ended */
     :: else
     fi;
     atomic { send (ACK, id, how, prerolls) }
     /* end_state_change() */
     atomic {
       state_changes--;
       if
       :: state_changes == 0 ->
         do
         :: any (held_back) -> held_back?preroll, seen; send (ASYNC_DONE, seen, SUCCESS, preroll)
         :: else -> break
         od
       :: else
       fi
     }
     atomic { id = 0; target = 0; how = 0; preroll = 0; seen = 0 }
  od
}

/* The streaming thread: its sink has its preroll. gst_ipc_pipeline_src_forward_message() */
proctype preroller ()
{
  byte preroll, seen;
  bool now;

end_idle:
  do
  :: atomic { prerolling -> prerolling = false; slave_state = slave_target; posting = true; preroll = prerolls; seen = begun }
     atomic {
#ifdef LEGACY_SLAVE
       now = true;
#else
       now = (state_changes == 0);
#endif
       if
       :: now
       :: else -> held_back!preroll, seen
       fi
     }
     if
     :: now -> atomic { send (ASYNC_DONE, seen, SUCCESS, preroll) }
     :: else
     fi;
     atomic { posting = false; now = false; preroll = 0; seen = 0 }
  od
}

#if FLUSHES
/* A flushing seek in the slave. */
proctype flusher ()
{
  byte left = FLUSHES;

end_idle:
  do
  :: atomic { left > 0 && slave_state >= PAUSED && !prerolling && !posting -> left--; slave_state = PAUSED; losing = true }
     atomic {
       prerolls++;
       send (STATE_LOST, 0, SUCCESS, prerolls);
#ifndef FAULT_LOST_PREROLL_TOLD
       do
       :: any (held_back) -> held_back?_, _
       :: else -> break
       od;
#endif
       losing = false;
       prerolling = true
     }
  od
}
#endif

#ifdef MORTAL
proctype fate ()
{
  slave_dead = true
}
#endif

inline judge ()
{
  assert (app_done && !state_lock && waits_for == 0);
  if
  :: slave_dead -> assert (lost)
  :: else ->
    /* nobody waits for an async-done that will not come: STATE-7, STATE-10 */
    assert (!async && !expected && !prerolling);
    assert (!any (up) && !any (down) && !any (held_back) && state_changes == 0)
#ifndef TIMED
    ; assert (state == slave_state)
#endif
  fi
}

init {
  atomic {
    run master_reader ();
    run master_lane ();
    run application ();
    run slave_reader ();
    run slave_lane ();
    run preroller ();
#if FLUSHES
    run flusher ();
#endif
#ifdef MORTAL
    run fate ();
#endif
  }
  (timeout);
  judge ()
}
