/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader of structure texts. Input: one byte of IpcTextFlags, then the text.
 */

#include "fuzz.h"

#include <string.h>

#include "wire/text.h"

/* What was read and can be written is read again, and is then the same. */
static void
check_round_trip (const GstStructure *structure, IpcTextFlags flags)
{
  g_autofree gchar *text = ipc_text_write (structure, flags, NULL);
  g_autofree gchar *again = NULL;
  g_autoptr (GstStructure) copy = NULL;
  g_autoptr (GError) error = NULL;

  if (!text)
    return;
  copy = ipc_text_read (text, flags, &error);
  if (!copy)
    g_error ("%s is not read again: %s", text, error->message);
  again = ipc_text_write (copy, flags, &error);
  if (g_strcmp0 (text, again) != 0)
    g_error ("%s is written again as %s", text, again ? again : error->message);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  const guint8 flags = fuzz_u8 (&input) & (IPC_TEXT_SKIP_UNCARRIED | IPC_TEXT_OBJECTS);
  g_autofree gchar *text = fuzz_rest_as_text (&input);
  g_autoptr (GstStructure) structure = NULL;
  g_autoptr (GError) error = NULL;

  fuzz_begin_input ();
  /* the decoder has seen to that before anything comes here */
  if (!g_utf8_validate (text, -1, NULL))
    return -1;
  structure = ipc_text_read (text, flags, &error);
  g_assert_true ((structure == NULL) == (error != NULL));
  if (structure) {
    fuzz_use_structure (structure);
    check_round_trip (structure, flags & IPC_TEXT_OBJECTS);
  }
  return 0;
}
