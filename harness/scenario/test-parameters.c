/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files with parameters: the cases that come out, what is written out in them, and how mistakes name what the author
 * wrote. In each text the line numbers are those of the strings below.
 */
#include <string.h>

#include "case-name.h"
#include "test-util.h"

#define HEAD "{\n\"shows\": \"something\", \"requirements\": [\"SEEK-1\"],\n"
#define MASTER "\"master\": {\"role\": \"master\", \"pipeline\": \"videotestsrc ! ipcpipelinesink name=video\"}"
#define EOS "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}"
#define F "scenario.json:"

/* A file of @parameters (line 3), processes (line 4) and steps (from line 6 on). */
static gchar *
file (const gchar *parameters, const gchar *processes, const gchar *steps)
{
  return g_strdup_printf (HEAD "%s\n\"processes\": {%s},\n\"steps\": [\n%s]}\n", parameters,
      processes ? processes : MASTER, steps ? steps : EOS);
}

static gchar *
names_of (GPtrArray *cases)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < cases->len; i++)
    g_string_append_printf (names, "%s%s", i ? " " : "", ((IpcScenarioCase *)cases->pdata[i])->name);
  return g_string_free (names, FALSE);
}

static void
assert_names (const gchar *parameters, const gchar *expected)
{
  g_autofree gchar *text = file (parameters, NULL, "{\"act\": \"mark\", \"name\": \"m\", \"comment\": \"x\"}, " EOS);
  g_autoptr (GPtrArray) cases = ipc_test_load (text, "");
  g_autofree gchar *names = names_of (cases);

  g_assert_cmpstr (names, ==, expected);
}

static void
test_each_combination_is_a_case (void)
{
#define SHOWS "\"allow\": [{\"for\": {\"x\": [2, 1]}, \"do\": [\"${a}\", \"${b}\", \"${c}\"]}], "
  assert_names (SHOWS "\"parameters\": {\"b\": [1, 2], \"a\": [\"x\"], \"c\": [true, 1.5]},",
      "scenario[b=1,a=x,c=true] scenario[b=1,a=x,c=1.5] scenario[b=2,a=x,c=true] scenario[b=2,a=x,c=1.5]");
  assert_names (SHOWS "\"parameters\": {\"a\": {\"one\": {\"any\": []}, \"t.w-o\": null}, \"b\": [1], \"c\": [-1]},",
      "scenario[a=one,b=1,c=-1] scenario[a=t.w-o,b=1,c=-1]");
  assert_names (SHOWS "\"parameters\": {\"a\": [1, 2, 3], \"b\": [1, 2], \"c\": [1]}, "
                      "\"exclude\": [{\"a\": [1, 3], \"b\": 2}, {\"a\": \"2\"}],",
      "scenario[a=1,b=1,c=1] scenario[a=3,b=1,c=1]");
}

static void
test_full_is_kept_apart (void)
{
  static const gchar parameters[] = SHOWS "\"parameters\": {\"a\": {\"values\": [1], \"full\": {\"two\": 2}}, "
                                          "\"b\": {\"full\": [4], \"values\": [3]}, \"c\": [1]},";
  GPtrArray *cases;
  g_autofree gchar *text = file (parameters, NULL, NULL), *names = NULL;

  assert_names (parameters, "scenario[a=1,b=3,c=1]");
  ipc_test_world.full = TRUE;
  cases = ipc_test_load (text, "");
  ipc_test_world.full = FALSE;
  names = names_of (cases);
  g_assert_cmpstr (
      names, ==, "scenario[a=1,b=4,c=1] scenario[a=1,b=3,c=1] scenario[a=two,b=4,c=1] scenario[a=two,b=3,c=1]");
  g_assert_true (((IpcScenarioCase *)cases->pdata[0])->full);
  g_assert_false (((IpcScenarioCase *)cases->pdata[1])->full);
  g_assert_true (((IpcScenarioCase *)cases->pdata[3])->full);
  g_ptr_array_unref (cases);
}

