/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The greeting from an element's side: who was greeted, and what came of it. The link knows of it no more than how
 * packets are written (IpcForm), and forgets that with the peer; here the peer's number tells what still holds.
 */

#include "gstipcagreement.h"

#include <string.h>
#include <unistd.h>

/* What this implementation can do. */
#define OWN_FEATURES (IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS | IPC_FEATURE_TIME)
#define FEATURES_OF(memory) (OWN_FEATURES | ((memory) ? IPC_FEATURE_MEMORY | IPC_FEATURE_DMABUF : 0))
#define RESERVED_PREFIX "gst-ipc-"

/* Clocks count alike since the same boot of the same machine, and within one time namespace, which may shift the
 * monotonic clock. "" when that cannot be told. */
static gchar *
read_time_domain (void)
{
  g_autofree gchar *boot = NULL;
  gchar space[64];
  gssize size = readlink ("/proc/self/ns/time", space, sizeof space);

  if (size <= 0 || size == sizeof space || !g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
    return g_strdup ("");
  return g_strdup_printf ("%s %.*s", g_strstrip (boot), (gint)size, space);
}

void
gst_ipc_agreement_init (GstIpcAgreement *agreement)
{
  memset (agreement, 0, sizeof *agreement);
  g_mutex_init (&agreement->lock);
  agreement->memory = TRUE;
  agreement->own.features = OWN_FEATURES;
  agreement->own.time_domain = read_time_domain ();
}

void
gst_ipc_agreement_clear (GstIpcAgreement *agreement)
{
  ipc_greeting_clear (&agreement->own);
  g_mutex_clear (&agreement->lock);
}

void
gst_ipc_agreement_allow_memory (GstIpcAgreement *agreement, gboolean allow)
{
  g_mutex_lock (&agreement->lock);
  agreement->memory = allow;
  g_mutex_unlock (&agreement->lock);
}

gboolean
gst_ipc_agreement_is_reserved_packet (const IpcPacket *packet)
{
  return packet->header.type == IPC_PACKET_QUERY && packet->query.type == GST_QUERY_CUSTOM
         && packet->query.structure != NULL && g_str_has_prefix (packet->query.structure, RESERVED_PREFIX);
}

gboolean
gst_ipc_agreement_is_reserved_query (GstQuery *query)
{
  const GstStructure *structure = gst_query_get_structure (query);

  return GST_QUERY_TYPE (query) == GST_QUERY_CUSTOM && structure != NULL
         && g_str_has_prefix (gst_structure_get_name (structure), RESERVED_PREFIX);
}

/* Notes what was agreed on with @peer. */
static void
note_agreement (GstIpcAgreement *agreement, IpcLink *link, guint64 peer, const IpcGreeting *theirs)
{
  IpcFeatures features;

  g_mutex_lock (&agreement->lock);
  features = ipc_greeting_common_features (&agreement->own, theirs);
  agreement->partner = peer;
  agreement->features = features;
  agreement->shares_time = ipc_greeting_shares_time (&agreement->own, theirs);
  g_mutex_unlock (&agreement->lock);
  ipc_link_set_form (link, peer, ipc_features_form (features));
}

/* The master's */

static void
build_greeting (GstIpcAgreement *agreement, IpcPacket *packet)
{
  g_mutex_lock (&agreement->lock);
  ipc_packet_build_greeting (packet, &agreement->own);
  g_mutex_unlock (&agreement->lock);
}

/* Chooses a nonce for @peer, and what is said to it for as long as it is there. FALSE when it has been greeted. */
static gboolean
begin_greeting (GstIpcAgreement *agreement, guint64 peer, gboolean passes_fds)
{
  gboolean begun;

  g_mutex_lock (&agreement->lock);
  begun = agreement->greeted != peer;
  agreement->greeted = peer;
  if (begun) {
    agreement->own.nonce = (guint64)g_random_int () << 32 | g_random_int ();
    agreement->own.features = FEATURES_OF (agreement->memory && passes_fds);
  }
  g_mutex_unlock (&agreement->lock);
  return begun;
}

/* The peer is to be greeted (again). */
static void
forget_greeting (GstIpcAgreement *agreement, guint64 peer)
{
  g_mutex_lock (&agreement->lock);
  if (agreement->greeted == peer)
    agreement->greeted = 0;
  g_mutex_unlock (&agreement->lock);
}

guint64
gst_ipc_agreement_greet (GstIpcAgreement *agreement, IpcLink *link, guint tag, guint64 timeout, GError **error)
{
  const guint64 peer = ipc_link_get_peer (link);
  g_auto (IpcPacket) packet = { 0 };
  gint64 begun;

  if (!begin_greeting (agreement, peer, ipc_link_passes_fds (link)))
    return 0;
  build_greeting (agreement, &packet);
  begun = g_get_monotonic_time ();
  if (!ipc_link_ask (link, &packet, tag, timeout, error))
    forget_greeting (agreement, peer);
  return (guint64)(g_get_monotonic_time () - begun);
}

gboolean
gst_ipc_agreement_take_answer (GstIpcAgreement *agreement, IpcLink *link, const IpcPacket *answer, GError **error)
{
  const guint64 peer = ipc_link_get_peer (link);
  g_auto (IpcGreeting) theirs = { 0 };
  gboolean is_ours;

  if (!ipc_greeting_from_packet (answer, &theirs, error))
    return FALSE;
  g_mutex_lock (&agreement->lock);
  is_ours = agreement->greeted == peer && agreement->own.nonce == theirs.nonce;
  g_mutex_unlock (&agreement->lock);
  if (!is_ours) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "it answers another greeting");
    return FALSE;
  }
  note_agreement (agreement, link, peer, &theirs);
  return TRUE;
}

