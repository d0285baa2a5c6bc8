/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The flow of data between ipcpipelinesink and ipcpipelinesrc: a streaming thread that pushes buffers and serialized
 * queries, a seek that flushes, an application that stops the pipeline and starts it again, in any order; a slave whose
 * sink holds a buffer while it is paused, that may be stopped (SIGSTOP) or die at any moment.
 *
 * What link.pml shows is taken for granted here: a direction is a queue that never fills, who waits is woken by the
 * reply with the id, by a cancel, or by the loss of the peer. One step is what the code does under one lock.
 */
#ifndef ITEMS
#define ITEMS 1 /* that the streaming thread pushes */
#endif
/* SEEK: somebody seeks. STOPS: the application stops the pipeline; RESTARTS: and may start it again. MORTAL: the slave
 * may be stopped or die. */
#define LENGTH 8 /* of queues; never full */

mtype = { BUFFER, QUERY, FLUSH_START, FLUSH_STOP, STOP, START };
mtype = { WAITING, OK, FLUSHING, TIMED_OUT, CANCELLED, GONE };

/* ---- the link ---- */

chan down = [LENGTH] of { mtype, byte };
chan up = [LENGTH] of { byte, mtype };

/* threads of the master that ask */
#define STREAMER 0
#define SEEKER 1
#define APPLICATION 2
#define THREADS 3
byte waits_for[THREADS]; /* id, 0: nothing */
mtype result[THREADS];
byte last_id;
bool lost, cancelled;
bool slave_dead, slave_stopped;

byte replies[12]; /* ghost: to each request */
byte j_;

/* not nempty() and nfull(), which spin does not take in expressions */
#define any(queue) (len (queue) > 0)
#define has_room(queue) (len (queue) < LENGTH)

inline finish_waits (how)
{
  j_ = 0;
  do
  :: j_ < THREADS ->
    if
    :: waits_for[j_] != 0 && result[j_] == WAITING -> result[j_] = how
    :: else
    fi;
    j_++
  :: else -> break
  od;
  j_ = 0
}

/* Without waiting. */
inline send (kind)
{
  if
  :: lost
  :: else ->
    last_id++;
    assert (has_room (down));
    down!kind, last_id
  fi
}

/* ipc_link_request() */
inline request (n, kind, timed)
{
  atomic {
    if
    :: cancelled -> result[n] = CANCELLED
    :: !cancelled && lost -> result[n] = GONE
    :: !cancelled && !lost ->
      last_id++;
      waits_for[n] = last_id;
      result[n] = WAITING;
      assert (has_room (down));
      down!kind, last_id
    fi
  }
end_request:
  if
  :: result[n] != WAITING
  :: atomic {
       timed ->
       if
       :: result[n] == WAITING -> result[n] = TIMED_OUT
       :: else
       fi
     }
  fi;
  waits_for[n] = 0
}

/* gst_ipc_peer_ack(), gst_ipc_peer_refuse() */
inline answer (id, how)
{
  replies[id]++;
  assert (replies[id] == 1); /* REPLY-1 */
  if
  :: slave_dead
  :: else -> assert (has_room (up)); up!id, how
  fi
}

proctype master_reader ()
{
  byte id;
  mtype how;

end_idle:
  do
  :: atomic {
       any (up) ->
       up?id, how;
       j_ = 0;
       do
       :: j_ < THREADS && (waits_for[j_] != id || result[j_] != WAITING) -> j_++
       :: else -> break
       od;
       if
       :: j_ < THREADS -> result[j_] = how
       :: else /* late */
       fi;
       id = 0; how = 0; j_ = 0
     }
  :: atomic { slave_dead && !any (up) -> lost = true; finish_waits (GONE); break }
  od
}

/* ---- ipcpipelinesink ---- */

bool pad_active = true;   /* the pad */
bool flushing;        /* the pad */
bool stream_lock;
bool stopping;        /* from the request to stop to the answer of the next start */
bool flushed;         /* ghost: a flush-start was sent since the item was pushed */
bool stopped_for_good;
bool seeking;
byte at_work;         /* ghost: threads of the master that have not ended */

