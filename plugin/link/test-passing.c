/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File descriptors that go along with packets (MEM-3), and that none is left whatever happens. */
#include "link-test.h"
#include "wire/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of those that are passed here: a link may end a moment later than its owner's last user, with fds of its own. */
static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename ("/proc/self/fd", name, NULL);
    g_autofree gchar *target = g_file_read_link (path, NULL);

    n += target && strstr (target, "memfd:passing") ? 1 : 0;
  }
  return n;
}

/* The end of a test: no file descriptor that was passed is left. */
static void
end_without_fds (TestOwner *owner, Wires *wires)
{
  end (owner, wires);
  g_assert_cmpuint (count_fds (), ==, 0);
}

/* One that can be told by its size. */
static gint
new_file (guint size)
{
  gint fd = memfd_create ("passing", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  return fd;
}

static guint
size_of (gint fd)
{
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  return (guint)status.st_size;
}

/* A BUFFER that declares @n new memories, with @padding bytes of another meta. */
static IpcPacket
packet_loan (guint n, gsize padding)
{
  IpcPacket packet = { .header.type = IPC_PACKET_BUFFER, .form = IPC_FORM_MEMORY };
  IpcMemoryLoan loan = { .number = 1, .n_parts = MAX (n, 1) };
  gchar *text = g_strnfill (padding, 'x');

  for (guint i = 0; i < loan.n_parts; i++)
    loan.parts[i] = (IpcMemoryPart){ i + 1, 100, 0, 100, i < n };
  packet.buffer.metas = g_new0 (IpcPacketMeta, 1);
  packet.buffer.metas[0] = (IpcPacketMeta){ .api = "GstPaddingMetaAPI", .text = ipc_packet_keep (&packet, text) };
  packet.buffer.n_metas = 1;
  ipc_packet_lend (&packet, &loan);
  return packet;
}

static GByteArray *
encode (IpcPacket packet)
{
  GByteArray *bytes = g_byte_array_new ();

  ipc_packet_encode (&packet, bytes);
  ipc_packet_clear (&packet);
  return bytes;
}

/* Writes @size bytes, with @fds on the first of them. */
static void
send_with_fds (gint fd, gconstpointer bytes, gsize size, const gint *fds, guint n)
{
  union {
    struct cmsghdr align;
    guint8 space[CMSG_SPACE (253 * sizeof (gint))];
  } control = { .align = { CMSG_LEN (n * sizeof (gint)), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec vector = { (gpointer)bytes, size };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE (n * sizeof (gint))
  };
  gssize written;

  memcpy (CMSG_DATA (&control.align), fds, n * sizeof (gint));
  written = sendmsg (fd, &message, MSG_NOSIGNAL);
  g_assert_cmpint (written, >, 0);
  peer_write (fd, (const guint8 *)bytes + written, size - written);
}

/* Reads @size bytes, and what comes along. */
static guint
receive_with_fds (gint fd, guint8 *bytes, gsize size, gint *fds)
{
  guint n = 0;
  gsize fill = 0;

  while (fill < size) {
    union {
      struct cmsghdr align;
      guint8 space[CMSG_SPACE (253 * sizeof (gint))];
    } control;
    struct iovec vector = { bytes + fill, size - fill };
    struct msghdr message
        = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    gssize got = recvmsg (fd, &message, MSG_CMSG_CLOEXEC);

    g_assert_cmpint (got, >, 0);
    for (struct cmsghdr *part = CMSG_FIRSTHDR (&message); part; part = CMSG_NXTHDR (&message, part)) {
      guint more = (guint)((part->cmsg_len - CMSG_LEN (0)) / sizeof (gint));

      g_assert_cmpuint (fill, ==, 0);
      memcpy (fds + n, CMSG_DATA (part), more * sizeof (gint));
      n += more;
    }
    fill += (gsize)got;
  }
  return n;
}

/* ---- sending ---- */

typedef struct {
  TestOwner *owner;
  IpcPacket packet;
  IpcPassing passing;
  IpcOutcome outcome;
  GError *error;
  GThread *thread;
} Passing;

static IpcOutcome
request_passing (TestOwner *owner, IpcPacket *packet, IpcPassing *passing, GError **error)
{
  g_auto (IpcPacket) reply = { 0 };

  return ipc_request_end (
      ipc_link_request_begin (owner->link, packet, NULL, passing, IPC_WAIT_SERIALIZED), &reply, error);
}

static gpointer
passing_run (gpointer data)
{
  Passing *self = data;

  self->outcome = request_passing (self->owner, &self->packet, &self->passing, &self->error);
  return NULL;
}

static void
passing_begin (Passing *self, TestOwner *owner, IpcPacket packet, const gint *fds, guint n)
{
  *self = (Passing){
    .owner = owner, .packet = packet, .passing = { .peer = ipc_link_get_peer (owner->link), .fds = fds, .n_fds = n }
  };
  self->thread = g_thread_new ("passing", passing_run, self);
}

static void
passing_end (Passing *self, IpcOutcome outcome, gboolean sent)
{
  g_thread_join (self->thread);
  g_assert_cmpint (self->outcome, ==, outcome);
  g_assert_cmpint (self->passing.sent, ==, sent);
  g_clear_error (&self->error);
}

static TestOwner *
lending_master (Wires *wires)
{
  TestOwner *owner = master_on (wires);

  ipc_link_set_form (owner->link, ipc_link_get_peer (owner->link), IPC_FORM_MEMORY);
  return owner;
}

/* With packets of which one write takes all, and of which it takes a part. */
static void
test_sent (gconstpointer data)
{
  const gsize padding = GPOINTER_TO_SIZE (data);
  Wires wires;
  TestOwner *owner = lending_master (&wires);

  for (guint n = 1; n <= 16; n++) {
    g_autoptr (GByteArray) expected = encode (packet_loan (n, padding));
    g_autofree guint8 *bytes = g_malloc (expected->len);
    gint fds[16], received[253];
    Passing passing;

    for (guint i = 0; i < n; i++)
      fds[i] = new_file (1000 + i);
    passing_begin (&passing, owner, packet_loan (n, padding), fds, n);
    g_assert_cmpuint (receive_with_fds (wires.peer_in, bytes, expected->len, received), ==, n);
    g_assert_cmpmem (bytes + IPC_HEADER_SIZE, expected->len - IPC_HEADER_SIZE, expected->data + IPC_HEADER_SIZE,
        expected->len - IPC_HEADER_SIZE);
    peer_ack (wires.peer_out, n, 0);
    passing_end (&passing, IPC_OUTCOME_REPLIED, TRUE);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpuint (size_of (received[i]), ==, 1000 + i);
      close (received[i]);
      close (fds[i]);
    }
  }
  end_without_fds (owner, &wires);
}

/* Fills what the peer does not read, so that nothing more is written. */
static Call *
block_writing (TestOwner *owner, Wires *wires)
{
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);

  peer_await_readable (wires->peer_in);
  return call;
}