gboolean
gst_ipc_agreement_can_ping (GstIpcAgreement *agreement, IpcLink *link)
{
  const guint64 peer = ipc_link_get_peer (link);
  gboolean can_ping;

  g_mutex_lock (&agreement->lock);
  can_ping = peer != 0 && agreement->greeted == peer && agreement->partner == peer;
  g_mutex_unlock (&agreement->lock);
  return can_ping;
}

gboolean
gst_ipc_agreement_ping (GstIpcAgreement *agreement, IpcLink *link, guint64 timeout)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) reply = { 0 };

  build_greeting (agreement, &packet);
  return ipc_link_request (link, &packet, NULL, IPC_WAIT_CONTROL, timeout, &reply, NULL) != IPC_OUTCOME_TIMED_OUT;
}

/* The slave's */

gboolean
gst_ipc_agreement_answer (GstIpcAgreement *agreement, IpcLink *link, const IpcPacket *greeting, GError **error)
{
  const guint64 peer = ipc_link_get_peer (link);
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcGreeting) theirs = { 0 };
  const gboolean read = ipc_greeting_from_packet (greeting, &theirs, error);
  const gboolean passes_fds = ipc_link_passes_fds (link);

  if (read) {
    g_mutex_lock (&agreement->lock);
    /* What a peer was told once is not another thing when it asks again. */
    if (agreement->partner != peer)
      agreement->own.features = FEATURES_OF (agreement->memory && passes_fds);
    agreement->own.nonce = theirs.nonce;
    ipc_packet_build_greeting_answer (&packet, greeting->header.id, &agreement->own);
    g_mutex_unlock (&agreement->lock);
  } else {
    ipc_packet_build_query_echo (&packet, greeting, FALSE);
  }
  /* The answer first: what goes out behind it may have the new form (EXT-7). */
  ipc_link_reply_to (link, peer, &packet);
  if (read)
    note_agreement (agreement, link, peer, &theirs);
  return read;
}

/* What holds */

gboolean
gst_ipc_agreement_get (GstIpcAgreement *agreement, IpcLink *link, IpcFeatures *features, gboolean *shares_time)
{
  const guint64 peer = ipc_link_get_peer (link);
  gboolean is_made;

  g_mutex_lock (&agreement->lock);
  is_made = peer != 0 && agreement->partner == peer;
  if (features != NULL)
    *features = is_made ? agreement->features : 0;
  if (shares_time != NULL)
    *shares_time = is_made && agreement->shares_time;
  g_mutex_unlock (&agreement->lock);
  return is_made;
}
