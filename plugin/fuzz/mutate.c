/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mutations that know what a text of a structure looks like. libFuzzer changes bytes, guided by the code that they
 * reach; but what GStreamer does with a value is in libraries that it does not see, and a text that grows no longer
 * fits its length. So every other time a value is replaced by an odd one, or by one from elsewhere in the input, or a
 * field goes or comes twice.
 */

#include "fuzz.h"

#include <string.h>

#include "wire/codec.h"

/* libFuzzer's names: the first is its own, the second ours, for it to call. */
size_t LLVMFuzzerMutate (guint8 *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (guint8 *data, size_t size, size_t max_size, unsigned int seed);

#define MAX_TEXTS 64
#define LENGTH_SIZE 4
#define ENDS_OF_VALUES ",;\\ ]}\">"

/* Where a text is in the input; its NUL counts as part of it, where it has one. */
typedef struct {
  gsize at, size;
  gboolean has_length; /* in front, of LENGTH_SIZE bytes */
} Text;

static const gchar *const odd_values[] = { "", "NULL", "true", "0", "-1", "1", "2", "-2", "59", "60", "99", "-99",
  "127", "128", "255", "256", "3600", "65535", "65536", "1000000000", "2147483647", "2147483648", "-2147483648",
  "4294967295", "4294967296", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "0.5", "-0.0",
  "1e308", "nan", "inf", "0/1", "1/0", "-1/2", "2147483647/1", "1/2147483647" };

/* A string as packets have it, that looks like a structure. */
static gboolean
is_text (const guint8 *data, gsize size, gsize at, Text *text)
{
  guint32 length;

  if (size - at < LENGTH_SIZE)
    return FALSE;
  length = ipc_read_u32 (data + at);
  if (length < 2 || length > size - at - LENGTH_SIZE || !g_ascii_isalpha (data[at + LENGTH_SIZE]))
    return FALSE;
  *text = (Text){ at + LENGTH_SIZE, length, TRUE };
  return memchr (data + text->at, '\0', length) == data + text->at + length - 1
         && memchr (data + text->at, '=', length);
}

static guint
find_texts (const guint8 *data, gsize size, Text *texts)
{
  guint n = 0;

  for (gsize at = 0; at < size && n < MAX_TEXTS; at++) {
    if (is_text (data, size, at, &texts[n])) {
      at = texts[n].at + texts[n].size - 1;
      n++;
    }
  }
  /* the input of the target `text`: flags, and one text to the end */
  if (n == 0 && size > 1 && !memchr (data + 1, '\0', size - 1))
    texts[n++] = (Text){ 1, size - 1, FALSE };
  return n;
}

/* The value behind a '=' or a ')' at random, without the type in front of it. */
static gboolean
find_value (GRand *rand, const GString *text, gsize *at, gsize *size)
{
  for (guint tries = 0; tries < 20 && text->len > 0; tries++) {
    gsize start = (gsize)g_rand_int_range (rand, 0, (gint32)text->len);

    if (text->str[start] == ')' || (text->str[start] == '=' && text->str[start + 1] != '(')) {
      *at = start + 1;
      *size = strcspn (text->str + *at, ENDS_OF_VALUES);
      return TRUE;
    }
  }
  return FALSE;
}

static void
replace (GString *text, gsize at, gsize size, const gchar *value, gsize value_size)
{
  g_autofree gchar *copy = g_strndup (value, value_size);

  g_string_erase (text, (gssize)at, (gssize)size);
  g_string_insert (text, (gssize)at, copy);
}

static void
change_value (GRand *rand, GString *text)
{
  gsize at, size, other, other_size;
  const gchar *odd = odd_values[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd_values))];

  if (!find_value (rand, text, &at, &size))
    return;
  switch (g_rand_int_range (rand, 0, 6)) {
  case 0:
    if (find_value (rand, text, &other, &other_size))
      replace (text, at, size, text->str + other, other_size);
    break;
  case 1:
    if (size > 0)
      text->str[at + (gsize)g_rand_int_range (rand, 0, (gint32)size)] = "09-+:./x"[g_rand_int_range (rand, 0, 8)];
    break;
  case 2:
    replace (text, at, 0, odd, strlen (odd));
    break;
  default:
    replace (text, at, size, odd, strlen (odd));
    break;
  }
}

/* The next field goes, or comes twice. */
static void
change_fields (GRand *rand, GString *text)
{
  const gchar *from = text->str + g_rand_int_range (rand, 0, (gint32)text->len);
  const gchar *start = strchr (from, ','), *end = start ? strchr (start + 1, ',') : NULL;
  gsize at, size;

  if (!end)
    return;
  at = (gsize)(start - text->str);
  size = (gsize)(end - start);
  if (g_rand_boolean (rand))
    g_string_erase (text, (gssize)at, (gssize)size);
  else
    replace (text, at, 0, start, size);
}

static size_t
mutate_text (GRand *rand, guint8 *data, size_t size, size_t max_size, const Text *text)
{
  const gsize end = text->at + text->size, terminator = text->has_length ? 1 : 0;
  g_autoptr (GString) changed = g_string_new_len ((const gchar *)data + text->at, (gssize)(text->size - terminator));

  for (gint n = g_rand_int_range (rand, 1, 4); n > 0 && changed->len > 0; n--) {
    if (g_rand_int_range (rand, 0, 5) == 0)
      change_fields (rand, changed);
    else
      change_value (rand, changed);
  }
  if (text->at + changed->len + terminator + (size - end) > max_size)
    return size;
  memmove (data + text->at + changed->len + terminator, data + end, size - end);
  memcpy (data + text->at, changed->str, changed->len + terminator);
  if (text->has_length)
    ipc_write_u32 (data + text->at - LENGTH_SIZE, (guint32)(changed->len + terminator));
  return size - text->size + changed->len + terminator;
}

size_t
LLVMFuzzerCustomMutator (guint8 *data, size_t size, size_t max_size, unsigned int seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Text texts[MAX_TEXTS];
  const guint n = g_rand_boolean (rand) ? find_texts (data, size, texts) : 0;

  if (n == 0)
    return LLVMFuzzerMutate (data, size, max_size);
  return mutate_text (rand, data, size, max_size, &texts[g_rand_int_range (rand, 0, (gint32)n)]);
}
