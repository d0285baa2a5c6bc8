/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One side's link, as plugin/link does it: the reader's turns, the queue and its one writer at a time, waits on
 * condition variables, the loss of a peer, disconnect and new fds. A model includes this with the sizes it wants.
 *
 * What the code does with the lock held is one atomic step here; everything that it does without (poll, read, write,
 * call out) is a step of its own. Conditions and pokes are modelled as what they are: a signal to a thread that does not
 * wait is lost, a poke is remembered.
 *
 * FAULT_... breaks something on purpose; README.md lists them. Ghosts (only looked at by assertions): tag, conv.
 */
#ifndef SIDES
#define SIDES 1 /* links in the model */
#endif
#ifndef CONVERSATIONS
#define CONVERSATIONS 1 /* peers, one after the other */
#endif
#ifndef WAITS
#define WAITS 2 /* threads of a side that make requests */
#endif
#ifndef PARTS
#define PARTS 1 /* units of a packet: what is written and read at once */
#endif
#ifndef ROOM
#define ROOM 1 /* units that a direction of the wire holds */
#endif
#ifndef QUEUE
#define QUEUE 6 /* never full: see enqueue */
#endif

/* not nempty() and nfull(), which spin does not take in expressions */
#define any(channel) (len (channel) > 0)
#define room_in(wire) (len (wire) < ROOM)

#define NOBODY 255
#define NONE 255

mtype = { REQUEST, REPLY };
mtype = { WAITING, REPLIED, TIMED_OUT, CANCELLED, GONE };
mtype = { WRITTEN, AGAIN, FAILED };
mtype = { NOTHING, PACKET, LOST };

/* A unit on the wire: kind, id, tag of the request that it is or answers, conversation that it belongs to, part. */
#define WIRE(conv, to) (2 * (conv) + (to))
chan wire[2 * CONVERSATIONS] = [ROOM] of { mtype, byte, byte, byte, byte };
bool closed[2 * CONVERSATIONS]; /* WIRE(c, s): side s has closed its fds of conversation c, or died */

/* IpcWait */
typedef Wait {
  bool here;      /* in link->waits */
  bool timed;     /* has a deadline ... */
  bool passed;    /* ... which has passed */
  bool item;      /* its packet is in the queue */
  bool signalled; /* `changed` */
  byte id;
  byte tag;
  mtype outcome   /* WAITING: !done */
}

typedef Waits {
  Wait w[WAITS]
}
Waits waits[SIDES];

/* IpcLink */
typedef Link {
  byte in, out;        /* conversation of fdin and fdout, NONE: -1 */
  bool in_spent, out_spent;
  byte in_generation, out_generation;
  bool loss, report;
  byte drain;          /* units, NONE */
  bool reading, writing;
  byte writer;
  bool poke_reader, poke_writer;
  bool reading_awaited, writing_awaited; /* by who changes the fds */
  bool writing_awaited_by_reader;        /* that reports a loss */
  byte written;        /* units of the queue's head */
  bool in_hand, orphan;
  bool head_unwaited;  /* the head's `wait` is NULL, whoever made it */
  bool cancelled;
  byte last_id
}
Link link[SIDES];

/* link->outgoing: kind, id, tag, conv, who waits for it */
chan outgoing[SIDES] = [QUEUE] of { mtype, byte, byte, byte, byte };

byte told[SIDES * CONVERSATIONS]; /* ghost: calls of `lost` */

hidden byte i_, wait_, id_, tag_, conv_, size_;
hidden mtype kind_;

#define OTHER(s) (1 - (s))
#define may_send(s)                                                                                                    \
  (!link[s].loss && link[s].in != NONE && !link[s].in_spent && link[s].out != NONE && !link[s].out_spent)

/* ---- request.c: ipc_link_finish_wait_locked(); the first outcome stays ---- */
inline finish_wait (s, n, how)
{
  if
  :: waits[s].w[n].outcome == WAITING ->
    waits[s].w[n].outcome = how;
    waits[s].w[n].signalled = true;
    if
    :: link[s].writer == n -> link[s].poke_writer = true
    :: else
    fi
  :: else
  fi
}

/* ipc_link_fail_waits_locked() */
inline fail_waits (s)
{
#ifndef FAULT_LOSS_KEEPS_WAITS
  i_ = 0;
  do
  :: i_ < WAITS ->
    if
    :: waits[s].w[i_].here -> finish_wait (s, i_, GONE)
    :: else
    fi;
    i_++
  :: else -> break
  od;
#endif
  i_ = 0
}

/* ---- writer.c ---- */