/* The source's task: does not push into a pad that is flushing or not active. */
proctype streamer ()
{
  byte left = ITEMS;
  mtype kind;

end_paused:
  do
  :: atomic { left > 0 && pad_active && !flushing && !stream_lock -> stream_lock = true; left--; flushed = false }
     if
     :: kind = BUFFER
     :: kind = QUERY
     fi;
     request (STREAMER, kind, false);
     atomic {
       /* EVT-7, WAIT-5 */
       assert (result[STREAMER] == OK || flushed || stopping || result[STREAMER] == GONE);
       stream_lock = false;
       result[STREAMER] = 0;
       kind = 0
     }
  :: atomic { left == 0 || stopped_for_good -> at_work--; break }
  od
}

/* A seek that flushes: from another thread than the application's. */
proctype seeker ()
{
  if
  :: atomic { pad_active -> seeking = true; flushing = true; flushed = true; send (FLUSH_START) }
end_lock:
     atomic { !stream_lock -> stream_lock = true }
     if
     :: pad_active ->
       request (SEEKER, FLUSH_STOP, false);
       atomic { flushing = !pad_active; result[SEEKER] = 0 }
     :: else
     fi;
     stream_lock = false
  :: !pad_active
  fi;
  atomic { seeking = false; at_work-- }
}

/* change_state() and change_own_state(), PAUSED to READY, and perhaps back */
proctype application ()
{
  stopping = true;
  request (APPLICATION, STOP, true);
#ifndef FAULT_STOP_WITHOUT_CANCEL
  atomic { cancelled = true; finish_waits (CANCELLED) }
#endif
  atomic { pad_active = false; flushing = true }
  !stream_lock; /* gst_pad_set_active() */
  cancelled = false;
  if
  :: stopped_for_good = true
#ifdef RESTARTS
  :: !seeking; /* a seek that has begun comes to its end before the pipeline is started again, with any elements */
     stopping = false;
     request (APPLICATION, START, true);
     if
     :: result[APPLICATION] == OK -> atomic { flushing = false; pad_active = true }
     :: else -> stopped_for_good = true
     fi
#endif
  fi;
  atomic { result[APPLICATION] = 0; at_work-- }
}

/* ---- ipcpipelinesrc, and a sink behind it ---- */

chan queue = [LENGTH] of { mtype, byte };
chan flush_lane = [LENGTH] of { byte, byte };
chan state_lane = [LENGTH] of { mtype, byte };
bool started = true, src_flushing;
byte activations;   /* and deactivations of the pad */
byte flush_starts;
bool pushing_flush;
mtype last_flow = OK;
bool task_busy;
bool pad_flushing; /* the src's pad, and the sink behind it */
bool sink_ready;   /* the sink is not even PAUSED */
bool paused;       /* the sink holds a buffer */
byte held;         /* which one */
byte pushed;       /* ghost: the last one */
hidden byte id_;
hidden mtype kind_;

inline refuse_all ()
{
  do
  :: any (queue) -> queue?kind_, id_; answer (id_, FLUSHING)
  :: else -> break
  od;
  kind_ = 0; id_ = 0
}

proctype slave_reader ()
{
  byte id;
  mtype kind;

end_idle:
  do
  :: atomic {
       any (down) && !slave_stopped ->
       down?kind, id;
       if
       :: kind == FLUSH_START ->
         /* begin_flush() */
         src_flushing = true;
         flush_starts++;
         refuse_all ();
         flush_lane!id, activations
       :: kind == STOP || kind == START -> state_lane!kind, id
       :: else ->
         /* enqueue() */
         if
         :: kind == FLUSH_STOP && started -> src_flushing = false
         :: else
         fi;
         if
         :: !started || src_flushing -> answer (id, FLUSHING)
         :: else -> queue!kind, id
         fi
       fi;
       kind = 0; id = 0
     }
  od
}