static IpcScenarioStep *
step_of (GPtrArray *cases, guint index, guint step)
{
  return ((IpcScenarioCase *)cases->pdata[index])->steps->pdata[step];
}

/* Values of any type, parts of them, in texts and as wholes, and lists that become elements. */
static void
test_values_stand_where_they_are_named (void)
{
  g_autofree gchar *text = file (
      "\"parameters\": {\"p\": {\"x\": {\"n\": 3, \"deep\": {\"src\": \"videotestsrc num-buffers=${n}\"}, "
      "\"more\": [{\"act\": \"mark\", \"name\": \"a\"}, {\"act\": \"mark\", \"name\": \"b-${n}\"}]}}, \"n\": [7]},",
      "\"master\": {\"role\": \"master\", \"pipeline\": [\"${p.deep.src}\", \"! ipcpipelinesink name=s${n}\"], "
      "\"environment\": [\"A=$${x}${media}\"], \"observe\": [\"s${n}.sink\"]}",
      "\"${p.more}\",\n{\"wait\": \"buffers\", \"process\": \"master\", \"pad\": \"s${n}.sink\", \"count\": \"${p.n}\","
      " \"comment\": \"${left-alone}\"}");
  g_autoptr (GPtrArray) cases = ipc_test_load (text, "");
  IpcScenarioProcess *master = ((IpcScenarioCase *)cases->pdata[0])->processes->pdata[0];
  IpcScenarioStep *wait = step_of (cases, 0, 2);

  g_assert_cmpstr (master->pipeline, ==, "videotestsrc num-buffers=7 ! ipcpipelinesink name=s7");
  g_assert_cmpstr (master->environment[0], ==, "A=${x}/media");
  g_assert_cmpstr (json_object_get_string_member (step_of (cases, 0, 1)->fields, "name"), ==, "b-7");
  g_assert_cmpstr (step_of (cases, 0, 1)->path, ==, "parameters.p.x.more[1]");
  g_assert_cmpuint (step_of (cases, 0, 1)->line, ==, 3);
  g_assert_cmpint (json_object_get_int_member (wait->fields, "count"), ==, 3);
  g_assert_cmpstr (wait->path, ==, "steps[1]");
  g_assert_cmpuint (wait->index, ==, 2);
  g_assert_cmpuint (wait->line, ==, 7);
}

/* In a text, what is no text is its label. */
static void
test_shows_tells_the_case (void)
{
  g_autofree gchar *text = g_strdup (
      "{\"shows\": \"${n} of ${film}\", \"requirements\": [\"SEEK-1\"], "
      "\"parameters\": {\"n\": [1, 2], \"film\": {\"webm\": {}}}, \"processes\": {" MASTER "}, \"steps\": [" EOS "]}");
  g_autoptr (GPtrArray) cases = ipc_test_load (text, "");

  g_assert_cmpstr (((IpcScenarioCase *)cases->pdata[1])->shows, ==, "2 of webm");
}