static void
test_cancelled_before_it_went (void)
{
  gint fd = new_file (1);
  Wires wires;
  TestOwner *owner = lending_master (&wires);
  Call *first = block_writing (owner, &wires);
  Passing passing;

  passing_begin (&passing, owner, packet_loan (1, 0), &fd, 1);
  while (test_owner_stat (owner, "requests-waiting") < 2)
    g_thread_yield ();
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  passing_end (&passing, IPC_OUTCOME_CANCELLED, FALSE);

  /* And one that is not even begun. */
  passing_begin (&passing, owner, packet_loan (1, 0), &fd, 1);
  passing_end (&passing, IPC_OUTCOME_CANCELLED, FALSE);
  ipc_link_disconnect (owner->link);
  call_expect (first, IPC_OUTCOME_GONE);
  close (fd);
  end_without_fds (owner, &wires);
}

static void
test_cancelled_after_it_went (void)
{
  gint fd = new_file (1);
  Wires wires;
  TestOwner *owner = lending_master (&wires);
  Passing passing;

  passing_begin (&passing, owner, packet_loan (1, 0), &fd, 1);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  passing_end (&passing, IPC_OUTCOME_CANCELLED, TRUE);
  close (fd);
  end (owner, &wires);
}

/* What was made for one peer goes to no other, though that has agreed on the same. */
static void
test_for_another_peer (void)
{
  gint fd = new_file (1);
  Wires wires, others;
  TestOwner *owner = lending_master (&wires);
  const guint64 peer = ipc_link_get_peer (owner->link);
  IpcPassing passing = { .peer = peer, .fds = &fd, .n_fds = 1 };
  g_auto (IpcPacket) packet = packet_loan (1, 0), release = { 0 };
  const guint32 number = 1;
  g_autoptr (GError) error = NULL;

  wires_open (&others, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &others);
  ipc_link_set_form (owner->link, ipc_link_get_peer (owner->link), IPC_FORM_MEMORY);
  g_assert_cmpint (request_passing (owner, &packet, &passing, &error), ==, IPC_OUTCOME_GONE);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  g_assert_false (passing.sent);
  ipc_packet_build_memory_release (&release, &number, 1);
  g_assert_false (ipc_link_post (owner->link, peer, &release));
  ipc_packet_build_memory_release (&release, &number, 1);
  g_assert_true (ipc_link_post (owner->link, ipc_link_get_peer (owner->link), &release));
  g_assert_cmpuint (peer_expect (others.peer_in, IPC_TO_SLAVE, IPC_PACKET_MEMORY_RELEASE), ==, 1);
  close (fd);
  wires_close (&wires);
  end (owner, &others);
}

