/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_SEQUENCE_H
#define IPC_RUN_SEQUENCE_H

#include "step.h"

G_BEGIN_DECLS

/*
 * A list of steps while it is played, with the groups in it. It never waits: it is asked again whenever something has
 * happened, and tells by the case's `wake` when it wants to be asked at the latest.
 */
typedef struct _IpcSequence IpcSequence;

/* @steps: of IpcScenarioStep; must live longer. */
IpcSequence *ipc_sequence_new (IpcCase *owner, GPtrArray *steps);
/* Gives up what is under way. */
void ipc_sequence_free (IpcSequence *sequence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcSequence, ipc_sequence_free)

/* Goes on as far as possible. FAILED: the first step that failed fails the list. */
IpcStepStatus ipc_sequence_poll (IpcSequence *sequence);
/* The step that failed, or else one that is under way; NULL for none. */
IpcStep *ipc_sequence_current (IpcSequence *sequence);
/* The name of the fault that the group under way waits for, or NULL (transfer none). */
const gchar *ipc_sequence_fault (IpcSequence *sequence);

G_END_DECLS
#endif