static void
test_for_is_written_out (void)
{
  g_autofree gchar *text = file ("\"parameters\": {\"n\": [0, 2]}, \"links\": {\"l${i}\": {\"for\": {\"i\": [1, "
                                 "\"${n}\"]}, \"from\": \"master.v${i}\", \"to\": \"slave-${i}.src\"}},",
      "\"slave-${i}\": {\"for\": {\"i\": [1, \"${n}\"]}, \"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src "
      "! fakesink\"}, \"master\": {\"role\": \"master\", \"pipeline\": [\"tee name=t\", {\"for\": {\"i\": [1, "
      "\"${n}\"]}, \"do\": [\"t. ! ipcpipelinesink name=v${i}\"]}]}",
      "{\"for\": {\"i\": [1, \"${n}\"], \"word\": {\"in\": [\"a\", \"b\"]}}, \"comment\": \"x\", \"do\": [\n"
      "{\"act\": \"mark\", \"name\": \"${word}-${i}\"}]},\n" EOS);
  g_autoptr (GPtrArray) cases = ipc_test_load (text, "");
  IpcScenarioCase *none = cases->pdata[0], *two = cases->pdata[1];
  IpcScenarioLink *link = two->links->pdata[1];
  static const gchar *const marks[] = { "a-1", "b-1", "a-2", "b-2" };

  g_assert_cmpuint (none->processes->len, ==, 1);
  g_assert_cmpuint (none->steps->len, ==, 1);
  g_assert_cmpstr (step_of (cases, 0, 0)->path, ==, "steps[1]");
  g_assert_cmpuint (two->processes->len, ==, 3);
  g_assert_cmpstr (link->name, ==, "l2");
  g_assert_cmpstr (link->sink, ==, "v2");
  g_assert_cmpstr (link->slave, ==, "slave-2");
  g_assert_cmpstr (ipc_scenario_case_find_process (two, "master")->pipeline, ==,
      "tee name=t t. ! ipcpipelinesink name=v1 t. ! "
      "ipcpipelinesink name=v2");
  g_assert_cmpuint (two->steps->len, ==, 5);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpstr (json_object_get_string_member (step_of (cases, 1, i)->fields, "name"), ==, marks[i]);
    g_assert_cmpstr (step_of (cases, 1, i)->path, ==, "steps[0].do[0]");
    g_assert_cmpuint (step_of (cases, 1, i)->line, ==, 7);
  }
}

/* In lists within lists too, and with names of what is counted. */
static void
test_repeat_and_groups (void)
{
  g_autofree gchar *text
      = file ("\"parameters\": {\"n\": [3]}, \"links\": {\"v\": {\"from\": \"master.video\", \"to\": \"viewer.src\"}},",
          MASTER ", \"viewer\": {\"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src ! fakesink\"}",
          "{\"repeat\": \"${n}\", \"steps\": [" EOS "]},\n"
          "{\"together\": [[{\"repeat\": 2, \"steps\": [" EOS
          "]}], {\"for\": {\"i\": [1, 2]}, \"do\": [[\n{\"act\": \"mark\", "
          "\"name\": \"m${i}\"}]]}]},\n{\"until\": \"x${n}\", \"steps\": [{\"repeat\": 0, \"steps\": [" EOS
          "]}, {\"act\": \"fault\", \"link\": \"v\", \"name\": \"x${n}\", \"do\": \"drop\"}]}");
  g_autoptr (GPtrArray) cases = ipc_test_load (text, "");
  GPtrArray *steps = ((IpcScenarioCase *)cases->pdata[0])->steps, *list;
  IpcScenarioStep *group = steps->pdata[3], *until = steps->pdata[4], *mark;

  g_assert_cmpuint (steps->len, ==, 5);
  g_assert_cmpstr (step_of (cases, 0, 2)->path, ==, "steps[0].steps[0]");
  g_assert_null (group->kind);
  g_assert_null (group->fault);
  g_assert_cmpuint (group->lists->len, ==, 3);
  list = group->lists->pdata[0];
  g_assert_cmpuint (list->len, ==, 2);
  list = group->lists->pdata[2];
  mark = list->pdata[0];
  g_assert_cmpstr (mark->text, ==, "act mark name=m2");
  g_assert_cmpstr (mark->path, ==, "steps[1].together[1].do[0][0]");
  g_assert_cmpuint (mark->index, ==, 6);
  g_assert_cmpuint (mark->line, ==, 8);
  g_assert_cmpstr (until->fault, ==, "x3");
  list = until->lists->pdata[0];
  g_assert_cmpuint (list->len, ==, 1);
}

/* {{{ mistakes */

typedef struct {
  const gchar *name, *parameters, *processes, *steps, *expected;
} Trap;