/* detach_wait(): of the head */
inline detach_wait (s, n)
{
  if
  :: n != NOBODY && !link[s].head_unwaited ->
    waits[s].w[n].item = false;
    waits[s].w[n].signalled = true
  :: else
  fi;
  link[s].head_unwaited = false;
  link[s].written = 0
}

/* ipc_link_drop_outgoing_locked() */
inline drop_outgoing (s, keep_begun)
{
  size_ = len (outgoing[s]);
  i_ = 0;
  do
  :: i_ < size_ ->
    outgoing[s]?kind_, id_, tag_, conv_, wait_;
    if
    :: i_ == 0 && keep_begun && (link[s].written > 0 || link[s].in_hand) ->
      if
      :: wait_ != NOBODY && !link[s].head_unwaited ->
        waits[s].w[wait_].item = false;
        waits[s].w[wait_].signalled = true
      :: else
      fi;
      link[s].head_unwaited = true;
      outgoing[s]!kind_, id_, tag_, conv_, wait_
    :: i_ == 0 && !(keep_begun && (link[s].written > 0 || link[s].in_hand)) ->
      link[s].orphan = link[s].in_hand;
      detach_wait (s, wait_)
    :: i_ > 0 ->
      if
      :: wait_ != NOBODY ->
        waits[s].w[wait_].item = false;
        waits[s].w[wait_].signalled = true
      :: else
      fi
    fi;
    i_++
  :: else -> break
  od;
  i_ = 0; size_ = 0; wait_ = 0; id_ = 0; tag_ = 0; conv_ = 0; kind_ = 0
}

/* ipc_link_hand_over_locked() */
inline hand_over (s)
{
  if
  :: any (outgoing[s]) && !link[s].writing ->
    outgoing[s]?<kind_, id_, tag_, conv_, wait_>;
    if
    :: wait_ != NOBODY && !link[s].head_unwaited -> waits[s].w[wait_].signalled = true
    :: else ->
      if
#ifdef FAULT_NO_HAND_OVER
      :: false
#else
      :: link[s].reading -> link[s].poke_reader = true
#endif
      :: else
      fi
    fi;
    wait_ = 0; id_ = 0; tag_ = 0; conv_ = 0; kind_ = 0
  :: else
  fi
}

/* ---- link.c ---- */

/* ipc_link_lose_locked() */
inline lose (s, units)
{
  if
  :: !link[s].loss ->
    link[s].loss = true;
    link[s].drain = units;
    link[s].report = true;
    link[s].in_spent = true;
    link[s].out_spent = true;
    fail_waits (s);
    drop_outgoing (s, false);
    link[s].poke_reader = link[s].poke_reader || link[s].reading;
    link[s].poke_writer = link[s].poke_writer || link[s].writing
  :: else
  fi
}

/* ipc_link_leave_section_locked() */
inline leave_reading (s)
{
  link[s].reading = false;
  link[s].reading_awaited = false
}

inline leave_writing (s)
{
  link[s].writing = false;
  link[s].writer = NOBODY;
  link[s].writing_awaited = false;
  link[s].writing_awaited_by_reader = false
}

/* set_end_locked(). Ids begin at 1 with each peer, so that those of different peers are the same numbers. */
inline set_end (s, end, end_spent, end_generation, conv)
{
  end = conv;
  end_spent = false;
  end_generation++;
  link[s].last_id = 0
}

inline forget_loss (s)
{
  link[s].loss = false;
  link[s].report = false;
  link[s].drain = NONE
}

/* ipc_link_await_sections_locked(): of the application's thread */
inline await_sections (s)
{
  link[s].poke_reader = link[s].poke_reader || link[s].reading;
  link[s].poke_writer = link[s].poke_writer || link[s].writing;
  link[s].reading_awaited = link[s].reading;
  link[s].writing_awaited = link[s].writing
}
#ifdef FAULT_SECTIONS_NOT_AWAITED
#define sections_left(s) true
#else
#define sections_left(s) (!link[s].reading_awaited && !link[s].writing_awaited)
#endif

inline disconnect (s)
{
  d_step {
    set_end (s, link[s].in, link[s].in_spent, link[s].in_generation, NONE);
    set_end (s, link[s].out, link[s].out_spent, link[s].out_generation, NONE);
    forget_loss (s);
    fail_waits (s);
    drop_outgoing (s, false);
    await_sections (s)
  }
  sections_left (s)
}

/* change_end() */
inline set_fdin (s, conv)
{
  d_step {
    set_end (s, link[s].in, link[s].in_spent, link[s].in_generation, conv);
    forget_loss (s);
    fail_waits (s);
    drop_outgoing (s, true);
    await_sections (s)
  }
  sections_left (s);
  d_step { hand_over (s) }
}

