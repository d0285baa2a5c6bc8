/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_VERDICT_H
#define IPC_REPORT_VERDICT_H

#include "history/history.h"
#include "result.h"

G_BEGIN_DECLS

/*
 * From what a case left to its verdict, before known failures. What the judgement needs of the scenario is kept beside
 * the history in case.json, so that a folder can be judged again later by itself.
 */

typedef struct {
  gchar *shows;
  gchar **requirements;  /* never NULL */
  gchar **allow;         /* rules broken on purpose, never NULL */
  GHashTable *allow_of;  /* process name -> gchar **: rules that it breaks on purpose; never NULL */
  GHashTable *allow_log; /* process name -> gchar **, never NULL */
} IpcVerdictTerms;

IpcVerdictTerms *ipc_verdict_terms_new (void);
void ipc_verdict_terms_free (IpcVerdictTerms *terms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcVerdictTerms, ipc_verdict_terms_free)

/* Writes @terms to case.json in @folder, and reads them back. */
gboolean ipc_verdict_terms_save (const IpcVerdictTerms *terms, const gchar *folder, GError **error);
IpcVerdictTerms *ipc_verdict_terms_load (const gchar *folder, GError **error);

/* Judges @history, which was left in @folder, into @result, which has the name, and the round. Returns FALSE when the
 * case was interrupted, so that there is nothing to judge. */
gboolean ipc_verdict_judge (IpcResult *result, IpcHistory *history, const gchar *folder, const IpcVerdictTerms *terms);
/* The same for the history as it is read back from @folder; that it cannot be read is a harness error. */
gboolean ipc_verdict_judge_folder (IpcResult *result, const gchar *folder, const IpcVerdictTerms *terms);

G_END_DECLS
#endif
