/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_FUZZ_FUZZ_H
#define IPC_FUZZ_FUZZ_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(), linked either with libFuzzer or with
 * replay.c. Whatever must not happen aborts: failed assertions, and criticals and warnings of GLib and GStreamer.
 */

/* libFuzzer's names. fuzz.c has the first, each target the second. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The part of an input that was not used yet. Reading behind its end gives zeroes. */
typedef struct {
  const guint8 *next;
  gsize left;
} FuzzInput;

guint8 fuzz_u8 (FuzzInput *input);
guint32 fuzz_u32 (FuzzInput *input);
/* Everything that is left, with a NUL behind it; g_free() it. */
gchar *fuzz_rest_as_text (FuzzInput *input);

/* To be called for each input: new names count anew. */
void fuzz_begin_input (void);

/* Do with an object what elements and applications do: take it apart and copy it. All are borrowed. */
void fuzz_use_structure (const GstStructure *structure);
void fuzz_use_event (GstEvent *event);
void fuzz_use_query (GstQuery *query);
void fuzz_use_message (GstMessage *message);
void fuzz_use_buffer (GstBuffer *buffer);
/* As picture or sound of @caps (fixed). */
void fuzz_use_media (GstBuffer *buffer, const GstCaps *caps);

G_END_DECLS
#endif