inline set_fdout (s, conv)
{
  d_step {
    if
    :: link[s].out != NONE && !link[s].out_spent -> drop_outgoing (s, false)
    :: else
    fi;
    set_end (s, link[s].out, link[s].out_spent, link[s].out_generation, conv);
#ifdef FAULT_FDOUT_FORGETS_LOSS
    forget_loss (s);
#endif
    fail_waits (s);
    await_sections (s)
  }
  sections_left (s);
  d_step { hand_over (s) }
}

/* ipc_link_write_locked(), by a thread with the wait @n, or NOBODY: the reader, or who sends a reply. Needs the
 * locals of WRITER. The first step is to be taken together with the condition for it. */
#define WRITER                                                                                                         \
  mtype w_result, w_kind;                                                                                              \
  byte w_id, w_tag, w_conv, w_generation, w_to, w_part;                                                                \
  bool w_room, w_broken, w_begun

inline begin_write (s, n)
{
  assert (!link[s].writing);
  link[s].writing = true;
  link[s].writer = n;
  link[s].in_hand = true;
  outgoing[s]?<w_kind, w_id, w_tag, w_conv, _>;
  w_part = link[s].written;
  w_to = link[s].out;
  w_generation = link[s].out_generation
}

/* ipc_io_write() */
inline write_once (s)
{
  d_step {
    assert (!closed[WIRE (w_to, s)]); /* CONN-7: nobody uses an fd that the application has back */
    if
    :: closed[WIRE (w_to, OTHER (s))] -> w_result = FAILED
    :: !closed[WIRE (w_to, OTHER (s))] && !room_in (wire[WIRE (w_to, OTHER (s))]) -> w_result = AGAIN
    :: !closed[WIRE (w_to, OTHER (s))] && room_in (wire[WIRE (w_to, OTHER (s))]) ->
      assert (w_conv == w_to); /* nothing of a peer reaches another one: CONN-8 */
      wire[WIRE (w_to, OTHER (s))]!w_kind, w_id, w_tag, w_conv, w_part;
      w_result = WRITTEN
    fi
  }
}

/* account_locked(), and whether to wait for room */
inline account (s, n)
{
  link[s].in_hand = false;
  if
  :: link[s].orphan -> link[s].orphan = false
  :: !link[s].orphan && w_result == WRITTEN ->
    link[s].written++;
    if
    :: link[s].written == PARTS ->
      outgoing[s]?_, _, _, _, wait_;
      detach_wait (s, wait_);
      wait_ = 0
    :: else
    fi
  :: else
  fi;
  w_broken = (w_result == FAILED);
  w_room = false;
  if
  :: w_result == AGAIN && n != NOBODY && may_send (s) && link[s].out_generation == w_generation ->
    w_room = (waits[s].w[n].outcome == WAITING && waits[s].w[n].item)
  :: else
  fi
}

inline end_write (s, n)
{
  if
  :: w_broken && link[s].out_generation == w_generation ->
    lose (s, len (wire[WIRE (link[s].in, s)])) /* its last words are still to be read */
  :: else
  fi;
  leave_writing (s);
  if
  :: n == NOBODY -> hand_over (s)
  :: n != NOBODY && (waits[s].w[n].outcome != WAITING || !waits[s].w[n].item) -> hand_over (s)
  :: else
  fi;
  w_room = false; w_broken = false; w_result = 0; w_kind = 0; w_id = 0; w_tag = 0; w_conv = 0;
  w_generation = 0; w_to = 0; w_part = 0
}

/* without waiting for room */
inline write_without_waiting (s)
{
  write_once (s);
#ifdef FAULT_READER_WAITS_FOR_ROOM
  do
  :: w_result == AGAIN ->
    (room_in (wire[WIRE (w_to, OTHER (s))]) || closed[WIRE (w_to, OTHER (s))]);
    write_once (s)
  :: else -> break
  od;
#endif
  atomic {
    account (s, NOBODY);
    end_write (s, NOBODY);
    w_begun = false
  }
}

/* ---- request.c ---- */

