/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GLib's locks over pthreads, for ThreadSanitizer. GLib's own are bare futexes that it does not see: what
 * they guard would be reported as races. This library is preloaded in the thread-sanitizer runs only:
 *
 *   cc -shared -fPIC -O1 -g -o glib-locks.so glib-locks.c $(pkg-config --cflags glib-2.0) -lpthread
 *   LD_PRELOAD=$PWD/glib-locks.so some-program-built-with-fsanitize-thread
 *
 * It takes the place of the exported functions, for programs and all libraries but GLib itself: libglib-2.0.so calls
 * its own functions directly (170 calls of g_mutex_lock in Debian 12's, none through the PLT), so that its queues,
 * thread pools and main contexts stay as they are. No lock is ever used from both sides: those within GLib are not
 * reachable from outside. That also means that a hand-over through a GAsyncQueue or a GMainContext is not seen; ours go
 * with a lock of their own, for what is left see suppressions.txt. A hand-over to a GThreadPool is shown, below.
 *
 * The memory of a GLib lock holds a pointer to the pthread object, made on first use because a zeroed lock is valid.
 * This is not itself instrumented: programs without ThreadSanitizer (shells) must be able to run with it, too.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

static void
must (int code, const char *what)
{
  if (code == 0)
    return;
  fprintf (stderr, "glib-locks: %s failed: %d\n", what, code);
  abort ();
}

/* ThreadSanitizer's, in programs that have it: the order in which we hand the pthread objects from one thread to
 * another. */
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

typedef void *(*Create) (void);

/* The pthread object of @slot; two threads may both make one, the later one throws its own away. */
static void *
object_of (gpointer *slot, Create create, void (*destroy) (void *object))
{
  void *object = __atomic_load_n (slot, __ATOMIC_ACQUIRE), *none = NULL;

  if (!object) {
    object = create ();
    if (__tsan_release)
      __tsan_release (slot);
    if (__atomic_compare_exchange_n (slot, &none, object, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return object;
    destroy (object);
    object = none;
  }
  if (__tsan_acquire)
    __tsan_acquire (slot);
  return object;
}

static void
destroy_slot (gpointer *slot, void (*destroy) (void *object))
{
  if (*slot)
    destroy (*slot);
  *slot = NULL;
}

/* ---- GMutex, GRecMutex ---- */

static void *
mutex_of_type (int type)
{
  pthread_mutex_t *mutex = malloc (sizeof *mutex);
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, type);
  must (pthread_mutex_init (mutex, &attributes), "pthread_mutex_init");
  pthread_mutexattr_destroy (&attributes);
  return mutex;
}

static void *
mutex_create (void)
{
  return mutex_of_type (PTHREAD_MUTEX_NORMAL);
}

static void *
rec_mutex_create (void)
{
  return mutex_of_type (PTHREAD_MUTEX_RECURSIVE);
}

static void
mutex_destroy (void *object)
{
  must (pthread_mutex_destroy (object), "pthread_mutex_destroy");
  free (object);
}

static pthread_mutex_t *
mutex_of (GMutex *mutex)
{
  return object_of (&mutex->p, mutex_create, mutex_destroy);
}

static pthread_mutex_t *
rec_mutex_of (GRecMutex *mutex)
{
  return object_of (&mutex->p, rec_mutex_create, mutex_destroy);
}

void
g_mutex_init (GMutex *mutex)
{
  mutex->p = NULL;
}

void
g_mutex_clear (GMutex *mutex)
{
  destroy_slot (&mutex->p, mutex_destroy);
}

void
g_mutex_lock (GMutex *mutex)
{
  must (pthread_mutex_lock (mutex_of (mutex)), "pthread_mutex_lock");
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  return pthread_mutex_trylock (mutex_of (mutex)) == 0;
}

void
g_mutex_unlock (GMutex *mutex)
{
  must (pthread_mutex_unlock (mutex_of (mutex)), "pthread_mutex_unlock");
}

void
g_rec_mutex_init (GRecMutex *mutex)
{
  mutex->p = NULL;
}

void
g_rec_mutex_clear (GRecMutex *mutex)
{
  destroy_slot (&mutex->p, mutex_destroy);
}

void
g_rec_mutex_lock (GRecMutex *mutex)
{
  must (pthread_mutex_lock (rec_mutex_of (mutex)), "pthread_mutex_lock");
}

gboolean
g_rec_mutex_trylock (GRecMutex *mutex)
{
  return pthread_mutex_trylock (rec_mutex_of (mutex)) == 0;
}

void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  must (pthread_mutex_unlock (rec_mutex_of (mutex)), "pthread_mutex_unlock");
}

/* ---- GRWLock ---- */

static void *
rw_lock_create (void)
{
  pthread_rwlock_t *lock = malloc (sizeof *lock);

  must (pthread_rwlock_init (lock, NULL), "pthread_rwlock_init");
  return lock;
}

static void
rw_lock_destroy (void *object)
{
  must (pthread_rwlock_destroy (object), "pthread_rwlock_destroy");
  free (object);
}

static pthread_rwlock_t *
rw_lock_of (GRWLock *lock)
{
  return object_of (&lock->p, rw_lock_create, rw_lock_destroy);
}

void
g_rw_lock_init (GRWLock *lock)
{
  lock->p = NULL;
}

void
g_rw_lock_clear (GRWLock *lock)
{
  destroy_slot (&lock->p, rw_lock_destroy);
}

void
g_rw_lock_writer_lock (GRWLock *lock)
{
  must (pthread_rwlock_wrlock (rw_lock_of (lock)), "pthread_rwlock_wrlock");
}

gboolean
g_rw_lock_writer_trylock (GRWLock *lock)
{
  return pthread_rwlock_trywrlock (rw_lock_of (lock)) == 0;
}

void
g_rw_lock_writer_unlock (GRWLock *lock)
{
  must (pthread_rwlock_unlock (rw_lock_of (lock)), "pthread_rwlock_unlock");
}

void
g_rw_lock_reader_lock (GRWLock *lock)
{
  must (pthread_rwlock_rdlock (rw_lock_of (lock)), "pthread_rwlock_rdlock");
}

gboolean
g_rw_lock_reader_trylock (GRWLock *lock)
{
  return pthread_rwlock_tryrdlock (rw_lock_of (lock)) == 0;
}

void
g_rw_lock_reader_unlock (GRWLock *lock)
{
  must (pthread_rwlock_unlock (rw_lock_of (lock)), "pthread_rwlock_unlock");
}

/* ---- GCond ---- */

static void *
cond_create (void)
{
  pthread_cond_t *cond = malloc (sizeof *cond);
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  must (pthread_cond_init (cond, &attributes), "pthread_cond_init");
  pthread_condattr_destroy (&attributes);
  return cond;
}

static void
cond_destroy (void *object)
{
  must (pthread_cond_destroy (object), "pthread_cond_destroy");
  free (object);
}

static pthread_cond_t *
cond_of (GCond *cond)
{
  return object_of (&cond->p, cond_create, cond_destroy);
}

void
g_cond_init (GCond *cond)
{
  cond->p = NULL;
}

void
g_cond_clear (GCond *cond)
{
  destroy_slot (&cond->p, cond_destroy);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  must (pthread_cond_wait (cond_of (cond), mutex_of (mutex)), "pthread_cond_wait");
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  struct timespec end = { end_time / G_USEC_PER_SEC, end_time % G_USEC_PER_SEC * 1000 };
  int code = pthread_cond_timedwait (cond_of (cond), mutex_of (mutex), &end);

  if (code != ETIMEDOUT)
    must (code, "pthread_cond_timedwait");
  return code == 0;
}

void
g_cond_signal (GCond *cond)
{
  must (pthread_cond_signal (cond_of (cond)), "pthread_cond_signal");
}

void
g_cond_broadcast (GCond *cond)
{
  must (pthread_cond_broadcast (cond_of (cond)), "pthread_cond_broadcast");
}

/* ---- GOnce: one lock for all, the value tells its state ---- */

static pthread_mutex_t once_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t once_changed = PTHREAD_COND_INITIALIZER;

/* The places that somebody is initializing just now. */
#define MAX_INITIALIZING 64
static const void *initializing[MAX_INITIALIZING];

static int
find_initializing (const void *place)
{
  int i;

  for (i = 0; i < MAX_INITIALIZING && initializing[i] != place; i++)
    ;
  return i;
}

gboolean (g_once_init_enter) (volatile void *location)
{
  gsize *value = (gsize *)location;
  gboolean mine = FALSE;
  int i;

  must (pthread_mutex_lock (&once_lock), "pthread_mutex_lock");
  while (__atomic_load_n (value, __ATOMIC_ACQUIRE) == 0 && find_initializing (value) < MAX_INITIALIZING)
    pthread_cond_wait (&once_changed, &once_lock);
  if (__atomic_load_n (value, __ATOMIC_ACQUIRE) == 0) {
    mine = TRUE;
    i = find_initializing (NULL);
    must (i == MAX_INITIALIZING, "too many initializations at once");
    initializing[i] = value;
  }
  must (pthread_mutex_unlock (&once_lock), "pthread_mutex_unlock");
  return mine;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  gsize *value = (gsize *)location;

  must (pthread_mutex_lock (&once_lock), "pthread_mutex_lock");
  __atomic_store_n (value, result, __ATOMIC_RELEASE);
  initializing[find_initializing (value)] = NULL;
  pthread_cond_broadcast (&once_changed);
  must (pthread_mutex_unlock (&once_lock), "pthread_mutex_unlock");
}

gpointer
g_once_impl (GOnce *once, GThreadFunc func, gpointer arg)
{
  gpointer result;

  must (pthread_mutex_lock (&once_lock), "pthread_mutex_lock");
  while (once->status == G_ONCE_STATUS_PROGRESS)
    pthread_cond_wait (&once_changed, &once_lock);
  if (once->status == G_ONCE_STATUS_NOTCALLED) {
    once->status = G_ONCE_STATUS_PROGRESS;
    pthread_mutex_unlock (&once_lock);
    result = func (arg);
    pthread_mutex_lock (&once_lock);
    once->retval = result;
    __atomic_store_n (&once->status, G_ONCE_STATUS_READY, __ATOMIC_RELEASE);
    pthread_cond_broadcast (&once_changed);
  }
  result = once->retval;
  must (pthread_mutex_unlock (&once_lock), "pthread_mutex_unlock");
  return result;
}

/* ---- thread pools: who runs a job sees what its giver wrote, who waits for a pool's end what its jobs wrote ---- */

typedef struct {
  GFunc func;
  gpointer user_data;
} PoolUser;

/* Stands for the end of every job, of whatever pool. */
static gchar pools[1];

static void
run_job (gpointer job, gpointer data)
{
  PoolUser *user = data;

  if (__tsan_acquire)
    __tsan_acquire (job);
  user->func (job, user->user_data);
  if (__tsan_release)
    __tsan_release (pools);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads, gboolean exclusive, GError **error)
{
  GThreadPool *(*real) (GFunc, gpointer, gint, gboolean, GError **);
  PoolUser *user = calloc (1, sizeof *user); /* for as long as the process: pools are few */

  user->func = func;
  user->user_data = user_data;
  *(void **)&real = dlsym (RTLD_NEXT, "g_thread_pool_new");
  return real (run_job, user, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  gboolean (*real) (GThreadPool *, gpointer, GError **);

  *(void **)&real = dlsym (RTLD_NEXT, "g_thread_pool_push");
  if (__tsan_release)
    __tsan_release (data);
  return real (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  void (*real) (GThreadPool *, gboolean, gboolean);

  *(void **)&real = dlsym (RTLD_NEXT, "g_thread_pool_free");
  real (pool, immediate, wait);
  if (wait && __tsan_acquire)
    __tsan_acquire (pools);
}
