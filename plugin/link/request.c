/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending, and waiting for the answer. A call is an IpcWait on the stack of its thread, registered under the packet's
 * id for as long as the thread is in here; it ends by the reply (given by the reader), its deadline, a cancel, or the
 * end of the peer. While its packet is not written yet, the thread takes part in writing. An IpcRequest is such a call
 * in two parts: the thread goes away in between, and the wait stays.
 */
#include "link-private.h"

#include <errno.h>

static const gchar *
type_name (guint8 type)
{
  return ipc_packet_info (type)->name;
}

static gboolean
passed (gint64 deadline)
{
  return deadline != IPC_LINK_NEVER && g_get_monotonic_time () >= deadline;
}

gint64
ipc_link_deadline (gint64 begun, guint64 timeout)
{
  return timeout >= (guint64)(IPC_LINK_NEVER - begun) ? IPC_LINK_NEVER : begun + (gint64)timeout;
}

/* Takes over @error. The first outcome stays. */
void
ipc_link_finish_wait_locked (IpcLink *link, IpcWait *wait, IpcOutcome outcome, GError *error)
{
  if (wait->done) {
    g_clear_error (&error);
    return;
  }
  wait->done = TRUE;
  wait->outcome = outcome;
  wait->error = error;
  if (wait->expects != IPC_REPLY_NONE && !wait->away)
    link->stats.waiting--;
  g_cond_signal (&wait->changed);
  ipc_link_settle_locked (link);
  if (link->writer == wait)
    ipc_poke (link->poke_writer);
  if (wait->reading && !ipc_link_is_reader_thread (link))
    ipc_poke (link->poke_reader);
}

void
ipc_link_fail_waits_locked (IpcLink *link, const GError *error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, link->waits);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    IpcWait *wait = value;
    GError *copy = g_error_copy (error);

    g_prefix_error (&copy, "%s %u: ", type_name (wait->type), wait->id);
    ipc_link_finish_wait_locked (link, wait, IPC_OUTCOME_GONE, copy);
  }
}

static GError *
not_connected_error (IpcLink *link, guint8 type)
{
  const gchar *name = type_name (type);

  if (link->loss && link->out.spent)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED, "%s cannot be sent, the peer was lost before: %s",
        name, link->loss->message);
  if (link->in.fd < 0 || link->out.fd < 0)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED, "%s cannot be sent: %s not set", name,
        link->in.fd >= 0 ? "fdout is" : (link->out.fd >= 0 ? "fdin is" : "fdin and fdout are"));
  if (link->in.spent || link->out.spent)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED,
        "%s cannot be sent: %s is still that of a peer that was lost; set it to the new peer's", name,
        link->in.spent ? "fdin" : "fdout");
  return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED,
      "%s cannot be sent: the link is not started (an element without a parent does not touch its fds)", name);
}

/* Notes what becomes of the reply to a packet that nobody waits for. */
static void
expect_reply_locked (IpcLink *link, const IpcWait *wait)
{
  const IpcReplyKind kind = ipc_packet_info (wait->type)->reply;
  IpcAsked *asked;

  if (wait->tag) {
    asked = g_new (IpcAsked, 1);
    *asked = (IpcAsked){ .expects = kind, .tag = *wait->tag, .begun = wait->begun };
    g_hash_table_insert (link->asked, GUINT_TO_POINTER (wait->id), asked);
  } else if (kind != IPC_REPLY_NONE) {
    ipc_link_remember_locked (link, wait->id, IPC_PAST_UNAWAITED);
  }
}

/* Gives the packet the next id, but not one that somebody waits for. */
void
ipc_link_number_locked (IpcLink *link, IpcWait *wait, IpcOutgoing *item)
{
  IpcHeader header;

  do
    wait->id = ++link->last_id;
  while (g_hash_table_contains (link->waits, GUINT_TO_POINTER (wait->id))
         || g_hash_table_contains (link->asked, GUINT_TO_POINTER (wait->id)));
  g_hash_table_remove (link->past, GUINT_TO_POINTER (wait->id));
  wait->peer = link->in.generation;
  if (wait->expects == IPC_REPLY_NONE)
    expect_reply_locked (link, wait);

  header.type = wait->type;
  header.id = wait->id;
  header.size = (item->is_pair ? item->head->len : item->size) - IPC_HEADER_SIZE;
  ipc_header_write (&header, item->head->data);
  item->numbered = TRUE;
}