#define P(text) "\"parameters\": {" text "},"
#define USE(text) "{\"act\": \"mark\", \"name\": \"" text "\"}, " EOS

static const Trap traps[] = {
  { "unknown-name", P ("\"slaves\": [1]"), NULL, USE ("m${slvaes}${slaves}"),
      F "6: $.steps[0].name: unknown ${slvaes}: did you mean \"slaves\"?" },
  { "no-reference", P ("\"n\": [1]"), NULL, USE ("m${N}${n}"),
      F "6: $.steps[0].name: ${N} is no reference: expected ${name} or ${name.member} (\"$${\" means \"${\")" },
  { "unknown-member", P ("\"p\": {\"x\": {\"role\": \"a\"}}"), NULL, USE ("${p.rol}"),
      F "6: $.steps[0].name: ${p} has no \"rol\": did you mean \"role\"?" },
  { "member-of-a-text", P ("\"p\": [\"x\"]"), NULL, USE ("m${p.rol}"),
      F "6: $.steps[0].name: ${p} is a text: it has no \"rol\"" },
  { "object-in-a-text", P ("\"p\": {\"x\": {\"y\": {}}}"), NULL, USE ("m${p.y}"),
      F "6: $.steps[0].name: ${p.y} is an object: it can only be used as a whole value, \"${p.y}\"" },
  { "not-used", P ("\"n\": [1, 2]"), NULL, NULL,
      F "3: $.parameters.n: nothing uses ${n}: all its cases would be the same" },
  { "refers-to-itself", P ("\"p\": [\"x\"], \"q\": {\"y\": \"${q}\"}"), NULL, USE ("${p}${q}"),
      F "6: $.steps[0].name: a value refers to itself, or values to each other more than 16 deep" },
  { "labels", P ("\"n\": [\"a b\", \"\", {}, 1, 1.0, \"1\"], \"m\": {\"x/y\": 1}"), NULL, USE ("m${n}${m}"),
      F "3: $.parameters.n[0]: \"a b\" cannot be part of a case's name (letters, digits and . _ + - can): give it a "
        "label, {\"LABEL\": VALUE}\n" F
        "3: $.parameters.n[1]: \"\" cannot be part of a case's name (letters, digits and . _ + - can): give it a "
        "label, {\"LABEL\": VALUE}\n" F
        "3: $.parameters.n[2]: an object needs a label: write the values as an object, {\"LABEL\": VALUE, ...}\n" F
        "3: $.parameters.n[5]: n has a value called \"1\" already\n" F
        "3: $.parameters.m[\"x/y\"]: \"x/y\" cannot be part of a case's name (letters, digits and . _ + - can): give "
        "it a label, {\"LABEL\": VALUE}" },
  { "no-values", P ("\"n\": [], \"m\": 3, \"o\": {\"values\": [1], \"fll\": [2]}, \"media\": [1], \"Q\": [1]"), NULL,
      USE ("m${n}${m}${o}"),
      F "3: $.parameters.n: no values\n" F
        "3: $.parameters.m: expected a list of values or an object of labels and values, found a number\n" F
        "3: $.parameters.o.fll: unknown member \"fll\": did you mean \"full\"?\n" F
        "3: $.parameters.media: \"media\" is the folder of the media\n" F
        "3: $.parameters.Q: \"Q\": a parameter's name has small letters, digits and `-` and begins with a letter" },
  { "parameters-are-no-object", "\"parameters\": [], \"exclude\": {},", NULL, NULL,
      F "3: $.parameters: expected an object, found a list\n" F "3: $.exclude: expected a list, found an object" },
  { "exclude",
      P ("\"n\": [1, 2], \"m\": [3, 4]") " \"exclude\": [{\"n\": 1, \"m\": 3}, {\"n\": 5}, {\"o\": 1}, 3, "
                                         "{\"m\": [[]]}],",
      NULL, USE ("m${n}${m}"),
      F "3: $.exclude[1].n: unknown label of n \"5\": expected one of 1, 2\n" F
        "3: $.exclude[2].o: unknown parameter \"o\": expected one of n, m\n" F
        "3: $.exclude[3]: expected an object, found a number\n" F
        "3: $.exclude[4].m[0]: expected a label, found a list" },
  { "exclude-nothing", P ("\"n\": [1, 2]") " \"exclude\": [{\"n\": 1}, {\"n\": []}],", NULL, USE ("m${n}"),
      F "3: $.exclude[1]: leaves nothing out: no combination is like this" },
  { "exclude-all", P ("\"n\": [1, 2]") " \"exclude\": [{\"n\": [1, 2]}],", NULL, USE ("m${n}"),
      F "3: $.exclude: leaves out every combination" },
  { "too-many",
      P ("\"a\": [1,2,3,4,5,6,7,8], \"b\": [1,2,3,4,5,6,7,8], \"c\": [1,2,3,4,5,6,7,8], \"d\": "
         "[1,2,3,4,5,6,7,8,9]"),
      NULL, USE ("m${a}${b}${c}${d}"), F "3: $.parameters: more than 4096 combinations" },
  { "for-names", P ("\"n\": [1]"), NULL,
      "{\"for\": {\"n\": [1, 2], \"B\": [1, 2]}, \"do\": []},\n{\"for\": {\"B\": [1, 2]}, \"do\": []},\n"
      "{\"for\": {}, \"do\": []},\n{\"for\": {\"i\": [1, 2, \"${n}\"]}, \"do\": []},\n{\"for\": {\"i\": {\"on\": []}}, "
      "\"do\": []},\n{\"for\": {\"i\": [1, 2]}, \"to\": 1}," EOS,
      F "6: $.steps[0].for.n: \"n\" means something here already\n" F
        "7: $.steps[1].for.B: \"B\": a name has small letters, digits and `-` and begins with a letter\n" F
        "8: $.steps[2].for: expected {\"NAME\": [FROM, TO]} or {\"NAME\": {\"in\": [...]}}\n" F
        "9: $.steps[3].for.i: expected [FROM, TO], two whole numbers, or {\"in\": [...]}\n" F
        "10: $.steps[4].for.i: expected [FROM, TO], two whole numbers, or {\"in\": [...]}\n" F
        "11: $.steps[5]: unknown member \"to\" beside \"for\": did you mean \"do\"?\n" F
        "11: $.steps[5]: \"for\" needs \"do\": the list of what is repeated" },
  { "for-without-its-name", "",
      "\"slave\": {\"for\": {\"i\": [1, 3]}, \"role\": \"slave\", \"pipeline\": \"fakesink\"}, " MASTER, NULL,
      F "4: $.processes.slave: there is a \"slave\" already: put what \"for\" counts into the name" },
  { "for-ever", "", NULL, "{\"for\": {\"i\": [1, 400], \"j\": [1, 400], \"k\": [1, 400]}, \"do\": [" EOS "]}",
      F "1: $: becomes more than 200000 values when what is repeated is written out" },
  /* the mistake of every case is said once, that of some says of which */
  { "in-all-cases", P ("\"n\": [1, 2, 3]"), NULL,
      "{\"wait\": \"message\", \"process\": \"mastr\", \"type\": \"eos\", \"count\": \"${n}\"}",
      F "6: $.steps[0].process: unknown process \"mastr\": did you mean \"master\"?" },
  { "in-one-case", P ("\"to\": [\"paused\", \"playin\"]"), NULL,
      "{\"wait\": \"state\", \"process\": \"master\", \"state\": \"${to}\"}",
      F "6: $.steps[0].state: unknown state \"playin\": did you mean \"playing\"? (in scenario[to=playin])" },
  { "in-some-cases", P ("\"n\": [0, 1, -1]"), NULL,
      "{\"for\": {\"i\": [1, 3]}, \"do\": [\n{\"wait\": \"packet\", \"link\": \"no\", \"type\": \"ACK\", \"count\": "
      "\"${n}\"}]}",
      F "7: $.steps[0].do[0].link: unknown link \"no\": there is none\n" F
        "7: $.steps[0].do[0].count: 0 is out of range: expected 1 to 1000000 (in scenario[n=0])\n" F
        "7: $.steps[0].do[0].count: -1 is out of range: expected 1 to 1000000 (in scenario[n=-1])" },
  /* what is wrong inside of a value stands where the value does */
  { "in-a-value", "\"parameters\": {\n\"s\": {\"x\": [\n{\"wait\": \"mesage\"}]}},", NULL, "\"${s}\"",
      F "5: $.parameters.s.x[0].wait: unknown wait \"mesage\": did you mean \"message\"?" },
};

