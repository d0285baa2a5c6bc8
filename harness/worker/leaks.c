/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The leaks tracer's live objects. Which types count was found out with plain playback (WebM, MPEG-TS, Ogg, WAV, also
 * decodebin): after it, live without anybody's fault are
 *  - GstTypeFindFactory and other features of the registry, and the GstCaps of type finders, which the registry keeps
 * and which cannot be told from others: so caps do not count;
 *  - displays and contexts of libraries: so objects in general do not count, but the types of a pipeline do;
 *  - a GstTask whose thread is just ending: so threads get a while to end.
 * Objects that GStreamer keeps for the process (system clock, default task pool) are left out by the tracer itself.
 *
 * The tracer takes references on all that lives when it is asked, also on what another thread is just finalizing, which
 * is a critical and finalizes it again. So it is asked only when something is still there that had its time to go; how
 * much there is, is counted here. */

#include "leaks.h"

/* Between two looks at what lives. */
#define LOOK_AGAIN_US 5000

/* Objects of types that count, created and not destroyed. Atomic. */
static gint living;

static gboolean
counts (GType type)
{
  return g_type_is_a (type, GST_TYPE_ELEMENT) || g_type_is_a (type, GST_TYPE_PAD) || g_type_is_a (type, GST_TYPE_BUS)
         || g_type_is_a (type, GST_TYPE_TASK) || type == GST_TYPE_BUFFER || type == GST_TYPE_BUFFER_LIST
         || type == GST_TYPE_EVENT || type == GST_TYPE_MESSAGE || type == GST_TYPE_QUERY;
}

static void
on_created (GObject *tracer, GstClockTime time, gpointer object)
{
  if (counts (G_OBJECT_TYPE (object)))
    g_atomic_int_inc (&living);
}

static void
on_destroyed (GObject *tracer, GstClockTime time, gpointer object)
{
  if (counts (G_OBJECT_TYPE (object)))
    g_atomic_int_add (&living, -1);
}

static void
on_mini_created (GObject *tracer, GstClockTime time, GstMiniObject *object)
{
  if (counts (GST_MINI_OBJECT_TYPE (object)))
    g_atomic_int_inc (&living);
}

static void
on_mini_destroyed (GObject *tracer, GstClockTime time, GstMiniObject *object)
{
  if (counts (GST_MINI_OBJECT_TYPE (object)))
    g_atomic_int_add (&living, -1);
}

void
ipc_leak_free (IpcLeak *leak)
{
  g_free (leak->type);
  g_free (leak->description);
  g_free (leak);
}

static GstTracer *
find_tracer (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  GstTracer *found = NULL;

  for (GList *item = tracers; item != NULL && found == NULL; item = item->next) {
    if (g_str_equal (G_OBJECT_TYPE_NAME (item->data), "GstLeaksTracer")
        && g_signal_lookup ("get-live-objects", G_OBJECT_TYPE (item->data)) != 0)
      found = gst_object_ref (item->data);
  }
  g_list_free_full (tracers, gst_object_unref);
  return found;
}

static gchar *
describe_object (gpointer object, GType type)
{
  if (g_type_is_a (type, GST_TYPE_OBJECT))
    return gst_object_get_path_string (object);
  if (type == GST_TYPE_EVENT)
    return g_strdup_printf ("%s, seqnum %u", GST_EVENT_TYPE_NAME (object), gst_event_get_seqnum (object));
  if (type == GST_TYPE_MESSAGE)
    return g_strdup_printf ("%s, seqnum %u", GST_MESSAGE_TYPE_NAME (object), gst_message_get_seqnum (object));
  if (type == GST_TYPE_QUERY)
    return g_strdup (GST_QUERY_TYPE_NAME (object));
  if (type == GST_TYPE_BUFFER_LIST)
    return g_strdup_printf ("%u buffers", gst_buffer_list_length (object));
  return g_strdup_printf ("%" G_GSIZE_FORMAT " bytes, pts %" GST_TIME_FORMAT, gst_buffer_get_size (object),
      GST_TIME_ARGS (GST_BUFFER_PTS (object)));
}