/* call(): request @tag, of wait @n. @how gets the outcome. The proctype has WRITER. */
inline call (s, n, how)
{
  atomic {
    /* may_begin_locked(), enqueue_locked() */
    if
    :: link[s].cancelled -> how = CANCELLED
    :: !link[s].cancelled && !may_send (s) -> how = GONE
    :: !link[s].cancelled && may_send (s) ->
      how = WAITING;
      link[s].last_id++;
      waits[s].w[n].here = true;
      waits[s].w[n].item = true;
      waits[s].w[n].id = link[s].last_id;
      waits[s].w[n].outcome = WAITING;
      assert (len (outgoing[s]) < QUEUE);
      outgoing[s]!REQUEST, waits[s].w[n].id, waits[s].w[n].tag, link[s].out, n
    fi
  }
  /* wait_locked() */
  do
  :: how != WAITING -> break
  :: atomic { how == WAITING && waits[s].w[n].outcome != WAITING -> how = waits[s].w[n].outcome }
  :: atomic {
       how == WAITING && waits[s].w[n].outcome == WAITING && waits[s].w[n].item && !link[s].writing ->
       begin_write (s, n)
     }
     write_once (s);
     d_step { account (s, n) }
     if
     :: w_room ->
       /* await_room() */
end_room:
       if
       :: room_in (wire[WIRE (w_to, OTHER (s))]) || closed[WIRE (w_to, OTHER (s))] ->
         w_broken = closed[WIRE (w_to, OTHER (s))]
       :: atomic { link[s].poke_writer -> link[s].poke_writer = false }
       :: waits[s].w[n].timed && !waits[s].w[n].passed -> waits[s].w[n].passed = true
       fi
     :: else
     fi;
     d_step {
       end_write (s, n);
       if
       :: waits[s].w[n].outcome == WAITING && waits[s].w[n].item && waits[s].w[n].passed ->
         finish_wait (s, n, TIMED_OUT)
       :: else
       fi
     }
  :: atomic {
       how == WAITING && waits[s].w[n].outcome == WAITING && !(waits[s].w[n].item && !link[s].writing) ->
       waits[s].w[n].signalled = false
     }
     /* g_cond_wait_until() */
end_wait:
     if
     :: waits[s].w[n].signalled
     :: waits[s].w[n].timed && !waits[s].w[n].passed ->
       d_step {
         waits[s].w[n].passed = true;
         if
         :: waits[s].w[n].outcome == WAITING -> finish_wait (s, n, TIMED_OUT)
         :: else
         fi
       }
     fi
  od;
  /* leave_locked() */
  atomic {
    if
    :: waits[s].w[n].here ->
#ifndef FAULT_TIME_OUT_KEEPS_WAIT
      waits[s].w[n].here = false;
#endif
      if
      :: waits[s].w[n].item && outgoing[s]?? [_, _, eval (waits[s].w[n].tag), _, eval (n)] ->
        outgoing[s]?<kind_, id_, tag_, conv_, wait_>;
        if
        :: wait_ == n && (link[s].written > 0 || link[s].in_hand) -> link[s].head_unwaited = true
        :: else -> outgoing[s]??_, _, eval (waits[s].w[n].tag), _, eval (n)
        fi;
        wait_ = 0; id_ = 0; tag_ = 0; conv_ = 0; kind_ = 0
      :: else
      fi;
      waits[s].w[n].item = false;
      waits[s].w[n].passed = false;
      waits[s].w[n].signalled = false;
#ifndef FAULT_TIME_OUT_KEEPS_WAIT
      waits[s].w[n].outcome = 0;
      waits[s].w[n].id = 0;
#endif
      hand_over (s)
    :: else
    fi
  }
}

/* queue_and_try_locked(), behind ipc_link_reply_to(): @generation of who asked. By the reader or a lane. */
inline reply_to (s, generation, id, tag, conv)
{
  d_step {
    if
#ifdef FAULT_REPLY_TO_ANY_PEER
    :: link[s].loss || link[s].in == NONE || link[s].in_spent
#else
    :: link[s].in_generation != generation || link[s].loss || link[s].in == NONE || link[s].in_spent
#endif
    :: else ->
      assert (len (outgoing[s]) < QUEUE);
      outgoing[s]!REPLY, id, tag, conv, NOBODY;
      if
      :: len (outgoing[s]) == 1 && !link[s].writing && may_send (s) ->
        begin_write (s, NOBODY);
        w_begun = true
      :: else
      fi
    fi
  }
  if
  :: w_begun -> write_without_waiting (s)
  :: else
  fi
}

/* ipc_link_take_reply() */
inline take_reply (s, generation, id, tag, conv)
{
  d_step {
    i_ = 0;
    do
#ifdef FAULT_ANY_WAIT_TAKES_REPLY
    :: i_ < WAITS && !(waits[s].w[i_].here && waits[s].w[i_].outcome == WAITING) -> i_++
#else
    :: i_ < WAITS && !(waits[s].w[i_].here && waits[s].w[i_].id == id) -> i_++
#endif
    :: else -> break
    od;
    if
#ifdef FAULT_OLD_PEER_REPLIES
    :: link[s].loss
#else
    :: link[s].in_generation != generation || link[s].loss
#endif
    :: else ->
      if
      :: i_ < WAITS && waits[s].w[i_].outcome == WAITING ->
        /* REPLY-4, CONN-8: it is for who asked, and asked this peer */
        assert (waits[s].w[i_].tag == tag && conv == link[s].in);
        finish_wait (s, i_, REPLIED)
      :: else /* late, or stray: dropped */
      fi
    fi;
    i_ = 0
  }
}