/* What waits for the reply to @id, or is remembered of it, is now that of the packet with @new_id. */
static void
move_id_locked (IpcLink *link, guint32 id, guint32 new_id)
{
  const gpointer from = GUINT_TO_POINTER (id), to = GUINT_TO_POINTER (new_id);
  gpointer value;

  if (g_hash_table_steal_extended (link->waits, from, NULL, &value)) {
    ((IpcWait *)value)->id = new_id;
    g_hash_table_insert (link->waits, to, value);
  }
  if (g_hash_table_steal_extended (link->asked, from, NULL, &value))
    g_hash_table_insert (link->asked, to, value);
  if (g_hash_table_steal_extended (link->past, from, NULL, &value))
    ipc_link_remember_locked (link, new_id, GPOINTER_TO_UINT (value));
}

/* A packet was not begun and is not sent: nor is its number left out (FRAME-4). What is @behind it in the queue, of
 * which nothing is begun either, moves up. */
static void
give_number_back_locked (IpcLink *link, GList *behind, guint32 id)
{
  IpcHeader header;
  guint32 number;

  for (GList *node = behind; node; node = node->next) {
    const IpcOutgoing *item = node->data;

    if (!item->numbered)
      continue;
    ipc_header_read (item->head->data, IPC_TO_MASTER | IPC_TO_SLAVE, G_MAXUINT32, &header, NULL);
    move_id_locked (link, header.id, id);
    number = header.id;
    header.id = id;
    ipc_header_write (&header, item->head->data);
    id = number;
  }
  link->last_id = id - 1;
}

static void
enqueue_locked (IpcLink *link, IpcWait *wait, IpcOutgoing *item)
{
  ipc_link_number_locked (link, wait, item);
  item->wait = wait;
  wait->item = item;
  g_hash_table_insert (link->waits, GUINT_TO_POINTER (wait->id), wait);
  if (wait->expects != IPC_REPLY_NONE)
    link->stats.waiting++;
  g_queue_push_tail_link (&link->outgoing, &item->node);
}

/* Fails @wait if it may not begin. */
gboolean
ipc_link_may_begin_locked (IpcLink *link, IpcWait *wait)
{
  if (link->cancelled & wait->classes) {
    wait->outcome = IPC_OUTCOME_CANCELLED;
    wait->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_CANCELLED,
        "%s was not sent: such packets are cancelled now", type_name (wait->type));
    return FALSE;
  }
  if (!ipc_link_may_send_locked (link)) {
    wait->outcome = IPC_OUTCOME_GONE;
    wait->error = not_connected_error (link, wait->type);
    return FALSE;
  }
  if ((wait->form & ~link->form) || (wait->only_for && wait->only_for != link->in.generation)) {
    wait->outcome = IPC_OUTCOME_GONE;
    wait->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED,
        "%s cannot be sent: it was written for a peer that has been replaced meanwhile", type_name (wait->type));
    return FALSE;
  }
  if (wait->tag && g_hash_table_size (link->asked) >= IPC_LINK_MAX_ASKED) {
    wait->outcome = IPC_OUTCOME_GONE;
    wait->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_BUSY,
        "%s was not sent: the peer has yet to answer %u requests like it (it is slow, stopped or stuck)",
        type_name (wait->type), IPC_LINK_MAX_ASKED);
    return FALSE;
  }
  return TRUE;
}

/* Asks whether to wait on, with somebody else going on with the queue. The deadline of a watched wait is that of
 * the next look. */
static gboolean
look_locked (IpcLink *link, IpcWait *wait)
{
  gboolean goes_on;

  wait->looking = TRUE;
  ipc_link_hand_over_locked (link);
  g_mutex_unlock (&link->lock);
  goes_on = wait->look (link, wait->look_data);
  g_mutex_lock (&link->lock);
  wait->looking = FALSE;
  if (goes_on) {
    wait->deadline = ipc_link_deadline (g_get_monotonic_time (), wait->interval);
    wait->deadline = MIN (wait->deadline, wait->end);
  }
  return goes_on;
}

