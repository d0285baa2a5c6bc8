/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pad of the test's own, see bench.h: upstream of a sink or downstream of a src. It has no parent; its functions
 * run in whatever thread comes along.
 */

#include "bench.h"

static TestPad *
test_pad_of (GstPad *pad)
{
  return gst_pad_get_element_private (pad);
}

static void
note_locked (TestPad *self, gpointer item)
{
  g_ptr_array_add (self->items, gst_mini_object_ref (item));
  g_cond_broadcast (&self->changed);
}

static void
pass_locked (TestPad *self)
{
  self->waiting++;
  g_cond_broadcast (&self->changed);
  while (self->closed)
    g_cond_wait (&self->changed, &self->lock);
  self->waiting--;
}

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  TestPad *self = test_pad_of (pad);
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  if (self->forgets)
    gst_clear_buffer (&buffer);
  else
    note_locked (self, buffer);
  pass_locked (self);
  flow = self->flow;
  g_mutex_unlock (&self->lock);
  gst_clear_buffer (&buffer);
  return flow;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  TestPad *self = test_pad_of (pad);
  gboolean answer;

  g_mutex_lock (&self->lock);
  note_locked (self, event);
  if (GST_EVENT_IS_SERIALIZED (event))
    pass_locked (self);
  answer = self->answer;
  g_mutex_unlock (&self->lock);
  gst_event_unref (event);
  return answer;
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  TestPad *self = test_pad_of (pad);
  g_autoptr (GstQuery) copy = gst_query_copy (query);
  gboolean answer;

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS || GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS)
    return gst_pad_query_default (pad, parent, query);
  g_mutex_lock (&self->lock);
  note_locked (self, copy);
  if (GST_QUERY_IS_SERIALIZED (query))
    pass_locked (self);
  answer = self->answer;
  if (answer && self->on_query != NULL)
    self->on_query (query);
  g_mutex_unlock (&self->lock);
  return answer;
}

/* With the pad, which is held while one of the functions above runs. */
static void
test_pad_destroy (gpointer data)
{
  TestPad *self = data;

  g_ptr_array_unref (self->items);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

TestPad *
test_pad_new (GstPadDirection direction)
{
  TestPad *self = g_new0 (TestPad, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_mini_object_unref);
  self->flow = GST_FLOW_OK;
  self->answer = TRUE;
  self->pad = gst_object_ref_sink (gst_pad_new ("test", direction));
  gst_pad_set_element_private (self->pad, self);
  g_object_set_data_full (G_OBJECT (self->pad), "test-pad", self, test_pad_destroy);
  if (direction == GST_PAD_SINK)
    gst_pad_set_chain_function (self->pad, on_buffer);
  gst_pad_set_event_function (self->pad, on_event);
  gst_pad_set_query_function (self->pad, on_query);
  g_assert_true (gst_pad_set_active (self->pad, TRUE));
  return self;
}

void
test_pad_free (TestPad *self)
{
  g_autoptr (GstPad) pad = self->pad, peer = gst_pad_get_peer (pad);

  test_pad_open (self);
  gst_pad_set_active (pad, FALSE);
  if (peer != NULL && GST_PAD_IS_SRC (pad))
    gst_pad_unlink (pad, peer);
  else if (peer != NULL)
    gst_pad_unlink (peer, pad);
}

void
test_pad_set_flow (TestPad *self, GstFlowReturn flow)
{
  g_mutex_lock (&self->lock);
  self->flow = flow;
  g_mutex_unlock (&self->lock);
}

void
test_pad_set_answer (TestPad *self, gboolean answer)
{
  g_mutex_lock (&self->lock);
  self->answer = answer;
  g_mutex_unlock (&self->lock);
}

static void
set_closed (TestPad *self, gboolean closed)
{
  g_mutex_lock (&self->lock);
  self->closed = closed;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
test_pad_close (TestPad *self)
{
  set_closed (self, TRUE);
}

void
test_pad_open (TestPad *self)
{
  set_closed (self, FALSE);
}

static void
wait_locked (TestPad *self, gint64 deadline, const gchar *what)
{
  if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
    g_error ("the test's pad waited in vain for %s", what);
}

void
test_pad_await_waiting (TestPad *self)
{
  const gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE;

  g_mutex_lock (&self->lock);
  while (self->waiting == 0)
    wait_locked (self, deadline, "something that waits");
  g_mutex_unlock (&self->lock);
}

static gboolean
matches (GstMiniObject *item, GType kind, guint type)
{
  if (GST_MINI_OBJECT_TYPE (item) != kind)
    return FALSE;
  if (kind == GST_TYPE_EVENT)
    return GST_EVENT_TYPE (item) == type;
  if (kind == GST_TYPE_QUERY)
    return GST_QUERY_TYPE (item) == type;
  return TRUE;
}

static gpointer
find_locked (TestPad *self, GType kind, guint type, guint nth, guint *count)
{
  guint n = 0;

  for (guint i = 0; i < self->items->len; i++) {
    if (matches (self->items->pdata[i], kind, type) && ++n == nth)
      return self->items->pdata[i];
  }
  if (count != NULL)
    *count = n;
  return NULL;
}

static gpointer
await_item (TestPad *self, GType kind, guint type, guint nth)
{
  const gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE;
  gpointer item;

  g_mutex_lock (&self->lock);
  while ((item = find_locked (self, kind, type, nth, NULL)) == NULL)
    wait_locked (self, deadline, g_type_name (kind));
  g_mutex_unlock (&self->lock);
  return item;
}

static guint
count_items (TestPad *self, GType kind, guint type)
{
  guint count = 0;

  g_mutex_lock (&self->lock);
  find_locked (self, kind, type, 0, &count);
  g_mutex_unlock (&self->lock);
  return count;
}

GstBuffer *
test_pad_await_buffer (TestPad *self, guint nth)
{
  return await_item (self, GST_TYPE_BUFFER, 0, nth);
}

GstEvent *
test_pad_await_event (TestPad *self, GstEventType type, guint nth)
{
  return await_item (self, GST_TYPE_EVENT, type, nth);
}

GstQuery *
test_pad_await_query (TestPad *self, GstQueryType type, guint nth)
{
  return await_item (self, GST_TYPE_QUERY, type, nth);
}

guint
test_pad_count_buffers (TestPad *self)
{
  return count_items (self, GST_TYPE_BUFFER, 0);
}

guint
test_pad_count_events (TestPad *self, GstEventType type)
{
  return count_items (self, GST_TYPE_EVENT, type);
}

guint
test_pad_count_queries (TestPad *self, GstQueryType type)
{
  return count_items (self, GST_TYPE_QUERY, type);
}

guint
test_pad_index (TestPad *self, gpointer item)
{
  guint index = 0;

  g_mutex_lock (&self->lock);
  g_assert_true (g_ptr_array_find (self->items, item, &index));
  g_mutex_unlock (&self->lock);
  return index;
}