/* ---- receiving ---- */

typedef struct {
  guint n, sizes[IPC_LINK_MAX_FDS];
  gboolean leave; /* the fds to the link */
} Taken;

static void
take (TestOwner *self, IpcPacket *packet)
{
  Taken *taken = self->data;
  gint fds[IPC_MEMORY_MAX_PARTS];

  if (taken->leave)
    return;
  taken->n = ipc_link_take_fds (self->link, fds);
  for (guint i = 0; i < taken->n; i++) {
    taken->sizes[i] = size_of (fds[i]);
    g_assert_cmpint (fcntl (fds[i], F_GETFD), ==, FD_CLOEXEC);
    close (fds[i]);
  }
}

static TestOwner *
borrowing_slave (Wires *wires, Taken *taken)
{
  TestOwner *owner;

  memset (taken, 0, sizeof *taken);
  wires_open (wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_SLAVE, NULL);
  g_mutex_lock (&owner->lock);
  owner->on_packet = take;
  owner->data = taken;
  g_mutex_unlock (&owner->lock);
  test_owner_set_wires (owner, wires);
  return owner;
}

static void
agree (TestOwner *owner, IpcForm form)
{
  ipc_link_set_form (owner->link, ipc_link_get_peer (owner->link), form);
}

/* The reader has seen the agreement: it looks when it begins to wait for bytes. */
static void
settle (TestOwner *owner, Wires *wires)
{
  g_auto (IpcPacket) packet = { 0 };
  IpcPacket event = packet_event (FALSE);

  peer_write_packet (wires->peer_out, &event);
  test_owner_pop (owner, &packet);
}

static void
agree_on_memory (TestOwner *owner, Wires *wires)
{
  agree (owner, IPC_FORM_MEMORY);
  settle (owner, wires);
}