static GError *
timeout_error (const IpcWait *wait)
{
  const gchar *name = type_name (wait->type);
  const gdouble limit = (wait->deadline - wait->begun) / (gdouble)G_USEC_PER_SEC;

  if (wait->look)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT,
        "%s %u was given up after %.6g s without an %s: the peer shows %s", name, wait->id,
        (g_get_monotonic_time () - wait->begun) / (gdouble)G_USEC_PER_SEC,
        wait->item ? "opportunity to send it" : "answer",
        passed (wait->end) ? "signs of life, but that is the limit" : "no sign of life (it is stopped or stuck)");
  if (wait->deadline == wait->begun)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT,
        wait->item ? "%s %u could not be sent at once, and the time limit of 0 means not to wait"
                   : "%s %u was sent, and its answer not waited for: that is what a time limit (ack-time) of 0 means",
        name, wait->id);
  if (wait->item)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT,
        "%s %u could not be sent within %.6g s: the peer does not read (it is alive, but stopped or stuck)", name,
        wait->id, limit);
  return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT,
      "the peer did not answer %s %u within %.6g s (it is alive, but stopped, stuck, or slow: then set a longer "
      "ack-time)",
      name, wait->id, limit);
}

static void
time_out_locked (IpcLink *link, IpcWait *wait)
{
  if (wait->look && !passed (wait->end) && look_locked (link, wait))
    return;
  ipc_link_finish_wait_locked (link, wait, IPC_OUTCOME_TIMED_OUT, timeout_error (wait));
}

/* The outcome that a thread finds out itself. Writing comes first, so that a time-out of 0 sends, too. @for_reply: or
 * only until the packet is written. */
static void
wait_locked (IpcLink *link, IpcWait *wait, gboolean for_reply)
{
  while (!wait->done && (wait->item || for_reply)) {
    if (wait->item && !link->writing) {
      ipc_link_write_locked (link, wait);
      if (!wait->done && wait->item && passed (wait->deadline))
        time_out_locked (link, wait);
    } else if (!wait->item && wait->expects == IPC_REPLY_NONE) {
      ipc_link_finish_wait_locked (link, wait, IPC_OUTCOME_REPLIED, NULL);
    } else if (!wait->item && ipc_link_await_settled_locked (link, wait->deadline)) {
      if (!wait->done && passed (wait->deadline))
        time_out_locked (link, wait);
    } else if (!wait->item && ipc_link_may_be_guest_locked (link)) {
      ipc_link_read_for_wait_locked (link, wait);
      if (!wait->done && passed (wait->deadline))
        time_out_locked (link, wait);
    } else if (wait->deadline == IPC_LINK_NEVER) {
      g_cond_wait (&wait->changed, &link->lock);
    } else if (!g_cond_wait_until (&wait->changed, &link->lock, wait->deadline) && !wait->done) {
      time_out_locked (link, wait);
    }
  }
}

/* The call has failed: a reply that comes all the same (to what was sent) is late. */
static void
give_up_reply_locked (IpcLink *link, const IpcWait *wait, gboolean was_sent)
{
  if (wait->peer != link->in.generation)
    return;
  g_hash_table_remove (link->asked, GUINT_TO_POINTER (wait->id));
  g_hash_table_remove (link->past, GUINT_TO_POINTER (wait->id));
  if (was_sent && ipc_packet_info (wait->type)->reply != IPC_REPLY_NONE)
    ipc_link_remember_locked (link, wait->id, IPC_PAST_GIVEN_UP);
}

