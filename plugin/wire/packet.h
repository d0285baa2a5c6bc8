/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_PACKET_H
#define IPC_WIRE_PACKET_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Packets <-> bytes. Pure: no fds, no threads, no elements; every function may be
 * called from any thread. One table (ipc_packet_info()) says what there is to know of
 * each packet type; encoder, decoder, relay, checker and the documentation read it.
 *
 * Everything that is decoded comes from a peer that is not trusted: whatever the bytes
 * say, decoding ends in a packet whose fields are all within the payload, or in a GError.
 */

#define IPC_WIRE_ERROR (ipc_wire_error_quark ())
GQuark ipc_wire_error_quark (void);

typedef enum {
  IPC_WIRE_ERROR_UNKNOWN_TYPE, /* packet type not in the table */
  IPC_WIRE_ERROR_DIRECTION,    /* known type, sent by the side that may not send it */
  IPC_WIRE_ERROR_TOO_LARGE,    /* payload above the limit */
  IPC_WIRE_ERROR_TRUNCATED,    /* a field does not fit into the payload */
  IPC_WIRE_ERROR_TRAILING,     /* bytes left over behind the last field */
  IPC_WIRE_ERROR_STRING,       /* missing NUL, NUL inside, not UTF-8 */
  IPC_WIRE_ERROR_VALUE,        /* a count, boolean or enum out of range */
  IPC_WIRE_ERROR_STRUCTURE     /* a structure string that does not parse, or of an impossible kind */
} IpcWireError;

typedef enum {
  IPC_PACKET_ACK = 1,
  IPC_PACKET_QUERY_RESULT = 2,
  IPC_PACKET_BUFFER = 3,
  IPC_PACKET_EVENT = 4,
  IPC_PACKET_SINK_MESSAGE_EVENT = 5,
  IPC_PACKET_QUERY = 6,
  IPC_PACKET_STATE_CHANGE = 7,
  IPC_PACKET_STATE_LOST = 8,
  IPC_PACKET_MESSAGE = 9,
  IPC_PACKET_GERROR_MESSAGE = 10,
  IPC_PACKET_MEMORY_RELEASE = 11 /* beyond the legacy protocol */
} IpcPacketType;

/* Which way a packet travels; also used as a bit mask in the table. */
typedef enum {
  IPC_TO_SLAVE = 1 << 0, /* "down" */
  IPC_TO_MASTER = 1 << 1 /* "up" */
} IpcDirection;

typedef enum {
  IPC_REPLY_NONE = 0,
  IPC_REPLY_ACK = IPC_PACKET_ACK,
  IPC_REPLY_QUERY_RESULT = IPC_PACKET_QUERY_RESULT
} IpcReplyKind;

/* What two peers may have agreed on beyond the legacy protocol (EXT-1): a mask. Says how the content of a packet is, or
 * is to be, written; it does not go over the wire. */
typedef enum {
  IPC_FORM_LEGACY = 0,
  IPC_FORM_OBJECTS = 1 << 0, /* texts hold objects as structures (OBJ-11) */
  IPC_FORM_METAS = 1 << 1,   /* any number of metas has a text (META-1) */
  IPC_FORM_MEMORY = 1 << 2,  /* buffers may refer to memory that both sides have (MEM-1) */
  IPC_FORM_DMABUF = 1 << 3   /* and that may be a dmabuf (MEM-10) */
} IpcForm;

#define IPC_HEADER_SIZE 9

typedef struct {
  guint8 type; /* IpcPacketType once checked */
  guint32 id;
  guint32 size; /* of the payload, bytes */
} IpcHeader;

/* One meta of a BUFFER. Strings lie in the payload or are owned by the packet. */
typedef struct {
  guint32 flags;       /* GstMetaFlags of the sender */
  const gchar *api;    /* API type name, never NULL */
  guint64 struct_size; /* the sender's sizeof, informative only */
  const gchar *text;   /* string representation or NULL */
} IpcPacketMeta;

/*
 * A packet in decoded form. `structure` members are NULL for an object that has none
 * (a single NUL byte on the wire). Strings and data point into `payload` (decoded
 * packets) or are kept alive by `keep` (built packets): valid until ipc_packet_clear().
 */
