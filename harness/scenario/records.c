/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of the history: members of each kind of record and the nicks in their `type`. GStreamer's nicks are written
 * down and not asked of the library, so that the schema is the same whatever version it was made with. Static tables;
 * nothing is owned.
 */
#include "records.h"

#include "wire/packet.h"

const gchar *const ipc_message_members[] = { "process", "type", "source", "source-path", "seqnum", "structure",
  "domain", "code", "text", "debug", "old", "new", "pending", "running-time", "tags", NULL };
const gchar *const ipc_buffer_members[]
    = { "process", "pad", "pts", "dts", "duration", "offset", "offset-end", "flags", "size", "md5", "metas", NULL };
const gchar *const ipc_event_members[]
    = { "process", "pad", "direction", "type", "seqnum", "serialized", "structure", NULL };
static const gchar *const query_seen_members[] = { "process", "pad", "direction", "type", "name", "serialized", NULL };
const gchar *const ipc_render_members[] = { "process", "pad", "pts", "running-time", NULL };
static const gchar *const log_members[] = { "process", "level", "domain", "text", NULL };
static const gchar *const leak_members[] = { "process", "type", "description", NULL };
static const gchar *const process_members[]
    = { "process", "role", "event", "pid", "status", "signal", "core", "sent", NULL };
static const gchar *const command_members[] = { "process", "id", "command", "description", "container", "observe",
  "element", "state", "timeout", "rate", "format", "flags", "start-type", "start", "stop-type", "stop", "event",
  "structure", "query", "property", "value", "signal", "type", "domain", "code", "text", "debug", NULL };
static const gchar *const reply_members[]
    = { "process", "reply", "ok", "error", "result", "state", "pending", "structure", "position", "duration", "live",
        "min-latency", "max-latency", "seekable", "start", "stop", "rate", "formats", "caps", "uri", "accepted",
        "value", "context", "flags", "min-size", "max-size", "align", "modes", "busy", "percent", "pools", "metas",
        "bitrate", "selectable", "seqnum", "final-state", "signals", "clock", "base-time", "latencies", NULL };
static const gchar *const link_members[]
    = { "link", "event", "master", "slave", "generation", "transport", "relayed", "end", "how", "error", NULL };
const gchar *const ipc_packet_members[] = { "link", "generation", "to", "type", "id", "size", "offset", "file",
  "result", "query", "structure", "pts", "dts", "duration", "offset-end", "flags", "data-size", "md5", "metas",
  "meta-texts", "event", "seqnum", "direction", "message", "event-seqnum", "message-seqnum", "name", "from", "to-state",
  "domain", "code", "text", "debug", "loan", "references", "numbers", "point", "fds", "lost", "forged", NULL };
static const gchar *const fault_members[]
    = { "link", "generation", "name", "event", "do", "effect", "to", "type", "id", "point", "capture-offset", NULL };
static const gchar *const step_members[]
    = { "index", "path", "line", "action", "event", "expected", "seen", "text", NULL };
static const gchar *const mark_members[] = { "name", NULL };
static const gchar *const measurement_members[] = { "name", "value", "unit", NULL };

const gchar *const ipc_query_reply_members[] = { "result", "structure", "position", "duration", "live", "min-latency",
  "max-latency", "seekable", "start", "stop", "rate", "formats", "caps", "accepted", "uri", "value", "context", "flags",
  "min-size", "max-size", "align", "modes", "busy", "percent", "pools", "metas", "bitrate", "selectable", NULL };
const gchar *const ipc_property_reply_members[] = { "value", NULL };

const gchar *const ipc_message_types[] = { "eos", "error", "warning", "info", "tag", "buffering", "state-changed",
  "state-dirty", "step-done", "clock-provide", "clock-lost", "new-clock", "structure-change", "stream-status",
  "application", "element", "segment-start", "segment-done", "duration-changed", "latency", "async-start", "async-done",
  "request-state", "step-start", "qos", "progress", "toc", "reset-time", "stream-start", "need-context", "have-context",
  "device-added", "device-removed", "device-changed", "property-notify", "stream-collection", "streams-selected",
  "redirect", "instant-rate-request", NULL };
const gchar *const ipc_event_types[] = { "flush-start", "flush-stop", "stream-start", "caps", "segment",
  "stream-collection", "tag", "buffersize", "sink-message", "stream-group-done", "eos", "toc", "protection",
  "segment-done", "gap", "instant-rate-change", "qos", "seek", "navigation", "latency", "step", "reconfigure",
  "toc-select", "select-streams", "instant-rate-sync-time", "custom-upstream", "custom-downstream",
  "custom-downstream-oob", "custom-downstream-sticky", "custom-both", "custom-both-oob", NULL };
const gchar *const ipc_query_types[]
    = { "position", "duration", "latency", "rate", "seeking", "segment", "convert", "formats", "buffering", "custom",
        "uri", "allocation", "scheduling", "accept-caps", "caps", "drain", "context", "bitrate", "selectable", NULL };

static const IpcRecordKind kinds[] = {
  { "message", ipc_message_members },
  { "buffer", ipc_buffer_members },
  { "event", ipc_event_members },
  { "packet", ipc_packet_members },
  { "fault", fault_members },
  { "query-seen", query_seen_members },
  { "render", ipc_render_members },
  { "log", log_members },
  { "leak", leak_members },
  { "process", process_members },
  { "command", command_members },
  { "reply", reply_members },
  { "link", link_members },
  { "step", step_members },
  { "mark", mark_members },
  { "measurement", measurement_members },
};

const IpcRecordKind *
ipc_record_kind_find (const gchar *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, kind))
      return &kinds[i];
  return NULL;
}

const gchar *const *
ipc_record_kind_names (void)
{
  static const gchar *names[G_N_ELEMENTS (kinds) + 1];
  static gsize once;

  if (g_once_init_enter (&once)) {
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      names[i] = kinds[i].kind;
    g_once_init_leave (&once, 1);
  }
  return names;
}

const gchar *const *
ipc_packet_types (void)
{
  static const gchar **names;
  static gsize once;

  if (g_once_init_enter (&once)) {
    guint n_infos;
    const IpcPacketInfo *infos = ipc_packet_infos (&n_infos);

    names = g_new0 (const gchar *, n_infos + 1);
    for (guint i = 0; i < n_infos; i++)
      names[i] = infos[i].name;
    g_once_init_leave (&once, 1);
  }
  return names;
}

gboolean
ipc_record_member_is_time (const gchar *member)
{
  static const gchar *const times[] = { "pts", "dts", "duration", "position", "running-time", "start", "stop",
    "min-latency", "max-latency", "timeout", NULL };

  return g_strv_contains (times, member);
}