/* The kernel gives them with the first byte; through a relay they may come with any. */
static void
test_received (void)
{
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);

  agree_on_memory (owner, &wires);
  for (guint n = 1; n <= 16; n++) {
    g_autoptr (GByteArray) bytes = encode (packet_loan (n, 0));
    const guint at = n * 37 % bytes->len;
    gint fds[16];
    g_auto (IpcPacket) packet = { 0 };

    for (guint i = 0; i < n; i++)
      fds[i] = new_file (1000 * n + i);
    peer_write (wires.peer_out, bytes->data, at);
    send_with_fds (wires.peer_out, bytes->data + at, bytes->len - at, fds, n);
    test_owner_pop (owner, &packet);
    g_assert_cmpuint (packet.header.type, ==, IPC_PACKET_BUFFER);
    g_assert_cmpuint (taken.n, ==, n);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpuint (taken.sizes[i], ==, 1000 * n + i);
      close (fds[i]);
    }
  }
  end_without_fds (owner, &wires);
}

static void
test_received_byte_by_byte (void)
{
  g_autoptr (GByteArray) bytes = encode (packet_loan (2, 0));
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fds[2] = { new_file (7), new_file (8) };

  agree_on_memory (owner, &wires);
  for (guint round = 0; round < 3; round++) {
    g_auto (IpcPacket) packet = { 0 };

    send_with_fds (wires.peer_out, bytes->data, 1, fds, 1);
    send_with_fds (wires.peer_out, bytes->data + 1, 1, fds + 1, 1);
    for (guint i = 2; i < bytes->len; i++)
      peer_write (wires.peer_out, bytes->data + i, 1);
    test_owner_pop (owner, &packet);
    g_assert_cmpuint (taken.n, ==, 2);
    g_assert_cmpuint (taken.sizes[0], ==, 7);
    g_assert_cmpuint (taken.sizes[1], ==, 8);
  }
  close (fds[0]);
  close (fds[1]);
  end_without_fds (owner, &wires);
}

/* Each gets its own, though the packets are there before any is taken. */
static void
test_received_many_at_once (void)
{
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);

  agree_on_memory (owner, &wires);
  ipc_link_stop (owner->link);
  for (guint i = 0; i < 10; i++) {
    g_autoptr (GByteArray) bytes = encode (packet_loan (i % 3, 0));
    gint fds[2] = { new_file (100 + i), new_file (200 + i) };

    if (i % 3 == 0)
      peer_write (wires.peer_out, bytes->data, bytes->len);
    else
      send_with_fds (wires.peer_out, bytes->data, bytes->len, fds, i % 3);
    close (fds[0]);
    close (fds[1]);
  }
  /* one at a time, so that what was taken is what was popped */
  for (guint i = 0; i < 10; i++) {
    g_auto (IpcPacket) packet = { 0 };

    if (i == 0)
      ipc_link_start (owner->link);
    test_owner_pop (owner, &packet);
  }
  g_assert_cmpuint (taken.n, ==, 0);
  ipc_link_stop (owner->link);
  end (owner, &wires);
}

static void
test_not_taken (void)
{
  g_autoptr (GByteArray) bytes = encode (packet_loan (3, 0));
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fds[3] = { new_file (1), new_file (2), new_file (3) };

  agree_on_memory (owner, &wires);
  taken.leave = TRUE;
  for (guint i = 0; i < 30; i++)
    send_with_fds (wires.peer_out, bytes->data, bytes->len, fds, 3);
  for (guint i = 0; i < 30; i++) {
    g_auto (IpcPacket) packet = { 0 };

    test_owner_pop (owner, &packet);
  }
  for (guint i = 0; i < 3; i++)
    close (fds[i]);
  settle (owner, &wires); /* the last callback has returned */
  end_without_fds (owner, &wires);
}

