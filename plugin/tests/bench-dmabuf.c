/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-dmabuf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gst/allocators/gstdmabuf.h>
#include <linux/dma-buf.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "bench-memory.h"

#define DEVICES "/dev/dri"
#define ROW 4096

/* -1 when @device makes none. */
static gint export(gint device, gsize size)
{
  guint32 handle, pitch;
  guint64 made;
  gint fd = -1;

  if (drmModeCreateDumbBuffer (device, ROW / 4, (guint32)(size / ROW), 32, 0, &handle, &pitch, &made) != 0)
    return -1;
  if (made != size || drmPrimeHandleToFD (device, handle, DRM_CLOEXEC | DRM_RDWR, &fd) != 0)
    fd = -1;
  drmModeDestroyDumbBuffer (device, handle);
  return fd;
}

static gboolean
makes_dmabufs (gint device)
{
  gint fd = export(device, ROW);
  gpointer data = fd >= 0 ? mmap (NULL, ROW, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

  if (data != MAP_FAILED)
    munmap (data, ROW);
  if (fd >= 0)
    close (fd);
  return data != MAP_FAILED;
}

/* The first device that makes dmabufs that can be mapped, or -1. */
static gint
find_device (void)
{
  g_autoptr (GDir) dir = g_dir_open (DEVICES, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (DEVICES, name, NULL);
    gint device = g_str_has_prefix (name, "card") ? open (path, O_RDWR | O_CLOEXEC) : -1;

    if (device >= 0 && makes_dmabufs (device))
      return device;
    if (device >= 0)
      close (device);
  }
  return -1;
}

static gint
get_device (void)
{
  static gint device = -2;

  if (device == -2)
    device = find_device ();
  return device;
}

const gchar *
dmabuf_why_not (void)
{
  return get_device () >= 0 ? NULL
                            : "no device in " DEVICES
                              " makes dumb buffers that can be mapped; see ci/with-dmabuf --help";
}

gint
dmabuf_new_fd (gsize size, guint8 seed)
{
  gint fd = export(get_device (), size), model = memory_new_fd (size, 0, seed);
  struct dma_buf_sync sync = { DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE };
  gpointer data;

  g_assert_no_errno (fd);
  data = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (data != MAP_FAILED);
  g_assert_no_errno (drmIoctl (fd, DMA_BUF_IOCTL_SYNC, &sync));
  g_assert_cmpint (pread (model, data, size, 0), ==, size);
  sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE;
  g_assert_no_errno (drmIoctl (fd, DMA_BUF_IOCTL_SYNC, &sync));
  munmap (data, size);
  close (model);
  return fd;
}

GstMemory *
dmabuf_new (gsize size, guint8 seed)
{
  g_autoptr (GstAllocator) allocator = gst_dmabuf_allocator_new ();

  return gst_dmabuf_allocator_alloc (allocator, dmabuf_new_fd (size, seed), size);
}

guint
dmabuf_count_fds (void)
{
  return memory_count_fds_of ("/dmabuf:");
}

guint
dmabuf_count_mappings (void)
{
  return memory_count_mappings_of ("/dmabuf:");
}

gboolean
dmabuf_is_same (gint one, gint other)
{
  struct stat first, second;

  g_assert_no_errno (fstat (one, &first));
  g_assert_no_errno (fstat (other, &second));
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}