/* Takes the thread's traces away. What was not begun is not sent; what was begun goes out whole without us. */
static void
leave_locked (IpcLink *link, IpcWait *wait, GQueue *dropped)
{
  IpcOutgoing *item = wait->item;
  gboolean not_begun = item && item->written == 0 && !item->in_hand;
  GList *behind = not_begun ? item->node.next : NULL;

  g_hash_table_remove (link->waits, GUINT_TO_POINTER (wait->id));
  wait->sent = !not_begun;
  if (not_begun) {
    ipc_link_unqueue_locked (link, item, dropped);
  } else if (item) {
    item->wait = NULL;
    wait->item = NULL;
    /* For who only sends, that will do, if it was merely late. */
    if (wait->expects == IPC_REPLY_NONE && wait->outcome == IPC_OUTCOME_TIMED_OUT) {
      wait->outcome = IPC_OUTCOME_REPLIED;
      g_clear_error (&wait->error);
    }
  }
  if (wait->outcome != IPC_OUTCOME_REPLIED)
    give_up_reply_locked (link, wait, !not_begun);
  if (not_begun)
    give_number_back_locked (link, behind, wait->id);
  ipc_link_hand_over_locked (link);
}

/* Sends and waits as @wait says. Takes over @item. @wait has its outcome then. The link's memory is held: its last user
 * may let go of it meanwhile, which ends the wait. */
void
ipc_link_call (IpcLink *link, IpcWait *wait, IpcOutgoing *item)
{
  GQueue dropped = G_QUEUE_INIT;

  g_atomic_int_inc (&link->holds);
  g_cond_init (&wait->changed);
  g_mutex_lock (&link->lock);
  if (ipc_link_may_begin_locked (link, wait)) {
    enqueue_locked (link, wait, item);
    wait_locked (link, wait, TRUE);
    leave_locked (link, wait, &dropped);
  } else {
    g_queue_push_tail_link (&dropped, &item->node);
  }
  ipc_link_count_outcome_locked (link, wait);
  g_mutex_unlock (&link->lock);
  g_cond_clear (&wait->changed);
  ipc_outgoing_free_all (&dropped);
  ipc_link_log_outcome (link, wait);
  ipc_link_release_hold (link);
}

/* FALSE: there are too many fds in this process already. */
static gboolean
attach_fds (IpcOutgoing *item, const IpcPassing *passing, GError **error)
{
  if (passing->n_fds == 0)
    return TRUE;
  item->fds = g_new (IpcFds, 1);
  if (ipc_fds_dup (item->fds, passing->fds, passing->n_fds))
    return TRUE;
  g_set_error (
      error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE, "file descriptors cannot be passed: %s", g_strerror (errno));
  return FALSE;
}

/* What is to be sent for @wait, or NULL with its error set: then nothing of it has begun. */
static IpcOutgoing *
prepare (IpcWait *wait, IpcPacket *packet, GstBuffer *body, const IpcPassing *passing)
{
  IpcOutgoing *item;

  wait->outcome = IPC_OUTCOME_GONE;
  wait->type = packet->header.type;
  wait->form = packet->form;
  wait->expects = ipc_packet_info (wait->type)->reply;
  item = ipc_outgoing_new (packet, body, &wait->error);
  if (item && passing && !attach_fds (item, passing, &wait->error)) {
    GQueue dropped = G_QUEUE_INIT;

    g_queue_push_tail_link (&dropped, &item->node);
    ipc_outgoing_free_all (&dropped);
    return NULL;
  }
  return item;
}

/* Gives away what @wait has come to. */
static IpcOutcome
take_outcome (IpcWait *wait, IpcPacket *reply, GError **error)
{
  if (wait->error)
    g_propagate_error (error, wait->error);
  if (wait->outcome == IPC_OUTCOME_REPLIED)
    *reply = wait->reply;
  return wait->outcome;
}

static IpcOutcome
request_with (IpcLink *link, IpcWait *wait, IpcPacket *packet, GstBuffer *body, IpcPacket *reply, GError **error)
{
  const IpcPacketInfo *info = ipc_packet_info (packet->header.type);
  IpcOutgoing *item;

  g_return_val_if_fail (info && info->reply != IPC_REPLY_NONE, IPC_OUTCOME_GONE);
  g_return_val_if_fail (!ipc_link_is_reader_thread (link), IPC_OUTCOME_GONE);

  item = prepare (wait, packet, body, NULL);
  if (item)
    ipc_link_call (link, wait, item);
  return take_outcome (wait, reply, error);
}