/* Nothing was agreed on: they are dropped, and the link goes on. */
static void
test_not_agreed (gconstpointer data)
{
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fds[200];

  agree (owner, GPOINTER_TO_UINT (data));
  settle (owner, &wires);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = new_file (i);
  for (guint i = 0; i < 5; i++) {
    g_autoptr (GByteArray) bytes = encode (packet_loan (1, 0));
    g_auto (IpcPacket) packet = { 0 };

    send_with_fds (wires.peer_out, bytes->data, bytes->len, fds, G_N_ELEMENTS (fds));
    test_owner_pop (owner, &packet);
    g_assert_cmpuint (taken.n, ==, 0);
  }
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  end_without_fds (owner, &wires);
}

typedef struct {
  const gchar *name;
  guint declares, sends, times;
} Breach;

static const Breach breaches[] = {
  { "none-comes", 1, 0, 1 },
  { "one-too-few", 3, 2, 1 },
  { "more-than-anybody-declares", 0, 1, IPC_LINK_MAX_FDS + 1 },
  { "more-at-once-than-fit", 1, IPC_LINK_MAX_FDS + 1, 1 },
  { "as-many-as-the-kernel-lets-through", 1, 253, 1 },
};

static void
test_breach (gconstpointer data)
{
  const Breach *breach = data;
  g_autoptr (GByteArray) bytes = encode (packet_loan (breach->declares, 0));
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fds[253];

  agree_on_memory (owner, &wires);
  for (guint i = 0; i < breach->sends; i++)
    fds[i] = new_file (i);
  for (guint i = 0; i < breach->times; i++) {
    if (breach->sends > 0)
      send_with_fds (wires.peer_out, bytes->data, bytes->len, fds, breach->sends);
    else
      peer_write (wires.peer_out, bytes->data, bytes->len);
  }
  for (guint i = 0; i < breach->sends; i++)
    close (fds[i]);
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL);
  g_assert_cmpuint (count_fds (), ==, 0);
  end_without_fds (owner, &wires);
}

/* With some that were read and belong to half a packet, and some that nobody has read. */
static void
test_peer_dies (void)
{
  g_autoptr (GByteArray) bytes = encode (packet_loan (2, 0));
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fds[2] = { new_file (1), new_file (2) };

  agree_on_memory (owner, &wires);
  send_with_fds (wires.peer_out, bytes->data, bytes->len - 1, fds, 2);
  close (fds[0]);
  close (fds[1]);
  wires_close_peer (&wires);
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED);
  g_assert_cmpuint (count_fds (), ==, 0);
  end_without_fds (owner, &wires);
}

/* Until @n fds wait for the packet that declares them. */
static void
await_unclaimed (TestOwner *owner, guint n)
{
  for (guint present = n + 1; present != n; g_thread_yield ()) {
    g_mutex_lock (&owner->link->lock);
    present = owner->link->fds.n;
    g_mutex_unlock (&owner->link->lock);
  }
}

/* Fds of half a packet do not wait for the next peer. */
static void
test_peer_is_replaced (void)
{
  g_autoptr (GByteArray) bytes = encode (packet_loan (1, 0));
  Wires wires, others;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fds[2] = { new_file (1), new_file (2) };
  g_auto (IpcPacket) packet = { 0 };

  agree_on_memory (owner, &wires);
  send_with_fds (wires.peer_out, bytes->data, bytes->len - 1, fds, 1);
  await_unclaimed (owner, 1);
  ipc_link_set_fdin (owner->link, -1);
  g_assert_cmpuint (count_fds (), ==, 2);
  wires_open (&others, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &others);
  agree_on_memory (owner, &others);
  send_with_fds (others.peer_out, bytes->data, bytes->len, fds + 1, 1);
  test_owner_pop (owner, &packet);
  g_assert_cmpuint (taken.n, ==, 1);
  g_assert_cmpuint (taken.sizes[0], ==, 2);
  close (fds[0]);
  close (fds[1]);
  wires_close (&wires);
  end (owner, &others);
  g_assert_cmpuint (count_fds (), ==, 0);
}

