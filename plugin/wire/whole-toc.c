/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of contents. Their entries nest, and texts double what needs an escape with each level: so all entries stand
 * in one row, each behind the one that it belongs to and with the place of that one in the row. Nobody can write a ring
 * that way.
 */

#include "rules.h"
#include "whole.h"

/* Of an entry that lies in no other. */
#define NO_PARENT -1

typedef struct {
  GValue entries; /* array of structures */
  guint n_entries;
  guint depth; /* of a value in the array's structures */
} FlatToc;

static gboolean flatten_entries (FlatToc *toc, GList *entries, gint parent, guint level);

static gboolean
flatten_entry (FlatToc *toc, GstTocEntry *entry, gint parent, guint level)
{
  gint place = (gint)toc->n_entries;
  GstTocLoopType loop_type = GST_TOC_LOOP_NONE;
  gint repeat_count = 0;
  gint64 start = -1;
  gint64 stop = -1;
  GValue value = G_VALUE_INIT;
  GstStructure *flat;
  gboolean done;

  if (toc->n_entries++ >= IPC_WHOLE_MAX_TOC_ENTRIES)
    return FALSE;
  gst_toc_entry_get_start_stop_times (entry, &start, &stop);
  gst_toc_entry_get_loop (entry, &loop_type, &repeat_count);
  flat = gst_structure_new ("entry", "parent", G_TYPE_INT, parent, "entry-type", GST_TYPE_TOC_ENTRY_TYPE,
      gst_toc_entry_get_entry_type (entry), "start", G_TYPE_INT64, start, "stop", G_TYPE_INT64, stop, "loop-type",
      GST_TYPE_TOC_LOOP_TYPE, loop_type, "repeat-count", G_TYPE_INT, repeat_count, NULL);
  done = ipc_whole_add_text (flat, "uid", gst_toc_entry_get_uid (entry))
         && ipc_whole_add (flat, "tags", GST_TYPE_TAG_LIST, gst_toc_entry_get_tags (entry), toc->depth);
  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, flat);
  gst_value_array_append_and_take_value (&toc->entries, &value);
  return done && flatten_entries (toc, gst_toc_entry_get_sub_entries (entry), place, level + 1);
}

static gboolean
flatten_entries (FlatToc *toc, GList *entries, gint parent, guint level)
{
  if (entries && level > IPC_WHOLE_MAX_TOC_DEPTH)
    return FALSE;
  for (; entries; entries = entries->next) {
    if (!flatten_entry (toc, entries->data, parent, level))
      return FALSE;
  }
  return TRUE;
}

gboolean
ipc_whole_flatten_toc (GstStructure *object, const GstToc *toc, guint depth)
{
  FlatToc flat = { .entries = G_VALUE_INIT, .depth = depth + 2 };
  gboolean done;

  g_value_init (&flat.entries, GST_TYPE_ARRAY);
  done = flatten_entries (&flat, gst_toc_get_entries (toc), NO_PARENT, 1);
  gst_structure_set (object, "scope", GST_TYPE_TOC_SCOPE, gst_toc_get_scope (toc), NULL);
  gst_structure_take_value (object, "entries", &flat.entries);
  return done && ipc_whole_add (object, "tags", GST_TYPE_TAG_LIST, gst_toc_get_tags (toc), depth);
}

static const GstTagList *
get_tags (const GstStructure *structure)
{
  const GValue *value = gst_structure_get_value (structure, "tags");

  return value ? g_value_get_boxed (value) : NULL;
}