/**
 * ipc_link_request:
 * @link: an #IpcLink
 * @packet: what to ask; its contents are taken over
 * @body: (nullable): the data of a BUFFER
 * @wait_class: with which others the wait can be cancelled
 * @timeout: microseconds from now, or %IPC_WAIT_FOREVER. 0: it is sent if there is room now, and the answer counts
 *   only if it is there already: practically always %IPC_OUTCOME_TIMED_OUT
 * @reply: (out): the reply, after %IPC_OUTCOME_REPLIED; the caller clears it
 * @error: what happened otherwise
 *
 * Sends @packet and waits for its reply, from any thread but the link's reader.
 *
 * Returns: how it ended
 */
IpcOutcome
ipc_link_request (IpcLink *link, IpcPacket *packet, GstBuffer *body, IpcWaitClass wait_class, guint64 timeout,
    IpcPacket *reply, GError **error)
{
  IpcWait wait = { .classes = wait_class, .begun = g_get_monotonic_time () };

  wait.deadline = ipc_link_deadline (wait.begun, timeout);
  return request_with (link, &wait, packet, body, reply, error);
}

/* A wait whose thread comes and goes. */
struct _IpcRequest {
  IpcLink *link; /* held */
  IpcWait wait;
  gboolean left; /* the link knows nothing of it any more */
};

/* The first part of what ipc_link_call() does. @item may be NULL: then @request has failed. */
static void
begin_request (IpcRequest *request, IpcOutgoing *item)
{
  IpcLink *link = request->link;
  IpcWait *wait = &request->wait;
  GQueue dropped = G_QUEUE_INIT;

  g_mutex_lock (&link->lock);
  if (item && ipc_link_may_begin_locked (link, wait)) {
    enqueue_locked (link, wait, item);
    wait_locked (link, wait, FALSE);
    if (wait->done) {
      leave_locked (link, wait, &dropped);
      request->left = TRUE;
    } else {
      wait->sent = wait->away = TRUE;
      link->stats.waiting--;
    }
  } else {
    request->left = TRUE;
    if (item)
      g_queue_push_tail_link (&dropped, &item->node);
  }
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
}

/**
 * ipc_link_request_begin:
 * @link: an #IpcLink
 * @packet: what to ask; its contents are taken over
 * @body: (nullable): the data of a BUFFER
 * @passing: (nullable) (inout): what goes along; tells whether it went
 * @wait_class: with which others the wait can be cancelled
 *
 * Sends @packet, for which it waits as ipc_link_request() does, without limit; its reply is fetched later. With
 * @passing, file descriptors, which are duplicated, go along; it is for one peer then, and when there is another one
 * by now the outcome is %IPC_OUTCOME_GONE.
 *
 * Returns: (transfer full): the request, for ipc_request_end(), in any case
 */
IpcRequest *
ipc_link_request_begin (IpcLink *link, IpcPacket *packet, GstBuffer *body, IpcPassing *passing, IpcWaitClass wait_class)
{
  const IpcPacketInfo *info = ipc_packet_info (packet->header.type);
  IpcRequest *request;

  g_return_val_if_fail (info && info->reply != IPC_REPLY_NONE, NULL);
  g_return_val_if_fail (!ipc_link_is_reader_thread (link), NULL);

  request = g_new0 (IpcRequest, 1);
  request->link = link;
  request->wait = (IpcWait){ .classes = wait_class,
    .begun = g_get_monotonic_time (),
    .deadline = IPC_LINK_NEVER,
    .only_for = passing ? passing->peer : 0 };
  g_atomic_int_inc (&link->holds);
  g_cond_init (&request->wait.changed);
  begin_request (request, prepare (&request->wait, packet, body, passing));
  if (passing)
    passing->sent = request->wait.sent;
  return request;
}

/**
 * ipc_request_is_done:
 * @request: an #IpcRequest
 *
 * Returns: %TRUE when ipc_request_end() would not wait
 */