static void
test_trap (gconstpointer data)
{
  const Trap *trap = data;
  g_autofree gchar *text = file (trap->parameters, trap->processes, trap->steps);

  g_assert_null (ipc_test_load (text, trap->expected));
}

static void
test_long_names (void)
{
  g_autofree gchar *label = g_strnfill (190, 'x');
  g_autofree gchar *parameters = g_strdup_printf (P ("\"n\": [\"%s\"]"), label);
  g_autofree gchar *text = file (parameters, NULL, USE ("m${n}"));
  g_autofree gchar *expected
      = g_strdup_printf (F "3: $.parameters: scenario[n=%s]: the name is longer than 200: use shorter labels", label);

  g_assert_null (ipc_test_load (text, expected));
}

/* }}} */

static void
test_patterns (void)
{
  static const gchar name[] = "seek/flushing[source=wav,slaves=2]";
  static const gchar *const good[] = { "seek/flushing[source=wav,slaves=2]", "seek/flushing", "seek/*", "*flush*",
    "seek/flushing[slaves=2,source=wav]", "seek/flushing[slaves=2]", "seek/*[source=w*]", "*[slaves=?]",
    "seek/flushing[source=wav,*]", "seek/flushing[*]", NULL };
  static const gchar *const bad[] = { "seek/flush", "seek/flushing[source=wav,slaves=22]", "seek/flushing[slaves=]",
    "seek/flushing[slaves=3]", "seek/flushing[slaves]", "seek/flushing[slaves=2", "seek/flushing[]",
    "seek/flushin[slaves=2]", "seek/flushing[source=wav,slaves=2,x=1]", "seek/[f]lushing", "", NULL };

  for (guint i = 0; good[i]; i++)
    if (!ipc_case_name_matches (good[i], name))
      g_error ("%s does not mean %s", good[i], name);
  for (guint i = 0; bad[i]; i++)
    if (ipc_case_name_matches (bad[i], name))
      g_error ("%s means %s", bad[i], name);
  g_assert_false (ipc_case_name_matches ("seek/storm[slaves=2]", "seek/storm"));
  g_assert_true (ipc_case_name_matches ("seek/storm", "seek/storm"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parameters/each-combination-is-a-case", test_each_combination_is_a_case);
  g_test_add_func ("/parameters/full-is-kept-apart", test_full_is_kept_apart);
  g_test_add_func ("/parameters/values-stand-where-they-are-named", test_values_stand_where_they_are_named);
  g_test_add_func ("/parameters/shows-tells-the-case", test_shows_tells_the_case);
  g_test_add_func ("/parameters/for-is-written-out", test_for_is_written_out);
  g_test_add_func ("/parameters/repeat-and-groups", test_repeat_and_groups);
  for (guint i = 0; i < G_N_ELEMENTS (traps); i++) {
    g_autofree gchar *path = g_strconcat ("/parameters/mistake/", traps[i].name, NULL);

    g_test_add_data_func (path, &traps[i], test_trap);
  }
  g_test_add_func ("/parameters/long-names", test_long_names);
  g_test_add_func ("/parameters/patterns", test_patterns);
  return g_test_run ();
}