/* All fields but the parent; NULL with reader->error. */
static GstTocEntry *
make_entry (IpcTextReader *reader, const GstStructure *structure)
{
  const GstTagList *tags;
  GstTocEntry *entry;
  gint type = 0;
  gint loop_type = 0;
  gint repeat_count = 0;
  gint64 start = -1;
  gint64 stop = -1;

  if (!ipc_rules_check_fields (structure,
          "parent:gint entry-type:GstTocEntryType uid:gchararray start:gint64 stop:gint64 loop-type:GstTocLoopType "
          "repeat-count:gint",
          "tags:GstTagList", &reader->error))
    return NULL;
  gst_structure_get_enum (structure, "entry-type", GST_TYPE_TOC_ENTRY_TYPE, &type);
  gst_structure_get_enum (structure, "loop-type", GST_TYPE_TOC_LOOP_TYPE, &loop_type);
  gst_structure_get (structure, "repeat-count", G_TYPE_INT, &repeat_count, "start", G_TYPE_INT64, &start, "stop",
      G_TYPE_INT64, &stop, NULL);
  entry = gst_toc_entry_new ((GstTocEntryType)type, gst_structure_get_string (structure, "uid"));
  gst_toc_entry_set_start_stop_times (entry, start, stop);
  gst_toc_entry_set_loop (entry, (GstTocLoopType)loop_type, repeat_count);
  tags = get_tags (structure);
  if (tags)
    gst_toc_entry_set_tags (entry, gst_tag_list_ref ((GstTagList *)tags));
  return entry;
}

/* What is known of the entries that have been read. */
typedef struct {
  GstToc *toc;
  GPtrArray *entries; /* borrowed */
  guint levels[IPC_WHOLE_MAX_TOC_ENTRIES];
} Rebuilding;

static gboolean
take_entry (Rebuilding *rebuilding, IpcTextReader *reader, const GstStructure *structure)
{
  guint place = rebuilding->entries->len;
  gint parent = NO_PARENT;
  GstTocEntry *entry = make_entry (reader, structure);

  if (!entry)
    return FALSE;
  gst_structure_get_int (structure, "parent", &parent);
  rebuilding->levels[place] = parent >= 0 && (guint)parent < place ? rebuilding->levels[parent] + 1 : 1;
  if (parent < NO_PARENT || parent >= (gint)place || rebuilding->levels[place] > IPC_WHOLE_MAX_TOC_DEPTH) {
    gst_toc_entry_unref (entry);
    return ipc_text_fail (
        reader, IPC_WIRE_ERROR_VALUE, "entry %u of a table of contents cannot lie in entry %d", place, parent);
  }
  g_ptr_array_add (rebuilding->entries, entry);
  if (parent == NO_PARENT)
    gst_toc_append_entry (rebuilding->toc, entry);
  else
    gst_toc_entry_append_sub_entry (g_ptr_array_index (rebuilding->entries, (guint)parent), entry);
  return TRUE;
}

static gboolean
take_entries (IpcTextReader *reader, GstToc *toc, const GValue *entries)
{
  guint size = gst_value_array_get_size (entries);
  g_autofree Rebuilding *rebuilding = NULL;
  gboolean done = TRUE;

  if (size > IPC_WHOLE_MAX_TOC_ENTRIES)
    return ipc_text_fail (
        reader, IPC_WIRE_ERROR_VALUE, "a table of contents of more than %d entries", IPC_WHOLE_MAX_TOC_ENTRIES);
  rebuilding = g_new0 (Rebuilding, 1);
  rebuilding->toc = toc;
  rebuilding->entries = g_ptr_array_sized_new (size);
  for (guint i = 0; done && i < size; i++)
    done = take_entry (rebuilding, reader, gst_value_get_structure (gst_value_array_get_value (entries, i)));
  g_ptr_array_unref (rebuilding->entries);
  return done;
}

GstToc *
ipc_whole_rebuild_toc (IpcTextReader *reader, const GstStructure *object)
{
  g_autoptr (GstToc) toc = NULL;
  const GstTagList *tags = get_tags (object);
  gint scope = 0;

  gst_structure_get_enum (object, "scope", GST_TYPE_TOC_SCOPE, &scope);
  toc = gst_toc_new ((GstTocScope)scope);
  if (tags)
    gst_toc_set_tags (toc, gst_tag_list_ref ((GstTagList *)tags));
  if (!take_entries (reader, toc, gst_structure_get_value (object, "entries")))
    return NULL;
  return g_steal_pointer (&toc);
}