/* ---- reader.c ---- */

/* What dispatch() still wants */
#define draining(s) (link[s].loss && link[s].report && link[s].drain != NONE)

/* The reader of side @s. The model says what its handler does with a request:
 * handle (s, generation, id, tag, conv), which has WRITER and must not block. */
proctype reader (byte s)
{
  WRITER;
  byte generation, from, to, id, tag, conv, part, expected, n_read;
  mtype kind, result;
  bool watch_in, watch_out, drains, poked, room;

  do
  :: atomic {
       link[s].loss && link[s].report && link[s].drain == NONE ->
       /* report_loss_locked() */
       link[s].writing_awaited_by_reader = link[s].writing;
       link[s].poke_writer = link[s].poke_writer || link[s].writing;
       !link[s].writing_awaited_by_reader;
       if
       :: link[s].loss && link[s].report ->
#ifndef FAULT_LOST_TOLD_AGAIN
         link[s].report = false;
#endif
         told[s * CONVERSATIONS + link[s].in]++;
         assert (told[s * CONVERSATIONS + link[s].in] == 1);
         lost_is_told (s)
       :: else
       fi
     }
  :: atomic {
       !(link[s].loss && link[s].report && link[s].drain == NONE) ->
       /* enter_locked() */
       if
       :: generation != link[s].in_generation -> expected = 0
       :: else
       fi;
       generation = link[s].in_generation;
       from = link[s].in;
       to = link[s].out;
       drains = draining (s);
       watch_in = ((drains && link[s].drain > 0) || (!link[s].loss && from != NONE && !link[s].in_spent));
       watch_out = (any (outgoing[s]) && !link[s].writing && may_send (s));
       link[s].reading = true
     }
     /* make_turn() */
end_poll:
     if
     :: atomic { link[s].poke_reader -> link[s].poke_reader = false; poked = true; result = NOTHING }
     :: atomic {
          watch_in && any (wire[WIRE (from, s)]) ->
          wire[WIRE (from, s)]?kind, id, tag, conv, part;
          assert (!closed[WIRE (from, s)]);
          n_read = 1;
          assert (part == expected); /* FRAME-5 */
          expected = (expected + 1) % PARTS;
          result = (expected == 0 -> PACKET : NOTHING)
        }
     /* closed, at the end of what it wrote; or reset, before that */
     :: watch_in && closed[WIRE (from, OTHER (s))] -> result = LOST
     :: watch_out && (room_in (wire[WIRE (to, OTHER (s))]) || closed[WIRE (to, OTHER (s))]) -> room = true; result = NOTHING
     :: drains && !(watch_in && (any (wire[WIRE (from, s)]) || closed[WIRE (from, OTHER (s))])) -> result = NOTHING
     fi;
     d_step {
       /* leave_locked() */
       leave_reading (s);
       if
       :: link[s].in_generation == generation && draining (s) ->
         if
         :: drains && n_read > 0 && link[s].drain > 0 -> link[s].drain--
         :: else
         fi;
         if
         :: result == LOST || (drains && result == NOTHING && n_read == 0 && !poked) -> link[s].drain = NONE
         :: else
         fi
       :: link[s].in_generation == generation && !draining (s) && result == LOST -> lose (s, NONE)
       :: else
       fi;
       if
       :: room && any (outgoing[s]) && !link[s].writing && may_send (s) ->
         begin_write (s, NOBODY);
         w_begun = true
       :: else
       fi;
       n_read = 0; poked = false; room = false; watch_in = false; watch_out = false; drains = false; from = 0; to = 0
     }
     if
     :: w_begun -> write_without_waiting (s)
     :: else
     fi;
     /* dispatch() */
     if
     :: result == PACKET ->
       if
       :: link[s].in_generation == generation && (!link[s].loss || draining (s)) ->
         if
         :: kind == REPLY -> take_reply (s, generation, id, tag, conv)
         :: kind == REQUEST -> handle (s, generation, id, tag, conv)
         fi
       :: else
       fi
     :: else
     fi;
     d_step { kind = 0; id = 0; tag = 0; conv = 0; part = 0; result = 0 }
  od
}
