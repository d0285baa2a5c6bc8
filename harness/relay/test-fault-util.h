/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_TEST_FAULT_UTIL_H
#define IPC_RELAY_TEST_FAULT_UTIL_H

#include "test-link.h"
#include "wire/packet.h"

G_BEGIN_DECLS

/* The vocabulary of the tests of faults. */

#define TEST_FAULT_PACKETS 6
#define TEST_FAULT_SIZE 13 /* of each */

/* @spec: JSON, with ' for ". */
IpcFault *test_fault_add (TestLink *fixture, const gchar *spec);
/* STATE_CHANGEs down, ACKs up, of TEST_FAULT_SIZE bytes each. */
GByteArray *test_fault_packets (gboolean down);
/* Sends all of @sent to the slave. */
void test_fault_send_down (TestLink *fixture, GByteArray *sent);
/* Goes on until @n bytes have come. */
void test_fault_receive_down (TestLink *fixture, GByteArray *got, gsize n);
/* Packets of @sent in the order of @order ("1 3 3 2", from 1). */
GByteArray *test_fault_in_order (GByteArray *sent, const gchar *order);
/* "2 3" for the packets, counted from 1, whose records have @member. */
gchar *test_fault_packets_with (TestLink *fixture, const gchar *member);
/* Of the strike that the history has. */
const gchar *test_fault_effect (TestLink *fixture);
/* Begins anew, with another link. */
void test_fault_again (TestLink *fixture, gconstpointer data);

#define TEST_FAULT_PIPES GINT_TO_POINTER (TRUE)
#define TEST_FAULT_ADD(name, transport, func)                                                                          \
  g_test_add ("/relay/fault/" name, TestLink, transport, test_link_set_up, func, test_link_tear_down)
#define TEST_FAULT_ADD_BOTH(name, func)                                                                                \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    TEST_FAULT_ADD ("socket/" name, NULL, func);                                                                       \
    TEST_FAULT_ADD ("pipes/" name, TEST_FAULT_PIPES, func);                                                            \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
#endif