/* The kernel drops what there is no number for, and says so. */
static void
test_no_more_numbers (void)
{
  g_autoptr (GByteArray) bytes = encode (packet_loan (1, 0));
  Wires wires;
  Taken taken;
  TestOwner *owner = borrowing_slave (&wires, &taken);
  gint fd = new_file (1), next = dup (fd);
  struct rlimit limit, less;

  agree_on_memory (owner, &wires);
  if (g_strrstr (g_getenv ("LD_PRELOAD") ? g_getenv ("LD_PRELOAD") : "", "vgpreload")) {
    g_test_skip ("valgrind keeps numbers above the limit for itself");
    close (fd);
    close (next);
    end_without_fds (owner, &wires);
    return;
  }
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  less = limit;
  less.rlim_cur = (rlim_t)next;
  close (next);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &less), ==, 0);
  send_with_fds (wires.peer_out, bytes->data, bytes->len, &fd, 1);
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL);
  assert_says (test_owner_await_lost (owner, 1), "RLIMIT_NOFILE");
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  close (fd);
  end_without_fds (owner, &wires);
}

static void
test_where_they_can_pass (void)
{
  const WireKind kinds[] = { WIRE_SOCKETPAIR, WIRE_PIPES, WIRE_TCP, WIRE_TERMINAL };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    Wires wires;
    TestOwner *owner;

    wires_open (&wires, kinds[i], FALSE);
    owner = test_owner_new (IPC_TO_MASTER, &wires);
    g_assert_cmpint (ipc_link_passes_fds (owner->link), ==, kinds[i] == WIRE_SOCKETPAIR);
    ipc_link_disconnect (owner->link);
    g_assert_false (ipc_link_passes_fds (owner->link));
    end (owner, &wires);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  /* first: the link of another test may end, and let go of numbers, a moment after it */
  g_test_add_func ("/link/passing/there-are-no-more-numbers", test_no_more_numbers);
  g_test_add_data_func ("/link/passing/they-go-with-the-first-byte", GSIZE_TO_POINTER (0), test_sent);
  g_test_add_data_func ("/link/passing/of-a-packet-in-pieces-too", GSIZE_TO_POINTER (1024 * 1024), test_sent);
  g_test_add_func ("/link/passing/cancelled-before-it-went", test_cancelled_before_it_went);
  g_test_add_func ("/link/passing/cancelled-after-it-went", test_cancelled_after_it_went);
  g_test_add_func ("/link/passing/nothing-goes-to-another-peer", test_for_another_peer);
  g_test_add_func ("/link/passing/they-come-with-any-byte", test_received);
  g_test_add_func ("/link/passing/they-come-byte-by-byte", test_received_byte_by_byte);
  g_test_add_func ("/link/passing/many-packets-at-once", test_received_many_at_once);
  g_test_add_func ("/link/passing/who-does-not-take-them-leaks-none", test_not_taken);
  g_test_add_data_func ("/link/passing/legacy-peers-pass-none", GUINT_TO_POINTER (IPC_FORM_LEGACY), test_not_agreed);
  g_test_add_data_func ("/link/passing/peers-that-did-not-agree-pass-none",
      GUINT_TO_POINTER (IPC_FORM_OBJECTS | IPC_FORM_METAS), test_not_agreed);
  for (guint i = 0; i < G_N_ELEMENTS (breaches); i++) {
    g_autofree gchar *path = g_strdup_printf ("/link/passing/a-breach/%s", breaches[i].name);

    g_test_add_data_func (path, &breaches[i], test_breach);
  }
  g_test_add_func ("/link/passing/the-peer-dies-with-some-on-their-way", test_peer_dies);
  g_test_add_func ("/link/passing/the-peer-is-replaced-in-mid-packet", test_peer_is_replaced);
  g_test_add_func ("/link/passing/only-local-stream-sockets-pass-them", test_where_they_can_pass);
  return g_test_run ();
}
