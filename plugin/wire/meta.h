/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_META_H
#define IPC_WIRE_META_H

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "text.h"

G_BEGIN_DECLS

/*
 * Private to wire/: metas of buffers <-> their texts (META-1). Each meta that is known has an entry in the table of
 * meta.c. What the text of a peer says is judged by that entry before anything is attached to the buffer (META-2):
 * GStreamer's own functions take metas for granted, and complain of, or read behind the buffer's end with, one that
 * does not fit the buffer or the caps.
 */

/* Metas with a text in one buffer, and bytes of all their texts: what is above is skipped. */
#define IPC_META_MAX_TEXTS 4096
#define IPC_META_MAX_TEXT_SIZE (4 * 1024 * 1024)
/* The longest side of a picture, and the most pixels: so many that no size in bytes overflows an int. */
#define IPC_META_MAX_SIDE 32768
#define IPC_META_MAX_PIXELS (128 * 1024 * 1024)
/* GStreamer compares the planes of audio with each other, each with each. */
#define IPC_META_MAX_CHANNELS 256

/* What the caps say of the buffers, as far as metas have to agree with it. */
typedef struct {
  GstVideoFormat format; /* UNKNOWN: no video */
  guint width, height;   /* of the video's caps; 0 when not known */
  guint frame_width;     /* of what the buffer holds: the video meta's, or the caps'; 0 when not known */
  guint frame_height;
  gboolean planar;    /* raw audio, not interleaved */
  GstAudioInfo audio; /* format UNKNOWN: no raw audio */
} IpcMetaStream;

/* Reads @caps (NULL: nothing is known). Never a critical, whatever they say. */
void ipc_meta_stream_init (IpcMetaStream *stream, GstCaps *caps);
void ipc_meta_stream_init_video (IpcMetaStream *stream, const GstStructure *caps);
void ipc_meta_stream_init_audio (IpcMetaStream *stream, GstCaps *caps);

/* A new structure, to be called @name unless it has a name of its own; NULL: nothing that could be carried. */
typedef GstStructure *IpcMetaWriteFunc (const gchar *name, const GstMeta *meta, IpcForm form);
/* Attaches what @structure says, or returns FALSE with the buffer as it was. */
typedef gboolean IpcMetaAttachFunc (
    GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form);

/* How texts of metas are written and read between peers that agreed on @form. */
IpcTextFlags ipc_meta_text_flags (IpcForm form, IpcTextFlags flags);
/* The text of @meta: g_free(). NULL when it has none between peers that agreed on @form. */
gchar *ipc_meta_write (const GstMeta *meta, IpcForm form);
/* Attaches the metas of @packet in their order; returns how many were skipped (META-3). */
guint ipc_meta_attach_all (GstBuffer *buffer, IpcMetaStream *stream, const IpcPacket *packet);

/* meta-core.c */
IpcMetaWriteFunc ipc_meta_write_protection, ipc_meta_write_reference, ipc_meta_write_custom;
IpcMetaAttachFunc ipc_meta_attach_protection, ipc_meta_attach_reference, ipc_meta_attach_custom;

/* meta-frame.c */
IpcMetaWriteFunc ipc_meta_write_video;
IpcMetaAttachFunc ipc_meta_attach_video;
/* TRUE: @structure is that of a video meta that can be attached; the frame's size in @stream is set from it. */
gboolean ipc_meta_look_at_video (GstBuffer *buffer, IpcMetaStream *stream, const GstStructure *structure);

/* meta-video.c */
IpcMetaWriteFunc ipc_meta_write_crop, ipc_meta_write_region, ipc_meta_write_time_code, ipc_meta_write_caption;
IpcMetaWriteFunc ipc_meta_write_afd, ipc_meta_write_bar;
IpcMetaAttachFunc ipc_meta_attach_crop, ipc_meta_attach_region, ipc_meta_attach_time_code, ipc_meta_attach_caption;
IpcMetaAttachFunc ipc_meta_attach_afd, ipc_meta_attach_bar;

/* meta-audio.c */
IpcMetaWriteFunc ipc_meta_write_audio, ipc_meta_write_clipping, ipc_meta_write_level;
IpcMetaAttachFunc ipc_meta_attach_audio, ipc_meta_attach_clipping, ipc_meta_attach_level;
/* FALSE for caps of audio whose channel-mask names other places than GStreamer has, or not one for each channel. */
gboolean ipc_meta_places_are_known (const GstStructure *caps);
/* Audio in planes gets a meta that says so if it has none (META-5). FALSE: it cannot have one. */
gboolean ipc_meta_complete_audio (GstBuffer *buffer, const IpcMetaStream *stream);

/* Arrays of uint64 in fields. FALSE unless @structure has just @n of them. */
void ipc_meta_set_array (GstStructure *structure, const gchar *field, const guint64 *values, guint n);
gboolean ipc_meta_get_array (const GstStructure *structure, const gchar *field, guint64 *values, guint n);

G_END_DECLS
#endif