typedef struct {
  IpcHeader header; /* header.size is set by decode and by encode */
  IpcForm form;     /* LEGACY in a zeroed and in a decoded packet: who knows better sets it */
  union {
    struct {
      guint32 result; /* GstFlowReturn, gboolean or GstStateChangeReturn: what was asked tells */
    } ack;
    struct {
      gboolean result;
      guint32 type; /* GstQueryType */
      const gchar *structure;
    } query_result;
    struct {
      guint64 pts, dts, duration, offset, offset_end, flags;
      const guint8 *data; /* may be NULL when built with a separate body, see ipc_packet_encode_parts() */
      guint32 size;
      IpcPacketMeta *metas; /* owned by the packet */
      guint32 n_metas;
    } buffer;
    struct {
      guint32 type; /* GstEventType */
      guint32 seqnum;
      gboolean upstream;
      const gchar *structure;
    } event;
    struct {
      guint32 message_type; /* GstMessageType */
      guint32 event_seqnum;
      guint32 message_seqnum;
      const gchar *name;      /* the event's structure name, never NULL */
      const gchar *structure; /* of the message */
    } sink_message;
    struct {
      guint32 type; /* GstQueryType */
      gboolean upstream;
      const gchar *structure;
    } query;
    struct {
      guint32 transition; /* GstStateChange, one of the known transitions */
    } state_change;
    struct {
      guint32 type; /* GstMessageType */
      const gchar *structure;
    } message;
    struct {
      guint8 kind;         /* 2 error, 1 warning, 0 info */
      const gchar *domain; /* never NULL */
      guint32 code;
      const gchar *text;  /* or NULL */
      const gchar *debug; /* or NULL */
    } gerror;
    struct {
      guint32 *numbers; /* to the master: of loans, to the slave: of memories (memory.h); owned by the packet */
      guint32 n;
    } memory_release;
  };
  GBytes *payload; /* what the strings and data point into, or NULL */
  GPtrArray *keep; /* further owned memory (g_free), or NULL */
} IpcPacket;

typedef struct {
  IpcPacketType type;
  const gchar *name; /* "BUFFER": as in docs/protocol.md, captures and reports */
  guint directions;  /* mask of IpcDirection */
  IpcReplyKind reply;
  const gchar *requirement; /* ID in docs/protocol.md */
  /* private: used by the encoder and the decoder */
  gpointer decode, encode;
} IpcPacketInfo;

/* The entry of @type, or NULL for a type that the protocol does not have. */
const IpcPacketInfo *ipc_packet_info (guint8 type);
/* The entry called @name ("BUFFER"), or NULL. */
const IpcPacketInfo *ipc_packet_info_by_name (const gchar *name);
/* All entries in order of type; @n_infos is their number. */
const IpcPacketInfo *ipc_packet_infos (guint *n_infos);

/* Writes the nine header bytes. */
void ipc_header_write (const IpcHeader *header, guint8 bytes[IPC_HEADER_SIZE]);
/* Reads nine header bytes and checks them: type known, allowed to travel in @direction,
 * size at most @max_payload. FALSE with @error set (UNKNOWN_TYPE, DIRECTION, TOO_LARGE);
 * @header is filled in either way. */
gboolean ipc_header_read (const guint8 bytes[IPC_HEADER_SIZE], IpcDirection direction, guint32 max_payload,
    IpcHeader *header, GError **error);

/* Decodes @payload (whose size must be header->size) strictly into @packet. On FALSE
 * @packet is empty and @error set. On TRUE end with ipc_packet_clear(). Types of events,
 * queries and messages are not judged here (a newer GStreamer may have more of them). */
gboolean ipc_packet_decode (const IpcHeader *header, GBytes *payload, IpcPacket *packet, GError **error);

/* Appends header and payload to @bytes. The opposite of decode: decoding and encoding
 * again gives the same bytes. */
void ipc_packet_encode (IpcPacket *packet, GByteArray *bytes);
/* The same without the body of a BUFFER: @head gets everything up to the data, @tail
 * everything behind it (empty for other types). buffer.size must be set, buffer.data is not
 * read. header.size is the whole payload's. */
void ipc_packet_encode_parts (IpcPacket *packet, GByteArray *head, GByteArray *tail);

/* Frees what the packet owns and zeroes it; safe on a zeroed packet and twice. */
void ipc_packet_clear (IpcPacket *packet);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpcPacket, ipc_packet_clear)

/* Gives @memory (g_malloc'd) to the packet; returns it. */
gpointer ipc_packet_keep (IpcPacket *packet, gpointer memory);

/* One line for logs and captures: name, id, size and the telling fields. Caller frees. */
gchar *ipc_packet_describe (const IpcPacket *packet);
/* The telling fields alone, empty or with a space in front, of a packet that has no id yet. Caller frees. */
gchar *ipc_packet_describe_fields (const IpcPacket *packet);

G_END_DECLS
#endif