gboolean
ipc_request_is_done (IpcRequest *request)
{
  gboolean done;

  g_mutex_lock (&request->link->lock);
  done = request->left || request->wait.done;
  g_mutex_unlock (&request->link->lock);
  return done;
}

/**
 * ipc_request_end:
 * @request: (transfer full): an #IpcRequest
 * @reply: (out): the reply, after %IPC_OUTCOME_REPLIED; the caller clears it
 * @error: what happened otherwise
 *
 * Waits for the reply without limit, as ipc_link_request() does, and frees @request. The link may have been let go of
 * by all others meanwhile.
 *
 * Returns: how it ended
 */
IpcOutcome
ipc_request_end (IpcRequest *request, IpcPacket *reply, GError **error)
{
  IpcLink *link = request->link;
  IpcWait *wait = &request->wait;
  GQueue dropped = G_QUEUE_INIT;
  IpcOutcome outcome;

  g_mutex_lock (&link->lock);
  if (!request->left) {
    wait->away = FALSE;
    if (!wait->done)
      link->stats.waiting++;
    wait_locked (link, wait, TRUE);
    leave_locked (link, wait, &dropped);
  }
  ipc_link_count_outcome_locked (link, wait);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
  ipc_link_log_outcome (link, wait);
  outcome = take_outcome (wait, reply, error);
  g_cond_clear (&wait->changed);
  g_free (request);
  ipc_link_release_hold (link);
  return outcome;
}

/**
 * ipc_link_request_watched:
 * @link: an #IpcLink
 * @packet: what to ask; its contents are taken over
 * @wait_class: with which others the wait can be cancelled
 * @interval: microseconds between two calls of @look, more than 0
 * @limit: microseconds from now after which @look is not asked any more, or %IPC_WAIT_FOREVER
 * @look: whether to wait on; called in this thread, without any lock
 * @user_data: for @look
 * @reply: (out): the reply, after %IPC_OUTCOME_REPLIED; the caller clears it
 * @error: what happened otherwise
 *
 * As ipc_link_request(), but how long it takes is @look's to judge: when it returns %FALSE, or @limit has passed, the
 * wait ends, %IPC_OUTCOME_TIMED_OUT. What ends the wait while @look runs (the reply, say) goes before what it returns.
 * Everybody else goes on meanwhile, and @look may call any function of the link that does not wait for the reply
 * itself.
 *
 * Returns: how it ended
 */
IpcOutcome
ipc_link_request_watched (IpcLink *link, IpcPacket *packet, IpcWaitClass wait_class, guint64 interval, guint64 limit,
    IpcLookFunc look, gpointer user_data, IpcPacket *reply, GError **error)
{
  IpcWait wait = { .classes = wait_class, .interval = interval, .look = look, .look_data = user_data };

  g_return_val_if_fail (interval > 0, IPC_OUTCOME_GONE);

  wait.begun = g_get_monotonic_time ();
  wait.end = ipc_link_deadline (wait.begun, limit);
  wait.deadline = MIN (ipc_link_deadline (wait.begun, interval), wait.end);
  return request_with (link, &wait, packet, NULL, reply, error);
}

/**
 * ipc_link_cancel:
 * @link: an #IpcLink
 * @classes: mask of #IpcWaitClass
 *
 * Ends the waits of requests of @classes with %IPC_OUTCOME_CANCELLED, and those to come until ipc_link_uncancel().
 */
void
ipc_link_cancel (IpcLink *link, IpcWaitClass classes)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&link->lock);
  link->cancelled |= classes;
  g_hash_table_iter_init (&iter, link->waits);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    IpcWait *wait = value;

    if (wait->classes & classes)
      ipc_link_finish_wait_locked (link, wait, IPC_OUTCOME_CANCELLED,
          g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_CANCELLED, "%s %u was cancelled while waiting for its answer",
              type_name (wait->type), wait->id));
  }
  g_mutex_unlock (&link->lock);
}

void
ipc_link_uncancel (IpcLink *link, IpcWaitClass classes)
{
  g_mutex_lock (&link->lock);
  link->cancelled &= ~classes;
  g_mutex_unlock (&link->lock);
}