static void
add_leak (GPtrArray *leaks, gpointer object, const GstStructure *entry)
{
  const GValue *value = gst_structure_get_value (entry, "object");
  guint references = 0;

  gst_structure_get_uint (entry, "ref-count", &references);
  g_autofree gchar *what = describe_object (object, G_VALUE_TYPE (value));
  IpcLeak *leak = g_new (IpcLeak, 1);
  leak->type = g_strdup (G_VALUE_TYPE_NAME (value));
  leak->description = g_strdup_printf ("%s (references: %u)", what, references);
  g_ptr_array_add (leaks, leak);
}

/* The tracer's list does not hold references in GStreamer 1.22, though freeing it drops them; later versions may do
 * better. This tells: the canary has one reference of ours while the list exists. */
typedef struct {
  GstStructure *info;
  const GValue *list; /* of structures with "object" and "ref-count"; NULL for none */
  gboolean owned;
  gpointer canary;
} LiveObjects;

/* Lists that must not be freed, for the rest of the process; found by leak checkers. */
static GPtrArray *unfreeable;

static void
live_objects_get (LiveObjects *live, GstTracer *tracer)
{
  GstBus *canary = gst_bus_new ();

  *live = (LiveObjects){ .canary = canary };
  g_signal_emit_by_name (tracer, "get-live-objects", &live->info);
  live->list = live->info ? gst_structure_get_value (live->info, "live-objects-list") : NULL;
  live->owned = GST_OBJECT_REFCOUNT_VALUE (canary) > 1;
  gst_object_unref (canary);
}

static void
live_objects_clear (LiveObjects *live)
{
  if (live->info == NULL)
    return;
  if (live->owned) {
    gst_structure_free (live->info);
    return;
  }
  if (unfreeable == NULL)
    unfreeable = g_ptr_array_new ();
  g_ptr_array_add (unfreeable, live->info);
}

/* The entries that count are added to @leaks. */
static void
live_objects_visit (const LiveObjects *live, GPtrArray *leaks)
{
  for (guint i = 0; live->list != NULL && i < gst_value_list_get_size (live->list); i++) {
    const GstStructure *entry = gst_value_get_structure (gst_value_list_get_value (live->list, i));
    const GValue *value = gst_structure_get_value (entry, "object");
    gpointer object = value ? g_value_peek_pointer (value) : NULL;

    if (object == NULL || object == live->canary || !counts (G_VALUE_TYPE (value)))
      continue;
    add_leak (leaks, object, entry);
  }
}

/* Nothing tells when a thread of GStreamer has dropped its last reference: look again after a while. */
static void
pause_for (gint64 us)
{
  GMutex lock;
  GCond never;
  gint64 end = g_get_monotonic_time () + us;

  g_mutex_init (&lock);
  g_cond_init (&never);
  g_mutex_lock (&lock);
  while (g_cond_wait_until (&never, &lock, end))
    continue;
  g_mutex_unlock (&lock);
  g_cond_clear (&never);
  g_mutex_clear (&lock);
}

/**
 * ipc_leaks_watch:
 *
 * Begins to count. To be called once, before the first object is made.
 */
void
ipc_leaks_watch (void)
{
  g_autoptr (GstTracer) tracer = find_tracer ();

  if (tracer == NULL)
    return;
  gst_tracing_register_hook (tracer, "object-created", G_CALLBACK (on_created));
  gst_tracing_register_hook (tracer, "object-destroyed", G_CALLBACK (on_destroyed));
  gst_tracing_register_hook (tracer, "mini-object-created", G_CALLBACK (on_mini_created));
  gst_tracing_register_hook (tracer, "mini-object-destroyed", G_CALLBACK (on_mini_destroyed));
}

/**
 * ipc_leaks_find:
 * @settle_us: how long objects that are still alive may take to go, in microseconds
 *
 * Returns: (transfer full): the leaks, none when the leaks tracer is not active
 */
GPtrArray *
ipc_leaks_find (gint64 settle_us)
{
  GPtrArray *leaks = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_leak_free);
  gint64 end = g_get_monotonic_time () + settle_us;
  g_autoptr (GstTracer) tracer = find_tracer ();
  LiveObjects live;

  if (tracer == NULL)
    return leaks;
  while (g_atomic_int_get (&living) != 0 && g_get_monotonic_time () < end)
    pause_for (LOOK_AGAIN_US);
  if (g_atomic_int_get (&living) != 0) {
    live_objects_get (&live, tracer);
    live_objects_visit (&live, leaks);
    live_objects_clear (&live);
  }
  return leaks;
}
