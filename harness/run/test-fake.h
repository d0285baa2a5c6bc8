/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_TEST_FAKE_H
#define IPC_RUN_TEST_FAKE_H

#include "test-util.h"

G_BEGIN_DECLS

/*
 * Cases with workers that misbehave. The worker is a fake one (fake-worker.c), told by its environment what to do.
 */

#define IPC_FAKE_SLAVE "\"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src ! fakesink name=sink\""
#define IPC_FAKE_MASTER "\"role\": \"master\", \"pipeline\": \"audiotestsrc ! ipcpipelinesink name=out\""
#define IPC_FAKE_LINKS "\"audio\": {\"from\": \"master.out\", \"to\": \"viewer.src\"}"
#define IPC_FAKE_SET_STATE "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"paused\"}"
#define IPC_FAKE_WAIT_STATE "{\"wait\": \"state\", \"process\": \"master\", \"state\": \"paused\"}"
#define IPC_FAKE_MARK(name) "{\"act\": \"mark\", \"name\": \"" name "\"}"
#define IPC_FAKE_WAIT_EOS "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}"

/* First of all in main(). */
void ipc_fake_init (void);
void ipc_fake_set_up (IpcPlay *play, gconstpointer data);
void ipc_fake_tear_down (IpcPlay *play, gconstpointer data);
/* A master that does @fake and a good slave. */
void ipc_fake_load (IpcPlay *play, const gchar *fake, const gchar *steps);
/* Every process that was started has ended, and has been waited for. */
void ipc_fake_assert_all_reaped (IpcPlay *play);
/* The index of the record that says so of the step at @path, or -1. */
gint64 ipc_fake_step_index (IpcPlay *play, const gchar *path, const gchar *event);

G_END_DECLS
#endif