/* loop() and do_queued() */
proctype pad_task ()
{
  byte id;
  mtype kind, flow;

end_idle:
  do
  :: atomic { started && any (queue) && !slave_stopped -> queue?kind, id; task_busy = true }
     if
     :: kind == QUERY -> atomic { answer (id, OK) }
     :: kind != QUERY && kind != FLUSH_STOP && last_flow != OK -> atomic { answer (id, last_flow) }
     :: kind == BUFFER && last_flow == OK ->
       /* gst_pad_push() into a sink that prerolls */
       atomic { assert (id > pushed); pushed = id; held = id } /* BUF-2 */
end_held:
       if
       :: pad_flushing || sink_ready -> flow = FLUSHING
       :: !pad_flushing && !sink_ready && !paused -> flow = OK
       fi;
       atomic { held = 0; last_flow = flow; answer (id, flow) }
     :: kind == FLUSH_STOP ->
end_flush_starts:
#ifndef FAULT_FLUSH_STOP_OVERTAKES
       (flush_starts == 0 || !started); /* wait_for_flush_starts() */
#endif
       atomic {
         last_flow = OK;
         if
         :: started -> pad_flushing = false; flow = OK
         :: else -> flow = FLUSHING
         fi
       }
       atomic { answer (id, flow) }
     fi;
     atomic { task_busy = false; kind = 0; id = 0; flow = 0 }
  od
}

proctype flush_worker ()
{
  byte id, serial;

end_idle:
  do
  :: atomic {
       any (flush_lane) && !slave_stopped ->
       flush_lane?id, serial;
       pushing_flush = (started && serial == activations);
#ifdef FAULT_OLD_FLUSH_START
       pushing_flush = true;
#endif
     }
     if
     :: pushing_flush -> pad_flushing = true
     :: else
     fi;
     atomic { pushing_flush = false; flush_starts--; answer (id, OK); id = 0; serial = 0 }
  od
}

/* gst_ipc_slave_pipeline_follow(): the sink first, then the src's pad */
proctype state_worker ()
{
  byte id;
  mtype kind;

end_idle:
  do
  :: atomic { any (state_lane) && !slave_stopped -> state_lane?kind, id }
     if
     :: kind == STOP ->
       sink_ready = true;
       atomic { started = false; activations++; src_flushing = false; last_flow = OK }
#ifndef FAULT_STOP_KEEPS_QUEUE
       atomic { refuse_all () }
#endif
end_task:
       (!task_busy && !pushing_flush)
     :: kind == START ->
       sink_ready = false;
       atomic { pad_flushing = false; started = true; activations++; src_flushing = false; last_flow = OK }
     fi;
     atomic { answer (id, OK); kind = 0; id = 0 }
  od
}

/* the slave's sink plays on */
proctype clock ()
{
  paused = false
}

#ifdef MORTAL
proctype fate ()
{
  if
  :: slave_stopped = true
  :: slave_dead = true
  fi
}
#endif

/* When nothing can happen any more. */
inline judge ()
{
  assert (waits_for[APPLICATION] == 0);
  if
  :: slave_dead -> assert (at_work == 0 && lost)
  :: !slave_dead && slave_stopped -> assert (at_work == 0 || !stopped_for_good)
  :: else ->
    /* who waits, waits for a buffer that a paused sink holds: WAIT-1 */
    if
    :: held != 0 -> assert (paused && waits_for[STREAMER] == held && at_work == 1)
    :: else -> assert (at_work == 0)
    fi;
    assert (flush_starts == 0 && !any (queue) && !any (up) && !any (down));
    do
    :: n <= last_id -> assert (replies[n] == (n == held -> 0 : 1)); n++
    :: else -> break
    od
  fi
}

init {
  byte n = 1;

  atomic {
    paused = true;
    run master_reader ();
    at_work = 1;
    run streamer ();
    run slave_reader ();
    run pad_task ();
    run flush_worker ();
    run state_worker ();
    if
    :: run clock ()
    :: true
    fi;
#ifdef MORTAL
    run fate ();
#endif
#ifdef SEEK
    run seeker ();
    at_work++;
#endif
#ifdef STOPS
    run application ();
    at_work++;
#endif
  }
  (timeout);
  judge ()
}
